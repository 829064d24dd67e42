package io.jenkins.plugins.consuldeploy.agent;

import io.jenkins.plugins.consuldeploy.phase.Version;
import io.jenkins.plugins.consuldeploy.time.TimeSource;
import java.time.Duration;
import java.util.Comparator;
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

    /**
     * How long until the next pause is over: none, once, when one has ended since it was asked whether it was over;
     * {@code longest} when there is none.
     */
    Duration untilNext(Duration longest) {
        long now = time.nanoTime();
        // Whatever is due is so without its entry too, and who does not want it then is not to be woken again by it.
        if (dueAt.values().removeIf(at -> now - at >= 0)) {
            return Duration.ZERO;
        }
        return dueAt.values().stream()
                .map(at -> Duration.ofNanos(at - now))
                .min(Comparator.naturalOrder())
                .filter(next -> next.compareTo(longest) < 0)
                .orElse(longest);
    }
}
