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

/** HAProxys, by their runtime API: servers of both colors in one backend, or a backend for each color. */
public final class HaproxyTraffic implements Traffic {

    private final List<Object> address;
    private String backend;
    private String blue;
    private String green;
    private String map;
    private String key;

    @DataBoundConstructor
    public HaproxyTraffic(Object address) {
        this.address = Plain.list("address", address);
    }

    public Object getAddress() {
        return address;
    }

    /** As a form shows them. */
    public String getAddressAsLines() {
        return Plain.lines(address);
    }

    public String getBackend() {
        return backend;
    }

    @DataBoundSetter
    public void setBackend(String backend) {
        this.backend = Util.fixEmptyAndTrim(backend);
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

    public String getMap() {
        return map;
    }

    @DataBoundSetter
    public void setMap(String map) {
        this.map = Util.fixEmptyAndTrim(map);
    }

    public String getKey() {
        return key;
    }

    @DataBoundSetter
    public void setKey(String key) {
        this.key = Util.fixEmptyAndTrim(key);
    }

    @Override
    public Map<String, Object> words() {
        return new Wording()
                .with("address", address)
                .with("backend", backend)
                .with("blue", blue)
                .with("green", green)
                .with("map", map)
                .with("key", key)
                .as("haproxy");
    }

    /** Its name and its form. */
    @Extension
    @Symbol("haproxy")
    public static final class DescriptorImpl extends PartDescriptor<Traffic> {

        public DescriptorImpl() {
            super(HaproxyTraffic.class, "HAProxy");
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
        public FormValidation doCheckBlue(@AncestorInPath Item item, @QueryParameter String value) {
            return anyText(item, "blue", value);
        }

        @POST
        public FormValidation doCheckGreen(@AncestorInPath Item item, @QueryParameter String value) {
            return anyText(item, "green", value);
        }

        @POST
        public FormValidation doCheckMap(@AncestorInPath Item item, @QueryParameter String value) {
            return anyText(item, "map", value);
        }

        @POST
        public FormValidation doCheckKey(@AncestorInPath Item item, @QueryParameter String value) {
            return anyText(item, "key", value);
        }
    }
}
