package io.jenkins.plugins.consuldeploy.jenkins;

import hudson.Extension;
import hudson.ExtensionList;
import hudson.Util;
import io.jenkins.plugins.consuldeploy.consul.ConsulConfig;
import io.jenkins.plugins.consuldeploy.phase.BadInputException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import jenkins.model.GlobalConfiguration;
import net.sf.json.JSONObject;
import org.jenkinsci.Symbol;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.StaplerRequest2;

/** The Consul servers that an administrator has set up, for the steps to name. */
@Extension
@Symbol("consulServers")
public final class ConsulServers extends GlobalConfiguration {

    private List<ConsulServer> servers = new ArrayList<>();

    public ConsulServers() {
        load();
    }

    public static ConsulServers get() {
        return ExtensionList.lookupSingleton(ConsulServers.class);
    }

    public List<ConsulServer> getServers() {
        return List.copyOf(servers);
    }

    /** @throws BadInputException when two of them have the same name */
    @DataBoundSetter
    public void setServers(List<ConsulServer> servers) {
        Set<String> names = new HashSet<>();
        for (ConsulServer server : servers) {
            if (!names.add(server.getName())) {
                throw new BadInputException(
                        "name", server.getName(), "two Consul servers have it; name them differently");
            }
        }
        this.servers = new ArrayList<>(servers);
        save();
    }

    /** A form without a server leaves the whole list out. */
    @Override
    public boolean configure(StaplerRequest2 req, JSONObject json) throws FormException {
        try {
            setServers(req.bindJSONToList(ConsulServer.class, json.get("servers")));
        } catch (BadInputException e) {
            throw new FormException(e.getMessage(), e, "servers");
        }
        return true;
    }

    /**
     * The server of a name, or the only one there is when the name is empty.
     *
     * @throws BadInputException when there is none such; it says which there are
     */
    ConsulServer named(String name) {
        String wanted = Util.fixNull(name).strip();
        if (wanted.isEmpty() && servers.size() == 1) {
            return servers.get(0);
        }
        return servers.stream()
                .filter(server -> server.getName().equals(wanted))
                .findFirst()
                .orElseThrow(() -> wanted.isEmpty()
                        ? new BadInputException("consul", whatThereIs())
                        : new BadInputException("consul", wanted, whatThereIs()));
    }

    /**
     * How the server of a name is spoken to on Jenkins' own behalf, with the token that its administrator chose.
     *
     * @throws IllegalArgumentException when there is none such, or it names credentials that can't be used
     */
    public ConsulConfig access(String name) {
        return ServerAccess.config(named(name), CredentialSource.ofJenkins(), Optional.empty());
    }

    /** Below which key our own keys are at the server of a name. */
    public String keyRoot(String name) {
        return Fields.keyRoot(named(name).getKeyRoot());
    }

    // Private

    private String whatThereIs() {
        return servers.isEmpty()
                ? "no Consul server is configured; an administrator adds one under Manage Jenkins, System, Consul servers"
                : "give the name of a configured Consul server: "
                        + servers.stream().map(ConsulServer::getName).collect(Collectors.joining(", "));
    }
}
