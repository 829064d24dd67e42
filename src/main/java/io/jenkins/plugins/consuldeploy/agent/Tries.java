package io.jenkins.plugins.consuldeploy.agent;

import io.jenkins.plugins.consuldeploy.phase.Version;
import io.jenkins.plugins.consuldeploy.time.TimeSource;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * When what has failed is tried again: after a pause that doubles, with jitter, so that a hundred hosts do not all come
 * back to the same server at once. A new process does not wait.
 */
final class Tries {

    /** @param first   the pause after the first failure */
    record Pauses(Duration first, Duration longest) {
        static final Pauses DEFAULT = new Pauses(Duration.ofSeconds(5), Duration.ofMinutes(5));
    }

    private static final double JITTER = 0.2;
    private static final int MAX_DOUBLINGS = 20;

    private final TimeSource time;
    private final Pauses pauses;
    private final Map<Version, Long> dueAt = new HashMap<>();

    Tries(TimeSource time, Pauses pauses) {
        this.time = time;
        this.pauses = pauses;
    }

    /** @return the pause */
    Duration failed(Version version, int failures) {
        Duration pause = pauses.first().multipliedBy(1L << Math.min(MAX_DOUBLINGS, failures - 1));
        pause = time.jittered(pause.compareTo(pauses.longest()) < 0 ? pause : pauses.longest(), JITTER);
        dueAt.put(version, time.nanoTime() + pause.toNanos());
        return pause;
    }

    void forget(Version version) {
        dueAt.remove(version);
    }

    boolean isDue(Version version) {
        Long at = dueAt.get(version);
        return at == null || time.nanoTime() - at >= 0;
    }

    /** How long until the next pause is over; {@code longest} when there is none. */
    Duration untilNext(Duration longest) {
        long shortest = longest.toNanos();
        for (long at : dueAt.values()) {
            long left = at - time.nanoTime();
            if (left > 0) {
                shortest = Math.min(shortest, left);
            }
        }
        return Duration.ofNanos(shortest);
    }
}
