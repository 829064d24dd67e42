package io.jenkins.plugins.consuldeploy.balancer;

import io.jenkins.plugins.consuldeploy.fleet.FleetException;
import io.jenkins.plugins.consuldeploy.fleet.Host;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/** Reads an HAProxy's servers, and finds a host's among them. */
public final class HaproxyBackends {

    private HaproxyBackends() {}

    /** @throws IllegalArgumentException when no backend can have this name */
    public static void checkName(String backend) {
        if (!backend.matches("[A-Za-z0-9_.:-]+")) {
            throw new IllegalArgumentException("backend '" + backend
                    + "' can't be one of HAProxy's; their names have letters, digits, and - _ . :");
        }
    }

    /**
     * The servers of these backends, or of all when none is named.
     *
     * @throws FleetException when HAProxy does not answer, or has no such backend
     */
    public static List<HaproxyServer> read(RuntimeApi api, Collection<String> backends) throws InterruptedException {
        if (backends.isEmpty()) {
            return read(api, Optional.empty());
        }
        List<HaproxyServer> servers = new ArrayList<>();
        for (String backend : backends) {
            servers.addAll(read(api, Optional.of(backend)));
        }
        return servers;
    }

    /** In each backend the server of the host's name, or else each one at its address and port. */
    public static List<HaproxyServer> serversOf(Host host, List<HaproxyServer> servers) {
        Map<String, List<HaproxyServer>> byBackend = new TreeMap<>();
        servers.forEach(server -> byBackend
                .computeIfAbsent(server.backend(), backend -> new ArrayList<>())
                .add(server));
        List<HaproxyServer> found = new ArrayList<>();
        for (List<HaproxyServer> backend : byBackend.values()) {
            List<HaproxyServer> named = backend.stream()
                    .filter(server -> server.name().equals(host.name()))
                    .toList();
            found.addAll(named.isEmpty() ? at(host, backend) : named);
        }
        return found;
    }

    // Private

    private static List<HaproxyServer> read(RuntimeApi api, Optional<String> backend) throws InterruptedException {
        String command = HaproxyTables.command(backend);
        String answer = api.ask(command);
        if (answer.startsWith("Can't find backend")) {
            throw new FleetException("HAProxy at " + api.address() + " has no backend '" + backend.orElse("")
                    + "' (it answered '" + answer.lines().findFirst().orElse("") + "' to '" + command + "'). It has "
                    + names(read(api, Optional.empty())));
        }
        try {
            return HaproxyTables.parse(answer);
        } catch (NoSuchElementException e) {
            throw new FleetException(
                    api.refusal(command, answer).getMessage() + ", and that has " + e.getMessage()
                            + ". Is it an HAProxy, 1.8 or newer?",
                    e);
        }
    }

    private static String names(List<HaproxyServer> servers) {
        TreeSet<String> names = new TreeSet<>();
        servers.forEach(server -> names.add(server.backend()));
        return names.isEmpty() ? "no backend with servers" : String.join(", ", names);
    }

    private static List<HaproxyServer> at(Host host, List<HaproxyServer> servers) {
        Optional<InetAddress> address = address(host.address());
        return servers.stream()
                .filter(server -> host.port().isEmpty() || host.port().getAsInt() == server.port())
                .filter(server -> server.address().equals(host.address())
                        || server.fqdn().equals(host.address())
                        || address.isPresent() && address.equals(address(server.address())))
                .toList();
    }

    /** A name is looked up; HAProxy's own are numbers, but for {@code -}: a unix socket, or not looked up yet. */
    private static Optional<InetAddress> address(String text) {
        try {
            return text.equals("-") ? Optional.empty() : Optional.of(InetAddress.getByName(text));
        } catch (UnknownHostException e) {
            return Optional.empty();
        }
    }
}
