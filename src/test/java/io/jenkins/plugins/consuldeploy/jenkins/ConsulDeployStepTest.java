package io.jenkins.plugins.consuldeploy.jenkins;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import hudson.model.Result;
import io.jenkins.plugins.consuldeploy.consul.Lock;
import io.jenkins.plugins.consuldeploy.phase.NodeState;
import java.time.Duration;
import java.util.List;
import org.jenkinsci.plugins.workflow.cps.Snippetizer;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.jenkinsci.plugins.workflow.steps.StepExecution;
import org.junit.Before;
import org.junit.ClassRule;
import org.junit.Rule;
import org.junit.Test;
import org.jvnet.hudson.test.BuildWatcher;
import org.jvnet.hudson.test.JenkinsRule;

public class ConsulDeployStepTest {

    @ClassRule
    public static final JenkinsRule r = new JenkinsRule();

    @ClassRule
    public static final BuildWatcher WATCHER = new BuildWatcher();

    @Rule
    public final Fleet fleet = new Fleet();

    private final Pipelines pipelines = new Pipelines(r, fleet);

    @Before
    public void configureTheServer() {
        fleet.configure();
    }

    @Test
    public void aVersionIsDeployedAndTheJenkinsfileGetsWhatWasDone() throws Exception {
        fleet.with("web1", "web2").deploy("v1");
        WorkflowRun run = pipelines.succeeds("""
                def done = consulDeploy(prefix: PREFIX, version: 'v2', nodes: 2)
                echo "RESULT ${done.version} after ${done.previous} on ${done.nodes.join('+')}"
                echo "PHASES ${done.seconds.keySet().join('+')}"
                echo "FAST ${done.seconds.confirm < 60}"
                """);
        r.assertLogContains("RESULT v2 after v1 on web1+web2", run);
        r.assertLogContains("PHASES prepare+commit+confirm", run);
        r.assertLogContains("FAST true", run);
        assertThat(fleet.current()).isEqualTo("v2");
        assertThat(fleet.lockHolder()).isEmpty();
    }

    @Test
    public void theLogTellsWhatHappensNodeByNode() throws Exception {
        fleet.with("web1", "web2").deploy("v1");
        String log = JenkinsRule.getLog(pipelines.succeeds("consulDeploy(prefix: PREFIX, version: 'v2', nodes: 2)"));
        assertThat(log)
                .containsSubsequence(
                        "Consul main at http://127.0.0.1:",
                        "prepare v2",
                        "waiting for at least 2 nodes: web1, web2",
                        "prepare v2: done in",
                        "current is v2, was v1",
                        "confirm v2: done in")
                .containsPattern("web1: (busy -> )?ready \\(\\d")
                .containsPattern("web2: (ready|busy) -> active \\(\\d");
    }

    @Test
    public void aDeclarativePipelineDeploysToo() throws Exception {
        fleet.with("web1", "web2");
        WorkflowRun run = pipelines.succeeds("""
                pipeline {
                  agent none
                  stages {
                    stage('deploy') {
                      steps {
                        consulDeploy(prefix: PREFIX, version: 'v1', nodes: 2, rolling: 1, keep: 3, consul: 'main')
                        script {
                          def again = consulDeploy(prefix: PREFIX, version: 'v1', nodes: '2')
                          echo "AGAIN ${again.version}, before it ${again.previous}"
                        }
                      }
                    }
                  }
                }
                """);
        r.assertLogContains("batch 2 of 2: web2", run);
        r.assertLogContains("AGAIN v1, before it null", run);
    }

    @Test
    public void aNodeThatCanNotPrepareFailsTheBuildAndNothingChanges() throws Exception {
        fleet.with("web1", "web2").deploy("v1");
        fleet.failing("web2", "v2");
        WorkflowRun run = pipelines.fails("consulDeploy(prefix: PREFIX, version: 'v2', nodes: 2)");
        r.assertLogContains("ERROR: " + fleet.prefix() + ": prepare of v2: failed on web2", run);
        r.assertLogContains("no space left on web2", run);
        r.assertLogContains("failed with exit code 3 (", run);
        r.assertLogNotContains("\tat io.jenkins", run);
        assertThat(fleet.current()).isEqualTo("v1");
        assertThat(fleet.lockHolder()).isEmpty();
    }

    @Test
    public void aVersionThatDoesNotRunIsRolledBackOnRequest() throws Exception {
        fleet.with("web1", "web2").deploy("v1");
        fleet.dying("web2", "v2");
        WorkflowRun run = pipelines.fails(
                "consulDeploy(prefix: PREFIX, version: 'v2', service: '', nodes: 2, onFailure: 'rollback')");
        r.assertLogContains("Rolled back: v1 is current and runs on 2 nodes", run);
        assertThat(fleet.current()).isEqualTo("v1");
    }

    @Test
    public void aJenkinsfileCanCatchAFailure() throws Exception {
        fleet.with("web1").failing("web1", "v1");
        WorkflowRun run = pipelines.succeeds("""
                try {
                  consulDeploy(prefix: PREFIX, version: 'v1', nodes: 1)
                } catch (hudson.AbortException e) {
                  echo "CAUGHT ${e.message}"
                }
                """);
        r.assertLogContains("CAUGHT " + fleet.prefix() + ": prepare of v1: failed on web1", run);
    }

    @Test
    public void nodesThatDoNotAnswerInTimeAreNamed() throws Exception {
        fleet.with("web1").holding("web1", "v1");
        WorkflowRun run = pipelines.fails("consulDeploy(prefix: PREFIX, version: 'v1', nodes: 1, readyTimeout: '5s')");
        r.assertLogContains("web1 was not ready after 5.0s (busy)", run);
    }

    @Test
    public void aBadInputSaysWhatWouldBeAccepted() throws Exception {
        assertThat(pipelines.error("consulDeploy(prefix: PREFIX, version: 'v1')"))
                .contains("nodes: say", "how many 'nodes', or the 'service'");
        assertThat(pipelines.error("consulDeploy(prefix: PREFIX, version: 'v1', nodes: 2, service: 'api')"))
                .contains("nodes '2'", "either 'nodes' or 'service'");
        assertThat(pipelines.error("consulDeploy(prefix: PREFIX, version: 'v1', nodes: 2, tag: 'x')"))
                .contains("tag 'x'", "give 'service' too");
        assertThat(pipelines.error("consulDeploy(prefix: PREFIX, version: 'v1', nodes: 0)"))
                .contains("nodes '0'", "a number from 1");
        assertThat(pipelines.error("consulDeploy(prefix: PREFIX, version: '../v1', nodes: 1)"))
                .contains("version '../v1'");
        assertThat(pipelines.error("consulDeploy(prefix: PREFIX, version: env.NOT_THERE, nodes: 1)"))
                .contains("version ''", "it is empty");
        assertThat(pipelines.error("consulDeploy(prefix: 'consul-deploy/x', version: 'v1', nodes: 1)"))
                .contains("prefix 'consul-deploy/x'", "where our own keys are");
        assertThat(pipelines.error("consulDeploy(prefix: PREFIX, version: 'v1', nodes: 1, rolling: '0%')"))
                .contains("rolling '0%'", "1% to 100%");
        assertThat(pipelines.error("consulDeploy(prefix: PREFIX, version: 'v1', nodes: 1, readyTimeout: '10')"))
                .contains("readyTimeout '10'", "did you mean '10s'?");
        assertThat(pipelines.error("consulDeploy(prefix: PREFIX, version: 'v1', nodes: 1, onFailure: 'panic')"))
                .contains("onFailure 'panic'", "'stop' or 'rollback'");
        assertThat(pipelines.error("consulDeploy(prefix: PREFIX, version: 'v1', nodes: 1, keep: -1)"))
                .contains("keep '-1'", "a number from 1");
        assertThat(pipelines.error("consulDeploy(prefix: PREFIX, version: 'v1', nodes: 1, consul: 'staging')"))
                .contains("consul 'staging'", "main");
        assertThat(pipelines.error("consulDeploy(prefix: PREFIX, version: 'v1', service: 'no-such-service')"))
                .contains("service 'no-such-service'", "no passing instance");
    }

    @Test
    public void severalServersHaveToBeToldApart() throws Exception {
        ConsulServers.get().setServers(List.of(fleet.server("eu"), fleet.server("us")));
        fleet.with("web1");
        assertThat(pipelines.error("consulDeploy(prefix: PREFIX, version: 'v1', nodes: 1)"))
                .contains("consul: give", "eu, us");
        pipelines.succeeds("consulDeploy(prefix: PREFIX, version: 'v1', nodes: 1, consul: 'us')");
    }

    @Test
    public void aConsulThatIsNotThereIsNamed() throws Exception {
        ConsulServers.get().setServers(List.of(new ConsulServer("gone", "127.0.0.1:1")));
        WorkflowRun run = pipelines.fails("consulDeploy(prefix: PREFIX, version: 'v1', nodes: 1)");
        r.assertLogContains("no answer from Consul at http://127.0.0.1:1", run);
        r.assertLogNotContains("\tat ", run);
    }

    @Test
    public void whoHoldsTheLockIsNamed() throws Exception {
        fleet.with("web1");
        try (Lock lock = fleet.lock("alice")) {
            WorkflowRun run = pipelines.fails("consulDeploy(prefix: PREFIX, version: 'v1', nodes: 1)");
            r.assertLogContains("locked by alice (by hand), hold on", run);
            assertThat(lock.isHeld()).isTrue();
        }
    }

    @Test
    public void theLockNamesTheBuild() throws Exception {
        fleet.with("web1").holding("web1", "v1");
        WorkflowRun run = pipelines.start("consulDeploy(prefix: PREFIX, version: 'v1', nodes: 1)");
        r.waitForMessage("web1: busy", run);
        assertThat(fleet.lockHolder()).hasValueSatisfying(holder -> assertThat(holder.who() + " " + holder.build())
                .contains("job " + run.getParent().getFullName(), r.jenkins.getRootUrl() + run.getUrl()));
        fleet.release("web1", "v1");
        r.assertBuildStatusSuccess(r.waitForCompletion(run));
    }

    @Test
    public void anAbortSaysWhatWasLeftAndFreesTheLock() throws Exception {
        fleet.with("web1", "web2").deploy("v1");
        fleet.holding("web2", "v2");
        WorkflowRun run = pipelines.start("consulDeploy(prefix: PREFIX, version: 'v2', nodes: 2)");
        r.waitForMessage("web2: busy", run);
        run.getExecutor().interrupt();
        r.assertBuildStatus(Result.ABORTED, r.waitForCompletion(run));
        r.assertLogContains("Stopped while nodes prepare v2: no node's current version was changed", run);
        assertThat(fleet.lockHolder()).isEmpty();
        assertThat(fleet.current()).isEqualTo("v1");
    }

    @Test
    public void aTimeoutAroundItEndsItLikeAnAbort() throws Exception {
        fleet.with("web1").holding("web1", "v1");
        pipelines.ends(
                Result.ABORTED,
                "timeout(time: 2, unit: 'SECONDS') { consulDeploy(prefix: PREFIX, version: 'v1', nodes: 1) }");
        assertThat(fleet.lockHolder()).isEmpty();
    }

    @Test
    public void itsStatusIsASentence() throws Exception {
        fleet.with("web1").holding("web1", "v1");
        WorkflowRun run = pipelines.start("consulDeploy(prefix: PREFIX, version: 'v1', nodes: 1)");
        r.waitForMessage("web1: busy", run);
        List<StepExecution> executions =
                run.getExecution().getCurrentExecutions(true).get();
        assertThat(executions).hasSize(1);
        assertThat(executions.get(0).getStatus())
                .startsWith("deploy v1 to " + fleet.prefix() + ": waiting for at least 1 node, for ");
        fleet.release("web1", "v1");
        r.assertBuildStatusSuccess(r.waitForCompletion(run));
    }

    @Test
    public void noThreadIsLeftWhenNothingIsInProgress() throws Exception {
        fleet.with("web1");
        pipelines.succeeds("consulDeploy(prefix: PREFIX, version: 'v1', nodes: 1)");
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet())
                        .extracting(Thread::getName)
                        .noneMatch(name -> name.contains("watch-") && name.contains(fleet.prefix() + "/v1/")));
    }

    @Test
    public void severalDeploymentsRunSideBySide() throws Exception {
        fleet.with("web1").holding("web1", "v1");
        WorkflowRun waiting = pipelines.start("consulDeploy(prefix: PREFIX, version: 'v1', nodes: 1)");
        r.waitForMessage("web1: busy", waiting);
        Fleet other = new Fleet();
        other.before();
        try {
            other.with("db1");
            new Pipelines(r, other).succeeds("consulDeploy(prefix: PREFIX, version: 'v9', nodes: 1)");
            assertThat(other.states("v9")).containsEntry("db1", NodeState.ACTIVE);
        } finally {
            other.after();
        }
        fleet.release("web1", "v1");
        r.assertBuildStatusSuccess(r.waitForCompletion(waiting));
    }

    @Test
    public void theSnippetGeneratorLeavesDefaultsOut() {
        ConsulDeployStep step = new ConsulDeployStep("api/version", "v7");
        step.setNodes("3");
        step.setOnFailure("stop");
        assertThat(Snippetizer.object2Groovy(step))
                .isEqualTo("consulDeploy nodes: 3, prefix: 'api/version', version: 'v7'");
    }

    @Test
    public void theSnippetGeneratorWritesEveryField() {
        ConsulDeployStep step = new ConsulDeployStep("api/version", "v7");
        step.setService("api");
        step.setTag("blue");
        step.setRolling("25%");
        step.setOnFailure("rollback");
        step.setReadyTimeout("20m");
        step.setActiveTimeout("90s");
        step.setKeep(5);
        step.setConsul("production");
        step.setCredentialsId("team-token");
        assertThat(Snippetizer.object2Groovy(step))
                .isEqualTo(
                        "consulDeploy activeTimeout: '90s', consul: 'production', credentialsId: 'team-token', keep: 5,"
                                + " onFailure: 'rollback', prefix: 'api/version', readyTimeout: '20m', rolling: '25%',"
                                + " service: 'api', tag: 'blue', version: 'v7'");
    }
}
