package io.jenkins.plugins.consuldeploy.rolling;

import io.jenkins.plugins.consuldeploy.balancer.LoadBalancer;
import io.jenkins.plugins.consuldeploy.balancer.Membership;
import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.Holder;
import io.jenkins.plugins.consuldeploy.consul.Lock;
import io.jenkins.plugins.consuldeploy.consul.LockHeldException;
import io.jenkins.plugins.consuldeploy.fleet.Host;
import io.jenkins.plugins.consuldeploy.journal.Journal;
import io.jenkins.plugins.consuldeploy.journal.ReleaseHead;
import io.jenkins.plugins.consuldeploy.journal.ReleaseKeys;
import io.jenkins.plugins.consuldeploy.journal.ReleaseLock;
import io.jenkins.plugins.consuldeploy.notify.ReleaseEvent;
import io.jenkins.plugins.consuldeploy.phase.BadInputException;
import io.jenkins.plugins.consuldeploy.phase.BatchSize;
import io.jenkins.plugins.consuldeploy.phase.Caller;
import io.jenkins.plugins.consuldeploy.phase.Durations;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Starts rolling releases, and goes on with those that somebody left. Whoever starts one holds its application's lock
 * until the release is closed.
 */
public final class Releases {

    /** The {@link ReleaseHead#kind()} of a rolling release. */
    public static final String KIND = "rolling";

    private static final DateTimeFormatter ID =
            DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").withZone(ZoneOffset.UTC);

    private final Consul consul;
    private final ReleaseKeys keys;
    private final Caller caller;
    private final RollingSpec.Reader reader;
    private final Duration lockDelay;

    public Releases(Consul consul, ReleaseKeys keys, Caller caller, RollingSpec.Reader reader) {
        this(consul, keys, caller, reader, ReleaseLock.LOCK_DELAY);
    }

    /** @param lockDelay zero only where no holder can still be alive: in tests */
    Releases(Consul consul, ReleaseKeys keys, Caller caller, RollingSpec.Reader reader, Duration lockDelay) {
        this.lockDelay = lockDelay;
        this.consul = consul;
        this.keys = keys;
        this.caller = caller;
        this.reader = reader;
    }

    /** What a start does with a release of the same application whose holder is dead. */
    public enum IfDead {
        /** Puts in order what it left out or suspended, says so, and starts. */
        REPAIR,
        /** Refuses, naming it. */
        REFUSE
    }

    /** A release was left by a dead holder, and the caller wants to be asked first. */
    public static final class LeftBehindException extends Exception {
        private static final long serialVersionUID = 1L;

        LeftBehindException(ReleaseHead head) {
            super("the release " + head.id() + " of " + head.app() + ", started by " + head.who() + " (" + head.build()
                    + ") at " + head.started() + ", was left " + head.state().word() + " with " + head.done() + " of "
                    + head.total() + " hosts done. Go on with it: consul-deploy resume " + head.id()
                    + "; or start with ifDead 'repair', which puts it in order first");
        }
    }

    /**
     * Starts a release: finds the hosts and how each is in its balancers, and puts it on record. Nothing is touched yet.
     *
     * @throws BadInputException   when there are no hosts, or one is in none of the balancers
     * @throws LockHeldException   naming who releases this application now
     * @throws LeftBehindException only with {@link IfDead#REFUSE}
     */
    public RollingRelease start(RollingSpec spec, IfDead ifDead, RollingListener listener)
            throws LockHeldException, LeftBehindException, InterruptedException {
        List<Host> hosts = hosts(spec);
        String id = newId();
        Lock lock = lock(spec.app(), "release " + id, Optional.empty(), Duration.ZERO);
        return closedOnFailure(lock, () -> {
            List<ReleaseHead> earlier = Journal.releases(consul, keys, spec.app());
            settle(earlier, ifDead, lock, listener);
            checkDraining(spec);
            Map<String, Map<String, Membership>> memberships = memberships(spec, hosts, earlier);
            List<Host> order = outFirst(spec, hosts, memberships);
            List<List<Host>> batches = batches(spec.policy(), order);
            Instant now = consul.time().now();
            Map<String, String> turns = new LinkedHashMap<>();
            for (int batch = 0; batch < batches.size(); batch++) {
                for (Host host : batches.get(batch)) {
                    HostTurn turn = HostTurn.waiting(host, turns.size(), batch, now, memberships.get(host.name()));
                    turns.put(host.name(), turn.toJson());
                }
            }
            ReleaseHead head = new ReleaseHead(
                    id,
                    spec.app(),
                    KIND,
                    ReleaseHead.State.RUNNING,
                    caller.who(),
                    caller.build(),
                    now,
                    Optional.empty(),
                    spec.version(),
                    Optional.empty(),
                    0,
                    order.size(),
                    spec.text(),
                    ReleaseRecord.noProgress());
            Journal journal = Journal.begin(consul, keys, lock, head, turns);
            RollingRelease release = new RollingRelease(consul, spec, lock, journal, listener);
            listener.began(id, order, batches.size());
            release.tell(ReleaseEvent.Kind.STARTED);
            return release;
        });
    }

    /**
     * Goes on with a release from its record.
     *
     * @param former   the session of the caller's earlier run that died, if it knows it
     * @param patience how long to wait for a holder that may be dead; see {@link ReleaseLock#DEAD_HOLDER_LIMIT}
     * @throws BadInputException when there is no such release
     */
    public RollingRelease resume(String id, Optional<String> former, Duration patience, RollingListener listener)
            throws LockHeldException, InterruptedException {
        ReleaseHead found = find(id);
        Lock lock = lock(found.app(), "release " + id, former, patience);
        try {
            return closedOnFailure(lock, () -> {
                Journal journal =
                        Journal.open(consul, keys, lock, found.app(), id).orElseThrow(() -> noSuch(id));
                RollingSpec spec = reader.read(journal.head().spec());
                RollingRelease release = new RollingRelease(consul, spec, lock, journal, listener);
                listener.began(id, release.hosts(), release.batches());
                if (!journal.head().state().isOver()) {
                    release.tell(ReleaseEvent.Kind.RESUMED);
                }
                return release;
            });
        } catch (LeftBehindException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Every call that a release would make, in order, as sentences. It asks and touches nothing. */
    public List<String> plan(RollingSpec spec, Update update) throws InterruptedException {
        List<Host> hosts = hosts(spec);
        List<ReleaseHead> earlier = Journal.releases(consul, keys, spec.app());
        Map<String, Map<String, Membership>> memberships = memberships(spec, hosts, earlier);
        return Plan.of(spec, outFirst(spec, hosts, memberships), memberships, update);
    }

    /** The release with this id, of whichever application. */
    public ReleaseHead find(String id) {
        return Journal.releases(consul, keys).stream()
                .filter(head -> head.id().equals(id))
                .findFirst()
                .orElseThrow(() -> noSuch(id));
    }

    // Private

    private interface Opening {
        RollingRelease open() throws LeftBehindException, InterruptedException;
    }

    private static RollingRelease closedOnFailure(Lock lock, Opening opening)
            throws LeftBehindException, InterruptedException {
        boolean open = false;
        try {
            RollingRelease release = opening.open();
            open = true;
            return release;
        } finally {
            if (!open) {
                lock.close();
            }
        }
    }

    private Lock lock(String app, String what, Optional<String> former, Duration patience)
            throws LockHeldException, InterruptedException {
        Holder holder =
                new Holder(caller.who(), caller.build(), what, consul.time().now());
        return ReleaseLock.take(consul, keys, app, holder, former, lockDelay, patience);
    }

    private String newId() {
        return ID.format(consul.time().now()) + "-"
                + String.format("%04x", (int) (consul.time().random() * 0x10000));
    }

    private BadInputException noSuch(String id) {
        return new BadInputException("release", id, "there is none on record; 'consul-deploy releases' lists them");
    }

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
        for (LoadBalancer balancer : spec.balancers()) {
            Optional<Duration> delay = balancer.drainingDelay();
            if (delay.isPresent() && delay.get().compareTo(spec.policy().drainTimeout()) >= 0) {
                throw new BadInputException(
                        "drainTimeout",
                        Durations.show(spec.policy().drainTimeout()),
                        balancer.name() + " lets a host drain for up to " + Durations.show(delay.get())
                                + "; give more than that, or shorten it there");
            }
        }
    }

    private Map<String, Map<String, Membership>> memberships(
            RollingSpec spec, List<Host> hosts, List<ReleaseHead> earlier) throws InterruptedException {
        Map<String, HostTurn> leftOut = leftOut(earlier);
        Map<String, Map<String, Membership>> memberships = new HashMap<>();
        for (Host host : hosts) {
            Map<String, Membership> found = new TreeMap<>(Balancers.memberships(spec.balancers(), host));
            if (leftOut.containsKey(host.name())) {
                found.putAll(stillOut(spec, leftOut.get(host.name())));
            }
            if (found.isEmpty() && !spec.balancers().isEmpty()) {
                throw new BadInputException(
                        "hosts",
                        host.name(),
                        "it is in none of "
                                + spec.balancers().stream()
                                        .map(LoadBalancer::name)
                                        .toList()
                                + "; nothing was touched. Put it into its balancer, or leave it out of the hosts");
            }
            memberships.put(host.name(), found);
        }
        return memberships;
    }

    /** The hosts that an earlier release left out of service, each as its latest record has it. */
    private Map<String, HostTurn> leftOut(List<ReleaseHead> earlier) {
        Map<String, HostTurn> latest = new HashMap<>();
        for (ReleaseHead head : earlier) {
            if (head.kind().equals(KIND)) {
                for (String json :
                        Journal.hosts(consul, keys, head.app(), head.id()).values()) {
                    HostTurn turn = HostTurn.fromJson(json);
                    latest.putIfAbsent(turn.host().name(), turn);
                }
            }
        }
        latest.values().removeIf(turn -> turn.phase() != HostPhase.FAILED || !turn.changed());
        return latest;
    }

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

    /** A host that gets no traffic anyway comes first: bringing it back makes room for the others' turns. */
    private static List<Host> outFirst(
            RollingSpec spec, List<Host> hosts, Map<String, Map<String, Membership>> memberships)
            throws InterruptedException {
        List<Host> out = new ArrayList<>();
        List<Host> in = new ArrayList<>();
        for (Host host : hosts) {
            boolean isOut = false;
            for (LoadBalancer balancer : spec.balancers()) {
                Membership membership = memberships.get(host.name()).get(balancer.name());
                isOut |= membership != null && balancer.status(host, membership) == LoadBalancer.Status.OUT;
            }
            (isOut ? out : in).add(host);
        }
        out.addAll(in);
        return out;
    }

    /** Puts in order what earlier releases of this application left behind. */
    private void settle(List<ReleaseHead> earlier, IfDead ifDead, Lock lock, RollingListener listener)
            throws LeftBehindException, InterruptedException {
        for (ReleaseHead head : earlier) {
            boolean leftSuspended = !ReleaseRecord.suspended(head.progress()).isEmpty();
            if (!head.kind().equals(KIND) || head.state().isOver() && !leftSuspended) {
                continue;
            }
            if (ifDead == IfDead.REFUSE && !head.state().isOver()) {
                throw new LeftBehindException(head);
            }
            Optional<Journal> journal = Journal.open(consul, keys, lock, head.app(), head.id());
            if (journal.isPresent()) {
                listener.note("the release " + head.id() + " of " + head.who() + " (" + head.build() + ") was left "
                        + head.state().word() + ": putting it in order first");
                new RollingRelease(consul, reader.read(head.spec()), lock, journal.get(), listener)
                        .settle("left by its holder, put in order by " + caller.who() + " (" + caller.build() + ")");
            }
        }
    }

    /** The batches of a release, from the sizes that its policy gives. */
    static List<List<Host>> batches(RollingPolicy policy, List<Host> hosts) {
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
