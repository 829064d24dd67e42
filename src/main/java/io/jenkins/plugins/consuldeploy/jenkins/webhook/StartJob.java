package io.jenkins.plugins.consuldeploy.jenkins.webhook;

import hudson.Extension;
import hudson.Util;
import hudson.model.Descriptor;
import hudson.model.Job;
import hudson.util.FormValidation;
import io.jenkins.plugins.consuldeploy.jenkins.FieldCheck;
import io.jenkins.plugins.consuldeploy.phase.BadInputException;
import io.jenkins.plugins.consuldeploy.registry.Push;
import jenkins.model.Jenkins;
import org.jenkinsci.Symbol;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.verb.POST;

/** Starts a job, in the name of a user who may. */
public final class StartJob extends WebhookAction {

    private final String job;
    private final String runAs;

    @DataBoundConstructor
    public StartJob(String job, String runAs) {
        this.job = Util.fixNull(job).strip();
        this.runAs = Util.fixNull(runAs).strip();
    }

    public String getJob() {
        return job;
    }

    public String getRunAs() {
        return runAs;
    }

    @Override
    Outcome carryOut(WebhookCause cause, Push push) {
        return new BuildStart(job, runAs).start(cause, push);
    }

    @Override
    void check() {
        if (job.isEmpty()) {
            throw new BadInputException("job", "it is empty; give the full name of a job, such as team/deploy");
        }
        if (runAs.isEmpty()) {
            throw new BadInputException("run as", "it is empty; give the ID of a user who may build the job");
        }
    }

    /** The checks of its fields. */
    @Extension
    @Symbol("startJob")
    public static final class DescriptorImpl extends Descriptor<WebhookAction> {

        @Override
        public String getDisplayName() {
            return "Start a job";
        }

        @POST
        public FormValidation doCheckJob(@QueryParameter String value) {
            return FieldCheck.byAdministrator(value, name -> {
                if (Jenkins.get().getItemByFullName(name, Job.class) == null) {
                    throw new BadInputException("job", name, "the full name of a job, such as team/deploy");
                }
            });
        }

        @POST
        public FormValidation doCheckRunAs(@QueryParameter String value) {
            return FieldCheck.byAdministrator(value, user -> {
                if (Identity.of(user).isEmpty()) {
                    throw new BadInputException("run as", user, "the ID of a user who may build the job");
                }
            });
        }
    }
}
