package io.jenkins.plugins.consuldeploy.jenkins;

import static org.assertj.core.api.Assertions.assertThat;

import hudson.model.Result;
import io.jenkins.plugins.consuldeploy.journal.ReleaseHead.State;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.ClassRule;
import org.junit.Rule;
import org.junit.Test;
import org.jvnet.hudson.test.BuildWatcher;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.JenkinsSessionRule;

public class BlueGreenRestartTest {

    @ClassRule
    public static final BuildWatcher WATCHER = new BuildWatcher();

    @Rule
    public final JenkinsSessionRule sessions = new JenkinsSessionRule();

    @Rule
    public final Behind behind = new Behind(2);

    @Test
    public void aRestartWhileTheBlockRunsDoesNotBeginItAnew() throws Throwable {
        sessions.then(r -> {
            start(
                    r,
                    "version: 'v2') { sh 'echo BEGUN; " + behind.waitsFor("go") + "; " + behind.deploys("$VERSION")
                            + "' } }");
            r.waitForMessage("BEGUN", behind.build(r));
        });
        sessions.then(r -> {
            r.waitForMessage("Jenkins is back", behind.build(r));
            behind.let("go");
            WorkflowRun run = r.assertBuildStatusSuccess(r.waitForCompletion(behind.build(r)));
            assertThat(JenkinsRule.getLog(run).lines().filter(line -> line.equals("BEGUN")))
                    .hasSize(1);
        });
        assertThat(behind.live()).isEqualTo("app2");
    }

    @Test
    public void aRestartInTheMiddleOfWeightsGoesOnFromThere() throws Throwable {
        sessions.then(r -> {
            start(
                    r,
                    "version: 'v2', check: http(), weights: [50, 100], bake: '8s') { sh 'echo BEGUN; "
                            + behind.deploys("$VERSION") + "' } }");
            r.waitForMessage("moving 50% -> baking 50%", behind.build(r));
        });
        sessions.then(r -> {
            WorkflowRun run = r.assertBuildStatusSuccess(r.waitForCompletion(behind.build(r)));
            r.assertLogContains("Jenkins is back: going on to switch " + behind.app() + " v2", run);
            assertThat(JenkinsRule.getLog(run).lines().filter(line -> line.equals("BEGUN")))
                    .hasSize(1);
        });
        assertThat(behind.live()).isEqualTo("app2");
        assertThat(behind.newest().state()).isEqualTo(State.SUCCEEDED);
    }

    @Test
    public void afterARestartAnAbortMovesTrafficBack() throws Throwable {
        sessions.then(r -> {
            start(
                    r,
                    "version: 'v2', deploy: command('" + behind.deploys("$VERSION")
                            + "'), weights: [50, 100], bake: '10m') }");
            r.waitForMessage("moving 50% -> baking 50%", behind.build(r));
        });
        sessions.then(r -> {
            WorkflowRun run = behind.build(r);
            r.waitForMessage("Jenkins is back", run);
            run.getExecutor().interrupt();
            r.assertBuildStatus(Result.ABORTED, r.waitForCompletion(run));
            r.assertLogContains("moving all traffic back to blue", run);
        });
        assertThat(behind.live()).isEqualTo("app1");
        assertThat(behind.newest().state()).isEqualTo(State.ABORTED);
    }

    private void start(JenkinsRule r, String rest) throws Exception {
        behind.configure();
        behind.color();
        behind.start(r, "node { blueGreenSwitch(COLORS, DRAIN, " + rest);
    }
}
