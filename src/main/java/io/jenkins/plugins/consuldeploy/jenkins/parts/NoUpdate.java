package io.jenkins.plugins.consuldeploy.jenkins.parts;

import hudson.Extension;
import java.util.Map;
import org.kohsuke.stapler.DataBoundConstructor;

/** No update of the step's own: a form's way to say so. It is never kept. */
public final class NoUpdate implements HostUpdate {

    @DataBoundConstructor
    public NoUpdate() {}

    @Override
    public Map<String, Object> words() {
        return Map.of();
    }

    /** Its name; it stands before all others. */
    @Extension(ordinal = 1)
    public static final class DescriptorImpl extends PartDescriptor<HostUpdate> {

        public DescriptorImpl() {
            super(NoUpdate.class, "None: the block after the step");
        }
    }
}
