package io.jenkins.plugins.consuldeploy.rolling;

import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.Lock;
import io.jenkins.plugins.consuldeploy.consul.LockHeldException;
import io.jenkins.plugins.consuldeploy.fleet.Host;
import io.jenkins.plugins.consuldeploy.journal.Journal;
import io.jenkins.plugins.consuldeploy.journal.ReleaseHead;
import io.jenkins.plugins.consuldeploy.journal.ReleaseKeys;
import io.jenkins.plugins.consuldeploy.journal.ReleaseListener;
import io.jenkins.plugins.consuldeploy.journal.ReleaseLock;
import io.jenkins.plugins.consuldeploy.journal.ReleaseRegister;
import io.jenkins.plugins.consuldeploy.journal.Settler;
import io.jenkins.plugins.consuldeploy.notify.ReleaseEvent;
import io.jenkins.plugins.consuldeploy.phase.BadInputException;
import io.jenkins.plugins.consuldeploy.phase.Caller;
import java.time.Duration;
import java.time.Instant;
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
public final class Releases implements Settler {

    /** The {@link ReleaseHead#kind()} of a rolling release. */
    public static final String KIND = ReleaseHead.ROLLING;

    private final Consul consul;
    private final ReleaseKeys keys;
    private final Caller caller;
    private final RollingSpec.Reader reader;
    private final ReleaseRegister register;

    public Releases(Consul consul, ReleaseKeys keys, Caller caller, RollingSpec.Reader reader) {
        this(consul, keys, caller, reader, ReleaseLock.LOCK_DELAY);
    }

    /** @param lockDelay zero only where no holder can still be alive: in tests */
    Releases(Consul consul, ReleaseKeys keys, Caller caller, RollingSpec.Reader reader, Duration lockDelay) {
        this.consul = consul;
        this.keys = keys;
        this.caller = caller;
        this.reader = reader;
        this.register = new ReleaseRegister(consul, keys, caller, lockDelay);
        register.add(this);
    }

    /** What is left behind of another kind is put in order by this one; without it, a start refuses there. */
    public Releases alsoSettling(Settler other) {
        register.add(other);
        return this;
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
        String id = register.newId();
        return register.start(spec.app(), id, ifDead, listener, (lock, earlier) -> {
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
        otherWords.ifPresent(words -> ReleaseRegister.checkSame(found, words.app()));
        return register.resume(found, former, patience, listener, (lock, earlier) -> {
            Journal journal = register.open(found, lock);
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
    }

    /** Every call that a release would make, in order, as sentences. It asks, and touches nothing. */
    public List<String> plan(RollingSpec spec, Update update) throws InterruptedException {
        List<ReleaseHead> earlier = Journal.releases(consul, keys, spec.app());
        return Plan.of(spec, register.left(earlier), Lineup.read(spec, hosts -> leftOut(earlier, hosts)), update);
    }

    /**
     * The rolling release with this id, of whichever application.
     *
     * @throws BadInputException when there is none, or it is of another kind
     */
    public ReleaseHead find(String id) {
        return register.find(id, KIND);
    }

    @Override
    public String kind() {
        return KIND;
    }

    /** Also one that is over, and could not resume all that it suspended. */
    @Override
    public boolean wantsSettling(ReleaseHead head) {
        return !(head.state().isOver()
                && ReleaseRecord.suspended(head.progress()).isEmpty());
    }

    @Override
    public void settle(Journal journal, Lock lock, String why, ReleaseListener listener) throws InterruptedException {
        RollingSpec spec = reader.read(journal.head().spec());
        new RollingRelease(consul, spec, lock, journal, RollingListener.of(listener)).settle(why);
    }

    // Private

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
}
