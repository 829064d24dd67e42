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

/** Nodes whose Consul agents are alive. */
public final class NodeHosts implements Hosts {

    private String node;
    private String service;
    private String tag;

    @DataBoundConstructor
    public NodeHosts() {}

    public String getNode() {
        return node;
    }

    @DataBoundSetter
    public void setNode(String node) {
        this.node = Util.fixEmptyAndTrim(node);
    }

    public String getService() {
        return service;
    }

    @DataBoundSetter
    public void setService(String service) {
        this.service = Util.fixEmptyAndTrim(service);
    }

    public String getTag() {
        return tag;
    }

    @DataBoundSetter
    public void setTag(String tag) {
        this.tag = Util.fixEmptyAndTrim(tag);
    }

    @Override
    public Map<String, Object> words() {
        return new Wording()
                .with("node", node)
                .with("service", service)
                .with("tag", tag)
                .as("consulNodes");
    }

    /** Its name and its form. */
    @Extension
    @Symbol("consulNodes")
    public static final class DescriptorImpl extends PartDescriptor<Hosts> {

        public DescriptorImpl() {
            super(NodeHosts.class, "Nodes of Consul");
        }

        @POST
        public FormValidation doCheckNode(@AncestorInPath Item item, @QueryParameter String value) {
            return anyText(item, "node", value);
        }

        @POST
        public FormValidation doCheckService(@AncestorInPath Item item, @QueryParameter String value) {
            return anyText(item, "service", value);
        }

        @POST
        public FormValidation doCheckTag(@AncestorInPath Item item, @QueryParameter String value) {
            return anyText(item, "tag", value);
        }
    }
}
