package io.jenkins.plugins.consuldeploy.jenkins;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import hudson.model.Result;
import io.jenkins.plugins.consuldeploy.journal.ReleaseHead.State;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Map;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.ClassRule;
import org.junit.Rule;
import org.junit.Test;
import org.jvnet.hudson.test.BuildWatcher;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.JenkinsSessionRule;

public class RollingRestartTest {

    private static final Map<String, String> BOTH_NEW = Map.of("app1", "v2", "app2", "v2");
    private static final Map<String, String> BOTH_IN = Map.of("app1", "ready UP 10", "app2", "ready UP 10");

    @ClassRule
    public static final BuildWatcher WATCHER = new BuildWatcher();

    @Rule
    public final JenkinsSessionRule sessions = new JenkinsSessionRule();

    @Rule
    public final Behind behind = new Behind(2);

    @Test
    public void aRestartWhileTheBodyRunsDoesNotBeginItAnew() throws Throwable {
        sessions.then(r -> {
            start(
                    r,
                    "DRAIN, version: 'v2') { sh 'echo BEGUN on $HOST; " + behind.waitsFor("go") + "; "
                            + behind.brings("$VERSION") + "' } }");
            r.waitForMessage("BEGUN on app1", behind.build(r));
        });
        assertThat(behind.fleet().states()).containsEntry("app1", "drain 10");
        sessions.then(r -> {
            r.waitForMessage("app1: updating", behind.build(r));
            behind.let("go");
            WorkflowRun run = r.assertBuildStatusSuccess(r.waitForCompletion(behind.build(r)));
            assertThat(JenkinsRule.getLog(run).lines().filter(line -> line.equals("BEGUN on app1")))
                    .hasSize(1);
        });
        assertThat(behind.fleet().versions()).isEqualTo(BOTH_NEW);
        assertThat(behind.fleet().states()).isEqualTo(BOTH_IN);
    }

    @Test
    public void aBodyThatEndsWhileJenkinsIsAwayIsReportedWhenItIsBack() throws Throwable {
        sessions.then(r -> {
            start(
                    r,
                    "DRAIN, version: 'v2') { sh 'echo BEGUN on $HOST; " + behind.waitsFor("go") + "; "
                            + behind.brings("$VERSION") + "' } }");
            r.waitForMessage("BEGUN on app1", behind.build(r));
        });
        behind.let("go");
        await().atMost(Duration.ofSeconds(60))
                .until(() -> behind.fleet().version("app1").equals("v2"));
        sessions.then(r -> r.assertBuildStatusSuccess(r.waitForCompletion(behind.build(r))));
        assertThat(behind.fleet().versions()).isEqualTo(BOTH_NEW);
    }

    @Test
    public void aRestartWhileAHostDrainsGoesOnDraining() throws Throwable {
        behind.fleet().hold();
        sessions.then(r -> {
            start(r, "drainTimeout: '5m') { sh '" + behind.brings("v2") + "' } }");
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> behind.fleet().states().get("app1").equals("drain 10"));
        });
        sessions.then(r -> {
            r.waitForMessage("Jenkins is back", behind.build(r));
            behind.fleet().release();
            r.assertBuildStatusSuccess(r.waitForCompletion(behind.build(r)));
        });
        assertThat(behind.fleet().versions()).isEqualTo(BOTH_NEW);
        assertThat(behind.fleet().states()).isEqualTo(BOTH_IN);
    }

    @Test
    public void aRestartWhileAHostComesBackGoesOnWaitingForIt() throws Throwable {
        sessions.then(r -> {
            start(
                    r,
                    "healthTimeout: '5m', check: http(path: '/')) { sh 'if [ $HOST = app1 ]; then "
                            + behind.brings("broken") + "; else " + behind.brings("v2") + "; fi' } }");
            r.waitForMessage("app1: updating -> checking", behind.build(r));
        });
        sessions.then(r -> {
            r.waitForMessage("app1: checking", behind.build(r));
            Files.writeString(behind.fleet().file("app1"), "v2");
            r.assertBuildStatusSuccess(r.waitForCompletion(behind.build(r)));
        });
        assertThat(behind.fleet().states()).isEqualTo(BOTH_IN);
    }

    @Test
    public void aCommandThatARestartCutOffIsBegunAnew() throws Throwable {
        sessions.then(r -> {
            start(
                    r,
                    "DRAIN, version: 'v2', update: command('" + behind.waitsFor("go") + "; " + behind.brings("$VERSION")
                            + "')) }");
            r.waitForMessage("app1: out -> updating", behind.build(r));
        });
        behind.let("go");
        sessions.then(r -> r.assertBuildStatusSuccess(r.waitForCompletion(behind.build(r))));
        assertThat(behind.fleet().versions()).isEqualTo(BOTH_NEW);
    }

    @Test
    public void itCanBeAbortedAfterARestart() throws Throwable {
        sessions.then(r -> {
            start(r, "DRAIN, version: 'v2') { sh 'echo BEGUN on $HOST; " + behind.waitsFor("never") + "' } }");
            r.waitForMessage("BEGUN on app1", behind.build(r));
        });
        sessions.then(r -> {
            WorkflowRun run = behind.build(r);
            r.waitForMessage("app1: updating", run);
            run.getExecutor().interrupt();
            r.assertBuildStatus(Result.ABORTED, r.waitForCompletion(run));
            r.assertLogContains("Out of service: app1.", run);
        });
        assertThat(behind.newest().state()).isEqualTo(State.ABORTED);
    }

    private void start(JenkinsRule r, String rest) throws Exception {
        behind.configure();
        behind.start(r, "node { rollingRelease(FLEET, " + rest);
    }
}
