package io.jenkins.plugins.consuldeploy.rolling;

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
import io.jenkins.plugins.consuldeploy.phase.Caller;
import io.jenkins.plugins.consuldeploy.phase.Durations;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

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

        private final String id;

        LeftBehindException(ReleaseHead head) {
            super("the release " + head.id() + " of " + head.app() + ", started by " + head.who() + " (" + head.build()
                    + ") at " + head.started() + ", was left " + head.state().word() + " with " + head.done() + " of "
                    + head.total() + " hosts done. Go on with it: consul-deploy resume " + head.id()
                    + "; or start with ifDead 'repair', which puts it in order first");
            this.id = head.id();
        }

        /** The id of that release. */
        public String id() {
            return id;
        }
    }

    /**
     * Starts a release: finds the hosts and how each is in its balancers, and puts it on record. Nothing is touched yet,
     * but what a dead release left is put in order.
     *
     * @throws BadInputException   when there are no hosts, or one is in none of the balancers
     * @throws LockHeldException   naming who releases this application now
     * @throws LeftBehindException only with {@link IfDead#REFUSE}
     */
    public RollingRelease start(RollingSpec spec, IfDead ifDead, RollingListener listener)
            throws LockHeldException, LeftBehindException, InterruptedException {
        String id = newId();
        Lock lock = lock(spec.app(), id, Optional.empty(), Duration.ZERO, listener);
        return closedOnFailure(lock, () -> {
            List<ReleaseHead> earlier = Journal.releases(consul, keys, spec.app());
            settle(earlier, ifDead, lock, listener);
            // Only now, for a host of the dead release may have been out of its source too.
            Lineup lineup = Lineup.read(spec, hosts -> leftOut(earlier, hosts));
            Journal journal = Journal.begin(consul, keys, lock, head(id, spec, lineup.size()), turns(lineup));
            RollingRelease release = new RollingRelease(consul, spec, lock, journal, listener);
            release.introduce();
            release.tell(ReleaseEvent.Kind.STARTED);
            return release;
        });
    }

    /**
     * Goes on with a release from its record.
     *
     * @param former   the session of the caller's earlier run that died, if it knows it
     * @param patience how long to wait for a holder that may be dead, which is said; see
     *                 {@link ReleaseLock#DEAD_HOLDER_LIMIT}
     * @throws BadInputException when there is no such release, or it is of another kind
     */
    public RollingRelease resume(String id, Optional<String> former, Duration patience, RollingListener listener)
            throws LockHeldException, InterruptedException {
        return resume(id, former, patience, Optional.empty(), listener);
    }

    /**
     * Goes on with a release by other words than those on record, which they replace: when what it does was wrong, or
     * was said nowhere. Its hosts, and how each was in its balancers, stay as they are on record.
     *
     * @throws BadInputException also when the words are of another application
     */
    public RollingRelease resume(
            String id,
            Optional<String> former,
            Duration patience,
            Optional<RollingSpec> otherWords,
            RollingListener listener)
            throws LockHeldException, InterruptedException {
        ReleaseHead found = find(id);
        checkSame(found, otherWords);
        Lock lock = lock(found.app(), id, former, patience, listener);
        try {
            return closedOnFailure(lock, () -> {
                Journal journal =
                        Journal.open(consul, keys, lock, found.app(), id).orElseThrow(() -> noSuch(id));
                boolean isOver = journal.head().state().isOver();
                if (!isOver) {
                    otherWords.ifPresent(words -> journal.write(journal.head().withSpec(words.text())));
                }
                RollingSpec spec = otherWords.orElseGet(() -> reader.read(found.spec()));
                RollingRelease release = new RollingRelease(consul, spec, lock, journal, listener);
                release.introduce();
                if (!isOver) {
                    release.tell(ReleaseEvent.Kind.RESUMED);
                }
                return release;
            });
        } catch (LeftBehindException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Every call that a release would make, in order, as sentences. It asks, and touches nothing. */
    public List<String> plan(RollingSpec spec, Update update) throws InterruptedException {
        List<ReleaseHead> earlier = Journal.releases(consul, keys, spec.app());
        List<ReleaseHead> dead =
                earlier.stream().filter(Releases::wantsSettling).toList();
        return Plan.of(spec, dead, Lineup.read(spec, hosts -> leftOut(earlier, hosts)), update);
    }

    /**
     * The rolling release with this id, of whichever application.
     *
     * @throws BadInputException when there is none, or it is of another kind
     */
    public ReleaseHead find(String id) {
        ReleaseHead found = Journal.find(consul, keys, id).orElseThrow(() -> noSuch(id));
        if (!found.kind().equals(KIND)) {
            throw new BadInputException(
                    "release", id, "it is a " + found.kind() + " of " + found.app() + ", no rolling release");
        }
        return found;
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

    private Lock lock(String app, String id, Optional<String> former, Duration patience, RollingListener listener)
            throws LockHeldException, InterruptedException {
        Instant now = consul.time().now();
        Holder holder = new Holder(caller.who(), caller.build(), "release " + id, now);
        return ReleaseLock.take(
                consul,
                keys,
                app,
                holder,
                former,
                lockDelay,
                patience,
                other -> listener.note("waiting up to " + Durations.show(patience) + " for " + other
                        + ", which has the lock and may be dead"));
    }

    private ReleaseHead head(String id, RollingSpec spec, int hosts) {
        return new ReleaseHead(
                id,
                spec.app(),
                KIND,
                ReleaseHead.State.RUNNING,
                caller.who(),
                caller.build(),
                consul.time().now(),
                Optional.empty(),
                spec.version(),
                Optional.empty(),
                0,
                hosts,
                spec.text(),
                ReleaseRecord.noProgress());
    }

    private Map<String, String> turns(Lineup lineup) {
        Instant now = consul.time().now();
        Map<String, String> turns = new LinkedHashMap<>();
        for (int batch = 0; batch < lineup.batches().size(); batch++) {
            for (Host host : lineup.batches().get(batch)) {
                HostTurn turn = HostTurn.waiting(
                        host, turns.size(), batch, now, lineup.memberships().get(host.name()));
                turns.put(host.name(), turn.toJson());
            }
        }
        return turns;
    }

    private String newId() {
        return ID.format(consul.time().now()) + "-"
                + String.format("%04x", (int) (consul.time().random() * 0x10000));
    }

    private static BadInputException noSuch(String id) {
        return new BadInputException("release", id, "there is none on record; 'consul-deploy releases' lists them");
    }

    private static void checkSame(ReleaseHead found, Optional<RollingSpec> otherWords) {
        otherWords.filter(words -> !words.app().equals(found.app())).ifPresent(words -> {
            throw new BadInputException(
                    "app", words.app(), "the release " + found.id() + " is one of " + found.app() + "; give its words");
        });
    }

    /**
     * Those of these hosts that earlier releases left out of service, or are taking out still, as the last one has them
     * that had a turn for them.
     */
    private Map<String, HostTurn> leftOut(List<ReleaseHead> earlier, Set<String> hosts) {
        Map<String, HostTurn> latest = new HashMap<>();
        for (ReleaseHead head : earlier) {
            if (head.kind().equals(KIND) && !latest.keySet().containsAll(hosts)) {
                Journal.hosts(consul, keys, head.app(), head.id()).values().stream()
                        .map(HostTurn::fromJson)
                        .filter(turn -> turn.phase() != HostPhase.WAITING)
                        .forEach(turn -> latest.putIfAbsent(turn.host().name(), turn));
            }
        }
        latest.values().removeIf(turn -> !turn.isLeftOut() && !turn.phase().isInFlight());
        return latest;
    }

    private static boolean wantsSettling(ReleaseHead head) {
        return head.kind().equals(KIND)
                && !(head.state().isOver()
                        && ReleaseRecord.suspended(head.progress()).isEmpty());
    }

    /** Puts in order what earlier releases of this application left behind. */
    private void settle(List<ReleaseHead> earlier, IfDead ifDead, Lock lock, RollingListener listener)
            throws LeftBehindException, InterruptedException {
        for (ReleaseHead head : earlier) {
            if (!wantsSettling(head)) {
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
}
