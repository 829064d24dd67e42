package io.jenkins.plugins.consuldeploy.notify;

import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
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

    /** What happened, on one line without the why: {@code web v7: host app3 failed}. */
    public String headline() {
        String after = " after " + duration();
        return app + version.map(name -> " " + name).orElse("") + ": "
                + switch (kind) {
                    case STARTED -> "release started";
                    case RESUMED -> "release resumed";
                    case HOST_FAILED -> "host " + host.orElse("?") + " failed";
                    case SUCCEEDED -> "released in " + duration();
                    case FAILED -> "release failed" + after;
                    case ROLLED_BACK -> "release rolled back" + after;
                    case ABORTED -> "release aborted" + after;
                };
    }

    /** All of it in one sentence, with the why, the release and who: it may have several lines where the why has. */
    public String sentence() {
        return headline() + detail.map(why -> ": " + why).orElse("") + " (release " + release + " by " + who + ")";
    }

    /** {@code 0.4 s}, {@code 2 min 5 s}, {@code 1 h 2 min}. */
    String duration() {
        if (elapsed.toMinutes() < 1) {
            return String.format(Locale.ROOT, "%.1f s", elapsed.toMillis() / 1000.0);
        }
        return elapsed.toHours() < 1
                ? elapsed.toMinutes() + " min " + elapsed.toSecondsPart() + " s"
                : elapsed.toHours() + " h " + elapsed.toMinutesPart() + " min";
    }

    /** What happened. */
    public enum Kind {
        STARTED,
        RESUMED,
        HOST_FAILED,
        SUCCEEDED,
        FAILED,
        ROLLED_BACK,
        ABORTED;

        /** Whether somebody may have to do something about it. */
        public boolean isTrouble() {
            return this == HOST_FAILED || this == FAILED || this == ABORTED;
        }

        /** As machines are told: {@code host_failed}. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
