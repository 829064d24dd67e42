package io.jenkins.plugins.consuldeploy.jenkins;

import static org.assertj.core.api.Assertions.assertThat;

import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.After;
import org.junit.Before;
import org.junit.ClassRule;
import org.junit.Rule;
import org.junit.Test;
import org.jvnet.hudson.test.BuildWatcher;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.JenkinsSessionRule;

public class AgentlessRestartTest {

    @ClassRule
    public static final BuildWatcher WATCHER = new BuildWatcher();

    @Rule
    public final JenkinsSessionRule sessions = new JenkinsSessionRule();

    @Rule
    public final Fleet fleet = new Fleet();

    private PlayedNode node;

    @Before
    public void play() {
        node = new PlayedNode();
    }

    @After
    public void stop() {
        node.close();
    }

    @Test
    public void anEventThatWasFiredBeforeARestartIsNotFiredAgain() throws Throwable {
        node.holds();
        sessions.then(r -> {
            fleet.configure();
            start(
                    r,
                    "def done = consulDeploy(event: 'NAME', node: '^test-node$', payload: 'v1', acknowledged: 'events/NAME');"
                            + " echo \"RESULT ${done.nodes.join('+')}\"");
            r.waitForMessage("waiting for the answers", build(r));
        });
        node.goesOn();
        sessions.then(r -> {
            WorkflowRun run = r.assertBuildStatusSuccess(r.waitForCompletion(build(r)));
            r.assertLogContains("was fired before; going on to wait", run);
            r.assertLogContains("RESULT test-node", run);
        });
        assertThat(node.handled()).containsExactly("v1");
    }

    @Test
    public void aKeyGoesOnNodeByNodeAfterARestart() throws Throwable {
        node.holds();
        sessions.then(r -> {
            fleet.configure();
            start(
                    r,
                    "def done = consulDeploy(key: 'configs/NAME/IMAGE_TAG', value: 'v2', perNode: true, service: 'NAME',"
                            + " seen: 'meta:version'); echo \"RESULT ${done.nodes.join('+')}\"");
            r.waitForMessage("test-node: out -> updating", build(r));
        });
        assertThat(node.value(node.key())).isEmpty();
        node.goesOn();
        sessions.then(r -> {
            WorkflowRun run = r.assertBuildStatusSuccess(r.waitForCompletion(build(r)));
            r.assertLogContains("RESULT test-node", run);
        });
        assertThat(node.value(node.key())).contains("v2");
    }

    private void start(JenkinsRule r, String script) throws Exception {
        WorkflowJob job = r.createProject(WorkflowJob.class, "deploy");
        job.setDefinition(new Pipelines(r, fleet).script(script.replace("NAME", node.name())));
        job.scheduleBuild2(0).waitForStart();
    }

    private static WorkflowRun build(JenkinsRule r) {
        return r.jenkins.getItemByFullName("deploy", WorkflowJob.class).getBuildByNumber(1);
    }
}
