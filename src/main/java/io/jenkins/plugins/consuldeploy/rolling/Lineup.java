package io.jenkins.plugins.consuldeploy.rolling;

import io.jenkins.plugins.consuldeploy.balancer.LoadBalancer;
import io.jenkins.plugins.consuldeploy.balancer.Membership;
import io.jenkins.plugins.consuldeploy.fleet.Host;
import io.jenkins.plugins.consuldeploy.phase.BadInputException;
import io.jenkins.plugins.consuldeploy.phase.BatchSize;
import io.jenkins.plugins.consuldeploy.phase.Durations;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The hosts of a release in the order of their turns, each with how it is in its balancers. Reading it touches nothing.
 *
 * @param batches     at least one
 * @param serving     how many of the hosts are meant to get traffic
 * @param memberships by the hosts' names, and then by the balancers'
 */
record Lineup(List<List<Host>> batches, int serving, Map<String, Map<String, Membership>> memberships) {

    /**
     * Reads it.
     *
     * @param leftOut those of the named hosts that earlier releases left out of service, as they have them on record
     * @throws BadInputException when there are no hosts, when one is in none of the balancers, or when what was asked for
     *                           can't be had with them
     */
    static Lineup read(RollingSpec spec, Function<Set<String>, Map<String, HostTurn>> leftOut)
            throws InterruptedException {
        List<Host> hosts = hosts(spec);
        checkDraining(spec);
        Map<String, HostTurn> out = leftOut.apply(hosts.stream().map(Host::name).collect(Collectors.toSet()));
        Map<String, Map<String, Membership>> memberships = new HashMap<>();
        for (Host host : hosts) {
            memberships.put(host.name(), memberships(spec, host, out));
        }
        int serving = (int) hosts.stream()
                .filter(host -> getsTraffic(spec, memberships.get(host.name())))
                .count();
        spec.policy().checkPossible(hosts.size(), serving);
        return new Lineup(batches(spec.policy(), outFirst(spec, hosts, memberships)), serving, Map.copyOf(memberships));
    }

    int size() {
        return memberships.size();
    }

    // Private

    private static List<Host> hosts(RollingSpec spec) throws InterruptedException {
        List<Host> hosts = spec.hosts().find();
        if (hosts.isEmpty()) {
            throw new BadInputException(
                    "hosts", spec.hosts().describe(), "there are none; a release needs at least one");
        }
        Set<String> names = new HashSet<>();
        for (Host host : hosts) {
            if (!names.add(host.name())) {
                throw new BadInputException("hosts", host.name(), "two hosts have this name; names must differ");
            }
        }
        return hosts;
    }

    /** Some balancers let a host drain for a time of their own; giving up before is no failure of the host's. */
    private static void checkDraining(RollingSpec spec) throws InterruptedException {
        for (LoadBalancer balancer : spec.policy().cutOff() ? List.<LoadBalancer>of() : spec.balancers()) {
            Duration delay = balancer.drainingDelay().orElse(Duration.ZERO);
            if (delay.compareTo(spec.policy().drainTimeout()) >= 0) {
                throw new BadInputException(
                        "drainTimeout",
                        Durations.show(spec.policy().drainTimeout()),
                        balancer.name() + " lets a host drain for up to " + Durations.show(delay)
                                + "; give more than that, or shorten it there");
            }
        }
    }

    private static Map<String, Membership> memberships(RollingSpec spec, Host host, Map<String, HostTurn> leftOut)
            throws InterruptedException {
        Map<String, Membership> found = new TreeMap<>();
        for (LoadBalancer balancer : spec.balancers()) {
            balancer.membership(host).ifPresent(membership -> found.put(balancer.name(), membership));
        }
        if (leftOut.containsKey(host.name())) {
            found.putAll(stillOut(spec, leftOut.get(host.name())));
        }
        if (found.isEmpty() && !spec.balancers().isEmpty()) {
            throw new BadInputException(
                    "hosts",
                    host.name(),
                    "it is in none of "
                            + spec.balancers().stream().map(LoadBalancer::name).toList()
                            + "; nothing was touched. Put it into its balancer, or leave it out of the hosts");
        }
        return found;
    }

    /** Where a host is that a release left out: as it was before that one took it out. */
    private static Map<String, Membership> stillOut(RollingSpec spec, HostTurn left) throws InterruptedException {
        Map<String, Membership> out = new TreeMap<>();
        for (LoadBalancer balancer : spec.balancers()) {
            Membership recorded = left.memberships().get(balancer.name());
            if (recorded != null && balancer.status(left.host(), recorded) != LoadBalancer.Status.IN_SERVICE) {
                out.put(balancer.name(), recorded);
            }
        }
        return out;
    }

    /** As {@link Balancers#getsTraffic}, before there is a record. */
    private static boolean getsTraffic(RollingSpec spec, Map<String, Membership> memberships) {
        return memberships.isEmpty()
                || spec.balancers().stream()
                        .anyMatch(balancer -> memberships.containsKey(balancer.name())
                                && balancer.returnsToService(memberships.get(balancer.name())));
    }

    /** A host that should get traffic and does not comes first: bringing it back makes room for the others' turns. */
    private static List<Host> outFirst(
            RollingSpec spec, List<Host> hosts, Map<String, Map<String, Membership>> memberships)
            throws InterruptedException {
        Set<Host> out = new HashSet<>();
        for (LoadBalancer balancer : spec.balancers()) {
            Map<Host, Membership> members = new HashMap<>();
            for (Host host : hosts) {
                Membership membership = memberships.get(host.name()).get(balancer.name());
                if (membership != null && balancer.returnsToService(membership)) {
                    members.put(host, membership);
                }
            }
            balancer.statuses(members).forEach((host, status) -> {
                if (status != LoadBalancer.Status.IN_SERVICE) {
                    out.add(host);
                }
            });
        }
        List<Host> order = new ArrayList<>(hosts);
        order.sort(Comparator.comparing(host -> !out.contains(host)));
        return order;
    }

    private static List<List<Host>> batches(RollingPolicy policy, List<Host> hosts) {
        BatchSize canary = policy.canary().orElse(policy.batch());
        int first = canary.of(hosts.size());
        List<List<Host>> batches = new ArrayList<>();
        batches.add(hosts.subList(0, first));
        int size = policy.batch().of(hosts.size());
        for (int from = first; from < hosts.size(); from += size) {
            batches.add(hosts.subList(from, Math.min(hosts.size(), from + size)));
        }
        return batches;
    }
}
