package io.jenkins.plugins.consuldeploy.notify;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What is told to people and machines about a release.
 *
 * @param release the release's id
 * @param version what is released, where the caller named it
 * @param who     who released it: a person or a job, and its build
 * @param host    the host that it is about
 * @param detail  why, in a sentence, where there is a why
 * @param elapsed since the release started
 */
public record ReleaseEvent(
        Kind kind,
        String app,
        String release,
        Optional<String> version,
        String who,
        Instant at,
        Duration elapsed,
        Optional<String> host,
        Optional<String> detail) {

    /** What happened. */
    public enum Kind {
        STARTED,
        RESUMED,
        HOST_FAILED,
        SUCCEEDED,
        FAILED,
        ROLLED_BACK,
        ABORTED
    }
}
