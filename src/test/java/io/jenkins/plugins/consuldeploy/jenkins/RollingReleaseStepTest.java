package io.jenkins.plugins.consuldeploy.jenkins;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import hudson.model.Result;
import io.jenkins.plugins.consuldeploy.journal.ReleaseHead.State;
import java.time.Duration;
import java.util.Map;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.Before;
import org.junit.ClassRule;
import org.junit.Rule;
import org.junit.Test;
import org.jvnet.hudson.test.BuildWatcher;
import org.jvnet.hudson.test.JenkinsRule;

public class RollingReleaseStepTest {

    @ClassRule
    public static final BuildWatcher WATCHER = new BuildWatcher();

    @ClassRule
    public static final JenkinsRule r = new JenkinsRule();

    @Rule
    public final Behind behind = new Behind(2);

    @Before
    public void configure() {
        behind.configure();
    }

    @Test
    public void itsBodyRunsForEachHostWhileThatIsOutOfService() throws Exception {
        behind.fleet().visit();
        WorkflowRun run = succeeds(
                "node { def done = rollingRelease(FLEET, DRAIN, version: 'v2', check: http(path: '/')) {"
                        + " sh '" + behind.brings("$VERSION")
                        + "; echo \"$HOST $HOST_INDEX back=$ROLLBACK of $APP\"' };"
                        + " echo \"RESULT ${done.state} ${done.done} ${done.out} ${done.failed} ${done.seconds > 0}\" }");
        assertThat(behind.fleet().failedVisits()).isZero();
        assertThat(behind.fleet().versions()).isEqualTo(Map.of("app1", "v2", "app2", "v2"));
        assertThat(behind.fleet().states()).isEqualTo(Map.of("app1", "ready UP 10", "app2", "ready UP 10"));
        r.assertLogContains("RESULT succeeded [app1, app2] [] [:] true", run);
        r.assertLogContains("app2 1 back=false of " + behind.app(), run);
        r.assertLogContains("app1: waiting -> draining", run);
        r.assertLogContains("app1: returning -> in service", run);
        assertThat(behind.newest().who()).contains("job release-" + behind.app());
    }

    @Test
    public void aHostWhoseBodyFailsStaysOutAndEndsTheRelease() throws Exception {
        WorkflowRun run = fails("node { rollingRelease(FLEET, DRAIN) { sh 'exit 3' } }");
        assertThat(behind.fleet().states()).containsEntry("app1", "drain 10").containsEntry("app2", "ready UP 10");
        r.assertLogContains("app1: updating -> failed", run);
        r.assertLogContains("its steps: script returned exit code 3", run);
        r.assertLogContains("Out of service: app1. The next release of " + behind.app() + " begins with it", run);
        assertThat(behind.newest().state()).isEqualTo(State.FAILED);
    }

    @Test
    public void onTheWayBackTheBodyRunsOnceMoreForWhatWasChanged() throws Exception {
        WorkflowRun run = fails("node { rollingRelease(FLEET, DRAIN, onFailure: 'rollback', check: http(path: '/')) {"
                + " sh 'if [ $ROLLBACK = true ]; then " + behind.brings("v1") + "; elif [ $HOST = app2 ]; then "
                + behind.brings("broken") + "; else " + behind.brings("v2") + "; fi' } }");
        r.assertLogContains("was rolled back", run);
        assertThat(behind.fleet().versions()).isEqualTo(Map.of("app1", "v1", "app2", "v1"));
        assertThat(behind.fleet().states()).isEqualTo(Map.of("app1", "ready UP 10", "app2", "ready UP 10"));
    }

    @Test
    public void aBatchIsOutTogetherAndEachGoesBackWhenItsBodyHasEnded() throws Exception {
        WorkflowRun run = succeeds("node { rollingRelease(FLEET, DRAIN, batch: '100%', minHealthy: 0) { sh '"
                + behind.brings("v2") + "' } }");
        assertThat(behind.fleet().versions()).isEqualTo(Map.of("app1", "v2", "app2", "v2"));
        r.assertLogContains("2 hosts in 1 batch", run);
    }

    @Test
    public void anAbortWhileTheBodyRunsLeavesThatHostOutAndSaysSo() throws Exception {
        WorkflowRun run = behind.start(
                r, "node { rollingRelease(FLEET, DRAIN) { sh 'echo IN THE BODY; " + behind.waitsFor("never") + "' } }");
        r.waitForMessage("IN THE BODY", run);
        run.getExecutor().interrupt();
        r.assertBuildStatus(Result.ABORTED, r.waitForCompletion(run));
        r.assertLogContains("was ended: aborted", run);
        r.assertLogContains("Out of service: app1.", run);
        assertThat(behind.fleet().states()).containsEntry("app1", "drain 10").containsEntry("app2", "ready UP 10");
        assertThat(behind.newest().state()).isEqualTo(State.ABORTED);
    }

    @Test
    public void aLockThatIsTakenAwayEndsTheBodyBeforeSomebodyElseBeginsItAnew() throws Exception {
        WorkflowRun run = behind.start(
                r,
                "node { rollingRelease(FLEET, DRAIN) { try { sh 'echo IN THE BODY; " + behind.waitsFor("never")
                        + "' } finally { echo 'BODY ENDED' } } }");
        r.waitForMessage("IN THE BODY", run);
        behind.expireLock();
        r.assertBuildStatus(Result.FAILURE, r.waitForCompletion(run));
        r.assertLogContains("BODY ENDED", run);
        r.assertLogContains("is not ours any more", run);
        assertThat(behind.newest().state()).as("left for whoever has the lock").isEqualTo(State.RUNNING);
        assertThat(behind.fleet().states()).containsEntry("app1", "drain 10").containsEntry("app2", "ready UP 10");
    }

    @Test
    public void anAbortWhileAHostDrainsPutsItBack() throws Exception {
        behind.fleet().hold();
        WorkflowRun run = behind.start(r, "rollingRelease(FLEET, DRAIN) { echo 'NOT REACHED' }");
        r.waitForMessage("app1: waiting -> draining", run);
        await().atMost(Duration.ofSeconds(60))
                .until(() -> behind.fleet().states().get("app1").equals("drain 10"));
        run.getExecutor().interrupt();
        r.assertBuildStatus(Result.ABORTED, r.waitForCompletion(run));
        r.assertLogContains("It left no host out of service.", run);
        r.assertLogNotContains("NOT REACHED", run);
        assertThat(behind.fleet().states()).isEqualTo(Map.of("app1", "ready UP 10", "app2", "ready UP 10"));
    }

    @Test
    public void aTimeoutInTheBodyIsAFailureOfThatHost() throws Exception {
        WorkflowRun run = ends(
                Result.FAILURE,
                "node { rollingRelease(FLEET, DRAIN, onFailure: 'continue', maxFailures: 1) { timeout(time: 1, unit: 'SECONDS')"
                        + " { if (env.HOST == 'app1') { sh '" + behind.waitsFor("never") + "' } } } }");
        assertThat(behind.fleet().states()).containsEntry("app1", "drain 10").containsEntry("app2", "ready UP 10");
        r.assertLogContains("app2: returning -> in service", run);
    }

    @Test
    public void aCommandUpdatesWhereTheStepRunsOnANode() throws Exception {
        WorkflowRun run = succeeds("node { rollingRelease(FLEET, DRAIN, version: 'v2', check: http(), update: command('"
                + behind.brings("\\\"$VERSION\\\"") + "; echo in $(/bin/pwd) as $JOB_NAME')) }");
        assertThat(behind.fleet().versions()).isEqualTo(Map.of("app1", "v2", "app2", "v2"));
        r.assertLogContains(
                "app1 | in " + r.jenkins.getWorkspaceFor(run.getParent()).getRemote(), run);
        r.assertLogContains("as " + run.getParent().getName(), run);
    }

    @Test
    public void aCommandDoesNotRunWithoutANode() throws Exception {
        WorkflowRun run = fails("rollingRelease(FLEET, DRAIN, update: command('true'))");
        r.assertLogContains("put the step into node { ... }", run);
    }

    @Test
    public void declarativePipelinesHaveItTooWithBodyAndWithout() throws Exception {
        succeeds("pipeline { agent any; stages { stage('release') { steps {"
                + " rollingRelease(FLEET, DRAIN, version: 'v2', check: tcp()) { sh '" + behind.brings("$VERSION")
                + "' }\n"
                + " rollingRelease(FLEET, DRAIN, version: 'v3', update: command(command: '" + behind.brings("$VERSION")
                + "', timeout: '20s')) } } } }");
        assertThat(behind.fleet().versions()).isEqualTo(Map.of("app1", "v3", "app2", "v3"));
    }

    @Test
    public void whatIsWrongIsSaidBeforeAnythingIsTouched() throws Exception {
        assertThat(error("rollingRelease(FLEET, DRAIN)"))
                .contains("update: it is missing")
                .contains("or a block");
        assertThat(error("rollingRelease(FLEET, DRAIN, update: agent(prefix: 'p', version: 'v')) { }"))
                .contains("leave one of them out");
        assertThat(error("rollingRelease(FLEET, DRAIN, batch: '0%') { }")).contains("batch '0%'");
        assertThat(error("rollingRelease(FLEET, DRAIN, check: http(status: 'x')) { }"))
                .contains("check.http.status 'x'");
        assertThat(error("rollingRelease(FLEET, DRAIN, notify: ['nobody']) { }"))
                .contains("nobody");
        assertThat(error("rollingRelease(FLEET, DRAIN, suspend: [autoScaling('web')]) { }"))
                .contains("no AWS account is configured");
        assertThat(error("rollingRelease(FLEET, DRAIN, consul: 'other') { }")).contains("main");
        assertThat(error("rollingRelease(app: 'x', hosts: hostList(['app1=127.0.0.1:99999'])) { }"))
                .contains("127.0.0.1:99999");
        assertThat(behind.fleet().states()).isEqualTo(Map.of("app1", "ready UP 10", "app2", "ready UP 10"));
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
