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

/** A classic load balancer of AWS. */
public final class ClassicElbBalancer implements Balancer {

    private final String name;

    @DataBoundConstructor
    public ClassicElbBalancer(String name) {
        this.name = Util.fixEmptyAndTrim(name);
    }

    public String getName() {
        return name;
    }

    @Override
    public Map<String, Object> words() {
        return new Wording().with("name", name).as("classicElb");
    }

    /** Its name and its form. */
    @Extension
    @Symbol("classicElb")
    public static final class DescriptorImpl extends PartDescriptor<Balancer> {

        public DescriptorImpl() {
            super(ClassicElbBalancer.class, "Classic load balancer (AWS)");
        }

        @POST
        public FormValidation doCheckName(@AncestorInPath Item item, @QueryParameter String value) {
            return text(item, "name", value);
        }
    }
}
