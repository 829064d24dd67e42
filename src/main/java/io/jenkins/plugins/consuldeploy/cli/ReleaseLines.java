package io.jenkins.plugins.consuldeploy.cli;

import io.jenkins.plugins.consuldeploy.fleet.Host;
import io.jenkins.plugins.consuldeploy.phase.Durations;
import io.jenkins.plugins.consuldeploy.rolling.HostPhase;
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
        out.println(heading(release, hosts, batches));
    }

    @Override
    public void stands(Host host, HostPhase phase) {
        out.println(host + ": " + phase.word());
    }

    @Override
    public void went(Host host, HostPhase from, HostPhase to, Duration tookInFrom, Optional<String> detail) {
        out.println(transition(host, from, to, tookInFrom, detail));
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

    static String heading(String release, List<Host> hosts, int batches) {
        return "release " + release + ": " + hosts.size() + (hosts.size() == 1 ? " host" : " hosts") + " in " + batches
                + (batches == 1 ? " batch" : " batches");
    }

    /** {@code app1: draining -> out (340ms)}. How long a host had to wait for its turn is of no interest. */
    static String transition(Host host, HostPhase from, HostPhase to, Duration took, Optional<String> detail) {
        String time = from == HostPhase.WAITING || took.isNegative() ? "" : " (" + Durations.show(took) + ")";
        return host + ": " + from.word() + " -> " + to.word() + time
                + detail.map(text -> ": " + text).orElse("");
    }
}
