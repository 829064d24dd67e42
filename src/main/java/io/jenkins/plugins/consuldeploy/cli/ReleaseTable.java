package io.jenkins.plugins.consuldeploy.cli;

import io.jenkins.plugins.consuldeploy.bluegreen.Stage;
import io.jenkins.plugins.consuldeploy.bluegreen.SwitchText;
import io.jenkins.plugins.consuldeploy.cli.Fleet.Picture;
import io.jenkins.plugins.consuldeploy.cli.Fleet.Row;
import io.jenkins.plugins.consuldeploy.cli.Fleet.Standing;
import io.jenkins.plugins.consuldeploy.fleet.Host;
import io.jenkins.plugins.consuldeploy.rolling.HostPhase;
import io.jenkins.plugins.consuldeploy.rolling.ReleaseText;
import io.jenkins.plugins.consuldeploy.time.TimeSource;
import io.jenkins.plugins.consuldeploy.traffic.Color;
import java.io.PrintStream;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A release's hosts with their phases, or a switch's stages, as a table that is redrawn in its place on a terminal; failures stay above it. */
final class ReleaseTable implements ReleaseView {

    private static final String THROUGH = "done";

    private final Map<String, Row> rows = new LinkedHashMap<>();
    private final Redrawn table;
    private String title = "";
    private String goal = HostPhase.IN_SERVICE.word();

    ReleaseTable(PrintStream out, Terminal terminal, TimeSource time) {
        this.table = new Redrawn(out, terminal, time, this::picture);
    }

    @Override
    public void began(String release, List<Host> hosts, int batches) {
        table.say(ReleaseText.heading(release, hosts, batches));
        table.restart();
        table.after(() -> {
            title = release;
            rows.clear();
            hosts.forEach(host -> put(host, HostPhase.WAITING, Optional.empty()));
        });
    }

    @Override
    public void stands(Host host, HostPhase phase) {
        table.after(() -> put(host, phase, Optional.empty()));
    }

    @Override
    public void went(Host host, HostPhase from, HostPhase to, Duration tookInFrom, Optional<String> detail) {
        Duration now = table.elapsed();
        table.after(() -> put(host, to, Optional.of(now)));
        if (detail.isPresent()) {
            table.say(ReleaseText.transition(host, from, to, tookInFrom, detail));
        }
    }

    @Override
    public void began(String release, Optional<Color> from, Color to, List<Stage> course, int at) {
        table.say(SwitchText.heading(release, from, to, course, at));
        table.restart();
        table.after(() -> {
            title = release;
            goal = THROUGH;
            rows.clear();
            course.forEach(stage -> put(stage, HostPhase.WAITING.word(), Standing.LATER, Optional.empty()));
            course.stream().limit(at).forEach(stage -> put(stage, THROUGH, Standing.DONE, Optional.empty()));
            course.stream().skip(at).limit(1).forEach(this::underWay);
        });
    }

    @Override
    public void passed(Stage stage, Optional<Stage> next, Duration took, Optional<String> detail) {
        Duration now = table.elapsed();
        table.after(() -> {
            put(stage, THROUGH, Standing.DONE, Optional.of(now));
            next.ifPresent(this::underWay);
        });
        if (detail.isPresent()) {
            table.say(SwitchText.passed(stage, next, took, detail));
        }
    }

    @Override
    public void stopped(Stage stage, String why) {
        Duration now = table.elapsed();
        table.after(() -> put(stage, "ended", Standing.FAILED, Optional.of(now)));
        table.say(SwitchText.stopped(stage, why));
    }

    @Override
    public void movingBack(Color to) {
        table.say(SwitchText.movingBack(to));
    }

    @Override
    public void note(String text) {
        table.say(text);
    }

    @Override
    public void log(String line) {
        table.say(line);
    }

    @Override
    public void output(String host, String line) {
        table.say(host + " | " + line);
    }

    @Override
    public void close() {
        table.close();
    }

    // Private

    private void put(Host host, HostPhase phase, Optional<Duration> at) {
        rows.put(host.name(), new Row(host.name(), phase.word(), standing(phase), at));
    }

    private void underWay(Stage stage) {
        put(stage, "under way", Standing.PENDING, Optional.empty());
    }

    private void put(Stage stage, String word, Standing standing, Optional<Duration> at) {
        rows.put(stage.word(), new Row(stage.word(), word, standing, at));
    }

    private Optional<Picture> picture() {
        return rows.isEmpty()
                ? Optional.empty()
                : Optional.of(new Picture(title, goal, rows.size(), List.copyOf(rows.values())));
    }

    private static Standing standing(HostPhase phase) {
        return switch (phase) {
            case WAITING -> Standing.LATER;
            case DRAINING, OUT, UPDATING, CHECKING, RETURNING -> Standing.PENDING;
            case FAILED -> Standing.FAILED;
            case IN_SERVICE -> Standing.DONE;
        };
    }
}
