package io.jenkins.plugins.consuldeploy.consul;

import java.time.Duration;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * A lock on a key, held by a session of its own.
 *
 * <p>Consul's locks are advisory, and a holder that was cut off learns of its loss late. So whoever writes under the
 * lock puts {@link #fence} in front of each transaction: Consul then refuses what a holder writes that is none any more.
 * What no transaction can fence (a call to a load balancer, a script) asks {@link #isHeld()} first, and relies on the
 * lock-delay for the time between.
 */
public final class Lock implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(Lock.class.getName());
    private static final Duration ASK_AGAIN = Duration.ofMillis(200);
    /** Consul counts the delay on its own clock; a request and a timer may be late. */
    private static final Duration DELAY_SLACK = Duration.ofSeconds(2);

    private final Consul consul;
    private final String key;
    private final Session session;

    private Lock(Consul consul, String key, Session session) {
        this.consul = consul;
        this.key = key;
        this.session = session;
    }

    /**
     * Takes the lock, or says who has it. It does not wait for a living holder; the lock-delay of one that was lost it
     * does wait out.
     *
     * @param ttl       of the session; see {@link Sessions#create}
     * @param lockDelay how long nobody else gets the lock after this holder is lost
     * @throws LockHeldException    naming the holder
     * @throws InterruptedException when interrupted while it waits out a lock-delay; nothing is held then
     */
    public static Lock acquire(Consul consul, String key, Holder holder, Duration ttl, Duration lockDelay)
            throws LockHeldException, InterruptedException {
        Session session = consul.sessions().create(holder.what(), ttl, Session.Behavior.RELEASE, lockDelay);
        boolean acquired = false;
        try {
            take(consul, key, holder, session, lockDelay);
            acquired = true;
            return new Lock(consul, key, session);
        } finally {
            if (!acquired) {
                session.close();
            }
        }
    }

    private static void take(Consul consul, String key, Holder holder, Session session, Duration lockDelay)
            throws LockHeldException, InterruptedException {
        Txn txn = Txn.to("take the lock " + key).lock(key, holder.toJson(), session.id());
        long start = consul.time().nanoTime();
        while (!consul.kv().commit(txn).committed()) {
            Optional<KvEntry> entry = consul.kv().get(key);
            if (entry.isPresent() && entry.get().session().isPresent()) {
                throw new LockHeldException(key, Holder.fromJson(entry.get().value()));
            }
            if (consul.time().since(start).compareTo(lockDelay.plus(DELAY_SLACK)) > 0) {
                throw new LockHeldException(
                        key,
                        new Holder(
                                "nobody, but Consul keeps it from being taken",
                                "a lock-delay",
                                "unknown",
                                holder.since()));
            }
            consul.time().sleep(ASK_AGAIN);
        }
    }

    /** Who holds the lock now, if anybody does. */
    public static Optional<Holder> holder(Consul consul, String key) {
        return consul.kv()
                .get(key)
                .filter(entry -> entry.session().isPresent())
                .map(entry -> Holder.fromJson(entry.value()));
    }

    /**
     * Sees that nobody holds a lock, for an act that is over at once and needs none of its own.
     *
     * @throws LockHeldException naming the holder
     */
    public static void checkFree(Consul consul, String key) throws LockHeldException {
        Optional<Holder> holder = holder(consul, key);
        if (holder.isPresent()) {
            throw new LockHeldException(key, holder.get());
        }
    }

    /**
     * Takes the lock away from its holder, who is refused at its next write.
     *
     * @return who held it; empty when nobody did
     */
    public static Optional<Holder> breakLock(Consul consul, String key) {
        Optional<KvEntry> entry =
                consul.kv().get(key).filter(found -> found.session().isPresent());
        entry.flatMap(KvEntry::session).ifPresent(consul.sessions()::destroy);
        return entry.map(found -> Holder.fromJson(found.value()));
    }

    /** Makes a transaction hold only while this lock does. The refused operation is then the one added here. */
    public Txn fence(Txn txn) {
        return txn.checkSession(key, session.id());
    }

    /** Whether it is still ours, as far as is known without asking. */
    public boolean isHeld() {
        return !session.isLost();
    }

    /** Calls {@code listener} once when the lock is lost, from a background thread. */
    public void onLost(Runnable listener) {
        session.onLost(listener);
    }

    public String key() {
        return key;
    }

    /** The session that holds it, by which its owner can be recognised after a restart. */
    public String sessionId() {
        return session.id();
    }

    /** Gives the lock back and removes its key. Where Consul can't be reached, the session expires by itself. */
    @Override
    public void close() {
        try {
            if (isHeld()) {
                consul.kv().commit(fence(Txn.to("release the lock " + key)).delete(key));
            }
        } catch (ConsulException e) {
            LOG.log(Level.INFO, "lock {0} will be free when its session expires: {1}", new Object[] {key, e.getMessage()
            });
        } finally {
            session.close();
        }
    }
}
