package io.jenkins.plugins.consuldeploy.jenkins.parts;

import hudson.Extension;
import hudson.Util;
import hudson.model.Item;
import hudson.util.FormValidation;
import java.util.Map;
import org.jenkinsci.Symbol;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.verb.POST;

/** The instances of a Consul service. */
public final class ServiceHosts implements Hosts {

    private final String service;
    private String tag;
    private boolean passingOnly;
    private boolean perNode;

    @DataBoundConstructor
    public ServiceHosts(String service) {
        this.service = Util.fixEmptyAndTrim(service);
    }

    public String getService() {
        return service;
    }

    public String getTag() {
        return tag;
    }

    @DataBoundSetter
    public void setTag(String tag) {
        this.tag = Util.fixEmptyAndTrim(tag);
    }

    public boolean isPassingOnly() {
        return passingOnly;
    }

    @DataBoundSetter
    public void setPassingOnly(boolean passingOnly) {
        this.passingOnly = passingOnly;
    }

    public boolean isPerNode() {
        return perNode;
    }

    @DataBoundSetter
    public void setPerNode(boolean perNode) {
        this.perNode = perNode;
    }

    @Override
    public Map<String, Object> words() {
        return new Wording()
                .with("service", service)
                .with("tag", tag)
                .with("passingOnly", passingOnly, false)
                .with("perNode", perNode, false)
                .as("consulService");
    }

    /** Its name and its form. */
    @Extension
    @Symbol("consulService")
    public static final class DescriptorImpl extends PartDescriptor<Hosts> {

        public DescriptorImpl() {
            super(ServiceHosts.class, "The instances of a Consul service");
        }

        @POST
        public FormValidation doCheckService(@AncestorInPath Item item, @QueryParameter String value) {
            return text(item, "service", value);
        }

        @POST
        public FormValidation doCheckTag(@AncestorInPath Item item, @QueryParameter String value) {
            return anyText(item, "tag", value);
        }
    }
}
