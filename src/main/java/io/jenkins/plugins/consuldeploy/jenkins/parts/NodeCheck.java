package io.jenkins.plugins.consuldeploy.jenkins.parts;

import hudson.Extension;
import hudson.Util;
import hudson.model.Item;
import hudson.util.FormValidation;
import io.jenkins.plugins.consuldeploy.jenkins.Fields;
import java.util.Map;
import org.jenkinsci.Symbol;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.verb.POST;

/** Consul's checks of the host's node, and of services on it. */
public final class NodeCheck implements Check {

    private String service;
    private String tag;
    private String interval;
    private String successes;

    @DataBoundConstructor
    public NodeCheck() {}

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

    public String getInterval() {
        return interval;
    }

    @DataBoundSetter
    public void setInterval(String interval) {
        this.interval = Util.fixEmptyAndTrim(interval);
    }

    public Object getSuccesses() {
        return Fields.numberOrText(successes);
    }

    @DataBoundSetter
    public void setSuccesses(Object successes) {
        this.successes = Fields.text("successes", successes);
    }

    @Override
    public Map<String, Object> words() {
        return new Wording()
                .with("service", service)
                .with("tag", tag)
                .with("interval", interval)
                .with("successes", successes)
                .as("consulNode");
    }

    /** Its name and its form. */
    @Extension
    @Symbol("consulNode")
    public static final class DescriptorImpl extends PartDescriptor<Check> {

        public DescriptorImpl() {
            super(NodeCheck.class, "Consul's checks of the node");
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
        public FormValidation doCheckInterval(@AncestorInPath Item item, @QueryParameter String value) {
            return time(item, "interval", value);
        }

        @POST
        public FormValidation doCheckSuccesses(@AncestorInPath Item item, @QueryParameter String value) {
            return number(item, "successes", value, 1);
        }
    }
}
