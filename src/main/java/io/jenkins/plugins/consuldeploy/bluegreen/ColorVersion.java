package io.jenkins.plugins.consuldeploy.bluegreen;

import java.util.Optional;

/**
 * What a color runs, as far as switches know.
 *
 * @param version what was deployed to it last, where the caller named it
 */
public record ColorVersion(Optional<String> version, State state) {

    /** Nothing is on record of it. */
    static final ColorVersion UNKNOWN = new ColorVersion(Optional.empty(), State.UNKNOWN);

    /** How far its deployment came. */
    public enum State {
        UNKNOWN,
        /** It was begun, and has not passed all of its checks, or traffic was moved back from it. */
        UNPROVED,
        /** It has passed its checks. */
        PROVED,
        /** It was stopped after a switch away from it. */
        STOPPED
    }

    @Override
    public String toString() {
        return version.orElse("a version without a name")
                + switch (state) {
                    case UNPROVED -> ", which has not passed its checks, or was moved back from";
                    case STOPPED -> ", stopped";
                    case UNKNOWN, PROVED -> "";
                };
    }
}
