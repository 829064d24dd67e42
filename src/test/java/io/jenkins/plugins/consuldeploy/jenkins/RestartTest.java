package io.jenkins.plugins.consuldeploy.jenkins;

import static org.assertj.core.api.Assertions.assertThat;

import hudson.model.Result;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.ClassRule;
import org.junit.Rule;
import org.junit.Test;
import org.jvnet.hudson.test.BuildWatcher;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.JenkinsSessionRule;

public class RestartTest {

    @ClassRule
    public static final BuildWatcher WATCHER = new BuildWatcher();

    @Rule
    public final JenkinsSessionRule sessions = new JenkinsSessionRule();

    @Rule
    public final Fleet fleet = new Fleet();

    @Test
    public void aDeploymentThatWaitsForNodesGoesOnAfterARestart() throws Throwable {
        fleet.with("web1", "web2").deploy("v1");
        fleet.holding("web2", "v2");
        sessions.then(r -> {
            fleet.configure();
            start(
                    r,
                    "def done = consulDeploy(prefix: PREFIX, version: 'v2', nodes: 2); echo \"RESULT ${done.previous}\"");
            r.waitForMessage("web2: busy", build(r));
        });
        assertThat(fleet.current()).isEqualTo("v1");
        sessions.then(r -> {
            WorkflowRun run = build(r);
            r.waitForMessage("Jenkins is back: going on to deploy v2 to " + fleet.prefix(), run);
            fleet.release("web2", "v2");
            r.assertBuildStatusSuccess(r.waitForCompletion(run));
            r.assertLogContains("RESULT v1", run);
        });
        assertThat(fleet.current()).isEqualTo("v2");
        assertThat(fleet.lockHolder()).isEmpty();
    }

    @Test
    public void aRollbackThatWasCommittedBeforeARestartGoesNoFurtherBack() throws Throwable {
        fleet.with("web1").deploy("v1");
        fleet.deploy("v2");
        fleet.deploy("v3");
        fleet.holding("web1", "v2");
        sessions.then(r -> {
            fleet.configure();
            start(
                    r,
                    "def back = consulRollback(prefix: PREFIX); echo \"BACK to ${back.version} from ${back.previous}\"");
            r.waitForMessage("current is v2, was v3", build(r));
        });
        fleet.release("web1", "v2");
        sessions.then(r -> {
            WorkflowRun run = r.assertBuildStatusSuccess(r.waitForCompletion(build(r)));
            r.assertLogContains("BACK to v2 from v3", run);
        });
        assertThat(fleet.current()).isEqualTo("v2");
    }

    @Test
    public void whatSomebodyElseDeployedMeanwhileStays() throws Throwable {
        fleet.with("web1").deploy("v1");
        fleet.holding("web1", "v2");
        sessions.then(r -> {
            fleet.configure();
            start(r, "consulDeploy(prefix: PREFIX, version: 'v2', nodes: 1)");
            r.waitForMessage("web1: busy", build(r));
        });
        fleet.release("web1", "v2");
        fleet.deploy("v3");
        sessions.then(r -> {
            WorkflowRun run = r.assertBuildStatus(Result.FAILURE, r.waitForCompletion(build(r)));
            r.assertLogContains("while Jenkins was away, 'v3' was made current by somebody else", run);
        });
        assertThat(fleet.current()).isEqualTo("v3");
    }

    @Test
    public void itCanBeAbortedAfterARestart() throws Throwable {
        fleet.with("web1").holding("web1", "v1");
        sessions.then(r -> {
            fleet.configure();
            start(r, "consulDeploy(prefix: PREFIX, version: 'v1', nodes: 1)");
            r.waitForMessage("web1: busy", build(r));
        });
        sessions.then(r -> {
            WorkflowRun run = build(r);
            r.waitForMessage("Jenkins is back", run);
            run.getExecutor().interrupt();
            r.assertBuildStatus(Result.ABORTED, r.waitForCompletion(run));
        });
        assertThat(fleet.lockHolder()).isEmpty();
    }

    @Test
    public void aServerThatWasRemovedMeanwhileFailsTheBuild() throws Throwable {
        fleet.with("web1").holding("web1", "v1");
        sessions.then(r -> {
            fleet.configure();
            start(r, "consulDeploy(prefix: PREFIX, version: 'v1', nodes: 1)");
            r.waitForMessage("web1: busy", build(r));
            ConsulServers.get().setServers(java.util.List.of());
        });
        sessions.then(r -> {
            WorkflowRun run = r.assertBuildStatus(Result.FAILURE, r.waitForCompletion(build(r)));
            r.assertLogContains("no Consul server is configured", run);
        });
    }

    private void start(JenkinsRule r, String script) throws Exception {
        WorkflowJob job = r.createProject(WorkflowJob.class, "deploy");
        job.setDefinition(new Pipelines(r, fleet).script(script));
        job.scheduleBuild2(0).waitForStart();
    }

    private static WorkflowRun build(JenkinsRule r) {
        return r.jenkins.getItemByFullName("deploy", WorkflowJob.class).getBuildByNumber(1);
    }
}
