package io.jenkins.plugins.consuldeploy.cli;

import io.jenkins.plugins.consuldeploy.bluegreen.Stage;
import io.jenkins.plugins.consuldeploy.bluegreen.SwitchText;
import io.jenkins.plugins.consuldeploy.fleet.Host;
import io.jenkins.plugins.consuldeploy.rolling.HostPhase;
import io.jenkins.plugins.consuldeploy.rolling.ReleaseText;
import io.jenkins.plugins.consuldeploy.traffic.Color;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** One line a transition, the host first where there is one: for logs and pipes. */
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
    public void began(String release, Optional<Color> from, Color to, List<Stage> course, int at) {
        out.println(SwitchText.heading(release, from, to, course, at));
    }

    @Override
    public void passed(Stage stage, Optional<Stage> next, Duration took, Optional<String> detail) {
        out.println(SwitchText.passed(stage, next, took, detail));
    }

    @Override
    public void stopped(Stage stage, String why) {
        out.println(SwitchText.stopped(stage, why));
    }

    @Override
    public void movingBack(Color to) {
        out.println(SwitchText.movingBack(to));
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
