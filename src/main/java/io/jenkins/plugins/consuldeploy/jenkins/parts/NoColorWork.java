package io.jenkins.plugins.consuldeploy.jenkins.parts;

import hudson.Extension;
import java.util.Map;
import org.kohsuke.stapler.DataBoundConstructor;

/** Nothing of the step's own is done: a form's way to say so. It is never kept. */
public final class NoColorWork implements ColorWork {

    @DataBoundConstructor
    public NoColorWork() {}

    @Override
    public Map<String, Object> words() {
        return Map.of();
    }

    /** Its name; it stands before all others. */
    @Extension(ordinal = 1)
    public static final class DescriptorImpl extends PartDescriptor<ColorWork> {

        public DescriptorImpl() {
            super(NoColorWork.class, "None");
        }
    }
}
