package io.jenkins.plugins.consuldeploy.notify;

import java.time.Duration;

/**
 * How stubbornly an event is delivered.
 *
 * @param tries   in all
 * @param first   the pause before the second try; each later one is twice as long, and all are jittered by half
 * @param longest pause, also where a receiver asks for a longer one
 */
public record Retries(int tries, Duration first, Duration longest) {

    /** Six tries within about half a minute, when each fails at once. */
    public static final Retries DEFAULT = new Retries(6, Duration.ofSeconds(1), Duration.ofSeconds(30));

    public Retries {
        if (tries < 1) {
            throw new IllegalArgumentException("tries " + tries + "; it has to be 1 or more");
        }
    }

    /** The pause after this many tries. */
    Duration after(int count) {
        Duration pause = first.multipliedBy(1L << Math.min(count - 1, 20));
        return pause.compareTo(longest) < 0 ? pause : longest;
    }
}
