package io.jenkins.plugins.consuldeploy.balancer;

import io.jenkins.plugins.consuldeploy.balancer.HaproxyServer.State;
import io.jenkins.plugins.consuldeploy.fleet.FleetException;
import io.jenkins.plugins.consuldeploy.fleet.Host;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * One HAProxy, 1.8 or newer, through its runtime API. A host that is behind several HAProxys has one of these for each.
 *
 * <p>In each backend, a host's server is the one of the host's name, or else each one at the host's address and port
 * (at any port, when the host has none). A host may have servers in several backends; they go out and come back
 * together.
 *
 * <p><b>Out</b> is HAProxy's {@code drain} by default: no new traffic, but that of users whom a cookie or a stick table
 * ties to the server. Where there are such users, take {@link KeepOut#MAINT}, which sends them elsewhere too; HAProxy
 * does not check a server in maintenance. Drained is a server without sessions and without requests in its queue, as
 * {@code show stat} counts them: idle connections that HAProxy keeps open to it don't count. Sessions that an older
 * HAProxy process still has after a reload are not counted by the newer one.
 *
 * <p><b>In service</b> is what HAProxy says: UP by its own check, or without one. While a server drains, HAProxy goes
 * on checking it, and a server whose checks did not fail often enough meanwhile is UP the moment that it is ready; else
 * it is after {@code rise} checks that pass. HAProxy's word may be as old as its check interval, so a release wants a
 * check of its own before it puts a host back. A server that comes out of maintenance is UP at once, and goes down at
 * the first check that fails. Its health is never set from here.
 *
 * <p>It throws {@link FleetException}, naming the socket, the command and HAProxy's answer, when HAProxy does not
 * answer or refuses. It keeps no state and may be used by several threads.
 */
public final class HaproxyBalancer implements LoadBalancer {

    /** For connecting and the whole answer to one command. */
    public static final Duration TIMEOUT = Duration.ofSeconds(5);

    private static final Duration POLL_INTERVAL = Duration.ofMillis(10);

    private final RuntimeApi api;
    private final List<String> backends;
    private final State out;

    /** How a host is kept out. */
    public enum KeepOut {
        /** No new traffic, but that of users who are tied to the server. HAProxy goes on checking it. */
        DRAIN,
        /** No new traffic at all. HAProxy does not check it. */
        MAINT
    }

    /** One that drains, with the usual timeout. */
    public HaproxyBalancer(String address, List<String> backends) {
        this(address, backends, KeepOut.DRAIN, TIMEOUT);
    }

    /**
     * @param address  {@code host:port} or the path of a unix socket, with {@code level admin}
     * @param backends where to look for the hosts' servers; empty for all
     * @param timeout  for connecting and the whole answer to one command
     * @throws IllegalArgumentException naming the address or the backend that can't be one
     */
    public HaproxyBalancer(String address, List<String> backends, KeepOut keepOut, Duration timeout) {
        this.api = new RuntimeApi(address, timeout);
        this.backends = List.copyOf(new TreeSet<>(backends));
        this.out = keepOut == KeepOut.DRAIN ? State.DRAIN : State.MAINT;
        backends.forEach(HaproxyBackends::checkName);
    }

    @Override
    public String name() {
        return "haproxy:" + api.address() + (backends.isEmpty() ? "" : "/" + String.join(",", backends));
    }

    @Override
    public Optional<Membership> membership(Host host) throws InterruptedException {
        api.requireAdmin();
        Map<String, String> details = new TreeMap<>();
        for (HaproxyServer server : HaproxyBackends.serversOf(host, HaproxyBackends.read(api, backends))) {
            details.put(server.path(), new Recorded(server.state(), server.weight(), server.isKeptOut()).toText());
        }
        return details.isEmpty() ? Optional.empty() : Optional.of(new Membership(details));
    }

    @Override
    public boolean returnsToService(Membership membership) {
        return recorded(membership).values().stream().anyMatch(server -> !server.wasOut());
    }

    /**
     * {@inheritDoc}
     *
     * <p>Of several servers, the host is in service when each is that was before, and out when each is out; servers that
     * differ make it {@link Status#NOT_READY}, but for those that still drain while the others are out.
     */
    @Override
    public Status status(Host host, Membership membership) throws InterruptedException {
        return status(membership, now(List.of(membership)));
    }

    @Override
    public Map<Host, Status> statuses(Map<Host, Membership> members) throws InterruptedException {
        Map<String, HaproxyServer> now = now(members.values());
        Map<Host, Status> statuses = new HashMap<>();
        members.forEach((host, membership) -> statuses.put(host, status(membership, now)));
        return statuses;
    }

    /** {@inheritDoc} A server that was out before is left as it is. */
    @Override
    public void takeOut(Host host, Membership membership) throws InterruptedException {
        Map<String, Recorded> recorded = recorded(membership);
        Map<String, HaproxyServer> now = now(List.of(membership));
        for (Map.Entry<String, Recorded> before : recorded.entrySet()) {
            HaproxyServer server = now.get(before.getKey());
            boolean getsTraffic = server != null && server.state().compareTo(out) < 0;
            if (getsTraffic && before.getValue().state() == State.READY) {
                api.order("set server " + server.path() + " state " + out.word());
            }
        }
    }

    /** {@inheritDoc} Its weight comes back first, so that it does not get another share than before. */
    @Override
    public void putBack(Host host, Membership membership) throws InterruptedException {
        Map<String, HaproxyServer> now = now(List.of(membership));
        for (Map.Entry<String, Recorded> before : recorded(membership).entrySet()) {
            HaproxyServer server = now.get(before.getKey());
            if (server == null) {
                throw new FleetException("could not put the host " + host + " back: HAProxy at " + api.address()
                        + " has no server " + before.getKey() + " any more. Add it to its configuration again");
            }
            if (server.weight() != before.getValue().weight()) {
                api.order("set server " + server.path() + " weight " + weight(server, before.getValue()));
            }
            if (server.state() != before.getValue().state()) {
                api.order("set server " + server.path() + " state "
                        + before.getValue().state().word());
            }
        }
    }

    @Override
    public Duration pollInterval() {
        return POLL_INTERVAL;
    }

    // Private

    /** What the record has of a server: {@code ready weight=10}, with {@code out} behind it for one that got no traffic. */
    private record Recorded(State state, int weight, boolean wasOut) {

        private static final String WEIGHT = "weight=";
        private static final String OUT = "out";

        String toText() {
            return state.word() + " " + WEIGHT + weight + (wasOut ? " " + OUT : "");
        }

        static Recorded of(String text) {
            String[] words = text.split(" ");
            return new Recorded(
                    State.valueOf(words[0].toUpperCase(java.util.Locale.ROOT)),
                    Integer.parseInt(words[1].substring(WEIGHT.length())),
                    words.length > 2 && words[2].equals(OUT));
        }
    }

    private static Map<String, Recorded> recorded(Membership membership) {
        Map<String, Recorded> recorded = new TreeMap<>();
        membership.details().forEach((path, text) -> recorded.put(path, Recorded.of(text)));
        return recorded;
    }

    /** A backend with a static algorithm takes no other weights than these two. */
    private static String weight(HaproxyServer server, Recorded before) {
        return before.weight() == 0
                ? "0%"
                : before.weight() == server.initialWeight() ? "100%" : Integer.toString(before.weight());
    }

    private static Status status(Membership membership, Map<String, HaproxyServer> now) {
        Map<String, Recorded> recorded = recorded(membership);
        boolean expected = recorded.values().stream().anyMatch(server -> !server.wasOut());
        List<Status> all = new ArrayList<>();
        List<Status> counted = new ArrayList<>();
        recorded.forEach((path, before) -> {
            Status status = now.containsKey(path) ? now.get(path).status() : Status.OUT;
            all.add(status);
            if (!expected || !before.wasOut()) {
                counted.add(status);
            }
        });
        if (all.stream().allMatch(status -> status == Status.OUT || status == Status.DRAINING)) {
            return all.contains(Status.DRAINING) ? Status.DRAINING : Status.OUT;
        }
        return counted.stream().allMatch(status -> status == Status.IN_SERVICE) ? Status.IN_SERVICE : Status.NOT_READY;
    }

    /** The servers of these backends by their paths, those of these members among them if they are still there. */
    private Map<String, HaproxyServer> now(Collection<Membership> memberships) throws InterruptedException {
        Set<String> named = new TreeSet<>();
        for (Membership membership : memberships) {
            membership.details().keySet().forEach(path -> named.add(path.substring(0, path.indexOf('/'))));
        }
        Map<String, HaproxyServer> now = new HashMap<>();
        HaproxyBackends.read(api, named).forEach(server -> now.put(server.path(), server));
        return now;
    }
}
