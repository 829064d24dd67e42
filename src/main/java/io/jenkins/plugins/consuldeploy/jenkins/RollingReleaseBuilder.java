package io.jenkins.plugins.consuldeploy.jenkins;

import hudson.AbortException;
import hudson.EnvVars;
import hudson.Extension;
import hudson.FilePath;
import hudson.Launcher;
import hudson.model.AbstractProject;
import hudson.model.Run;
import hudson.model.TaskListener;
import hudson.tasks.BuildStepDescriptor;
import hudson.tasks.Builder;
import io.jenkins.plugins.consuldeploy.phase.BadInputException;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import jenkins.tasks.SimpleBuildStep;
import org.jenkinsci.Symbol;
import org.kohsuke.stapler.DataBoundConstructor;

/** {@link RollingReleaseStep} in a freestyle job: there is no body, so the fields say how a host is updated. */
public final class RollingReleaseBuilder extends Builder implements SimpleBuildStep {

    private final RollingReleaseStep release;

    @DataBoundConstructor
    public RollingReleaseBuilder(RollingReleaseStep release) {
        this.release = Objects.requireNonNull(release, "release");
    }

    public RollingReleaseStep getRelease() {
        return release;
    }

    @Override
    public void perform(Run<?, ?> run, FilePath workspace, EnvVars env, Launcher launcher, TaskListener log)
            throws IOException, InterruptedException {
        long start = System.nanoTime();
        ReleaseRequest request = request(env);
        BuildRelease open = BuildRelease.start(
                new BuildAccess(run, log), request, Optional.of(new BuildCommands(launcher, workspace, env)), false);
        OpenRelease.End end;
        try {
            end = open.run(() -> false);
        } finally {
            open.close();
        }
        BuildRelease.result(end, Duration.ofNanos(System.nanoTime() - start));
    }

    private ReleaseRequest request(EnvVars env) throws AbortException {
        try {
            ReleaseRequest request = release.request().expanded(env);
            if (request.wantsBlock()) {
                throw new BadInputException("update", "it is missing; it has to say what updates a host");
            }
            return request;
        } catch (BadInputException e) {
            throw new AbortException(e.getMessage());
        }
    }

    /** The builder's name. */
    @Extension
    @Symbol("rollingRelease")
    public static final class DescriptorImpl extends BuildStepDescriptor<Builder> {

        @Override
        public String getDisplayName() {
            return "Release host by host behind load balancers";
        }

        @Override
        @SuppressWarnings("rawtypes")
        public boolean isApplicable(Class<? extends AbstractProject> jobType) {
            return true;
        }
    }
}
