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

/** A key of the host's own, from which something on it is rendered. */
public final class KeyUpdate implements HostUpdate {

    private final String key;
    private final String value;
    private String shared;
    private String restart;
    private String seen;
    private String back;
    private String timeout;

    @DataBoundConstructor
    public KeyUpdate(String key, Object value) {
        this.key = Util.fixEmptyAndTrim(key);
        this.value = Fields.text("value", value);
    }

    public String getKey() {
        return key;
    }

    public Object getValue() {
        return Fields.numberOrText(value);
    }

    public String getShared() {
        return shared;
    }

    @DataBoundSetter
    public void setShared(String shared) {
        this.shared = Util.fixEmptyAndTrim(shared);
    }

    public String getRestart() {
        return restart;
    }

    @DataBoundSetter
    public void setRestart(String restart) {
        this.restart = Util.fixEmptyAndTrim(restart);
    }

    public String getSeen() {
        return seen;
    }

    @DataBoundSetter
    public void setSeen(String seen) {
        this.seen = Util.fixEmptyAndTrim(seen);
    }

    public String getBack() {
        return back;
    }

    @DataBoundSetter
    public void setBack(String back) {
        this.back = Util.fixEmptyAndTrim(back);
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
                        "consulKey",
                        new Wording()
                                .with("key", key)
                                .with("value", value)
                                .with("shared", shared)
                                .with("restart", restarted())
                                .all())
                .with("back", back)
                .with("timeout", timeout)
                .all();
    }

    // Private

    private Map<String, Object> restarted() {
        return restart == null && seen == null
                ? null
                : new Wording().with("service", restart).with("seen", seen).all();
    }

    /** Its name and its form. */
    @Extension
    @Symbol("consulKey")
    public static final class DescriptorImpl extends PartDescriptor<HostUpdate> {

        public DescriptorImpl() {
            super(KeyUpdate.class, "Write a key in Consul");
        }

        @POST
        public FormValidation doCheckKey(@AncestorInPath Item item, @QueryParameter String value) {
            return text(item, "key", value);
        }

        @POST
        public FormValidation doCheckValue(@AncestorInPath Item item, @QueryParameter String value) {
            return text(item, "value", value);
        }

        @POST
        public FormValidation doCheckShared(@AncestorInPath Item item, @QueryParameter String value) {
            return anyText(item, "shared", value);
        }

        @POST
        public FormValidation doCheckRestart(@AncestorInPath Item item, @QueryParameter String value) {
            return anyText(item, "restart", value);
        }

        @POST
        public FormValidation doCheckSeen(@AncestorInPath Item item, @QueryParameter String value) {
            return anyText(item, "seen", value);
        }

        @POST
        public FormValidation doCheckBack(@AncestorInPath Item item, @QueryParameter String value) {
            return anyText(item, "back", value);
        }

        @POST
        public FormValidation doCheckTimeout(@AncestorInPath Item item, @QueryParameter String value) {
            return time(item, "timeout", value);
        }
    }
}
