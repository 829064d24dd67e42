package io.jenkins.plugins.consuldeploy.phase;

import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.Holder;
import io.jenkins.plugins.consuldeploy.consul.Lock;
import io.jenkins.plugins.consuldeploy.consul.LockHeldException;
import java.time.Duration;
import java.util.Optional;

/** One change of a prefix at a time: the lock, and the ledger that writes behind it. */
final class Turn implements AutoCloseable {

    private static final Duration LOCK_TTL = Duration.ofSeconds(15);
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
        former.ifPresent(consul.sessions()::destroy);
        Holder holder =
                new Holder(caller.who(), caller.build(), what, consul.time().now());
        Lock lock = Lock.acquire(consul, tree.lock(), holder, LOCK_TTL, NO_DELAY);
        listener.happened(new Progress.Locked(lock.sessionId()));
        return new Turn(lock, new Ledger(consul, tree, lock));
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
