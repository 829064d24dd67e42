package io.jenkins.plugins.consuldeploy.rolling;

import io.jenkins.plugins.consuldeploy.balancer.LoadBalancer;
import io.jenkins.plugins.consuldeploy.balancer.LoadBalancer.Status;
import io.jenkins.plugins.consuldeploy.balancer.Membership;
import io.jenkins.plugins.consuldeploy.fleet.FleetException;
import io.jenkins.plugins.consuldeploy.fleet.Host;
import io.jenkins.plugins.consuldeploy.time.TimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** All load balancers of a release, seen from a host: what is done to it is done at each one that it is in. */
final class Balancers {

    private static final int TRIES = 3;
    private static final Duration PAUSE = Duration.ofMillis(300);

    private final Map<String, LoadBalancer> byName = new TreeMap<>();
    private final TimeSource time;
    private final ReleaseRecord record;

    Balancers(List<LoadBalancer> balancers, ReleaseRecord record, TimeSource time) {
        balancers.forEach(balancer -> byName.put(balancer.name(), balancer));
        this.record = record;
        this.time = time;
    }

    /** @return why it can't be done, after some tries */
    Optional<String> takeOut(HostTurn turn) throws InterruptedException {
        return atEach(turn, LoadBalancer::takeOut);
    }

    /** @return why it can't be done, after some tries */
    Optional<String> putBack(HostTurn turn) throws InterruptedException {
        return atEach(turn, LoadBalancer::putBack);
    }

    /** Those of these hosts that no balancer sends anything any more, and whose connections are gone. */
    Set<String> out(List<HostTurn> turns) throws InterruptedException {
        return everywhere(turns, Set.of(Status.OUT), false);
    }

    /** Those of these hosts that no balancer sends anything new. */
    Set<String> away(List<HostTurn> turns) throws InterruptedException {
        return everywhere(turns, Set.of(Status.OUT, Status.DRAINING), false);
    }

    /** Those of these hosts that every balancer of theirs has as it had them before. */
    Set<String> asBefore(List<HostTurn> turns) throws InterruptedException {
        return everywhere(turns, Set.of(Status.IN_SERVICE), true);
    }

    /** Those of these hosts that get traffic: not those that somebody kept out of it before the release. */
    Set<String> inService(List<HostTurn> turns) throws InterruptedException {
        return asBefore(turns.stream().filter(this::getsTraffic).toList());
    }

    /** Whether this host is meant to get traffic; one that is in no balancer gets it in some other way. */
    boolean getsTraffic(HostTurn turn) {
        return turn.memberships().isEmpty()
                || turn.memberships().entrySet().stream()
                        .anyMatch(in -> balancer(in.getKey()).returnsToService(in.getValue()));
    }

    /** What each of its balancers says of a host, for an error. */
    String describe(HostTurn turn) throws InterruptedException {
        List<String> said = new ArrayList<>();
        for (String name : turn.memberships().keySet()) {
            said.add(name + " says "
                    + status(name, turn)
                            .name()
                            .toLowerCase(java.util.Locale.ROOT)
                            .replace('_', ' '));
        }
        return String.join(", ", said);
    }

    /** How long to leave between two askings of these hosts' balancers. */
    Duration pollInterval(List<HostTurn> turns) {
        return turns.stream()
                .flatMap(turn -> turn.memberships().keySet().stream())
                .map(name -> balancer(name).pollInterval())
                .max(Duration::compareTo)
                .orElse(PAUSE);
    }

    // Private

    private interface Act {
        void at(LoadBalancer balancer, Host host, Membership membership) throws InterruptedException;
    }

    private Optional<String> atEach(HostTurn turn, Act act) throws InterruptedException {
        for (Map.Entry<String, Membership> in : turn.memberships().entrySet()) {
            LoadBalancer balancer = balancer(in.getKey());
            for (int tries = 1; ; tries++) {
                record.checkOurs();
                try {
                    act.at(balancer, turn.host(), in.getValue());
                    break;
                } catch (FleetException e) {
                    if (tries == TRIES) {
                        return Optional.of(e.getMessage());
                    }
                }
                time.sleep(time.jittered(PAUSE.multipliedBy(tries), 0.3));
            }
        }
        return Optional.empty();
    }

    /** Asks each balancer once for all of its hosts. */
    private Set<String> everywhere(List<HostTurn> turns, Set<Status> wanted, boolean unlessKeptOut)
            throws InterruptedException {
        Set<String> names = new TreeSet<>();
        turns.forEach(turn -> names.add(turn.host().name()));
        for (LoadBalancer balancer : byName.values()) {
            Map<Host, Membership> members = new LinkedHashMap<>();
            for (HostTurn turn : turns) {
                Membership membership = turn.memberships().get(balancer.name());
                if (membership != null && !(unlessKeptOut && !balancer.returnsToService(membership))) {
                    members.put(turn.host(), membership);
                }
            }
            if (!members.isEmpty()) {
                statuses(balancer, members).forEach((host, status) -> {
                    if (!wanted.contains(status)) {
                        names.remove(host.name());
                    }
                });
            }
        }
        return names;
    }

    private static Map<Host, Status> statuses(LoadBalancer balancer, Map<Host, Membership> members)
            throws InterruptedException {
        try {
            return balancer.statuses(members);
        } catch (FleetException e) {
            Map<Host, Status> unknown = new LinkedHashMap<>();
            members.keySet().forEach(host -> unknown.put(host, Status.NOT_READY));
            return unknown;
        }
    }

    /** A balancer that can't be asked has not said that all is well. */
    private Status status(String name, HostTurn turn) throws InterruptedException {
        try {
            return balancer(name).status(turn.host(), turn.memberships().get(name));
        } catch (FleetException e) {
            return Status.NOT_READY;
        }
    }

    private LoadBalancer balancer(String name) {
        LoadBalancer balancer = byName.get(name);
        if (balancer == null) {
            throw new FleetException("the record knows the load balancer " + name + ", and this release has "
                    + byName.keySet() + ": resume it with what it was started with");
        }
        return balancer;
    }
}
