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

/** A Consul event that handlers on the nodes of the color's hosts act upon. */
public final class ColorEvent implements ColorWork {

    private final String name;
    private String payload;
    private String acknowledged;
    private String timeout;

    @DataBoundConstructor
    public ColorEvent(String name) {
        this.name = Util.fixEmptyAndTrim(name);
    }

    public String getName() {
        return name;
    }

    public String getPayload() {
        return payload;
    }

    @DataBoundSetter
    public void setPayload(String payload) {
        this.payload = Util.fixEmptyAndTrim(payload);
    }

    public String getAcknowledged() {
        return acknowledged;
    }

    @DataBoundSetter
    public void setAcknowledged(String acknowledged) {
        this.acknowledged = Util.fixEmptyAndTrim(acknowledged);
    }

    public String getTimeout() {
        return timeout;
    }

    @DataBoundSetter
    public void setTimeout(String timeout) {
        this.timeout = Util.fixEmptyAndTrim(timeout);
    }

    @Override
    public Map<String, Object> words() {
        return new Wording()
                .with(
                        "event",
                        new Wording()
                                .with("name", name)
                                .with("payload", payload)
                                .with("acknowledged", acknowledged)
                                .all())
                .with("timeout", timeout)
                .all();
    }

    /** Its name and its form. */
    @Extension
    @Symbol("event")
    public static final class DescriptorImpl extends PartDescriptor<ColorWork> {

        public DescriptorImpl() {
            super(ColorEvent.class, "Fire a Consul event");
        }

        @POST
        public FormValidation doCheckName(@AncestorInPath Item item, @QueryParameter String value) {
            return text(item, "name", value);
        }

        @POST
        public FormValidation doCheckPayload(@AncestorInPath Item item, @QueryParameter String value) {
            return anyText(item, "payload", value);
        }

        @POST
        public FormValidation doCheckAcknowledged(@AncestorInPath Item item, @QueryParameter String value) {
            return anyText(item, "acknowledged", value);
        }

        @POST
        public FormValidation doCheckTimeout(@AncestorInPath Item item, @QueryParameter String value) {
            return time(item, "timeout", value);
        }
    }
}
