package io.jenkins.plugins.consuldeploy.jenkins.parts;

import hudson.Extension;
import hudson.Util;
import hudson.model.Item;
import hudson.util.FormValidation;
import java.util.List;
import java.util.Map;
import org.jenkinsci.Symbol;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.verb.POST;

/** Keys in Consul, from which something renders the configuration of the proxies. */
public final class KeyTraffic implements Traffic {

    private final String app;
    private List<Object> fronts;
    private String longestRequest;

    @DataBoundConstructor
    public KeyTraffic(String app) {
        this.app = Util.fixEmptyAndTrim(app);
    }

    public String getApp() {
        return app;
    }

    public Object getFronts() {
        return fronts;
    }

    /** As a form shows them. */
    public String getFrontsAsLines() {
        return Plain.lines(fronts);
    }

    @DataBoundSetter
    public void setFronts(Object fronts) {
        this.fronts = Plain.list("fronts", fronts);
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
                .with("app", app)
                .with("fronts", fronts)
                .with("longestRequest", longestRequest)
                .as("consulKey");
    }

    /** Its name and its form. */
    @Extension
    @Symbol("consulKey")
    public static final class DescriptorImpl extends PartDescriptor<Traffic> {

        public DescriptorImpl() {
            super(KeyTraffic.class, "Keys in Consul");
        }

        @POST
        public FormValidation doCheckApp(@AncestorInPath Item item, @QueryParameter String value) {
            return text(item, "app", value);
        }

        @POST
        public FormValidation doCheckFronts(@AncestorInPath Item item, @QueryParameter String value) {
            return anyText(item, "fronts", value);
        }

        @POST
        public FormValidation doCheckLongestRequest(@AncestorInPath Item item, @QueryParameter String value) {
            return duration(item, "longestRequest", value);
        }
    }
}
