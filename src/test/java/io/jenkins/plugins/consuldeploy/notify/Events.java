package io.jenkins.plugins.consuldeploy.notify;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Events to deliver. */
final class Events {

    static final Instant AT = Instant.parse("2026-03-01T12:30:05Z");

    private Events() {}

    static ReleaseEvent of(ReleaseEvent.Kind kind) {
        return new ReleaseEvent(
                kind,
                "web",
                "r-1",
                Optional.of("v7"),
                "deploy #12 by alice",
                AT,
                Duration.ofSeconds(125),
                Optional.empty(),
                Optional.empty());
    }

    static ReleaseEvent hostFailed(String host, String why) {
        return new ReleaseEvent(
                ReleaseEvent.Kind.HOST_FAILED,
                "web",
                "r-1",
                Optional.of("v7"),
                "deploy #12 by alice",
                AT,
                Duration.ofSeconds(125),
                Optional.of(host),
                Optional.of(why));
    }
}
