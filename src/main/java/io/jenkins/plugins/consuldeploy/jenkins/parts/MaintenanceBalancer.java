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

/** Consul's maintenance mode, for whatever balances by Consul's health. */
public final class MaintenanceBalancer implements Balancer {

    private String service;
    private boolean node;
    private String drainDelay;

    @DataBoundConstructor
    public MaintenanceBalancer() {}

    public String getService() {
        return service;
    }

    @DataBoundSetter
    public void setService(String service) {
        this.service = Util.fixEmptyAndTrim(service);
    }

    public boolean isNode() {
        return node;
    }

    @DataBoundSetter
    public void setNode(boolean node) {
        this.node = node;
    }

    public String getDrainDelay() {
        return drainDelay;
    }

    @DataBoundSetter
    public void setDrainDelay(String drainDelay) {
        this.drainDelay = Util.fixEmptyAndTrim(drainDelay);
    }

    @Override
    public Map<String, Object> words() {
        return new Wording()
                .with("service", service)
                .with("node", node, false)
                .with("drainDelay", drainDelay)
                .as("consulMaintenance");
    }

    /** Its name and its form. */
    @Extension
    @Symbol("consulMaintenance")
    public static final class DescriptorImpl extends PartDescriptor<Balancer> {

        public DescriptorImpl() {
            super(MaintenanceBalancer.class, "Consul maintenance mode");
        }

        @POST
        public FormValidation doCheckService(@AncestorInPath Item item, @QueryParameter String value) {
            return anyText(item, "service", value);
        }

        @POST
        public FormValidation doCheckDrainDelay(@AncestorInPath Item item, @QueryParameter String value) {
            return duration(item, "drainDelay", value);
        }
    }
}
