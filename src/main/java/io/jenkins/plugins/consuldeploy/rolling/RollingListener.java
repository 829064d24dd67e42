package io.jenkins.plugins.consuldeploy.rolling;

import io.jenkins.plugins.consuldeploy.fleet.Host;
import io.jenkins.plugins.consuldeploy.journal.ReleaseListener;
import io.jenkins.plugins.consuldeploy.notify.ReleaseEvent;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Hears what a release does, on the thread that does it. */
public interface RollingListener extends ReleaseListener {

    /** What is about to be gone through, at the start and when it is taken up again. */
    default void began(String release, List<Host> hosts, int batches) {}

    /** Where a host is at that moment that is not at its beginning: in a release that is taken up again. */
    default void stands(Host host, HostPhase phase) {}

    /** A host went on, and that is on record. */
    default void went(Host host, HostPhase from, HostPhase to, Duration tookInFrom, Optional<String> detail) {}

    /** As one that hears of releases of every kind. */
    static RollingListener of(ReleaseListener any) {
        if (any instanceof RollingListener rolling) {
            return rolling;
        }
        return new RollingListener() {
            @Override
            public void note(String text) {
                any.note(text);
            }

            @Override
            public void event(ReleaseEvent event) {
                any.event(event);
            }
        };
    }
}
