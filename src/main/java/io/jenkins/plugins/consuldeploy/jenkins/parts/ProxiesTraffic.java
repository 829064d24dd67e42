package io.jenkins.plugins.consuldeploy.jenkins.parts;

import hudson.Extension;
import hudson.Util;
import hudson.model.Item;
import hudson.util.FormValidation;
import io.jenkins.plugins.consuldeploy.jenkins.FieldCheck;
import io.jenkins.plugins.consuldeploy.jenkins.Fields;
import io.jenkins.plugins.consuldeploy.phase.Tree;
import java.util.Map;
import org.jenkinsci.Symbol;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.verb.POST;

/** nginx or any proxy with an agent, which has it load the configuration of a color. */
public final class ProxiesTraffic implements Traffic {

    private final String prefix;
    private String nodes;
    private String service;
    private String tag;
    private String longestRequest;

    @DataBoundConstructor
    public ProxiesTraffic(String prefix) {
        this.prefix = Util.fixEmptyAndTrim(prefix);
    }

    public String getPrefix() {
        return prefix;
    }

    public Object getNodes() {
        return Fields.numberOrText(nodes);
    }

    @DataBoundSetter
    public void setNodes(Object nodes) {
        this.nodes = Fields.text("nodes", nodes);
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

    public String getLongestRequest() {
        return longestRequest;
    }

    @DataBoundSetter
    public void setLongestRequest(String longestRequest) {
        this.longestRequest = Util.fixEmptyAndTrim(longestRequest);
    }

    @Override
    public Map<String, Object> words() {
        return new Wording()
                .with("prefix", prefix)
                .with("nodes", nodes)
                .with("service", service)
                .with("tag", tag)
                .with("longestRequest", longestRequest)
                .as("proxies");
    }

    /** Its name and its form. */
    @Extension
    @Symbol("proxies")
    public static final class DescriptorImpl extends PartDescriptor<Traffic> {

        public DescriptorImpl() {
            super(ProxiesTraffic.class, "Proxies with an agent");
        }

        @POST
        public FormValidation doCheckPrefix(@AncestorInPath Item item, @QueryParameter String value) {
            return FieldCheck.inItem(item, value, Tree::of);
        }

        @POST
        public FormValidation doCheckNodes(@AncestorInPath Item item, @QueryParameter String value) {
            return number(item, "nodes", value, 1);
        }

        @POST
        public FormValidation doCheckService(@AncestorInPath Item item, @QueryParameter String value) {
            return anyText(item, "service", value);
        }

        @POST
        public FormValidation doCheckTag(@AncestorInPath Item item, @QueryParameter String value) {
            return anyText(item, "tag", value);
        }

        @POST
        public FormValidation doCheckLongestRequest(@AncestorInPath Item item, @QueryParameter String value) {
            return duration(item, "longestRequest", value);
        }
    }
}
