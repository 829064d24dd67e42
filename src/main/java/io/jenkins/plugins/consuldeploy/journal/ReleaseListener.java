package io.jenkins.plugins.consuldeploy.journal;

import io.jenkins.plugins.consuldeploy.notify.ReleaseEvent;

/** Hears of a release, whichever kind it is of, on the thread that does it. */
public interface ReleaseListener {

    /** Something that whoever is on call should know. */
    default void note(String text) {}

    /** For the channels that notify people and machines. */
    default void event(ReleaseEvent event) {}
}
