package io.jenkins.plugins.consuldeploy.phase;

import java.time.Duration;
import java.util.Optional;

/**
 * What is to be deployed and how.
 *
 * @param rolling       batch by batch instead of everywhere at once
 * @param readyTimeout  for all nodes to prepare it
 * @param activeTimeout for all nodes, or those of one batch, to run it
 * @param keep          how many versions stay afterwards; all of them when absent
 */
public record Deployment(
        Version version,
        Expected expected,
        Optional<BatchSize> rolling,
        OnFailure onFailure,
        Duration readyTimeout,
        Duration activeTimeout,
        Optional<Integer> keep) {

    public static final Duration READY_TIMEOUT = Duration.ofMinutes(10);
    public static final Duration ACTIVE_TIMEOUT = Duration.ofMinutes(5);

    public Deployment {
        positive("ready timeout", readyTimeout);
        positive("active timeout", activeTimeout);
        keep.ifPresent(Cleaning::checkKeep);
    }

    /** Everywhere at once, with the usual timeouts, stopping on failure, keeping every version. */
    public static Deployment of(Version version, Expected expected) {
        return new Deployment(
                version, expected, Optional.empty(), OnFailure.STOP, READY_TIMEOUT, ACTIVE_TIMEOUT, Optional.empty());
    }

    public Deployment withRolling(BatchSize batch) {
        return new Deployment(version, expected, Optional.of(batch), onFailure, readyTimeout, activeTimeout, keep);
    }

    public Deployment withOnFailure(OnFailure choice) {
        return new Deployment(version, expected, rolling, choice, readyTimeout, activeTimeout, keep);
    }

    public Deployment withTimeouts(Duration ready, Duration active) {
        return new Deployment(version, expected, rolling, onFailure, ready, active, keep);
    }

    public Deployment withKeep(int versions) {
        return new Deployment(
                version, expected, rolling, onFailure, readyTimeout, activeTimeout, Optional.of(versions));
    }

    private static void positive(String field, Duration duration) {
        if (duration.isZero() || duration.isNegative()) {
            throw new BadInputException(field, Durations.show(duration), "a duration above zero, such as 10m");
        }
    }
}
