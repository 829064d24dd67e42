package io.jenkins.plugins.consuldeploy.jenkins;

import static org.assertj.core.api.Assertions.assertThat;

import hudson.model.FreeStyleBuild;
import hudson.model.FreeStyleProject;
import org.jenkinsci.plugins.workflow.cps.Snippetizer;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.After;
import org.junit.Before;
import org.junit.ClassRule;
import org.junit.Rule;
import org.junit.Test;
import org.jvnet.hudson.test.BuildWatcher;
import org.jvnet.hudson.test.JenkinsRule;

/** Events and keys, for nodes without an agent of ours. */
public class AgentlessDeployTest {

    @ClassRule
    public static final JenkinsRule r = new JenkinsRule();

    @ClassRule
    public static final BuildWatcher WATCHER = new BuildWatcher();

    @Rule
    public final Fleet fleet = new Fleet();

    private final Pipelines pipelines = new Pipelines(r, fleet);
    private PlayedNode node;

    @Before
    public void configureTheServer() {
        fleet.configure();
        node = new PlayedNode();
    }

    @After
    public void stop() {
        node.close();
    }

    @Test
    public void anEventIsFiredAndItsAnswersAreWaitedFor() throws Exception {
        WorkflowRun run = pipelines.succeeds(script("""
                def done = consulDeploy(event: 'NAME', node: '^test-', service: 'NAME', payload: 'v7', acknowledged: 'events/NAME')
                echo "RESULT ${done.event} ${done.payload} ${done.nodes.join('+')} ${done.acknowledged} ${done.seconds < 60}"
                """));
        r.assertLogContains("RESULT " + node.name() + " v7 test-node true true", run);
        r.assertLogContains("test-node: active (", run);
        assertThat(node.handled()).containsExactly("v7");
    }

    @Test
    public void withoutAnAcknowledgementItSaysThatNobodyKnows() throws Exception {
        WorkflowRun run = pipelines.succeeds(script(
                "def done = consulDeploy(event: 'NAME', node: '^test-node$'); echo \"KNOWN ${done.acknowledged}\""));
        r.assertLogContains("nobody knows what becomes of it", run);
        r.assertLogContains("KNOWN false", run);
    }

    @Test
    public void anAnswerThatSaysFailedFailsTheBuild() throws Exception {
        assertThat(pipelines.error(script("consulDeploy(event: 'NAME', node: '^test-', payload: 'bad',"
                        + " acknowledged: 'events/NAME')")))
                .contains("0 of 1 nodes have answered", "test-node: failed");
    }

    @Test
    public void batchesAreARelease() throws Exception {
        WorkflowRun run = pipelines.succeeds(script("""
                def done = consulDeploy(event: 'NAME', service: 'NAME', payload: 'v8', acknowledged: 'events/NAME', batch: 1)
                echo "RESULT ${done.nodes.join('+')} ${done.release.length() > 10}"
                """));
        r.assertLogContains("RESULT test-node true", run);
        r.assertLogContains("test-node: checking -> returning", run);
    }

    @Test
    public void aKeyIsSetAndTheJenkinsfileGetsWhatItWas() throws Exception {
        WorkflowRun run = pipelines.succeeds(script("""
                def first = consulDeploy(key: 'configs/NAME/IMAGE_TAG', value: 'v1')
                def next = consulDeploy(key: 'configs/NAME/IMAGE_TAG', value: 'v2')
                echo "RESULT ${first.previous} then ${next.previous}"
                """));
        r.assertLogContains("RESULT null then v1", run);
        r.assertLogContains(node.key() + " is 'v2', was 'v1'", run);
        assertThat(node.value(node.key())).contains("v2");
    }

    @Test
    public void aKeyIsSetNodeByNode() throws Exception {
        WorkflowRun run = pipelines.succeeds(script("""
                consulDeploy(key: 'configs/NAME/IMAGE_TAG', value: 'v1')
                def done = consulDeploy(key: 'configs/NAME/IMAGE_TAG', value: 'v2', perNode: true, service: 'NAME',
                    batch: '50%', seen: 'meta:version', timeout: '30s', onFailure: 'rollback')
                echo "RESULT ${done.nodes.join('+')} after ${done.previous}"
                """));
        r.assertLogContains("RESULT test-node after v1", run);
        assertThat(node.value(node.ownKey())).contains("v2");
        assertThat(node.value(node.key())).contains("v2");
    }

    @Test
    public void aNodeThatDoesNotFollowFailsTheBuildAndTheSharedKeyStays() throws Exception {
        node.holds();
        WorkflowRun run = pipelines.fails(script("""
                consulDeploy(key: 'configs/NAME/IMAGE_TAG', value: 'v2', perNode: true, service: 'NAME',
                    seen: 'meta:version', timeout: '300ms')
                """));
        r.assertLogContains("does not have 'v2' as its meta's version after 300ms", run);
        r.assertLogContains("When the cause is gone, build again", run);
        assertThat(node.value(node.key())).isEmpty();
    }

    @Test
    public void fieldsThatDoNotGoTogetherAreRefused() throws Exception {
        assertThat(error("event: 'e', key: 'k'")).contains("key 'k'", "either 'event' or 'key'");
        assertThat(error("event: 'e', prefix: 'a', version: 'v1'")).contains("leave it out beside 'event'");
        assertThat(error("key: 'k', value: 'v', nodes: 3")).contains("nodes '3'", "leave it out beside 'key'");
        assertThat(error("event: 'e', value: 'v'")).contains("value 'v'", "goes with 'key'");
        assertThat(error("key: 'k', value: 'v', payload: 'x'")).contains("payload 'x'", "goes with 'event'");
        assertThat(error("prefix: 'a', version: 'v1', nodes: 1, batch: 2")).contains("batch '2'", "'event' or 'key'");
        assertThat(error("key: 'k'")).contains("value: it is missing");
        assertThat(error("key: 'k', value: 'v', perNode: true")).contains("service: it is missing");
        assertThat(error("key: 'k', value: 'v', service: 'web'")).contains("service 'web'", "'perNode' only");
        assertThat(error("key: 'k', value: 'v', tag: 'x'")).contains("tag 'x'");
        assertThat(error("event: 'e', node: '('")).contains("node '('", "no regular expression");
        assertThat(error("event: 'e', node: '^nobody'")).contains("none matches", "nothing was fired");
        assertThat(error("event: 'e', batch: 1, payload: 'v'")).contains("batch '1'", "acknowledged");
        assertThat(error("event: 'e', onFailure: 'rollback'")).contains("can't be taken back");
        assertThat(error("event: 'e', timeout: '5'")).contains("timeout '5'", "did you mean '5s'?");
    }

    @Test
    public void theSnippetGeneratorWritesThem() {
        assertThat(Snippetizer.object2Groovy(everyFieldOfAnEvent()))
                .isEqualTo("consulDeploy acknowledged: 'api/version', batch: '25%', event: 'run-deploy', node: '^app',"
                        + " payload: 'v7', service: 'web', tag: 'prod', timeout: '5m'");
        assertThat(Snippetizer.object2Groovy(everyFieldOfAKey()))
                .isEqualTo("consulDeploy batch: 1, key: 'a/TAG', onFailure: 'rollback', perNode: true, seen: 'tag',"
                        + " service: 'web', timeout: '5m', value: 'v7'");
    }

    @Test
    public void theFormKeepsThem() throws Exception {
        for (ConsulDeployStep step : new ConsulDeployStep[] {everyFieldOfAnEvent(), everyFieldOfAKey()}) {
            FreeStyleProject project = r.createFreeStyleProject();
            project.getBuildersList().add(new ConsulDeployBuilder(step));
            project = r.configRoundtrip(project);
            r.assertEqualDataBoundBeans(
                    step,
                    project.getBuildersList().get(ConsulDeployBuilder.class).getDeployment());
        }
    }

    @Test
    public void aFreestyleJobFiresAnEventToo() throws Exception {
        ConsulDeployStep step = new ConsulDeployStep("", "");
        step.setEvent(node.name());
        step.setNode("^test-node$");
        step.setPayload("v$BUILD_NUMBER");
        step.setAcknowledged(node.prefix());
        FreeStyleProject project = r.createFreeStyleProject();
        project.getBuildersList().add(new ConsulDeployBuilder(step));
        FreeStyleBuild build = r.buildAndAssertSuccess(project);
        r.assertLogContains("fired the event " + node.name(), build);
        assertThat(node.handled()).containsExactly("v1");
    }

    private String error(String fields) throws Exception {
        return pipelines.error("consulDeploy(" + fields + ")");
    }

    private String script(String text) {
        return text.replace("NAME", node.name());
    }

    private static ConsulDeployStep everyFieldOfAnEvent() {
        ConsulDeployStep step = new ConsulDeployStep(null, null);
        step.setEvent("run-deploy");
        step.setNode("^app");
        step.setService("web");
        step.setTag("prod");
        step.setPayload("v7");
        step.setAcknowledged("api/version");
        step.setBatch("25%");
        step.setTimeout("5m");
        return step;
    }

    private static ConsulDeployStep everyFieldOfAKey() {
        ConsulDeployStep step = new ConsulDeployStep(null, null);
        step.setKey("a/TAG");
        step.setValue("v7");
        step.setPerNode(true);
        step.setService("web");
        step.setSeen("tag");
        step.setBatch(1);
        step.setTimeout("5m");
        step.setOnFailure("rollback");
        return step;
    }
}
