package io.jenkins.plugins.consuldeploy.phase;

import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.Holder;
import io.jenkins.plugins.consuldeploy.consul.Lock;
import io.jenkins.plugins.consuldeploy.consul.LockHeldException;
import java.time.Duration;
import java.util.Optional;

/** One change of a prefix at a time: the lock, and the ledger that writes behind it. */
final class Turn implements AutoCloseable {

    private static final Duration SHORTEST_TTL = Duration.ofSeconds(15);
    private static final Duration LONGEST_TTL = Duration.ofHours(24);
    /** Every write is fenced, so nobody has to be kept waiting for a holder that was lost. */
    private static final Duration NO_DELAY = Duration.ZERO;

    private final Lock lock;
    private final Ledger ledger;

    private Turn(Lock lock, Ledger ledger) {
        this.lock = lock;
        this.ledger = ledger;
    }

    /**
     * Takes the lock of a prefix.
     *
     * @param former the session with which an earlier run of the same caller held the lock, if there was one
     */
    static Turn take(
            Consul consul, Tree tree, Caller caller, String what, Optional<String> former, Progress.Listener listener)
            throws LockHeldException, InterruptedException {
        return take(consul, tree, caller, what, former, ttl(consul), listener);
    }

    /** @param ttl of the lock's session: its holder, when it dies, keeps others out for one to two of these */
    static Turn take(
            Consul consul,
            Tree tree,
            Caller caller,
            String what,
            Optional<String> former,
            Duration ttl,
            Progress.Listener listener)
            throws LockHeldException, InterruptedException {
        former.filter(id -> !id.isBlank()).ifPresent(consul.sessions()::destroy);
        Holder holder =
                new Holder(caller.who(), caller.build(), what, consul.time().now());
        Lock lock = Lock.acquire(consul, tree.lock(), holder, ttl, NO_DELAY);
        listener.happened(new Progress.Locked(lock.sessionId()));
        return new Turn(lock, new Ledger(consul, tree, lock));
    }

    /** An outage that is ridden out must not cost the lock. */
    private static Duration ttl(Consul consul) {
        Duration outage = consul.config().outageLimit();
        Duration atLeast = outage.compareTo(SHORTEST_TTL) < 0 ? SHORTEST_TTL : outage;
        return atLeast.compareTo(LONGEST_TTL) > 0 ? LONGEST_TTL : atLeast;
    }

    Ledger ledger() {
        return ledger;
    }

    Lock lock() {
        return lock;
    }

    @Override
    public void close() {
        lock.close();
    }
}
