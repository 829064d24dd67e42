package io.jenkins.plugins.consuldeploy.bluegreen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.ConsulProcess;
import io.jenkins.plugins.consuldeploy.fleet.FleetException;
import io.jenkins.plugins.consuldeploy.journal.Journal;
import io.jenkins.plugins.consuldeploy.journal.JournalException;
import io.jenkins.plugins.consuldeploy.journal.ReleaseHead.State;
import io.jenkins.plugins.consuldeploy.journal.ReleaseKeys;
import io.jenkins.plugins.consuldeploy.notify.ReleaseEvent;
import io.jenkins.plugins.consuldeploy.phase.BadInputException;
import io.jenkins.plugins.consuldeploy.phase.Caller;
import io.jenkins.plugins.consuldeploy.traffic.Color;
import io.jenkins.plugins.consuldeploy.traffic.Shares;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.AfterClass;
import org.junit.BeforeClass;
import org.junit.Test;

public class BlueGreenSwitchTest {

    private static final SwitchPolicy POLICY = FakeColors.policy(List.of(10, 50, 100), Optional.of(Duration.ZERO));
    private static final SwitchPolicy KEEPING_OLD = FakeColors.policy(List.of(100), Optional.empty());
    private static Consul consul;

    private final String app = ConsulProcess.uniquePrefix("app");
    private FakeColors colors = new FakeColors(Optional.of(Color.BLUE));

    @BeforeClass
    public static void connect() {
        consul = ConsulProcess.shared().client();
    }

    @AfterClass
    public static void disconnect() {
        consul.close();
    }

    @Test
    public void deploysProvesMovesWatchesAndStopsInThisOrder() throws Exception {
        SwitchOutcome outcome = run(POLICY);

        assertThat(outcome.state()).isEqualTo(State.SUCCEEDED);
        assertThat(outcome.live()).contains(Color.GREEN);
        assertThat(outcome.from()).contains(Color.BLUE);
        assertThat(colors.transitions())
                .containsExactly(
                        "deploying",
                        "checking",
                        "verifying",
                        "preparing",
                        "moving 10%",
                        "baking 10%",
                        "moving 50%",
                        "baking 50%",
                        "moving 100%",
                        "soaking",
                        "draining",
                        "stopping");
        assertThat(colors.acts())
                .containsExactly(
                        "deploy green attempt 1",
                        "verify green attempt 1",
                        "prepare green",
                        "move p1 blue 90%, green 10%",
                        "move p2 blue 90%, green 10%",
                        "move p1 blue 50%, green 50%",
                        "move p2 blue 50%, green 50%",
                        "move p1 all to green",
                        "move p2 all to green",
                        "drain blue",
                        "stop blue attempt 1");
        assertThat(colors.stopped()).containsExactly(Color.BLUE);
        assertThat(colors.events()).containsExactly(ReleaseEvent.Kind.STARTED, ReleaseEvent.Kind.SUCCEEDED);
    }

    @Test
    public void goesBackAndForthAgainAndAgain() throws Exception {
        for (int i = 0; i < 4; i++) {
            SwitchOutcome outcome = run("v" + (2 + i), KEEPING_OLD);

            assertThat(outcome.succeeded()).as("%s", outcome).isTrue();
            assertThat(colors.live()).contains(i % 2 == 0 ? Color.GREEN : Color.BLUE);
        }
        assertThat(colors.brokenPromises()).isEmpty();
    }

    @Test
    public void movesAllTrafficAtOnceTheFirstTimeEver() throws Exception {
        colors = new FakeColors(Optional.empty());

        SwitchOutcome outcome = run(POLICY);

        assertThat(outcome.live()).contains(Color.BLUE);
        assertThat(colors.acts()).contains("move p1 all to blue").noneMatch(act -> act.startsWith("drain"));
        assertThat(colors.brokenPromises()).isEmpty();
    }

    @Test
    public void leavesTrafficWhereItIsWhenTheFirstColorEverIsNoticed() throws Exception {
        colors = new FakeColors(Optional.empty()).noticedFrom(100);

        SwitchOutcome outcome = run(POLICY);

        assertThat(outcome.state()).isEqualTo(State.FAILED);
        assertThat(outcome.reason().orElseThrow())
                .contains("visitors have noticed", "no color to go back to")
                .contains("left where it is (all to blue)");
        assertThat(outcome.live()).contains(Color.BLUE);
    }

    @Test
    public void deploysTheSameVersionToGreenAfterTheFirstColorEverWasNoticed() throws Exception {
        colors = new FakeColors(Optional.empty()).noticedFrom(100);
        run(POLICY);
        colors.noticedFrom(Integer.MAX_VALUE);

        SwitchOutcome outcome = run(POLICY);

        assertThat(outcome.succeeded()).as("%s", outcome).isTrue();
        assertThat(outcome.live()).contains(Color.GREEN);
        assertThat(colors.brokenPromises()).isEmpty();
    }

    @Test
    public void leavesItOnRecordThatNoColorIsLiveWhenTheFirstMoveEverIsRefused() throws Exception {
        colors = new FakeColors(Optional.empty()).refusing("move", 1);

        SwitchOutcome refused = run(POLICY);

        assertThat(refused.state()).isEqualTo(State.FAILED);
        assertThat(refused.reason().orElseThrow()).contains("refused", "left where it is (no color)");
        assertThat(refused.live()).isEmpty();
        assertThat(run(POLICY).live()).contains(Color.BLUE);
    }

    @Test
    public void takesTheOnlyColorWithTrafficForTheLiveOneWhenToldSoBeforeThereIsARecord() throws Exception {
        colors = new FakeColors(Optional.empty());
        colors.put("p1", Shares.all(Color.BLUE));

        assertThatThrownBy(() -> run(KEEPING_OLD))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("p1: all to blue; p2: no color; no record says which color is live")
                .hasMessageContaining("give liveIs 'traffic'");

        assertThat(run("v2", KEEPING_OLD, options(LiveIs.TRAFFIC)).live()).contains(Color.GREEN);
    }

    @Test
    public void doesNothingForTheVersionThatIsLiveAlready() throws Exception {
        run(KEEPING_OLD);
        int acts = colors.acts().size();

        SwitchOutcome outcome = run(KEEPING_OLD);

        assertThat(outcome.state()).isEqualTo(State.SUCCEEDED);
        assertThat(outcome.reason()).contains("green has v2 and is live already; nothing was done");
        assertThat(outcome.live()).contains(Color.GREEN);
        assertThat(colors.acts()).hasSize(acts);
    }

    @Test
    public void deploysTheVersionThatIsLiveAlreadyToTheOtherColorWhenForced() throws Exception {
        run(KEEPING_OLD);

        SwitchOutcome outcome = run(
                FakeColors.NEW, KEEPING_OLD, new SwitchOptions(LiveIs.AGREED, true, SwitchOptions.DEFAULT.ifDead()));

        assertThat(outcome.live()).contains(Color.BLUE);
        assertThat(colors.version(Color.BLUE)).isEqualTo(FakeColors.NEW);
    }

    @Test
    public void movesEverythingBackWhenTheHostsFailWithHalfOfTheTraffic() throws Exception {
        colors.illFrom(50);

        SwitchOutcome outcome = run(POLICY);

        assertThat(outcome.state()).isEqualTo(State.ROLLED_BACK);
        assertThat(outcome.reason().orElseThrow()).contains("green has not passed its checks", "does not answer");
        assertThat(colors.live()).contains(Color.BLUE);
        assertThat(colors.transitions()).endsWith("moving back to blue");
        assertThat(colors.acts()).doesNotContain("move p1 all to green");
    }

    @Test
    public void touchesNoTrafficWhenTheDeploymentFails() throws Exception {
        colors.refusing("deploy", 1);

        SwitchOutcome outcome = run(POLICY);

        assertThat(outcome.state()).isEqualTo(State.FAILED);
        assertThat(outcome.stage()).contains(Stage.of(SwitchPhase.DEPLOYING));
        assertThat(outcome.live()).contains(Color.BLUE);
        assertThat(colors.acts()).noneMatch(act -> act.startsWith("move"));
    }

    @Test
    public void triesAgainToMoveBackWhatRefusesOnce() throws Exception {
        colors.noticedFrom(10).refusing("move", 0);
        colors.refusing("prepare", 0);
        SwitchSpec spec = colors.spec(app, POLICY);
        try (BlueGreenSwitch release = switches().start(spec, SwitchOptions.DEFAULT, new SwitchListener() {
            @Override
            public void movingBack(Color to) {
                colors.refusing("move", 2);
            }
        })) {
            assertThat(WorkDriver.run(release, colors.work()).state()).isEqualTo(State.ROLLED_BACK);
        }

        assertThat(colors.live()).contains(Color.BLUE);
    }

    @Test
    public void staysOnRecordWhenItCanNotMoveBackAndIsGoneOnWith() throws Exception {
        colors.noticedFrom(10);
        String id;
        SwitchSpec spec = colors.spec(app, POLICY);
        try (BlueGreenSwitch release = switches().start(spec, SwitchOptions.DEFAULT, new SwitchListener() {
            @Override
            public void movingBack(Color to) {
                colors.refusing("move", 100);
            }
        })) {
            id = release.id();
            assertThatThrownBy(() -> WorkDriver.run(release, colors.work()))
                    .isInstanceOf(FleetException.class)
                    .hasMessageContaining("could not move all traffic back to blue")
                    .hasMessageContaining(id);
        }
        colors.refusing("move", 0);
        assertThat(Journal.releases(consul, keys(), app).get(0).state()).isEqualTo(State.ROLLING_BACK);

        try (BlueGreenSwitch release =
                switches().resume(id, Optional.empty(), Duration.ZERO, Optional.empty(), colors.listener())) {
            assertThat(WorkDriver.run(release, colors.work()).state()).isEqualTo(State.ROLLED_BACK);
        }
        assertThat(colors.live()).contains(Color.BLUE);
    }

    @Test
    public void leavesTheOldColorRunningWhenItsConnectionsDoNotEnd() throws Exception {
        colors.keepingConnections();

        SwitchOutcome outcome = run(POLICY);

        assertThat(outcome.state()).isEqualTo(State.SUCCEEDED);
        assertThat(outcome.reason().orElseThrow()).contains("blue was not stopped", "3 connections");
        assertThat(colors.stopped()).isEmpty();
    }

    @Test
    public void doesNotDeployToAColorThatStillHasConnectionsOfAnEarlierSwitch() throws Exception {
        colors.keepingConnections();
        run(POLICY);
        int acts = colors.acts().size();

        SwitchOutcome outcome = run("v3", POLICY);

        assertThat(outcome.state()).isEqualTo(State.FAILED);
        assertThat(outcome.reason().orElseThrow()).contains("blue still has connections", "cutOff");
        assertThat(colors.acts().subList(acts, colors.acts().size())).containsExactly("drain blue");
    }

    @Test
    public void succeedsWhenOnlyTheOldColorCouldNotBeStopped() throws Exception {
        colors.refusing("stop", 1);

        SwitchOutcome outcome = run(POLICY);

        assertThat(outcome.state()).isEqualTo(State.SUCCEEDED);
        assertThat(outcome.reason().orElseThrow()).contains("blue was not stopped", "refused");
    }

    @Test
    public void goesBackInOneMoveAfterCheckingThePreviousColor() throws Exception {
        run(KEEPING_OLD);
        int acts = colors.acts().size();

        SwitchOutcome outcome = back(false);

        assertThat(outcome.state()).isEqualTo(State.SUCCEEDED);
        assertThat(outcome.back()).isTrue();
        assertThat(outcome.live()).contains(Color.BLUE);
        assertThat(colors.acts().subList(acts, colors.acts().size()))
                .containsExactly("prepare blue", "move p1 all to blue", "move p2 all to blue", "drain green");
    }

    @Test
    public void asksNobodyBeforeItGoesBackWhenForced() throws Exception {
        run(KEEPING_OLD);
        int acts = colors.acts().size();
        colors.refusing("prepare", 1);

        SwitchOutcome outcome = back(true);

        assertThat(outcome.live()).as("%s", outcome).contains(Color.BLUE);
        assertThat(colors.acts().subList(acts, colors.acts().size()))
                .containsExactly("move p1 all to blue", "move p2 all to blue", "drain green");
    }

    @Test
    public void waitsForConnectionsOfAnOldColorThatWasToKeepRunningBeforeItIsDeployedAnew() throws Exception {
        colors.keepingConnections();

        SwitchOutcome outcome = run(KEEPING_OLD);

        assertThat(outcome.succeeded()).as("%s", outcome).isTrue();
        assertThat(outcome.reason()).contains("blue still has connections: 3 connections");
        assertThat(run("v3", KEEPING_OLD).reason().orElseThrow()).contains("blue still has connections", "cutOff");
        assertThat(colors.version(Color.BLUE)).isEqualTo(FakeColors.OLD);
    }

    @Test
    public void doesNotGoBackToAColorThatWasStopped() throws Exception {
        run(POLICY);

        assertThatThrownBy(() -> back(false))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("blue")
                .hasMessageContaining("stopped");
    }

    @Test
    public void doesNotGoBackToAColorThatVisitorsNoticed() throws Exception {
        colors.noticedFrom(10);
        run(POLICY);

        assertThatThrownBy(() -> back(false))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("green")
                .hasMessageContaining("has not passed its checks");
    }

    @Test
    public void doesNotGoBackToAColorWhoseSwitchWasAborted() throws Exception {
        abortedAfter(6, colors, app);

        assertThatThrownBy(() -> back(false))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("green")
                .hasMessageContaining("was moved back from");
        assertThat(colors.live()).contains(Color.BLUE);
    }

    @Test
    public void goesBackWhereADeadSwitchCameFromAlsoWhenForced() throws Exception {
        for (boolean force : new boolean[] {false, true}) {
            colors = new FakeColors(Optional.of(Color.BLUE));
            String of = ConsulProcess.uniquePrefix("app");
            dieAfter("moving 50%", of);

            SwitchOutcome outcome = back(of, force);

            assertThat(outcome.succeeded()).as("%s", outcome).isTrue();
            assertThat(outcome.reason().orElseThrow()).contains("blue", "is live already");
            assertThat(outcome.live()).contains(Color.BLUE);
            assertThat(colors.live()).contains(Color.BLUE);
            assertThat(colors.acts()).doesNotContain("move p1 all to green");
        }
    }

    @Test
    public void goesBackToTheOldColorWhereADeadSwitchHadMovedForGood() throws Exception {
        dieAfter("soaking", app);

        assertThat(back(false).live()).contains(Color.BLUE);
        assertThat(colors.live()).contains(Color.BLUE);
    }

    @Test
    public void plansWhatIsToBeDoneOnceADeadSwitchIsInOrder() throws Exception {
        dieAfter("moving 50%", app);

        assertThat(switches().plan(colors.spec(app, POLICY), SwitchOptions.DEFAULT, false, colors.work()))
                .contains("blue is live", "deploying: deploy green: run the test's deploy, at most 5.0s");
        assertThat(switches().plan(colors.spec(app, POLICY), SwitchOptions.DEFAULT, true, colors.work()))
                .contains("blue is live")
                .noneMatch(line -> line.startsWith("moving"));
    }

    @Test
    public void saysBothWhereTrafficAndRecordDiffer() throws Exception {
        run(KEEPING_OLD);
        colors.put("p1", Shares.all(Color.BLUE));
        colors.put("p2", Shares.all(Color.BLUE));

        assertThatThrownBy(() -> run("v3", KEEPING_OLD))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("the test's proxies says: all to blue")
                .hasMessageContaining("the record of the last switch says that green is live");

        assertThat(run("v3", KEEPING_OLD, options(LiveIs.TRAFFIC)).live()).contains(Color.GREEN);
        assertThat(colors.version(Color.GREEN)).isEqualTo("v3");
    }

    @Test
    public void movesTrafficToWhereTheRecordHasItWhenToldThatThisIsRight() throws Exception {
        run(KEEPING_OLD);
        colors.put("p1", Shares.all(Color.BLUE));

        assertThatThrownBy(() -> run("v3", KEEPING_OLD, options(LiveIs.TRAFFIC)))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("p1: all to blue; p2: all to green");

        int transitions = colors.transitions().size();
        SwitchOutcome outcome = run("v3", KEEPING_OLD, options(LiveIs.RECORD));
        assertThat(colors.transitions().get(transitions)).isEqualTo("restoring");
        assertThat(outcome.live()).contains(Color.BLUE);
        assertThat(colors.version(Color.BLUE)).isEqualTo("v3");
    }

    @Test
    public void endsInOrderWhereverItIsAborted() throws Exception {
        int stages = 12;
        for (int at = 0; at < stages; at++) {
            FakeColors one = new FakeColors(Optional.of(Color.BLUE));
            String of = ConsulProcess.uniquePrefix("app");
            SwitchOutcome outcome = abortedAfter(at, one, of);

            assertThat(outcome.state()).as("after %d stages", at).isEqualTo(State.ABORTED);
            assertThat(one.brokenPromises()).as("after %d stages", at).isEmpty();
            assertThat(one.live())
                    .as("after %d stages", at)
                    .contains(at < 10 ? Color.BLUE : Color.GREEN)
                    .isEqualTo(outcome.live());
        }
    }

    @Test
    public void doesNothingMoreWhenItsLockIsLost() throws Exception {
        SwitchSpec spec = colors.spec(app, POLICY);
        try (BlueGreenSwitch release = switches().start(spec, SwitchOptions.DEFAULT, colors.listener())) {
            assertThat(release.advance()).isInstanceOf(BlueGreenSwitch.Step.WorkWanted.class);
            consul.sessions().destroy(release.session());

            assertThatThrownBy(() -> {
                        release.worked(SwitchPhase.DEPLOYING, Optional.empty());
                        release.advance();
                    })
                    .isInstanceOf(JournalException.class);
        }
        assertThat(colors.acts()).isEmpty();
    }

    @Test
    public void plansEveryCallAndTouchesNothing() throws Exception {
        List<String> plan = switches().plan(colors.spec(app, POLICY), SwitchOptions.DEFAULT, false, colors.work());

        assertThat(plan)
                .contains("blue is live", "deploying: deploy green: run the test's deploy, at most 5.0s")
                .contains(
                        "moving 10%: move blue 90%, green 10%",
                        "stopping: stop blue: run the test's stop, at most 5.0s");
        assertThat(colors.acts()).isEmpty();
        assertThat(Journal.releases(consul, keys(), app)).isEmpty();
    }

    // Private

    private SwitchOutcome abortedAfter(int stages, FakeColors one, String of) throws Exception {
        int[] passed = {0};
        boolean[] aborted = {stages == 0};
        SwitchListener listener = new SwitchListener() {
            @Override
            public void passed(Stage stage, Optional<Stage> next, Duration took, Optional<String> detail) {
                if (++passed[0] == stages) {
                    aborted[0] = true;
                    Thread.currentThread().interrupt();
                }
            }
        };
        try (BlueGreenSwitch release = switches(one).start(one.spec(of, POLICY), SwitchOptions.DEFAULT, listener)) {
            while (!aborted[0] && !release.isOver()) {
                if (release.advance() instanceof BlueGreenSwitch.Step.WorkWanted wanted && !aborted[0]) {
                    release.worked(
                            wanted.phase(),
                            one.work().of(wanted.phase()).orElseThrow().work().run(wanted.turn(), Duration.ZERO));
                }
            }
            Thread.interrupted();
            return release.abort("by the test");
        } catch (InterruptedException e) {
            try (BlueGreenSwitch release = switches(one)
                    .resume(
                            Journal.releases(consul, keys(), of).get(0).id(),
                            Optional.empty(),
                            Duration.ZERO,
                            Optional.empty(),
                            new SwitchListener() {})) {
                return release.abort("by the test");
            }
        }
    }

    private static SwitchOptions options(LiveIs wins) {
        return new SwitchOptions(wins, false, SwitchOptions.DEFAULT.ifDead());
    }

    private SwitchOutcome run(SwitchPolicy policy) throws Exception {
        return run(FakeColors.NEW, policy);
    }

    private SwitchOutcome run(String version, SwitchPolicy policy) throws Exception {
        return run(version, policy, SwitchOptions.DEFAULT);
    }

    private SwitchOutcome run(String version, SwitchPolicy policy, SwitchOptions options) throws Exception {
        try (BlueGreenSwitch release =
                switches().start(colors.spec(app, version, policy), options, colors.listener())) {
            return WorkDriver.run(release, colors.work());
        }
    }

    /** Leaves a switch as one does whose process dies at this moment. */
    private void dieAfter(String stage, String of) throws Exception {
        SwitchListener listener = new SwitchListener() {
            @Override
            public void passed(Stage passed, Optional<Stage> next, Duration took, Optional<String> detail) {
                if (passed.word().equals(stage)) {
                    throw new FakeColors.Killed();
                }
            }
        };
        try (BlueGreenSwitch release = switches().start(colors.spec(of, POLICY), SwitchOptions.DEFAULT, listener)) {
            assertThatThrownBy(() -> WorkDriver.run(release, colors.work())).isInstanceOf(FakeColors.Killed.class);
        }
    }

    private SwitchOutcome back(boolean force) throws Exception {
        return back(app, force);
    }

    private SwitchOutcome back(String of, boolean force) throws Exception {
        SwitchOptions options = new SwitchOptions(LiveIs.AGREED, force, SwitchOptions.DEFAULT.ifDead());
        try (BlueGreenSwitch release = switches().back(colors.spec(of, POLICY), options, colors.listener())) {
            return WorkDriver.run(release, colors.work());
        }
    }

    private Switches switches() {
        return switches(colors);
    }

    private static Switches switches(FakeColors of) {
        return new Switches(
                consul, keys(), new Caller("test", "build 1"), text -> of.spec("whichever", POLICY), Duration.ZERO);
    }

    private static ReleaseKeys keys() {
        return new ReleaseKeys("test-switches");
    }
}
