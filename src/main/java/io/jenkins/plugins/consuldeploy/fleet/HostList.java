package io.jenkins.plugins.consuldeploy.fleet;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Hosts that are named one by one, in that order.
 *
 * @param hosts each with a name of its own
 */
public record HostList(List<Host> hosts) implements HostSource {

    private static final int HIGHEST_PORT = 65_535;

    /** @throws IllegalArgumentException naming the host that is listed twice */
    public HostList {
        hosts = List.copyOf(hosts);
        Set<String> names = new HashSet<>();
        for (Host host : hosts) {
            if (!names.add(host.name())) {
                throw new IllegalArgumentException(
                        "the host '" + host.name() + "' is listed twice; give each entry a name of its own");
            }
        }
    }

    /**
     * A host from {@code address}, {@code address:port} or {@code [address]:port}; the whole text is its name.
     *
     * @throws IllegalArgumentException naming the text and what would be accepted
     */
    public static Host at(String text) {
        String rest = text.strip();
        int colon = rest.lastIndexOf(':');
        boolean bracketed = rest.startsWith("[");
        boolean hasPort = bracketed ? colon > rest.indexOf(']') : colon >= 0 && colon == rest.indexOf(':');
        String address = hasPort ? rest.substring(0, colon) : rest;
        if (bracketed && address.endsWith("]")) {
            address = address.substring(1, address.length() - 1);
        }
        if (address.isBlank() || address.contains("/") || address.contains("[") || address.contains("]")) {
            throw unreadable(text);
        }
        OptionalInt port = hasPort ? OptionalInt.of(port(text, rest.substring(colon + 1))) : OptionalInt.empty();
        return new Host(rest, rest, address, port, Optional.empty());
    }

    @Override
    public List<Host> find() {
        return hosts;
    }

    @Override
    public String describe() {
        return "a list of " + hosts.size() + (hosts.size() == 1 ? " host" : " hosts");
    }

    // Private

    private static int port(String text, String digits) {
        try {
            int port = Integer.parseInt(digits);
            if (port >= 1 && port <= HIGHEST_PORT) {
                return port;
            }
        } catch (NumberFormatException e) {
            throw unreadable(text);
        }
        throw unreadable(text);
    }

    private static IllegalArgumentException unreadable(String text) {
        return new IllegalArgumentException("host '" + text
                + "' can't be read; give address, address:port or [address]:port, the port from 1 to " + HIGHEST_PORT);
    }
}
