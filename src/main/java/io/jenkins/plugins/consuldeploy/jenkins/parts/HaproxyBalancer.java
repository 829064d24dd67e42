package io.jenkins.plugins.consuldeploy.jenkins.parts;

import hudson.Extension;
import hudson.Util;
import hudson.model.Item;
import hudson.util.FormValidation;
import hudson.util.ListBoxModel;
import java.util.List;
import java.util.Map;
import org.jenkinsci.Symbol;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.verb.POST;

/** An HAProxy, by its runtime API. */
public final class HaproxyBalancer implements Balancer {

    private final String address;
    private List<Object> backend;
    private String keepOut;
    private String timeout;

    @DataBoundConstructor
    public HaproxyBalancer(String address) {
        this.address = Util.fixEmptyAndTrim(address);
    }

    public String getAddress() {
        return address;
    }

    public Object getBackend() {
        return backend;
    }

    /** As a form shows them. */
    public String getBackendAsLines() {
        return Plain.lines(backend);
    }

    @DataBoundSetter
    public void setBackend(Object backend) {
        this.backend = Plain.list("backend", backend);
    }

    public String getKeepOut() {
        return keepOut;
    }

    @DataBoundSetter
    public void setKeepOut(String keepOut) {
        this.keepOut = Util.fixEmptyAndTrim(keepOut);
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
                .with("address", address)
                .with("backend", backend)
                .with("keepOut", keepOut)
                .with("timeout", timeout)
                .as("haproxy");
    }

    /** Its name and its form. */
    @Extension
    @Symbol("haproxy")
    public static final class DescriptorImpl extends PartDescriptor<Balancer> {

        private static final List<String> KEPT_OUT_BY = List.of("drain", "maint");

        public DescriptorImpl() {
            super(HaproxyBalancer.class, "HAProxy");
        }

        @POST
        public FormValidation doCheckAddress(@AncestorInPath Item item, @QueryParameter String value) {
            return text(item, "address", value);
        }

        @POST
        public FormValidation doCheckBackend(@AncestorInPath Item item, @QueryParameter String value) {
            return anyText(item, "backend", value);
        }

        @POST
        public FormValidation doCheckKeepOut(@AncestorInPath Item item, @QueryParameter String value) {
            return oneOf(item, "keepOut", value, KEPT_OUT_BY);
        }

        @POST
        public FormValidation doCheckTimeout(@AncestorInPath Item item, @QueryParameter String value) {
            return time(item, "timeout", value);
        }

        @POST
        public ListBoxModel doFillKeepOutItems() {
            return choices(KEPT_OUT_BY);
        }
    }
}
