package io.jenkins.plugins.consuldeploy.bluegreen;

import io.jenkins.plugins.consuldeploy.notify.Notifier;
import io.jenkins.plugins.consuldeploy.notify.ReleaseEvent;
import io.jenkins.plugins.consuldeploy.notify.Undelivered;
import io.jenkins.plugins.consuldeploy.traffic.Color;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Hands on all that it hears, and has a switch's events delivered, without ever waiting for that. */
public final class NotifyingSwitchListener implements SwitchListener {

    private final SwitchListener listener;
    private final Notifier notifier;

    public NotifyingSwitchListener(SwitchListener listener, Notifier notifier) {
        this.listener = listener;
        this.notifier = notifier;
    }

    @Override
    public void began(String release, Optional<Color> from, Color to, List<Stage> course, int at) {
        listener.began(release, from, to, course, at);
    }

    @Override
    public void passed(Stage stage, Optional<Stage> next, Duration took, Optional<String> detail) {
        listener.passed(stage, next, took, detail);
    }

    @Override
    public void stopped(Stage stage, String why) {
        listener.stopped(stage, why);
    }

    @Override
    public void movingBack(Color to) {
        listener.movingBack(to);
    }

    @Override
    public void note(String text) {
        listener.note(text);
    }

    @Override
    public void event(ReleaseEvent event) {
        listener.event(event);
        notifier.publish(event);
    }

    /** As {@link NotifyingListener#close()}. */
    public List<Undelivered> close() {
        return notifier.close(Notifier.LAST_WAIT);
    }
}
