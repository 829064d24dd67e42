package io.jenkins.plugins.consuldeploy.jenkins;

import static org.assertj.core.api.Assertions.assertThat;

import hudson.model.Result;
import io.jenkins.plugins.consuldeploy.journal.ReleaseHead.State;
import io.jenkins.plugins.consuldeploy.traffic.Color;
import io.jenkins.plugins.consuldeploy.traffic.MeshService;
import io.jenkins.plugins.consuldeploy.traffic.RenderedFront;
import io.jenkins.plugins.consuldeploy.traffic.ServiceSplitterSwitch;
import io.jenkins.plugins.consuldeploy.traffic.Shares;
import java.time.Duration;
import java.util.Optional;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.After;
import org.junit.Before;
import org.junit.ClassRule;
import org.junit.Rule;
import org.junit.Test;
import org.jvnet.hudson.test.BuildWatcher;
import org.jvnet.hudson.test.JenkinsRule;

/** Where Consul itself says which color is live: in keys that a front is rendered from, or to its mesh. */
public class BlueGreenByConsulTest {

    @ClassRule
    public static final BuildWatcher WATCHER = new BuildWatcher();

    @ClassRule
    public static final JenkinsRule r = new JenkinsRule();

    @Rule
    public final Behind behind = new Behind(2);

    private RenderedFront front;
    private MeshService mesh;

    @Before
    public void start() {
        behind.configure();
        front = new RenderedFront(behind.consul(), behind.app());
        mesh = new MeshService(behind.consul());
        mesh.instance(Color.BLUE, "passing");
        mesh.instance(Color.GREEN, "passing");
        mesh.put("service-resolver", """
                "DefaultSubset": "blue", "Subsets": {"blue": {"Filter": "Service.Meta.color == blue"}}""");
    }

    @After
    public void close() {
        mesh.close();
        front.close();
        behind.consul().kv().deleteTree(behind.app() + "/");
    }

    @Test
    public void keysMoveAndTheFrontIsSeenToFollow() throws Exception {
        succeeds(byKeys("version: 'v1') {}"));
        assertThat(front.live()).isEqualTo("blue");

        succeeds(byKeys("version: 'v2', check: http()) { sh '" + behind.deploys("$VERSION") + "' }"));
        assertThat(front.live()).isEqualTo("green");
        assertThat(key("color")).contains("green");
        assertThat(key("port")).contains(Integer.toString(behind.fleet().port("app2")));
        assertThat(key("version/green")).contains("v2");
        assertThat(behind.newest().state()).isEqualTo(State.SUCCEEDED);
    }

    @Test
    public void aFrontThatDoesNotFollowHasTheKeysPutBack() throws Exception {
        succeeds(byKeys("version: 'v1') {}"));
        front.stick();

        WorkflowRun run = fails(byKeys("version: 'v2', moveTimeout: '1s') {}"));
        r.assertLogContains("the front " + front.url() + " is answered by blue", run);
        r.assertLogContains("Live is blue.", run);
        assertThat(key("color")).contains("blue");
        assertThat(key("port")).contains(Integer.toString(behind.fleet().port("app1")));
        assertThat(behind.newest().state()).isEqualTo(State.ROLLED_BACK);
    }

    @Test
    public void theMeshGetsPartsOfTheTraffic() throws Exception {
        WorkflowRun run = succeeds(byMesh("version: 'v2', weights: [25, 100], check: http()) { sh '"
                + behind.deploys("$VERSION") + "; echo \"$COLOR beside $LIVE_COLOR\"' }"));
        r.assertLogContains("green beside blue", run);
        r.assertLogContains("moving 25% -> baking 25%", run);
        assertThat(going()).contains(Shares.all(Color.GREEN));
        assertThat(behind.newest().state()).isEqualTo(State.SUCCEEDED);
    }

    @Test
    public void theMeshGetsAllOfItBackWhenTheWatchFails() throws Exception {
        WorkflowRun run = behind.start(
                r,
                byMesh("version: 'v2', weights: [25, 100], bake: '10m', watch: command(command: 'test ! -e "
                        + behind.dir() + "/trouble', interval: '50ms')) {}"));
        r.waitForMessage("moving 25% -> baking 25%", run);
        assertThat(going()).contains(new Shares(75, 25));
        behind.let("trouble");
        r.assertBuildStatus(Result.FAILURE, r.waitForCompletion(run));
        r.assertLogContains("moving all traffic back to blue", run);
        assertThat(going()).contains(Shares.all(Color.BLUE));
        assertThat(behind.newest().state()).isEqualTo(State.ROLLED_BACK);
    }

    // What the tests share

    private String byKeys(String rest) {
        return "node { blueGreenSwitch(BLUE_AND_GREEN, DRAIN, traffic: consulKey(app: '" + behind.app()
                + "', fronts: [[url: '" + front.url() + "', header: 'X-Color']], longestRequest: '50ms'), " + rest
                + " }";
    }

    private String byMesh(String rest) {
        return "node { blueGreenSwitch(BLUE_AND_GREEN, DRAIN, traffic: serviceSplitter(service: '" + mesh.name()
                + "', longestRequest: '50ms'), " + rest + " }";
    }

    private WorkflowRun succeeds(String script) throws Exception {
        return r.assertBuildStatusSuccess(r.waitForCompletion(behind.start(r, script)));
    }

    private WorkflowRun fails(String script) throws Exception {
        return r.assertBuildStatus(Result.FAILURE, r.waitForCompletion(behind.start(r, script)));
    }

    private Optional<String> key(String name) {
        return behind.consul().kv().get(behind.app() + "/" + name).map(entry -> entry.value());
    }

    /** Where the mesh's traffic goes, by what Consul compiles for its proxies. */
    private Optional<Shares> going() throws InterruptedException {
        return new ServiceSplitterSwitch(
                        behind.consul(), mesh.name(), ServiceSplitterSwitch.ofMeta("color"), Duration.ofMillis(50))
                .read()
                .agreed();
    }
}
