package io.jenkins.plugins.consuldeploy.jenkins;

import hudson.Extension;
import io.jenkins.plugins.consuldeploy.jenkins.parts.Hosts;
import io.jenkins.plugins.consuldeploy.jenkins.parts.Traffic;
import org.kohsuke.stapler.DataBoundConstructor;

/** {@code blueGreenRollback}: all traffic back to the color that was live before, in one move. */
public final class BlueGreenRollbackStep extends ColoredStep {

    @DataBoundConstructor
    public BlueGreenRollbackStep(String app, Hosts blue, Hosts green, Traffic traffic) {
        super(app, blue, green, traffic);
    }

    // Private

    @Override
    ReleaseKind kind() {
        return ReleaseKind.BACK;
    }

    /** Its name and its form. */
    @Extension
    public static final class DescriptorImpl extends ColoredStepDescriptor {

        @Override
        public String getFunctionName() {
            return "blueGreenRollback";
        }

        @Override
        public String getDisplayName() {
            return "Switch back to the color before";
        }
    }
}
