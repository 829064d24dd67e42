package io.jenkins.plugins.consuldeploy.jenkins;

import static org.assertj.core.api.Assertions.assertThat;

import hudson.model.Result;
import io.jenkins.plugins.consuldeploy.journal.ReleaseHead.State;
import java.util.Map;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.Before;
import org.junit.ClassRule;
import org.junit.Rule;
import org.junit.Test;
import org.jvnet.hudson.test.BuildWatcher;
import org.jvnet.hudson.test.JenkinsRule;

public class BlueGreenSwitchStepTest {

    @ClassRule
    public static final BuildWatcher WATCHER = new BuildWatcher();

    @ClassRule
    public static final JenkinsRule r = new JenkinsRule();

    @Rule
    public final Behind behind = new Behind(2);

    @Before
    public void configure() {
        behind.configure();
        behind.color();
    }

    @Test
    public void itsBlockDeploysTheIdleColorWhichThenGetsTheTraffic() throws Exception {
        behind.fleet().visit();
        WorkflowRun run = succeeds(
                "node { def done = blueGreenSwitch(COLORS, DRAIN, version: 'v2', weights: [10, 50, 100],"
                        + " bake: '200ms', soak: '200ms', check: http(path: '/'), watch: http('FRONT')) { sh '"
                        + behind.deploys("$VERSION")
                        + "; echo \"$COLOR beside $LIVE_COLOR of $APP at $HOSTS $PORT\"' };"
                        + " echo \"RESULT ${done.state} ${done.version} ${done.from} ${done.to} ${done.live} ${done.seconds > 0}\" }");
        assertThat(behind.fleet().failedVisits()).isZero();
        assertThat(behind.live()).isEqualTo("app2");
        assertThat(behind.fleet().versions()).isEqualTo(Map.of("app1", "v1", "app2", "v2"));
        r.assertLogContains("RESULT succeeded v2 blue green green true", run);
        r.assertLogContains("green beside blue of " + behind.app() + " at 127.0.0.1 ", run);
        r.assertLogContains("moving 10% -> baking 10%", run);
        assertThat(behind.newest().who()).contains("job release-" + behind.app());
    }

    @Test
    public void aColorThatFailsItsCheckGetsNoTraffic() throws Exception {
        WorkflowRun run = fails("node { blueGreenSwitch(COLORS, DRAIN, check: http(path: '/')) { sh '"
                + behind.deploys("broken") + "' } }");
        assertThat(behind.live()).isEqualTo("app1");
        r.assertLogContains("checking ended: ", run);
        r.assertLogContains("Live is blue.", run);
        assertThat(behind.newest().state()).isEqualTo(State.FAILED);
    }

    @Test
    public void aCheckThatFailsWhileTrafficMovesHasItMovedBack() throws Exception {
        WorkflowRun run = behind.start(
                r,
                "node { blueGreenSwitch(COLORS, DRAIN, version: 'v2', weights: [50, 100], bake: '8s',"
                        + " check: http(path: '/', interval: '50ms')) { sh '" + behind.deploys("v2") + "' } }");
        r.waitForMessage("moving 50% -> baking 50%", run);
        behind.write("app2", "broken");
        r.assertBuildStatus(Result.FAILURE, r.waitForCompletion(run));
        r.assertLogContains("moving all traffic back to blue", run);
        r.assertLogContains("was moved back", run);
        assertThat(behind.live()).isEqualTo("app1");
        assertThat(behind.newest().state()).isEqualTo(State.ROLLED_BACK);
    }

    @Test
    public void anAbortWhileTrafficMovesHasItMovedBack() throws Exception {
        WorkflowRun run = behind.start(
                r,
                "node { blueGreenSwitch(COLORS, DRAIN, version: 'v2', weights: [50, 100], bake: '10m') { sh '"
                        + behind.deploys("v2") + "' } }");
        r.waitForMessage("moving 50% -> baking 50%", run);
        run.getExecutor().interrupt();
        r.assertBuildStatus(Result.ABORTED, r.waitForCompletion(run));
        r.assertLogContains("moving all traffic back to blue", run);
        r.assertLogContains("was ended: aborted", run);
        r.assertLogContains("Live is blue.", run);
        assertThat(behind.live()).isEqualTo("app1");
        assertThat(behind.newest().state()).isEqualTo(State.ABORTED);
    }

    @Test
    public void anAbortWhileTheBlockRunsLeavesTheTrafficAlone() throws Exception {
        WorkflowRun run = behind.start(
                r,
                "node { blueGreenSwitch(COLORS, DRAIN) { sh 'echo IN THE BLOCK; " + behind.waitsFor("never") + "' } }");
        r.waitForMessage("IN THE BLOCK", run);
        run.getExecutor().interrupt();
        r.assertBuildStatus(Result.ABORTED, r.waitForCompletion(run));
        r.assertLogContains("Live is blue.", run);
        assertThat(behind.live()).isEqualTo("app1");
    }

    @Test
    public void aBlockThatFailsEndsItBeforeAnyTrafficMoves() throws Exception {
        WorkflowRun run = fails("node { blueGreenSwitch(COLORS, DRAIN) { sh 'exit 3' } }");
        r.assertLogContains("deploying green failed: its steps: script returned exit code 3", run);
        assertThat(behind.live()).isEqualTo("app1");
    }

    @Test
    public void commandsDeployVerifyAndStopInTheWorkspace() throws Exception {
        WorkflowRun run = succeeds("node { blueGreenSwitch(COLORS, DRAIN, version: 'v2', deploy: command('"
                + behind.deploys("$VERSION") + "; echo deployed as $JOB_NAME in $(/bin/pwd)'),"
                + " verify: command('echo verified $COLOR'), stopOld: 'afterSoak', stop: command('echo stopped $COLOR'),"
                + " watch: command('test $APP = " + behind.app() + "'), soak: '100ms') }");
        r.assertLogContains(
                "green | deployed as " + run.getParent().getName() + " in "
                        + r.jenkins.getWorkspaceFor(run.getParent()).getRemote(),
                run);
        r.assertLogContains("green | verified green", run);
        r.assertLogContains("blue | stopped blue", run);
        assertThat(behind.live()).isEqualTo("app2");
    }

    @Test
    public void testsOfTheNewColorThatFailKeepItFromTraffic() throws Exception {
        WorkflowRun run = fails(
                "node { blueGreenSwitch(COLORS, DRAIN, verify: command('echo no checkout; exit 2')) { sh 'true' } }");
        r.assertLogContains("verifying green failed", run);
        r.assertLogContains("no checkout", run);
        assertThat(behind.live()).isEqualTo("app1");
    }

    @Test
    public void withNeitherBlockNorDeployTheIdleColorWasDeployedBefore() throws Exception {
        WorkflowRun run = succeeds("blueGreenSwitch(COLORS, DRAIN, check: http(path: '/'))");
        r.assertLogNotContains("deploying", run);
        assertThat(behind.live()).isEqualTo("app2");
    }

    @Test
    public void aRollbackMovesAllTrafficToTheColorBefore() throws Exception {
        succeeds("node { blueGreenSwitch(COLORS, DRAIN, version: 'v2', check: http()) { sh '" + behind.deploys("v2")
                + "' } }");
        WorkflowRun run = succeeds("def done = blueGreenRollback(COLORS, DRAIN, check: http());"
                + " echo \"RESULT ${done.state} ${done.from} ${done.to} ${done.live}\"");
        r.assertLogContains("RESULT succeeded green blue blue", run);
        assertThat(behind.live()).isEqualTo("app1");
    }

    @Test
    public void declarativePipelinesHaveIt() throws Exception {
        succeeds("pipeline { agent any; stages { stage('switch') { steps {"
                + " blueGreenSwitch(COLORS, DRAIN, version: 'v2') { sh '" + behind.deploys("$VERSION") + "' }\n"
                + " blueGreenRollback(COLORS, DRAIN, force: true) } } } }");
        assertThat(behind.live()).isEqualTo("app1");
    }

    @Test
    public void whatIsWrongIsSaidBeforeAnythingIsTouched() throws Exception {
        assertThat(error("blueGreenSwitch(COLORS, deploy: command('true')) { }"))
                .contains("leave one of them out");
        assertThat(error("blueGreenSwitch(COLORS, deploy: command('true'))"))
                .contains("put the step into node { ... }");
        assertThat(error("blueGreenSwitch(COLORS, weights: [50, 10, 100])"))
                .contains("weights")
                .contains("[10, 50, 100]");
        assertThat(error("blueGreenSwitch(COLORS, stopOld: 'sometimes')")).contains("stopOld 'sometimes'");
        assertThat(error("blueGreenSwitch(COLORS, watch: http('nowhere'))")).contains("watch.http.url 'nowhere'");
        assertThat(error("blueGreenSwitch(COLORS, notify: ['nobody'])")).contains("nobody");
        assertThat(
                        error(
                                "blueGreenSwitch(app: 'x', blue: hostList('a:1'), green: hostList('b:1'), traffic: proxies('x/live'))"))
                .contains("traffic.proxies.nodes");
        assertThat(error("blueGreenRollback(COLORS)")).contains("back");
        assertThat(behind.live()).isEqualTo("app1");
    }

    // What the tests share

    private WorkflowRun succeeds(String script) throws Exception {
        return ends(Result.SUCCESS, script);
    }

    private WorkflowRun fails(String script) throws Exception {
        return ends(Result.FAILURE, script);
    }

    private WorkflowRun ends(Result result, String script) throws Exception {
        return r.assertBuildStatus(result, r.waitForCompletion(behind.start(r, script)));
    }

    private String error(String script) throws Exception {
        WorkflowRun run = fails(script);
        String error = JenkinsRule.getLog(run)
                .lines()
                .filter(line -> line.startsWith("ERROR: "))
                .findFirst()
                .orElse("");
        run.getParent().delete();
        return error;
    }
}
