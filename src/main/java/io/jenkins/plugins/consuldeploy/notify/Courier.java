package io.jenkins.plugins.consuldeploy.notify;

import io.jenkins.plugins.consuldeploy.time.TimeSource;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Delivers events to one channel, in their order, on a daemon thread of its own that is there only while there is
 * something to deliver.
 */
final class Courier {

    /** Events that wait at a time: above that they are dropped, for a dead channel must not fill the memory. */
    static final int MOST_WAITING = 1000;

    private static final Logger LOG = Logger.getLogger(Courier.class.getName());
    private static final Duration IDLE = Duration.ofSeconds(5);

    private final Channel channel;
    private final Retries retries;
    private final TimeSource time;
    private final Queue<Delivery> open = new ConcurrentLinkedQueue<>();
    private final Queue<Undelivered> givenUp = new ConcurrentLinkedQueue<>();
    private final ThreadPoolExecutor thread;

    Courier(Channel channel, Retries retries, TimeSource time) {
        this.channel = channel;
        this.retries = retries;
        this.time = time;
        this.thread = new ThreadPoolExecutor(
                1, 1, IDLE.toMillis(), TimeUnit.MILLISECONDS, new LinkedBlockingQueue<>(MOST_WAITING), task -> {
                    Thread courier = new Thread(task, "notify " + channel.describe());
                    courier.setDaemon(true);
                    return courier;
                });
        this.thread.allowCoreThreadTimeOut(true);
    }

    /** Takes an event; it returns at once. */
    void take(ReleaseEvent event) {
        Delivery delivery = new Delivery(event);
        open.add(delivery);
        try {
            thread.execute(() -> deliver(delivery));
        } catch (RejectedExecutionException e) {
            giveUp(
                    delivery,
                    thread.isShutdown()
                            ? "it came after the end"
                            : MOST_WAITING + " others were waiting to be delivered there");
        }
    }

    /** Takes nothing more. */
    void shutDown() {
        thread.shutdown();
    }

    /** Waits for the rest, and gives up what is left then, also when it is interrupted. */
    void await(Duration wait) throws InterruptedException {
        try {
            thread.awaitTermination(Math.max(0, wait.toNanos()), TimeUnit.NANOSECONDS);
        } finally {
            thread.shutdownNow();
        }
    }

    /** What did not get through; what is under way this very moment is among it. */
    List<Undelivered> undelivered() {
        List<Undelivered> all = new ArrayList<>(givenUp);
        open.forEach(delivery -> all.add(new Undelivered(delivery.event, channel.describe(), delivery.last)));
        return all;
    }

    // Private

    private static final class Delivery {
        private final ReleaseEvent event;
        private volatile String last = "there was no time left";

        Delivery(ReleaseEvent event) {
            this.event = event;
        }
    }

    private void deliver(Delivery delivery) {
        try {
            for (int tries = 1; ; tries++) {
                Duration pause = retries.after(tries);
                try {
                    channel.deliver(delivery.event);
                    open.remove(delivery);
                    return;
                } catch (DeliveryException e) {
                    delivery.last = e.getMessage();
                    if (e.isHopeless()) {
                        giveUp(delivery, e.getMessage());
                        return;
                    }
                    pause = longer(pause, e.pause().orElse(pause));
                } catch (IOException e) {
                    delivery.last = e.getMessage();
                }
                if (tries == retries.tries()) {
                    giveUp(delivery, "after " + tries + (tries == 1 ? " try: " : " tries: ") + delivery.last);
                    return;
                }
                LOG.log(Level.FINE, "trying again: {0}", delivery.last);
                time.sleep(time.jittered(pause, 0.5));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the end: it stays open, with what its last try said
        } catch (RuntimeException | LinkageError e) { // a library that is missing must not end a release
            LOG.log(Level.FINE, "the channel " + channel.describe() + " failed", e);
            giveUp(delivery, e.getClass().getName() + ": " + e.getMessage());
        }
    }

    private Duration longer(Duration ours, Duration theirs) {
        Duration longer = ours.compareTo(theirs) > 0 ? ours : theirs;
        return longer.compareTo(retries.longest()) < 0 ? longer : retries.longest();
    }

    private void giveUp(Delivery delivery, String why) {
        Undelivered undelivered = new Undelivered(delivery.event, channel.describe(), why);
        givenUp.add(undelivered);
        open.remove(delivery);
        LOG.log(Level.INFO, undelivered::toString); // whoever closes it says it again
    }
}
