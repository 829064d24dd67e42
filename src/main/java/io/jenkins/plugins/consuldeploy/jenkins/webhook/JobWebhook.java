package io.jenkins.plugins.consuldeploy.jenkins.webhook;

import hudson.Extension;
import hudson.Util;
import hudson.model.Item;
import hudson.util.FormValidation;
import io.jenkins.plugins.consuldeploy.jenkins.FieldCheck;
import io.jenkins.plugins.consuldeploy.phase.BadInputException;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.verb.POST;

/** A rule of one job's own: it starts this job. */
public final class JobWebhook extends Webhook {

    private String runAs;

    @DataBoundConstructor
    public JobWebhook(String name, String repository) {
        super(name, repository);
    }

    public String getRunAs() {
        return runAs;
    }

    @DataBoundSetter
    public void setRunAs(String user) {
        this.runAs = Util.fixEmptyAndTrim(user);
    }

    /** See {@link WebhookDescriptor}. */
    @Extension
    public static final class DescriptorImpl extends WebhookDescriptor {

        @POST
        public FormValidation doCheckRunAs(@AncestorInPath Item item, @QueryParameter String value) {
            return FieldCheck.asWritten(item, value, user -> {
                if (!Identity.mayBeChosen(user)) {
                    throw new BadInputException("run as", user, Identity.WHO_MAY_BE_CHOSEN);
                }
            });
        }
    }
}
