package io.jenkins.plugins.consuldeploy.bluegreen;

import io.jenkins.plugins.consuldeploy.journal.ReleaseListener;
import io.jenkins.plugins.consuldeploy.notify.ReleaseEvent;
import io.jenkins.plugins.consuldeploy.traffic.Color;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Hears what a switch does, on the thread that does it. */
public interface SwitchListener extends ReleaseListener {

    /**
     * What is about to be gone through, at the start and when it is taken up again.
     *
     * @param from where traffic goes; empty before the first release ever
     * @param at   how many stages are through
     */
    default void began(String release, Optional<Color> from, Color to, List<Stage> course, int at) {}

    /** A stage is through, and that is on record. The next one begins, where there is one. */
    default void passed(Stage stage, Optional<Stage> next, Duration took, Optional<String> detail) {}

    /** It does not go on at this stage, and that is on record. */
    default void stopped(Stage stage, String why) {}

    /** All traffic is about to go to this color, and that is on record; it is where it came from. */
    default void movingBack(Color to) {}

    /** As one that hears of releases of every kind. */
    static SwitchListener of(ReleaseListener any) {
        if (any instanceof SwitchListener switching) {
            return switching;
        }
        return new SwitchListener() {
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
