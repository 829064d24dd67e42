package io.jenkins.plugins.consuldeploy.cli;

import io.jenkins.plugins.consuldeploy.fleet.Host;
import io.jenkins.plugins.consuldeploy.rolling.HostPhase;
import io.jenkins.plugins.consuldeploy.rolling.ReleaseText;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** One line a transition, the host first: for logs and pipes. */
final class ReleaseLines implements ReleaseView {

    private final PrintStream out;
    private final PrintStream err;

    ReleaseLines(PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
    }

    @Override
    public void began(String release, List<Host> hosts, int batches) {
        out.println(ReleaseText.heading(release, hosts, batches));
    }

    @Override
    public void stands(Host host, HostPhase phase) {
        out.println(host + ": " + phase.word());
    }

    @Override
    public void went(Host host, HostPhase from, HostPhase to, Duration tookInFrom, Optional<String> detail) {
        out.println(ReleaseText.transition(host, from, to, tookInFrom, detail));
    }

    @Override
    public void note(String text) {
        out.println(text);
    }

    @Override
    public void log(String line) {
        err.println(line);
    }

    @Override
    public void output(String host, String line) {
        out.println(host + " | " + line);
    }

    @Override
    public void close() {
        out.flush();
    }
}
