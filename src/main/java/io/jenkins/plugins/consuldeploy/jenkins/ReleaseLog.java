package io.jenkins.plugins.consuldeploy.jenkins;

import io.jenkins.plugins.consuldeploy.fleet.Host;
import io.jenkins.plugins.consuldeploy.rolling.HostPhase;
import io.jenkins.plugins.consuldeploy.rolling.ReleaseText;
import io.jenkins.plugins.consuldeploy.rolling.RollingListener;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** A release in its build's log: one line a transition, the host first. */
record ReleaseLog(PrintStream log) implements RollingListener {

    @Override
    public void began(String release, List<Host> hosts, int batches) {
        log.println(ReleaseText.heading(release, hosts, batches));
    }

    @Override
    public void stands(Host host, HostPhase phase) {
        log.println(host + ": " + phase.word());
    }

    @Override
    public void went(Host host, HostPhase from, HostPhase to, Duration tookInFrom, Optional<String> detail) {
        log.println(ReleaseText.transition(host, from, to, tookInFrom, detail));
    }

    @Override
    public void note(String text) {
        log.println(text);
    }
}
