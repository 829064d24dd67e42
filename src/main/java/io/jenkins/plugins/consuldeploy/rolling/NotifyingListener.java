package io.jenkins.plugins.consuldeploy.rolling;

import io.jenkins.plugins.consuldeploy.fleet.Host;
import io.jenkins.plugins.consuldeploy.notify.Notifier;
import io.jenkins.plugins.consuldeploy.notify.ReleaseEvent;
import io.jenkins.plugins.consuldeploy.notify.Undelivered;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Hands on all that it hears, and has a release's events delivered, without ever waiting for that. */
public final class NotifyingListener implements RollingListener {

    private final RollingListener listener;
    private final Notifier notifier;

    public NotifyingListener(RollingListener listener, Notifier notifier) {
        this.listener = listener;
        this.notifier = notifier;
    }

    @Override
    public void began(String release, List<Host> hosts, int batches) {
        listener.began(release, hosts, batches);
    }

    @Override
    public void stands(Host host, HostPhase phase) {
        listener.stands(host, phase);
    }

    @Override
    public void went(Host host, HostPhase from, HostPhase to, Duration tookInFrom, Optional<String> detail) {
        listener.went(host, from, to, tookInFrom, detail);
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

    /**
     * Waits at most {@link Notifier#LAST_WAIT} for what is still to be delivered. To be called when the release is closed, so that
     * nobody waits for its lock meanwhile. An interrupt ends the wait.
     *
     * @return what did not get through, to be said
     */
    public List<Undelivered> close() {
        return notifier.close(Notifier.LAST_WAIT);
    }
}
