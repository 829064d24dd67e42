package io.jenkins.plugins.consuldeploy.health;

import java.time.Duration;

/**
 * How long and how often a host is asked.
 *
 * @param deadline  after which it counts as unhealthy; the last try may end later, by its own timeout
 * @param interval  from the end of one try to the next
 * @param successes how many in a row make it healthy; a failure starts the count anew
 */
public record Patience(Duration deadline, Duration interval, int successes) {

    /** A minute, every half second, once. */
    public static final Patience DEFAULT = new Patience(Duration.ofMinutes(1), Duration.ofMillis(500), 1);

    /** @throws IllegalArgumentException naming the field, what it has and what would be accepted */
    public Patience {
        if (deadline.isZero() || deadline.isNegative()) {
            throw new IllegalArgumentException("deadline " + deadline + "; it has to be above zero");
        }
        if (interval.isZero() || interval.isNegative()) {
            throw new IllegalArgumentException("interval " + interval + "; it has to be above zero");
        }
        if (successes < 1) {
            throw new IllegalArgumentException("successes " + successes + "; it has to be 1 or more");
        }
    }

    public Patience withDeadline(Duration other) {
        return new Patience(other, interval, successes);
    }
}
