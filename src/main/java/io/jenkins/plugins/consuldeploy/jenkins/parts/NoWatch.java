package io.jenkins.plugins.consuldeploy.jenkins.parts;

import hudson.Extension;
import java.util.Map;
import org.kohsuke.stapler.DataBoundConstructor;

/** No watch: a form's way to say so. It is never kept. */
public final class NoWatch implements Watch {

    @DataBoundConstructor
    public NoWatch() {}

    @Override
    public Map<String, Object> words() {
        return Map.of();
    }

    /** Its name; it stands before all others. */
    @Extension(ordinal = 1)
    public static final class DescriptorImpl extends PartDescriptor<Watch> {

        public DescriptorImpl() {
            super(NoWatch.class, "None");
        }
    }
}
