package io.jenkins.plugins.consuldeploy.jenkins.parts;

import hudson.Extension;
import hudson.model.Item;
import hudson.util.FormValidation;
import io.jenkins.plugins.consuldeploy.fleet.Host;
import io.jenkins.plugins.consuldeploy.fleet.HostList;
import io.jenkins.plugins.consuldeploy.jenkins.FieldCheck;
import io.jenkins.plugins.consuldeploy.phase.BadInputException;
import java.util.List;
import java.util.Map;
import org.jenkinsci.Symbol;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.verb.POST;

/** Hosts that are named one by one. */
public final class ListedHosts implements Hosts {

    private final List<Object> hosts;

    @DataBoundConstructor
    public ListedHosts(Object hosts) {
        this.hosts = Plain.list("hosts", hosts);
    }

    public Object getHosts() {
        return hosts;
    }

    /** As a form shows them. */
    public String getHostsAsLines() {
        return Plain.lines(hosts);
    }

    @Override
    public Map<String, Object> words() {
        return new Wording()
                .with(
                        "list",
                        hosts == null
                                ? List.of()
                                : hosts.stream().map(ListedHosts::host).toList())
                .all();
    }

    // Private

    /** {@code name=address:port} in the words of a release; every other entry is in them already. */
    private static Object host(Object entry) {
        if (!(entry instanceof String text)) {
            return entry;
        }
        boolean isNamed = text.indexOf('=') > 0;
        try {
            Host host = HostList.at(isNamed ? text.substring(text.indexOf('=') + 1) : text);
            if (!isNamed) {
                return text;
            }
            return new Wording()
                    .with("name", text.substring(0, text.indexOf('=')).strip())
                    .with("address", host.address())
                    .with("port", host.port().isPresent() ? host.port().getAsInt() : null)
                    .all();
        } catch (IllegalArgumentException e) {
            throw new BadInputException("hosts", text, e.getMessage());
        }
    }

    /** Its name and its form. */
    @Extension
    @Symbol("hostList")
    public static final class DescriptorImpl extends PartDescriptor<Hosts> {

        public DescriptorImpl() {
            super(ListedHosts.class, "Hosts that are listed");
        }

        @POST
        public FormValidation doCheckHosts(@AncestorInPath Item item, @QueryParameter String value) {
            return FieldCheck.inItem(item, value, text -> checked(new ListedHosts(text)));
        }

        private static void checked(ListedHosts hosts) {
            if (hosts.hosts == null) {
                throw new BadInputException("hosts", "it is empty; it has to be given");
            }
            hosts.words();
        }
    }
}
