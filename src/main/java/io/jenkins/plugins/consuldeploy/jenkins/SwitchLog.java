package io.jenkins.plugins.consuldeploy.jenkins;

import io.jenkins.plugins.consuldeploy.bluegreen.Stage;
import io.jenkins.plugins.consuldeploy.bluegreen.SwitchListener;
import io.jenkins.plugins.consuldeploy.bluegreen.SwitchText;
import io.jenkins.plugins.consuldeploy.traffic.Color;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** A switch in its build's log: one line a stage. */
record SwitchLog(PrintStream log) implements SwitchListener {

    @Override
    public void began(String release, Optional<Color> from, Color to, List<Stage> course, int at) {
        log.println(SwitchText.heading(release, from, to, course, at));
    }

    @Override
    public void passed(Stage stage, Optional<Stage> next, Duration took, Optional<String> detail) {
        log.println(SwitchText.passed(stage, next, took, detail));
    }

    @Override
    public void stopped(Stage stage, String why) {
        log.println(SwitchText.stopped(stage, why));
    }

    @Override
    public void movingBack(Color to) {
        log.println(SwitchText.movingBack(to));
    }

    @Override
    public void note(String text) {
        log.println(text);
    }
}
