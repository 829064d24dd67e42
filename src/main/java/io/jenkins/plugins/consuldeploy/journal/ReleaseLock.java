package io.jenkins.plugins.consuldeploy.journal;

import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.Holder;
import io.jenkins.plugins.consuldeploy.consul.Lock;
import io.jenkins.plugins.consuldeploy.consul.LockHeldException;
import io.jenkins.plugins.consuldeploy.consul.Session;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/** The lock of an application: one release at a time. */
public final class ReleaseLock {

    /** Consul ends a dead holder's session one to two of these after its last renewal. */
    public static final Duration TTL = Session.SHORTEST_TTL;
    /** What a lost holder may still have under way: one act at a balancer, which no transaction can fence. */
    public static final Duration LOCK_DELAY = Duration.ofSeconds(5);
    /** How long a holder that died can keep others out. */
    public static final Duration DEAD_HOLDER_LIMIT =
            TTL.multipliedBy(2).plus(LOCK_DELAY).plusSeconds(2);

    private static final Duration ASK_AGAIN = Duration.ofMillis(250);

    private ReleaseLock() {}

    /**
     * Takes the lock.
     *
     * @param former   the session of an earlier run of the same caller that died; it is ended first
     * @param delay    how long nobody else gets it after this holder is lost: {@link #LOCK_DELAY}
     * @param patience how long a holder is waited for, which may be dead: {@link #DEAD_HOLDER_LIMIT}, or zero
     * @param waiting  hears once of the holder that is waited for
     * @throws LockHeldException naming the holder
     */
    public static Lock take(
            Consul consul,
            ReleaseKeys keys,
            String app,
            Holder holder,
            Optional<String> former,
            Duration delay,
            Duration patience,
            Consumer<Holder> waiting)
            throws LockHeldException, InterruptedException {
        former.ifPresent(consul.sessions()::destroy);
        long start = consul.time().nanoTime();
        boolean said = false;
        while (true) {
            try {
                return Lock.acquire(consul, keys.lock(app), holder, TTL, delay);
            } catch (LockHeldException e) {
                if (consul.time().since(start).compareTo(patience) >= 0) {
                    throw e;
                }
                if (!said) {
                    waiting.accept(e.holder());
                    said = true;
                }
                consul.time().sleep(ASK_AGAIN);
            }
        }
    }
}
