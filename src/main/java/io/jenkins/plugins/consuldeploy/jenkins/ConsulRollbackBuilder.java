package io.jenkins.plugins.consuldeploy.jenkins;

import hudson.EnvVars;
import hudson.Extension;
import hudson.model.AbstractProject;
import hudson.model.Run;
import hudson.model.TaskListener;
import hudson.tasks.BuildStepDescriptor;
import hudson.tasks.Builder;
import java.io.IOException;
import java.util.Objects;
import jenkins.tasks.SimpleBuildStep;
import org.jenkinsci.Symbol;
import org.kohsuke.stapler.DataBoundConstructor;

/** {@link ConsulRollbackStep} in a freestyle job. */
public final class ConsulRollbackBuilder extends Builder implements SimpleBuildStep {

    private final ConsulRollbackStep rollback;

    @DataBoundConstructor
    public ConsulRollbackBuilder(ConsulRollbackStep rollback) {
        this.rollback = Objects.requireNonNull(rollback, "rollback");
    }

    public ConsulRollbackStep getRollback() {
        return rollback;
    }

    @Override
    public void perform(Run<?, ?> run, EnvVars env, TaskListener log) throws IOException, InterruptedException {
        new BuildDeployment(run, log).carryOut(rollback, env);
    }

    @Override
    public boolean requiresWorkspace() {
        return false;
    }

    /** The builder's name. */
    @Extension
    @Symbol("consulRollback")
    public static final class DescriptorImpl extends BuildStepDescriptor<Builder> {

        @Override
        public String getDisplayName() {
            return "Roll back to an earlier version through Consul";
        }

        @Override
        @SuppressWarnings("rawtypes")
        public boolean isApplicable(Class<? extends AbstractProject> jobType) {
            return true;
        }
    }
}
