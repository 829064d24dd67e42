package io.jenkins.plugins.consuldeploy.traffic;

import io.jenkins.plugins.consuldeploy.phase.Durations;
import io.jenkins.plugins.consuldeploy.time.TimeSource;
import java.time.Duration;
import java.util.Optional;

/**
 * For what tells nobody how many requests a color still has under way: a time after which there is none any more, by its
 * own configuration. It counts from when it is asked for, since nobody has written down when traffic moved.
 */
final class Lingering {

    private Lingering() {}

    /** @return what is not known to be gone after the timeout; empty when the whole time is over */
    static Optional<String> wait(String what, Duration time, Duration timeout, TimeSource clock)
            throws InterruptedException {
        boolean enough = timeout.compareTo(time) >= 0;
        clock.sleep(enough ? time : timeout);
        return enough
                ? Optional.empty()
                : Optional.of(what + " may have requests of up to " + Durations.show(time) + " under way, and only "
                        + Durations.show(timeout) + " were waited");
    }
}
