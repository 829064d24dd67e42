package io.jenkins.plugins.consuldeploy.phase;

import java.time.Duration;
import java.util.Optional;

/**
 * Where to go back to.
 *
 * @param to            the version before the current one when absent
 * @param expected      who has to run it; when absent, the nodes that have said anything of the current version or of
 *                      that one
 * @param activeTimeout for all of them to run it
 */
public record Rollback(Optional<Version> to, Optional<Expected> expected, Duration activeTimeout) {

    /** To the previous version, on whichever nodes are there. */
    public static final Rollback TO_PREVIOUS =
            new Rollback(Optional.empty(), Optional.empty(), Deployment.ACTIVE_TIMEOUT);
}
