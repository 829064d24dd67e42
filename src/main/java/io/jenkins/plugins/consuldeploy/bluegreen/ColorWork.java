package io.jenkins.plugins.consuldeploy.bluegreen;

import java.time.Duration;
import java.util.Optional;

/** What deploys a color, verifies it, or stops it. It may be run again on a color where it was cut off. */
public interface ColorWork {

    /**
     * Does it.
     *
     * @return why it failed; empty when it did not
     */
    Optional<String> run(ColorTurn turn, Duration timeout) throws InterruptedException;

    /** What it does, for a plan. */
    String describe();
}
