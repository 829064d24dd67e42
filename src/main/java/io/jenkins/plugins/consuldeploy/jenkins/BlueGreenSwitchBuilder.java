package io.jenkins.plugins.consuldeploy.jenkins;

import hudson.Extension;
import java.util.Objects;
import org.jenkinsci.Symbol;
import org.kohsuke.stapler.DataBoundConstructor;

/** {@link BlueGreenSwitchStep} in a freestyle job: without {@code deploy}, the idle color was deployed before. */
public final class BlueGreenSwitchBuilder extends ReleaseBuilder {

    private final BlueGreenSwitchStep release;

    @DataBoundConstructor
    public BlueGreenSwitchBuilder(BlueGreenSwitchStep release) {
        this.release = Objects.requireNonNull(release, "release");
    }

    public BlueGreenSwitchStep getRelease() {
        return release;
    }

    // Private

    @Override
    ReleaseRequest withoutBlock() {
        ReleaseRequest request = release.request();
        return request.wantsBlock() ? request.without("deploy") : request;
    }

    /** The builder's name. */
    @Extension
    @Symbol("blueGreenSwitch")
    public static final class DescriptorImpl extends ReleaseBuilderDescriptor {

        public DescriptorImpl() {
            super("Switch from one color to the other");
        }
    }
}
