package io.jenkins.plugins.consuldeploy.jenkins;

import static org.assertj.core.api.Assertions.assertThat;

import hudson.model.Result;
import io.jenkins.plugins.consuldeploy.phase.NodeState;
import org.jenkinsci.plugins.workflow.cps.Snippetizer;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.Before;
import org.junit.ClassRule;
import org.junit.Rule;
import org.junit.Test;
import org.jvnet.hudson.test.BuildWatcher;
import org.jvnet.hudson.test.JenkinsRule;

public class ConsulRollbackStepTest {

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
    public void thePreviousVersionRunsAgain() throws Exception {
        fleet.with("web1", "web2").deploy("v1");
        fleet.deploy("v2");
        WorkflowRun run = pipelines.succeeds("""
                def back = consulRollback(prefix: PREFIX)
                echo "BACK to ${back.version} from ${back.previous} on ${back.nodes.size()} in ${back.seconds.rollback >= 0}"
                """);
        r.assertLogContains("BACK to v1 from v2 on 2 in true", run);
        assertThat(fleet.current()).isEqualTo("v1");
        assertThat(fleet.states("v1")).containsEntry("web1", NodeState.ACTIVE);
    }

    @Test
    public void aVersionCanBeNamed() throws Exception {
        fleet.with("web1").deploy("v1");
        fleet.deploy("v2");
        fleet.deploy("v3");
        pipelines.succeeds("consulRollback(prefix: PREFIX, to: 'v1', nodes: 1, activeTimeout: '30s', consul: 'main')");
        assertThat(fleet.current()).isEqualTo("v1");
    }

    @Test
    public void aDeclarativePipelineRollsBackWhenItsTestsFail() throws Exception {
        fleet.with("web1").deploy("v1");
        pipelines.ends(Result.FAILURE, """
                pipeline {
                  agent none
                  stages {
                    stage('deploy') { steps { consulDeploy(prefix: PREFIX, version: 'v2', nodes: 1) } }
                    stage('test') { steps { error 'it is slow' } }
                  }
                  post { failure { consulRollback(PREFIX) } }
                }
                """);
        assertThat(fleet.current()).isEqualTo("v1");
    }

    @Test
    public void nothingToGoBackToIsAnError() throws Exception {
        fleet.with("web1").deploy("v1");
        assertThat(pipelines.error("consulRollback(prefix: PREFIX)")).contains("no version before the current one");
        assertThat(pipelines.error("consulRollback(prefix: PREFIX, to: 'v0')")).contains("version 'v0'");
        assertThat(pipelines.error("consulRollback(prefix: PREFIX, to: 'a/b')")).contains("version 'a/b'");
    }

    @Test
    public void anAbortSaysWhatWasLeft() throws Exception {
        fleet.with("web1").deploy("v1");
        fleet.deploy("v2");
        fleet.holding("web1", "v1");
        WorkflowRun run = pipelines.start("consulRollback(prefix: PREFIX)");
        r.waitForMessage("waiting for at least 1 node: web1", run);
        run.getExecutor().interrupt();
        r.assertBuildStatus(Result.ABORTED, r.waitForCompletion(run));
        r.assertLogContains("Stopped after the rollback was committed: current is v1", run);
        assertThat(fleet.lockHolder()).isEmpty();
    }

    @Test
    public void theSnippetGeneratorWritesThePrefixAlone() {
        assertThat(Snippetizer.object2Groovy(new ConsulRollbackStep("api/version")))
                .isEqualTo("consulRollback 'api/version'");
    }

    @Test
    public void theSnippetGeneratorWritesEveryField() {
        ConsulRollbackStep step = new ConsulRollbackStep("api/version");
        step.setTo("v6");
        step.setNodes(3);
        assertThat(Snippetizer.object2Groovy(step))
                .isEqualTo("consulRollback nodes: 3, prefix: 'api/version', to: 'v6'");
    }
}
