package io.jenkins.plugins.consuldeploy.consul;

import io.jenkins.plugins.consuldeploy.time.TimeSource;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Hears of changes at Consul by blocking queries, on a thread of its own, until it is closed.
 *
 * <p>It follows the rules of "Blocking Queries" in Consul's HTTP API: an index that goes back starts anew, an index is
 * never below 1, waits are jittered, and failures back off. It never gives up: while Consul can't be asked, the listener
 * is told so at each failure and decides itself when it is too long. When Consul is back, a change that was missed is
 * heard like any other; several changes in a row may be heard as one.
 *
 * <p>Closing it ends a query that is under way at once, and what the listener asks Consul for too. So does closing the
 * {@link Consul} that it asks. A listener's exception is logged, and the watch goes on.
 */
public final class Watch<T> implements AutoCloseable {

    /** What is watched. */
    @FunctionalInterface
    public interface Query<T> {
        Snapshot<T> ask(BlockingQuery from);
    }

    /** Who hears of it; called on the watch's thread, one call at a time. */
    public interface Listener<T> {

        /** The value at the start, and then each time that it has changed. */
        void changed(T value);

        /**
         * Consul could not be asked; the watch goes on.
         *
         * @param outage for how long it could not be asked so far
         */
        void failed(ConsulException failure, Duration outage);
    }

    private static final Logger LOG = Logger.getLogger(Watch.class.getName());
    private static final Duration MAX_WAIT = Duration.ofMinutes(5);
    private static final Duration FIRST_BACKOFF = Duration.ofMillis(100);
    private static final Duration LONGEST_BACKOFF = Duration.ofSeconds(10);
    private static final long STACK_BYTES = 256 * 1024;
    private static final AtomicInteger COUNT = new AtomicInteger();

    private final Transport transport;
    private final TimeSource time;
    private final String name;
    private final Query<T> query;
    private final Pace pace;
    private final Listener<T> listener;
    private final Cancellation cancellation = new Cancellation();
    private final Thread thread;

    private Watch(Consul consul, String name, Query<T> query, Pace pace, Listener<T> listener) {
        this.transport = consul.transport();
        this.time = consul.time();
        this.name = name;
        this.query = query;
        this.pace = pace;
        this.listener = listener;
        this.thread = new Thread(null, this::run, "watch-" + COUNT.incrementAndGet() + " " + name, STACK_BYTES);
        this.thread.setDaemon(true);
    }

    /**
     * Starts to watch.
     *
     * @param name  of what is watched, for logs
     * @param query asks Consul once; it must pass on what it is given
     */
    public static <T> Watch<T> start(Consul consul, String name, Query<T> query, Pace pace, Listener<T> listener) {
        Watch<T> watch = new Watch<>(consul, name, query, pace, listener);
        watch.thread.start();
        return watch;
    }

    /** Ends it at once. The listener is not called again after this, but for a call that is under way. */
    @Override
    public void close() {
        cancellation.cancel();
        thread.interrupt();
    }

    // Private

    private void run() {
        transport.cancellable(cancellation, () -> {
            try {
                loop();
            } catch (InterruptedException e) {
                LOG.log(Level.FINE, "the watch of {0} ends", name);
            }
            return null;
        });
    }

    private void loop() throws InterruptedException {
        long index = 0;
        T known = null;
        long answeredAt = time.nanoTime();
        int failures = 0;
        while (!hasEnded()) {
            long asked = time.nanoTime();
            Snapshot<T> snapshot;
            try {
                snapshot = query.ask(new BlockingQuery(index, time.jittered(MAX_WAIT, 0.1)));
            } catch (ConsulException.Interrupted e) {
                throw interrupted(e);
            } catch (RuntimeException e) {
                if (hasEnded()) {
                    return;
                }
                failures++;
                Duration backoff = backoff(failures);
                logFailure(failures, e, backoff);
                if (e instanceof ConsulException failure) {
                    Duration outage = time.since(answeredAt);
                    tell(() -> listener.failed(failure, outage));
                }
                index = 0;
                time.sleep(backoff);
                continue;
            }
            answeredAt = time.nanoTime();
            if (failures > 0) {
                LOG.log(Level.INFO, "Consul answers again for the watch of {0}", name);
                failures = 0;
            }
            Duration held = time.since(asked);
            boolean changed = !snapshot.value().equals(known);
            if (changed) {
                known = snapshot.value();
                tell(() -> listener.changed(snapshot.value()));
            }
            boolean wentBack = Long.compareUnsigned(snapshot.index(), index) < 0;
            boolean first = index == 0;
            index = wentBack ? 0 : Math.max(1, snapshot.index());
            if (!first) {
                time.sleep(pace.after(changed, held));
            }
        }
    }

    private boolean hasEnded() {
        return cancellation.isCancelled() || transport.isClosed();
    }

    /** A watch that died of its listener's bug would leave its owner waiting for ever. */
    private void tell(Runnable news) throws InterruptedException {
        try {
            news.run();
        } catch (ConsulException.Interrupted e) {
            throw interrupted(e);
        } catch (RuntimeException | Error e) {
            if (!hasEnded()) {
                LOG.log(Level.SEVERE, "the listener of the watch of " + name + " failed; the watch goes on", e);
            }
        }
    }

    private static InterruptedException interrupted(ConsulException.Interrupted e) {
        return (InterruptedException) new InterruptedException(e.getMessage()).initCause(e);
    }

    private Duration backoff(int failures) {
        long millis = FIRST_BACKOFF.toMillis() << Math.min(failures - 1, 10);
        return time.jittered(Duration.ofMillis(Math.min(millis, LONGEST_BACKOFF.toMillis())), 0.3);
    }

    /** Loud once, then at each doubling: a long outage must not fill a disk with its log. */
    private void logFailure(int failures, RuntimeException e, Duration backoff) {
        Level level = Integer.bitCount(failures) == 1 && failures >= 2 ? Level.WARNING : Level.FINE;
        LOG.log(
                level,
                () -> String.format(
                        Locale.ROOT,
                        "the watch of %s failed %d times, again in %.1f s: %s",
                        name,
                        failures,
                        backoff.toMillis() / 1000.0,
                        e.getMessage()));
    }
}
