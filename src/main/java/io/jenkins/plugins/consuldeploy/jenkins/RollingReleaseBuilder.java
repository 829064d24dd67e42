package io.jenkins.plugins.consuldeploy.jenkins;

import hudson.Extension;
import io.jenkins.plugins.consuldeploy.phase.BadInputException;
import java.util.Objects;
import org.jenkinsci.Symbol;
import org.kohsuke.stapler.DataBoundConstructor;

/** {@link RollingReleaseStep} in a freestyle job. */
public final class RollingReleaseBuilder extends ReleaseBuilder {

    private final RollingReleaseStep release;

    @DataBoundConstructor
    public RollingReleaseBuilder(RollingReleaseStep release) {
        this.release = Objects.requireNonNull(release, "release");
    }

    public RollingReleaseStep getRelease() {
        return release;
    }

    // Private

    @Override
    ReleaseRequest withoutBlock() {
        ReleaseRequest request = release.request();
        if (request.wantsBlock()) {
            throw new BadInputException("update", "it is missing; it has to say what updates a host");
        }
        return request;
    }

    /** The builder's name. */
    @Extension
    @Symbol("rollingRelease")
    public static final class DescriptorImpl extends ReleaseBuilderDescriptor {

        public DescriptorImpl() {
            super("Release host by host behind load balancers");
        }
    }
}
