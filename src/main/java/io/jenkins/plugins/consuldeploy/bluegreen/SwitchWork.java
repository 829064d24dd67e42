package io.jenkins.plugins.consuldeploy.bluegreen;

import java.time.Duration;
import java.util.Optional;

/**
 * What is done to a color by whoever runs a switch, where it is not a build's block.
 *
 * @param deploy empty where the idle color was deployed by other means before
 * @param verify the caller's own tests, before any traffic moves
 * @param stop   of the old color
 */
public record SwitchWork(Optional<Job> deploy, Optional<Job> verify, Optional<Job> stop) {

    /** For each of them, where nothing else is said. */
    public static final Duration TIMEOUT = Duration.ofMinutes(30);

    /** One of them, and how long it may take. */
    public record Job(ColorWork work, Duration timeout) {}

    /** The one for this phase of a switch. */
    public Optional<Job> of(SwitchPhase phase) {
        return switch (phase) {
            case DEPLOYING -> deploy;
            case VERIFYING -> verify;
            case STOPPING -> stop;
            default -> Optional.empty();
        };
    }
}
