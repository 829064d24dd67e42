package io.jenkins.plugins.consuldeploy.bluegreen;

import io.jenkins.plugins.consuldeploy.fleet.Host;
import io.jenkins.plugins.consuldeploy.traffic.Color;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What whoever deploys, verifies or stops a color is told.
 *
 * @param color   the one that it is about
 * @param live    the one that gets the traffic meanwhile; empty before the first release ever
 * @param hosts   of the color, as they are before it; there may be none where its deployment brings them
 * @param attempt 1 at first; more when an earlier one was cut off
 */
public record ColorTurn(
        String app,
        String release,
        Optional<String> version,
        Color color,
        Optional<Color> live,
        List<Host> hosts,
        int attempt) {

    /** What {@link #environment()} may have. */
    public static final Set<String> VARIABLES =
            Set.of("COLOR", "LIVE_COLOR", "PORT", "HOSTS", "ENDPOINTS", "APP", "RELEASE_ID", "VERSION");

    public ColorTurn {
        hosts = List.copyOf(hosts);
    }

    /**
     * As environment variables: {@code COLOR}; {@code LIVE_COLOR}, empty where none is live; {@code HOSTS}, the addresses
     * with a space between; {@code ENDPOINTS}, the same as {@code address:port}; {@code PORT}, the hosts' port, or the
     * first one's where they differ, or empty where none is known; {@code APP}, {@code RELEASE_ID}, and {@code VERSION}
     * where it has a name.
     */
    public Map<String, String> environment() {
        Map<String, String> variables = new TreeMap<>();
        variables.put("COLOR", color.word());
        variables.put("LIVE_COLOR", live.map(Color::word).orElse(""));
        variables.put("HOSTS", hosts.stream().map(Host::address).distinct().collect(Collectors.joining(" ")));
        variables.put("ENDPOINTS", hosts.stream().map(ColorTurn::endpoint).collect(Collectors.joining(" ")));
        variables.put(
                "PORT",
                hosts.stream()
                        .flatMapToInt(host -> host.port().stream())
                        .mapToObj(Integer::toString)
                        .findFirst()
                        .orElse(""));
        variables.put("APP", app);
        variables.put("RELEASE_ID", release);
        version.ifPresent(name -> variables.put("VERSION", name));
        return variables;
    }

    private static String endpoint(Host host) {
        String address = host.address().contains(":") ? "[" + host.address() + "]" : host.address();
        return address + (host.port().isPresent() ? ":" + host.port().getAsInt() : "");
    }
}
