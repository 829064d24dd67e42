package io.jenkins.plugins.consuldeploy.fleet;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;

/** The order in which a release takes its hosts. */
public final class ZoneOrder {

    private ZoneOrder() {}

    /**
     * One host of each zone in turn, so that no zone is out as a whole, and what fails fails in each of them early. The
     * zones take turns in the order of their first hosts, a zone's hosts keep their order, and hosts without a zone
     * count as one zone.
     */
    public static List<Host> alternating(List<Host> hosts) {
        Map<Optional<String>, Queue<Host>> zones = new LinkedHashMap<>();
        for (Host host : hosts) {
            zones.computeIfAbsent(host.zone(), zone -> new ArrayDeque<>()).add(host);
        }
        List<Host> order = new ArrayList<>(hosts.size());
        while (!zones.isEmpty()) {
            zones.values().removeIf(zone -> {
                order.add(zone.remove());
                return zone.isEmpty();
            });
        }
        return List.copyOf(order);
    }
}
