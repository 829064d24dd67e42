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

/** {@link ConsulDeployStep} in a freestyle job. */
public final class ConsulDeployBuilder extends Builder implements SimpleBuildStep {

    private final ConsulDeployStep deployment;

    @DataBoundConstructor
    public ConsulDeployBuilder(ConsulDeployStep deployment) {
        this.deployment = Objects.requireNonNull(deployment, "deployment");
    }

    public ConsulDeployStep getDeployment() {
        return deployment;
    }

    @Override
    public void perform(Run<?, ?> run, EnvVars env, TaskListener log) throws IOException, InterruptedException {
        new BuildDeployment(run, log).carryOut(deployment, env);
    }

    @Override
    public boolean requiresWorkspace() {
        return false;
    }

    /** The builder's name. */
    @Extension
    @Symbol("consulDeploy")
    public static final class DescriptorImpl extends BuildStepDescriptor<Builder> {

        @Override
        public String getDisplayName() {
            return "Deploy a version through Consul";
        }

        @Override
        @SuppressWarnings("rawtypes")
        public boolean isApplicable(Class<? extends AbstractProject> jobType) {
            return true;
        }
    }
}
