package io.jenkins.plugins.consuldeploy.jenkins.parts;

import hudson.Extension;
import hudson.Util;
import hudson.model.Item;
import hudson.util.FormValidation;
import java.util.Map;
import org.jenkinsci.Symbol;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.verb.POST;

/** A target group of an application or a network load balancer of AWS. */
public final class TargetGroupBalancer implements Balancer {

    private final String name;

    @DataBoundConstructor
    public TargetGroupBalancer(String name) {
        this.name = Util.fixEmptyAndTrim(name);
    }

    public String getName() {
        return name;
    }

    @Override
    public Map<String, Object> words() {
        return new Wording().with("name", name).as("targetGroup");
    }

    /** Its name and its form. */
    @Extension
    @Symbol("targetGroup")
    public static final class DescriptorImpl extends PartDescriptor<Balancer> {

        public DescriptorImpl() {
            super(TargetGroupBalancer.class, "Target group (AWS)");
        }

        @POST
        public FormValidation doCheckName(@AncestorInPath Item item, @QueryParameter String value) {
            return text(item, "name", value);
        }
    }
}
