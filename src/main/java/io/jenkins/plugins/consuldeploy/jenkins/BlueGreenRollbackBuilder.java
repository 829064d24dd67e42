package io.jenkins.plugins.consuldeploy.jenkins;

import hudson.Extension;
import java.util.Objects;
import org.jenkinsci.Symbol;
import org.kohsuke.stapler.DataBoundConstructor;

/** {@link BlueGreenRollbackStep} in a freestyle job. */
public final class BlueGreenRollbackBuilder extends ReleaseBuilder {

    private final BlueGreenRollbackStep release;

    @DataBoundConstructor
    public BlueGreenRollbackBuilder(BlueGreenRollbackStep release) {
        this.release = Objects.requireNonNull(release, "release");
    }

    public BlueGreenRollbackStep getRelease() {
        return release;
    }

    // Private

    @Override
    ReleaseRequest withoutBlock() {
        return release.request();
    }

    /** The builder's name. */
    @Extension
    @Symbol("blueGreenRollback")
    public static final class DescriptorImpl extends ReleaseBuilderDescriptor {

        public DescriptorImpl() {
            super("Switch back to the color before");
        }
    }
}
