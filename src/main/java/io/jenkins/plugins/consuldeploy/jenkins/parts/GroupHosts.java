package io.jenkins.plugins.consuldeploy.jenkins.parts;

import hudson.Extension;
import hudson.Util;
import hudson.model.Item;
import hudson.util.FormValidation;
import hudson.util.ListBoxModel;
import io.jenkins.plugins.consuldeploy.fleet.HostAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jenkinsci.Symbol;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.verb.POST;

/** The instances of an auto scaling group that are in service there. */
public final class GroupHosts implements Hosts {

    private final String name;
    private String address;

    @DataBoundConstructor
    public GroupHosts(String name) {
        this.name = Util.fixEmptyAndTrim(name);
    }

    public String getName() {
        return name;
    }

    public String getAddress() {
        return address;
    }

    @DataBoundSetter
    public void setAddress(String address) {
        this.address = Util.fixEmptyAndTrim(address);
    }

    @Override
    public Map<String, Object> words() {
        return new Wording().with("name", name).with("address", address).as("autoScalingGroup");
    }

    /** Its name and its form. */
    @Extension
    @Symbol("autoScalingGroup")
    public static final class DescriptorImpl extends PartDescriptor<Hosts> {

        private static final List<String> ADDRESSES =
                Arrays.stream(HostAddress.values()).map(HostAddress::word).toList();

        public DescriptorImpl() {
            super(GroupHosts.class, "An auto scaling group");
        }

        @POST
        public FormValidation doCheckName(@AncestorInPath Item item, @QueryParameter String value) {
            return text(item, "name", value);
        }

        @POST
        public FormValidation doCheckAddress(@AncestorInPath Item item, @QueryParameter String value) {
            return oneOf(item, "address", value, ADDRESSES);
        }

        @POST
        public ListBoxModel doFillAddressItems() {
            return choices(ADDRESSES);
        }
    }
}
