package io.jenkins.plugins.consuldeploy.jenkins.webhook;

import hudson.Extension;
import hudson.Util;
import hudson.model.Job;
import hudson.model.JobProperty;
import io.jenkins.plugins.consuldeploy.phase.BadInputException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;
import jenkins.model.OptionalJobProperty;
import jenkins.model.ParameterizedJobMixIn;
import net.sf.json.JSONObject;
import org.jenkinsci.Symbol;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.StaplerRequest2;

/**
 * The rules of one job, by whoever configures it. None of them runs as somebody who has not agreed to that: the user is
 * the one who saves it, unless an administrator does.
 */
public final class WebhookJobProperty extends OptionalJobProperty<Job<?, ?>> {

    private static final Logger LOG = Logger.getLogger(WebhookJobProperty.class.getName());

    private final List<JobWebhook> webhooks;

    /** @throws BadInputException when a field can't be used, or two rules have the same name */
    @DataBoundConstructor
    public WebhookJobProperty(List<JobWebhook> webhooks) {
        this.webhooks = new ArrayList<>(Util.fixNull(webhooks));
        Set<String> names = new HashSet<>();
        for (JobWebhook webhook : this.webhooks) {
            WebhookDescriptor.check(webhook);
            if (!names.add(webhook.getName())) {
                throw new BadInputException(
                        "name", webhook.getName(), "two webhooks of this job have it; name them differently");
            }
        }
    }

    public List<JobWebhook> getWebhooks() {
        return List.copyOf(webhooks);
    }

    /**
     * Whatever way it came to the job, be it a form, a file, a copy or a script: who brings it can't have builds run as
     * somebody else. At the start of Jenkins it is Jenkins itself that brings it.
     */
    @Override
    protected void setOwner(Job<?, ?> job) {
        super.setOwner(job);
        for (JobWebhook webhook : webhooks) {
            if (!Identity.mayBeChosen(webhook.getRunAs())) {
                LOG.log(
                        Level.WARNING,
                        "{0}: the webhook {1} was to run as somebody else than who configured it, and runs as nobody",
                        new Object[] {job.getFullName(), webhook.getName()});
                webhook.setRunAs(null);
            }
        }
    }

    /** The form. */
    @Extension
    @Symbol("consulWebhooks")
    public static final class DescriptorImpl extends OptionalJobPropertyDescriptor {

        @Override
        public String getDisplayName() {
            return "Start this job when an image is pushed";
        }

        @Override
        @SuppressWarnings("rawtypes")
        public boolean isApplicable(Class<? extends Job> type) {
            return ParameterizedJobMixIn.ParameterizedJob.class.isAssignableFrom(type);
        }

        @Override
        public JobProperty<?> newInstance(StaplerRequest2 req, JSONObject form) throws FormException {
            if (form == null || form.isNullObject() || form.optBoolean("specified") == false) {
                return null;
            }
            try {
                WebhookJobProperty property =
                        new WebhookJobProperty(req.bindJSONToList(JobWebhook.class, form.get("webhooks")));
                property.webhooks.forEach(DescriptorImpl::choose);
                return property;
            } catch (BadInputException e) {
                throw new FormException(e.getMessage(), e, "webhooks");
            }
        }

        private static void choose(JobWebhook webhook) {
            if (webhook.getRunAs() == null) {
                Identity.present().ifPresent(webhook::setRunAs);
            }
            if (!Identity.mayBeChosen(webhook.getRunAs())) {
                throw new BadInputException("run as", webhook.getRunAs(), Identity.WHO_MAY_BE_CHOSEN);
            }
        }
    }
}
