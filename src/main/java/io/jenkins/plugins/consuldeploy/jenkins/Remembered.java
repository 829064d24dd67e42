package io.jenkins.plugins.consuldeploy.jenkins;

import io.jenkins.plugins.consuldeploy.phase.BadInputException;
import io.jenkins.plugins.consuldeploy.phase.Progress;
import java.io.Serializable;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a build remembers of what it does through a restart of Jenkins, so that the same call made again goes on with it
 * and does not begin something else: written to disk before anything is changed.
 */
final class Remembered implements Serializable {

    private static final long serialVersionUID = 1L;

    private volatile String session;
    private volatile String current;
    private volatile String target;
    private volatile String release;
    private volatile Long fired;
    private transient volatile boolean news;

    /** The session by which the build takes its own lock over; empty as long as it had none. */
    Optional<String> session() {
        return Optional.ofNullable(session);
    }

    /** What was current when the build began; empty as long as it has not looked. */
    Optional<String> current() {
        return Optional.ofNullable(current);
    }

    /** The release that the build has begun; empty as long as it has begun none. */
    Optional<String> release() {
        return Optional.ofNullable(release);
    }

    /** It has begun this release, and this session holds its lock: to be written down with the next progress. */
    void began(String id, String lockedBy) {
        release = id;
        session = lockedBy;
        news = true;
    }

    /** From where on answers count to the event that the build has fired; empty as long as it has fired none. */
    OptionalLong fired() {
        return fired == null ? OptionalLong.empty() : OptionalLong.of(fired);
    }

    /** It has fired its event: to be written down with the next progress. */
    void fired(long since) {
        fired = since;
        news = true;
    }

    /** The step that means now what it meant when the build began. */
    ConsulStep goesOnWith(ConsulStep step) {
        return target == null ? step : step.towards(target);
    }

    /**
     * Looks at what is current.
     *
     * @throws BadInputException when somebody else has deployed since the build began: what this build was to do is old
     */
    void compare(ConsulStep step, String now) {
        if (current == null) {
            current = now;
        } else if (!now.equals(current) && !now.equals(target)) {
            throw new BadInputException(
                    "prefix",
                    step.getPrefix(),
                    "while Jenkins was away, '" + now + "' was made current by somebody else, and this build has not"
                            + " gone on to " + step.doing() + ". Build again if that is still meant");
        }
    }

    /** Whether it is news, to be written down before anything else happens. */
    boolean hears(Progress progress) {
        if (news) {
            news = false;
            return true;
        }
        if (progress instanceof Progress.Locked locked) {
            session = locked.session();
            return true;
        }
        if (progress instanceof Progress.PhaseStarted started
                && !started.version().name().equals(target)) {
            target = started.version().name();
            return true;
        }
        return false;
    }
}
