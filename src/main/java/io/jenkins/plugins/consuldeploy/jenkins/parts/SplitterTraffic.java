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

/** A service in Consul's mesh: subsets of its resolver, weights of its splitter. */
public final class SplitterTraffic implements Traffic {

    private final String service;
    private String meta;
    private String blue;
    private String green;
    private String longestRequest;

    @DataBoundConstructor
    public SplitterTraffic(String service) {
        this.service = Util.fixEmptyAndTrim(service);
    }

    public String getService() {
        return service;
    }

    public String getMeta() {
        return meta;
    }

    @DataBoundSetter
    public void setMeta(String meta) {
        this.meta = Util.fixEmptyAndTrim(meta);
    }

    public String getBlue() {
        return blue;
    }

    @DataBoundSetter
    public void setBlue(String blue) {
        this.blue = Util.fixEmptyAndTrim(blue);
    }

    public String getGreen() {
        return green;
    }

    @DataBoundSetter
    public void setGreen(String green) {
        this.green = Util.fixEmptyAndTrim(green);
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
                .with("service", service)
                .with("meta", meta)
                .with("blue", blue)
                .with("green", green)
                .with("longestRequest", longestRequest)
                .as("serviceSplitter");
    }

    /** Its name and its form. */
    @Extension
    @Symbol("serviceSplitter")
    public static final class DescriptorImpl extends PartDescriptor<Traffic> {

        public DescriptorImpl() {
            super(SplitterTraffic.class, "Service splitter of Consul's mesh");
        }

        @POST
        public FormValidation doCheckService(@AncestorInPath Item item, @QueryParameter String value) {
            return text(item, "service", value);
        }

        @POST
        public FormValidation doCheckMeta(@AncestorInPath Item item, @QueryParameter String value) {
            return anyText(item, "meta", value);
        }

        @POST
        public FormValidation doCheckBlue(@AncestorInPath Item item, @QueryParameter String value) {
            return anyText(item, "blue", value);
        }

        @POST
        public FormValidation doCheckGreen(@AncestorInPath Item item, @QueryParameter String value) {
            return anyText(item, "green", value);
        }

        @POST
        public FormValidation doCheckLongestRequest(@AncestorInPath Item item, @QueryParameter String value) {
            return duration(item, "longestRequest", value);
        }
    }
}
