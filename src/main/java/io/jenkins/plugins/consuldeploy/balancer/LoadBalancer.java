package io.jenkins.plugins.consuldeploy.balancer;

import io.jenkins.plugins.consuldeploy.fleet.Host;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What sends traffic to hosts.
 *
 * <p>A host's {@link Membership} is read once, before anything is touched, and recorded; every later call is given it, so
 * that the host goes back exactly as it was, also when another process does that. Every call may be repeated: taking out
 * what is out, and putting back what is in, changes nothing.
 *
 * <p>Each may throw {@link io.jenkins.plugins.consuldeploy.fleet.FleetException} when the balancer can't be asked or
 * refuses; the message says where, what was asked for and what it answered.
 */
public interface LoadBalancer {

    /** By which the record finds it again: unique within a release, such as {@code haproxy:127.0.0.1:9999/web}. */
    String name();

    /** How this host is in it now; empty when it is not in it. It changes nothing. */
    Optional<Membership> membership(Host host) throws InterruptedException;

    /**
     * Whether a host that is put back as this says gets traffic then. Not so where it was kept out already before the
     * release, by an operator: then {@link Status#IN_SERVICE} is not to be waited for.
     */
    default boolean returnsToService(Membership membership) {
        return true;
    }

    /** What it says of this member now. A member that it does not know (any more) is {@link Status#OUT}. */
    Status status(Host host, Membership membership) throws InterruptedException;

    /**
     * What it says of several members now: in one question where that can be, for a fleet's size must not multiply what
     * a balancer is asked.
     */
    default Map<Host, Status> statuses(Map<Host, Membership> members) throws InterruptedException {
        Map<Host, Status> statuses = new HashMap<>();
        for (Map.Entry<Host, Membership> member : members.entrySet()) {
            statuses.put(member.getKey(), status(member.getKey(), member.getValue()));
        }
        return statuses;
    }

    /** No new connections from now on. It does not wait for the ones there are. */
    void takeOut(Host host, Membership membership) throws InterruptedException;

    /** Back to what it was, as {@code membership} says. It does not wait until traffic comes. */
    void putBack(Host host, Membership membership) throws InterruptedException;

    /** How long a release that waits for it leaves between two askings: short where asking costs nothing. */
    default Duration pollInterval() {
        return Duration.ofMillis(20);
    }

    /**
     * How long its own draining goes on at most, where it has such a limit. Some say that a host drains until it is over,
     * with connections or without: a release that waits less gives up on a host that does as it should. It changes nothing.
     */
    default Optional<Duration> drainingDelay() throws InterruptedException {
        return Optional.empty();
    }

    /** What a balancer says of one of its members. */
    enum Status {
        /** It gets traffic. */
        IN_SERVICE,
        /** It is to get traffic and does not yet: a check has not passed, a registration is under way, or it is down. */
        NOT_READY,
        /** It gets no new traffic, and connections are still there, or the balancer's own draining delay is not over. */
        DRAINING,
        /** It gets no traffic, and none is left. */
        OUT
    }
}
