package io.jenkins.plugins.consuldeploy.notify;

import io.jenkins.plugins.consuldeploy.time.TimeSource;
import java.time.Duration;
import java.util.List;

/**
 * Tells a release's events to its channels, off the release's path.
 *
 * <p>{@link #publish} never waits and never fails. Each channel gets the events in their order, on a daemon thread of
 * its own, with {@link Retries}; one that is slow or dead holds up neither the release nor the other channels. An event
 * may be delivered twice, when its answer got lost. Events are in memory alone: those of a process that is killed are
 * not delivered by the one that goes on.
 */
public final class Notifier {

    /** For what is still to be delivered when a release is over. */
    public static final Duration LAST_WAIT = Duration.ofSeconds(10);

    private final List<Courier> couriers;
    private final TimeSource time;

    public Notifier(List<Channel> channels, Retries retries, TimeSource time) {
        this.couriers = channels.stream()
                .map(channel -> new Courier(channel, retries, time))
                .toList();
        this.time = time;
    }

    /** Has an event delivered; it returns at once. After {@link #close} it goes nowhere, and the log says so. */
    public void publish(ReleaseEvent event) {
        couriers.forEach(courier -> courier.take(event));
    }

    /**
     * Ends it.
     *
     * @param wait for what is still to be delivered, with its retries. An interruption ends the wait at once, and the
     *             thread stays interrupted
     * @return what did not get through, since the beginning; what was under way when the wait was over may have got
     *         there all the same
     */
    public List<Undelivered> close(Duration wait) {
        couriers.forEach(Courier::shutDown);
        long start = time.nanoTime();
        boolean interrupted = Thread.interrupted();
        for (Courier courier : couriers) {
            try {
                courier.await(interrupted ? Duration.ZERO : wait.minus(time.since(start)));
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        List<Undelivered> undelivered = couriers.stream()
                .flatMap(courier -> courier.undelivered().stream())
                .toList();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return undelivered;
    }
}
