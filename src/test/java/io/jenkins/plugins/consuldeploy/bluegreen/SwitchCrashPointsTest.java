package io.jenkins.plugins.consuldeploy.bluegreen;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.ConsulProcess;
import io.jenkins.plugins.consuldeploy.consul.Session;
import io.jenkins.plugins.consuldeploy.journal.Journal;
import io.jenkins.plugins.consuldeploy.journal.ReleaseHead;
import io.jenkins.plugins.consuldeploy.journal.ReleaseHead.State;
import io.jenkins.plugins.consuldeploy.journal.ReleaseKeys;
import io.jenkins.plugins.consuldeploy.phase.Caller;
import io.jenkins.plugins.consuldeploy.traffic.Color;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.AfterClass;
import org.junit.BeforeClass;
import org.junit.Test;

/**
 * A switch is killed at every point of its way: after each transition that is on record, and before and after each act.
 * Another process goes on with it, or a new switch finds what it left. At the end exactly one color is live and the record
 * says which, and traffic was never on a color that had not passed its checks.
 */
public class SwitchCrashPointsTest {

    private static final int AT_ONCE = 4;
    private static final Logger LOST_SESSIONS = Logger.getLogger(Session.class.getName());
    private static final SwitchPolicy POLICY =
            FakeColors.policy(List.of(10, 50, 100), Optional.of(Duration.ofMillis(1)));
    private static Consul consul;

    @BeforeClass
    public static void connect() {
        consul = ConsulProcess.shared().client();
        LOST_SESSIONS.setLevel(Level.OFF); // that one is lost is what happens here at every point
    }

    @AfterClass
    public static void disconnect() {
        LOST_SESSIONS.setLevel(null);
        consul.close();
    }

    @Test
    public void aSwitchThatSucceedsIsResumedFromEveryPoint() throws Exception {
        resumedFromEveryPoint(
                new Scenario("succeeds", () -> new FakeColors(Optional.of(Color.BLUE)), false),
                State.SUCCEEDED,
                Color.GREEN);
    }

    @Test
    public void theFirstSwitchEverIsResumedFromEveryPoint() throws Exception {
        resumedFromEveryPoint(
                new Scenario("first", () -> new FakeColors(Optional.empty()), false), State.SUCCEEDED, Color.BLUE);
    }

    @Test
    public void aSwitchWhoseHostsFailWithHalfOfTheTrafficIsResumedFromEveryPoint() throws Exception {
        resumedFromEveryPoint(
                new Scenario("ill from 50%", () -> new FakeColors(Optional.of(Color.BLUE)).illFrom(50), false),
                State.ROLLED_BACK,
                Color.BLUE);
    }

    @Test
    public void aSwitchThatVisitorsNoticeWhileItSoaksIsResumedFromEveryPoint() throws Exception {
        resumedFromEveryPoint(
                new Scenario("noticed", () -> new FakeColors(Optional.of(Color.BLUE)).noticedFrom(100), false),
                State.ROLLED_BACK,
                Color.BLUE);
    }

    @Test
    public void aSwitchWhoseHostsNeverPassIsResumedFromEveryPoint() throws Exception {
        resumedFromEveryPoint(
                new Scenario("ill", () -> new FakeColors(Optional.of(Color.BLUE)).illFrom(0), false),
                State.FAILED,
                Color.BLUE);
    }

    @Test
    public void aWayBackIsResumedFromEveryPoint() throws Exception {
        resumedFromEveryPoint(
                new Scenario("back", () -> new FakeColors(Optional.of(Color.BLUE)), true), State.SUCCEEDED, Color.BLUE);
    }

    @Test
    public void theNextSwitchPutsInOrderWhatADeadOneLeftAtEveryPoint() throws Exception {
        putInOrderFromEveryPoint(new Scenario("next", () -> new FakeColors(Optional.of(Color.BLUE)), false));
    }

    @Test
    public void theNextSwitchPutsInOrderWhatTheDeadFirstOneLeftAtEveryPoint() throws Exception {
        putInOrderFromEveryPoint(new Scenario("first, next", () -> new FakeColors(Optional.empty()), false));
    }

    // Private

    private static void putInOrderFromEveryPoint(Scenario scenario) throws Exception {
        int points = scenario.countPoints();
        atEvery(points, point -> {
            FakeColors colors = scenario.colors().get();
            String app = scenario.killedAt(colors, point);
            colors.killAt(0);
            SwitchOutcome outcome;
            try (BlueGreenSwitch next =
                    switches(colors).start(colors.spec(app, "v3", POLICY), SwitchOptions.DEFAULT, colors.listener())) {
                outcome = WorkDriver.run(next, colors.work());
            }
            String where = "killed at point " + point + ", then " + colors.acts();
            assertThat(outcome.state()).as(where).isEqualTo(State.SUCCEEDED);
            checkEnd(colors, app, where);
            assertThat(colors.version(colors.live().orElseThrow())).as(where).isEqualTo("v3");
            assertThat(Journal.releases(consul, keys(), app)).as(where).allMatch(head -> head.state()
                    .isOver());
        });
        System.out.println("next switch after a dead one, " + scenario.name() + ": " + points + " points");
    }

    private record Scenario(String name, Supplier<FakeColors> colors, boolean back) {

        private BlueGreenSwitch start(FakeColors with, String app) throws Exception {
            if (!back) {
                return switches(with).start(with.spec(app, POLICY), SwitchOptions.DEFAULT, with.listener());
            }
            SwitchPolicy kept = FakeColors.policy(List.of(100), Optional.empty());
            try (BlueGreenSwitch there =
                    switches(with).start(with.spec(app, kept), SwitchOptions.DEFAULT, with.listener())) {
                WorkDriver.run(there, with.work());
            }
            BlueGreenSwitch started =
                    switches(with).back(with.spec(app, POLICY), SwitchOptions.DEFAULT, with.listener());
            with.killAt(0);
            return started;
        }

        int countPoints() throws Exception {
            FakeColors with = colors.get();
            try (BlueGreenSwitch release = start(with, ConsulProcess.uniquePrefix("count"))) {
                WorkDriver.run(release, with.work());
            }
            return with.points();
        }

        /** Starts a switch and kills it there; Consul has noticed. */
        String killedAt(FakeColors with, int point) throws Exception {
            String app = ConsulProcess.uniquePrefix("app");
            BlueGreenSwitch release = start(with, app);
            with.killAt(point);
            try {
                WorkDriver.run(release, with.work());
            } catch (FakeColors.Killed e) {
                consul.sessions().destroy(release.session());
                return app;
            }
            throw new AssertionError("point " + point + " was not reached");
        }
    }

    private interface AtPoint {
        void run(int point) throws Exception;
    }

    /** Each point is a switch of its own, so several go at once. */
    private static void atEvery(int points, AtPoint test) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE);
        try {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 1; i <= points; i++) {
                int point = i;
                all.add(threads.submit(() -> {
                    test.run(point);
                    return null;
                }));
            }
            for (Future<?> one : all) {
                one.get();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static void resumedFromEveryPoint(Scenario scenario, State end, Color live) throws Exception {
        int points = scenario.countPoints();
        atEvery(points, point -> {
            FakeColors colors = scenario.colors().get();
            String app = scenario.killedAt(colors, point);
            colors.killAt(0);
            String id = Journal.releases(consul, keys(), app).get(0).id();
            SwitchOutcome outcome;
            try (BlueGreenSwitch release =
                    switches(colors).resume(id, Optional.empty(), Duration.ZERO, Optional.empty(), colors.listener())) {
                outcome = WorkDriver.run(release, colors.work());
            }
            String where = scenario.name() + ", killed at point " + point + ": " + colors.acts();
            assertThat(outcome.state()).as(where).isEqualTo(end);
            assertThat(colors.live()).as(where).contains(live);
            checkEnd(colors, app, where);
        });
        System.out.println("resumed, " + scenario.name() + ": " + points + " points");
    }

    private static void checkEnd(FakeColors colors, String app, String where) {
        ReleaseHead head = Journal.releases(consul, keys(), app).get(0);
        assertThat(colors.brokenPromises()).as(where).isEmpty();
        assertThat(colors.live()).as(where).isPresent();
        assertThat(SwitchOutcome.of(head).live()).as(where).isEqualTo(colors.live());
    }

    private static Switches switches(FakeColors colors) {
        return new Switches(
                consul, keys(), new Caller("test", "build 1"), text -> colors.spec("whichever", POLICY), Duration.ZERO);
    }

    private static ReleaseKeys keys() {
        return new ReleaseKeys("test-switches");
    }
}
