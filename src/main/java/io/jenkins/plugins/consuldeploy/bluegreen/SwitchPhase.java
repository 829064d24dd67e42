package io.jenkins.plugins.consuldeploy.bluegreen;

import java.util.Locale;

/** What a switch does at a stage of its course, in the order in which it can come. Each is on record before it begins. */
public enum SwitchPhase {
    /** Traffic goes back to the color that the record has for live, because the caller said that the record is right. */
    RESTORING,
    /** Connections of the idle color that are left of an earlier switch end. */
    EMPTYING,
    /** The idle color's deployment runs, or may have run. */
    DEPLOYING,
    /** Each of its hosts is asked directly. */
    CHECKING,
    /** The caller's own tests of it run, or may have run. */
    VERIFYING,
    /** What moves traffic gets ready, which touches none. */
    PREPARING,
    /** A share of the traffic moves, or may have moved. */
    MOVING,
    /** Both colors have a share; it is watched, and the new one's hosts are asked again. */
    BAKING,
    /** The new color has all of it, and is watched. */
    SOAKING,
    /** The new color is live. Connections to the old one end. */
    DRAINING,
    /** The old color is kept for a while, to go back to. */
    KEEPING,
    /** The old color is being stopped, or may have been. */
    STOPPING;

    /** Whether it is the caller's to do. */
    public boolean isWork() {
        return this == DEPLOYING || this == VERIFYING || this == STOPPING;
    }

    /** Whether traffic may be on its way to the new color, and can go back. */
    public boolean isUnderWay() {
        return this == MOVING || this == BAKING || this == SOAKING;
    }

    /** Whether the new color is live for good. */
    public boolean isSettled() {
        return compareTo(SOAKING) > 0;
    }

    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
