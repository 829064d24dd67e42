package io.jenkins.plugins.consuldeploy.jenkins.webhook;

import hudson.Extension;
import hudson.Util;
import hudson.model.Action;
import hudson.model.Item;
import hudson.model.Job;
import java.util.Collection;
import java.util.List;
import jenkins.model.TransientActionFactory;
import org.kohsuke.stapler.HttpResponse;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.StaplerProxy;
import org.kohsuke.stapler.verb.POST;

/** A job's page for those who configure it: the addresses of its own rules, and what was delivered to them. */
public final class JobWebhooks implements Action, StaplerProxy {

    private final Job<?, ?> job;

    JobWebhooks(Job<?, ?> job) {
        this.job = job;
    }

    public Job<?, ?> getJob() {
        return job;
    }

    @Override
    public String getIconFileName() {
        return job.hasPermission(Item.CONFIGURE) ? "symbol-cube" : null;
    }

    @Override
    public String getDisplayName() {
        return "Webhooks";
    }

    @Override
    public String getUrlName() {
        return "consul-webhooks";
    }

    @Override
    public Object getTarget() {
        job.checkPermission(Item.CONFIGURE);
        return this;
    }

    public WebhookView getView() {
        return new WebhookView(() -> Rule.ofJob(job));
    }

    /** The job is this one, whatever the form says. */
    @POST
    public HttpResponse doRotate(@QueryParameter String name) {
        job.checkPermission(Item.CONFIGURE);
        return getView().rotate(job.getFullName(), Util.fixNull(name));
    }

    /** Gives every job that has rules of its own this page. */
    @Extension
    @SuppressWarnings("rawtypes")
    public static final class Factory extends TransientActionFactory<Job> {

        @Override
        public Class<Job> type() {
            return Job.class;
        }

        @Override
        public Collection<? extends Action> createFor(Job target) {
            Job<?, ?> job = target;
            return Rule.ofJob(job).isEmpty() ? List.of() : List.of(new JobWebhooks(job));
        }
    }
}
