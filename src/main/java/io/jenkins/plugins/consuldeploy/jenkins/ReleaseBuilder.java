package io.jenkins.plugins.consuldeploy.jenkins;

import hudson.AbortException;
import hudson.EnvVars;
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
import java.util.Optional;
import jenkins.tasks.SimpleBuildStep;

/** A release's step in a freestyle job: there is no block, so the fields say all that is done. */
public abstract class ReleaseBuilder extends Builder implements SimpleBuildStep {

    ReleaseBuilder() {}

    @Override
    public final void perform(Run<?, ?> run, FilePath workspace, EnvVars env, Launcher launcher, TaskListener log)
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

    // Private

    /** @throws BadInputException when a block would be needed */
    abstract ReleaseRequest withoutBlock() throws BadInputException;

    private ReleaseRequest request(EnvVars env) throws AbortException {
        try {
            return withoutBlock().expanded(env);
        } catch (BadInputException e) {
            throw new AbortException(e.getMessage());
        }
    }

    /** The name of one. */
    abstract static class ReleaseBuilderDescriptor extends BuildStepDescriptor<Builder> {

        private final String displayName;

        ReleaseBuilderDescriptor(String displayName) {
            this.displayName = displayName;
        }

        @Override
        public final String getDisplayName() {
            return displayName;
        }

        @Override
        @SuppressWarnings("rawtypes")
        public final boolean isApplicable(Class<? extends AbstractProject> jobType) {
            return true;
        }
    }
}
