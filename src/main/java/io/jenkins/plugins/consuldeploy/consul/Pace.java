package io.jenkins.plugins.consuldeploy.consul;

import io.jenkins.plugins.consuldeploy.time.TimeSource;
import java.time.Duration;

/** How long a watch pauses between an answer and its next query, so that many changes do not cost as many queries. */
public interface Pace {

    /**
     * @param changed whether the answer brought anything new
     * @param held    how long Consul had held it back
     * @return the pause before the next query
     */
    Duration after(boolean changed, Duration held);

    /** Asks again at once. */
    static Pace unlimited() {
        return (changed, held) -> Duration.ZERO;
    }

    /** The first change is heard at once, the ones that follow it at most every {@code interval}. */
    static Pace every(Duration interval) {
        return (changed, held) -> interval;
    }

    /**
     * For a query that others' writes wake for nothing: heard at once when all is quiet; after a wake that brought
     * nothing new, again only after {@code first} with jitter, doubled at each further one up to {@code longest}, until
     * something new comes or nobody has written for longer than the pause was.
     */
    static Pace backingOff(Duration first, Duration longest, TimeSource time) {
        return new Pace() {
            private Duration pause = Duration.ZERO;

            @Override
            public Duration after(boolean changed, Duration held) {
                if (changed || held.compareTo(pause.plus(first)) > 0) {
                    pause = Duration.ZERO;
                }
                if (changed) {
                    return Duration.ZERO;
                }
                Duration doubled = pause.isZero() ? first : pause.multipliedBy(2);
                pause = doubled.compareTo(longest) < 0 ? doubled : longest;
                return time.jittered(pause, 0.25);
            }
        };
    }
}
