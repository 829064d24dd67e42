package io.jenkins.plugins.consuldeploy.rolling;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/** Where a host is in its release. Each is on record before the act that it names begins. */
public enum HostPhase {
    /** Nothing was done to it, or what was done has been undone. It gets its traffic. */
    WAITING,
    /** No new connections; the ones that are there end. */
    DRAINING,
    /** No traffic, and not changed yet. */
    OUT,
    /** Its update runs, or may have run. */
    UPDATING,
    /** Updated; its checks run. */
    CHECKING,
    /** It goes back to its balancers, and is waited for. */
    RETURNING,
    /** Through: it gets its traffic again. */
    IN_SERVICE,
    /** It did not get through. It stays out of its balancers, unless it runs what it ran before and is back in them. */
    FAILED;

    /** What may come next. */
    Set<HostPhase> next() {
        return switch (this) {
            case WAITING -> EnumSet.of(DRAINING);
            case DRAINING -> EnumSet.of(OUT, RETURNING, FAILED);
            case OUT -> EnumSet.of(UPDATING, RETURNING, FAILED);
            // Begun anew by whoever resumes a release, for it may have been cut off.
            case UPDATING -> EnumSet.of(UPDATING, CHECKING, FAILED);
            case CHECKING -> EnumSet.of(RETURNING, FAILED);
            case RETURNING -> EnumSet.of(IN_SERVICE, WAITING, FAILED);
            // A rollback takes up again who was through, and who failed: that one is out, and is seen to be out.
            case IN_SERVICE -> EnumSet.of(WAITING);
            case FAILED -> EnumSet.of(WAITING, DRAINING);
        };
    }

    /** Whether this release keeps it from its traffic, or may do so. */
    public boolean isInFlight() {
        return switch (this) {
            case DRAINING, OUT, UPDATING, CHECKING, RETURNING -> true;
            case WAITING, IN_SERVICE, FAILED -> false;
        };
    }

    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
