package io.jenkins.plugins.consuldeploy.jenkins;

import hudson.Extension;
import org.jenkinsci.Symbol;
import org.kohsuke.stapler.DataBoundConstructor;

/** {@link BlueGreenRollbackStep} in a freestyle job. */
public final class BlueGreenRollbackBuilder extends ReleaseBuilder<BlueGreenRollbackStep> {

    @DataBoundConstructor
    public BlueGreenRollbackBuilder(BlueGreenRollbackStep release) {
        super(release);
    }

    // Private

    @Override
    ReleaseRequest withoutBlock(ReleaseRequest request) {
        return request;
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
