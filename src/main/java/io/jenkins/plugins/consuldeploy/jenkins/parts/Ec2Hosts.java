package io.jenkins.plugins.consuldeploy.jenkins.parts;

import hudson.Extension;
import hudson.Util;
import hudson.model.Item;
import hudson.util.FormValidation;
import hudson.util.ListBoxModel;
import io.jenkins.plugins.consuldeploy.fleet.HostAddress;
import io.jenkins.plugins.consuldeploy.jenkins.FieldCheck;
import io.jenkins.plugins.consuldeploy.phase.BadInputException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jenkinsci.Symbol;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.verb.POST;

/** Running EC2 instances with these tags. */
public final class Ec2Hosts implements Hosts {

    private Map<String, Object> tags;
    private String address;

    @DataBoundConstructor
    public Ec2Hosts() {}

    public Object getTags() {
        return tags;
    }

    /** As a form shows them. */
    public String getTagsAsLines() {
        return Plain.lines(tags);
    }

    @DataBoundSetter
    public void setTags(Object tags) {
        this.tags = Plain.map("tags", tags);
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
        Map<String, Object> wanted = new LinkedHashMap<>();
        if (tags != null) {
            tags.forEach((name, value) -> wanted.put(name, values(value)));
        }
        return new Wording()
                .with("tags", tags == null ? null : wanted)
                .with("address", address)
                .as("ec2");
    }

    // Private

    /** A tag's values from a form stand in one text. */
    private static Object values(Object given) {
        return given instanceof String text && text.contains(",") ? Plain.list("tags", text) : given;
    }

    /** Its name and its form. */
    @Extension
    @Symbol("ec2")
    public static final class DescriptorImpl extends PartDescriptor<Hosts> {

        private static final List<String> ADDRESSES =
                Arrays.stream(HostAddress.values()).map(HostAddress::word).toList();

        public DescriptorImpl() {
            super(Ec2Hosts.class, "EC2 instances with tags");
        }

        @POST
        public FormValidation doCheckTags(@AncestorInPath Item item, @QueryParameter String value) {
            return FieldCheck.inItem(item, value, DescriptorImpl::checkedTags);
        }

        @POST
        public FormValidation doCheckAddress(@AncestorInPath Item item, @QueryParameter String value) {
            return oneOf(item, "address", value, ADDRESSES);
        }

        @POST
        public ListBoxModel doFillAddressItems() {
            return choices(ADDRESSES);
        }

        private static void checkedTags(String text) {
            if (Plain.map("tags", text) == null) {
                throw new BadInputException("tags", "it is empty; give one at least");
            }
        }
    }
}
