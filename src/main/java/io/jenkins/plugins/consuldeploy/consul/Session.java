package io.jenkins.plugins.consuldeploy.consul;

import com.google.gson.JsonObject;
import java.time.Duration;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * A session: what Consul ends by itself, with all that hangs on it, when its owner is no longer heard of.
 *
 * <p>It is renewed three times in each TTL, in the background, and soon again when that failed. It is <em>lost</em> when Consul says that it is gone, or
 * when no renewal came through for a whole TTL: Consul waits at least that long, so whoever hears of the loss hears it
 * before anybody else can have the lock (with a lock-delay, well before). Closing it destroys it at Consul.
 */
public final class Session implements AutoCloseable {

    /** What becomes of the keys that a session holds, when it ends. */
    public enum Behavior {
        RELEASE,
        DELETE
    }

    /** Consul takes nothing shorter. */
    public static final Duration SHORTEST_TTL = Duration.ofSeconds(10);

    /** In each TTL. */
    private static final int RENEWALS = 3;
    /** In each TTL, while they fail: a change of leaders must not cost a third of the time that is left. */
    private static final int RENEWALS_WHILE_FAILING = 15;

    private static final Logger LOG = Logger.getLogger(Session.class.getName());

    private final Consul consul;
    private final Transport transport;
    private final String id;
    private final String name;
    private final Duration ttl;
    private final CopyOnWriteArrayList<Runnable> lostListeners = new CopyOnWriteArrayList<>();
    private Future<?> nextRenewal;
    private long renewedAt;
    private String lastFailure = "";
    private boolean lost;
    private boolean closed;

    private Session(Consul consul, Transport transport, String id, String name, Duration ttl, long createdAt) {
        this.consul = consul;
        this.transport = transport;
        this.id = id;
        this.name = name;
        this.ttl = ttl;
        this.renewedAt = createdAt;
        this.nextRenewal = schedule(ttl.dividedBy(RENEWALS));
    }

    static Session create(
            Consul consul, Transport transport, String name, Duration ttl, Behavior behavior, Duration lockDelay) {
        JsonObject body = new JsonObject();
        body.addProperty("Name", name);
        body.addProperty("TTL", ttl.toMillis() + "ms");
        body.addProperty("Behavior", behavior == Behavior.DELETE ? "delete" : "release");
        body.addProperty("LockDelay", lockDelay.toMillis() + "ms");
        Call call = Call.write(
                        "create the session \"" + name + "\"",
                        "session:write on the node of the Consul agent asked",
                        "/v1/session/create")
                // One whose answer got lost expires unused.
                .asRepeatable();
        long before = transport.time().nanoTime();
        Transport.Answer answer = transport.put(call, body.toString());
        String id = transport.read(
                call, answer, json -> json.getAsJsonObject().get("ID").getAsString());
        return new Session(consul, transport, id, name, ttl, before);
    }

    public String id() {
        return id;
    }

    /** Whether it is gone at Consul, or has to be taken for gone. Never true again after it was false. */
    public synchronized boolean isLost() {
        if (!lost && !closed && transport.time().since(renewedAt).compareTo(ttl) > 0) {
            lose("no renewal came through for " + ttl.toSeconds() + " s" + lastFailure);
        }
        return lost;
    }

    /**
     * Calls {@code listener} once when the session is lost, at once if it is lost already. It is called on the thread
     * that renews sessions, so it must be quick.
     */
    public void onLost(Runnable listener) {
        lostListeners.add(listener);
        if (isLost()) {
            fire(listener);
        }
    }

    /** Renews it out of turn: the way to know for sure, before an act that nothing fences, that it still stands. */
    public boolean confirm() {
        renew();
        return !isLost();
    }

    /** Destroys it: its locks are free at once. A Consul that can't be reached lets it expire instead. */
    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            nextRenewal.cancel(false);
        }
        lostListeners.clear();
        try {
            consul.sessions().destroy(id);
        } catch (ConsulException e) {
            LOG.log(Level.INFO, "session {0} ({1}) will expire by itself: {2}", new Object[] {id, name, e.getMessage()
            });
        }
    }

    // Private

    private Future<?> schedule(Duration delay) {
        return consul.scheduler().schedule(this::keepAlive, delay.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void keepAlive() {
        boolean renewed = renew();
        synchronized (this) {
            if (!lost && !closed) {
                nextRenewal = schedule(ttl.dividedBy(renewed ? RENEWALS : RENEWALS_WHILE_FAILING));
            }
        }
    }

    private boolean renew() {
        synchronized (this) {
            if (lost || closed) {
                return false;
            }
        }
        long before = transport.time().nanoTime();
        try {
            // An answer that comes later than the next renewal is worth nothing.
            Call call = Call.write(
                            "renew the session \"" + name + "\"",
                            "session:write on its node",
                            "/v1/session/renew/" + id)
                    .within(ttl.dividedBy(RENEWALS));
            boolean renewed = transport.putOnce(call, "").found();
            boolean ended = !renewed && !isKnown();
            synchronized (this) {
                if (renewed) {
                    renewedAt = before;
                } else if (ended) {
                    lose("Consul has ended it");
                }
                return renewed && !lost;
            }
        } catch (ConsulException e) {
            LOG.log(Level.FINE, "session {0} ({1}) not renewed: {2}", new Object[] {id, name, e.getMessage()});
            synchronized (this) {
                lastFailure = " (" + e.getMessage() + ")";
                isLost();
            }
            return false;
        }
    }

    /** A server that has just become leader says for a moment that it knows no session, but not to who asks consistently. */
    private boolean isKnown() {
        Call call = Call.read(
                        "read the session \"" + name + "\"",
                        "session:read on its node",
                        "/v1/session/info/" + id,
                        "consistent")
                .within(ttl.dividedBy(RENEWALS));
        return transport.read(
                call,
                transport.getOnce(call),
                json -> json.isJsonArray() && !json.getAsJsonArray().isEmpty());
    }

    private synchronized void lose(String reason) {
        if (lost || closed) {
            return;
        }
        lost = true;
        nextRenewal.cancel(false);
        LOG.log(Level.WARNING, "session {0} ({1}) is lost: {2}", new Object[] {id, name, reason});
        lostListeners.forEach(this::fire);
        lostListeners.clear();
    }

    private void fire(Runnable listener) {
        consul.scheduler().execute(listener);
    }
}
