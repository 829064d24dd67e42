package io.jenkins.plugins.consuldeploy.jenkins;

import static org.assertj.core.api.Assertions.assertThat;

import hudson.model.Result;
import io.jenkins.plugins.consuldeploy.consul.ConsulProcess;
import io.jenkins.plugins.consuldeploy.journal.ReleaseHead.State;
import io.jenkins.plugins.consuldeploy.phase.Tree;
import io.jenkins.plugins.consuldeploy.traffic.Color;
import io.jenkins.plugins.consuldeploy.traffic.NginxHost;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.After;
import org.junit.Before;
import org.junit.ClassRule;
import org.junit.Rule;
import org.junit.Test;
import org.jvnet.hudson.test.BuildWatcher;
import org.jvnet.hudson.test.JenkinsRule;

/** Two real nginxes with real agents, which a Jenkinsfile moves together. */
public class BlueGreenByProxiesTest {

    @ClassRule
    public static final BuildWatcher WATCHER = new BuildWatcher();

    @ClassRule
    public static final JenkinsRule r = new JenkinsRule();

    @Rule
    public final Behind behind = new Behind(2);

    private final Tree tree = Tree.of(ConsulProcess.uniquePrefix("proxies"));
    private final List<NginxHost> proxies = new ArrayList<>();

    @Before
    public void putBlueLive() throws Exception {
        behind.configure();
        for (String name : List.of("proxy1", "proxy2")) {
            proxies.add(new NginxHost(
                    name,
                    ConsulProcess.shared().address(),
                    tree.prefix(),
                    Map.of(
                            Color.BLUE,
                            List.of(behind.fleet().port("app1")),
                            Color.GREEN,
                            List.of(behind.fleet().port("app2")))));
        }
        r.assertBuildStatusSuccess(r.waitForCompletion(start("check: http())")));
        assertThat(visits()).containsExactly("app1 v1", "app1 v1");
    }

    @After
    public void stopProxies() {
        proxies.forEach(NginxHost::close);
        behind.consul().kv().deleteTree(tree.versions());
        behind.consul().kv().deleteTree(tree.own());
    }

    @Test
    public void allProxiesMoveToTheColorThatTheBlockDeployed() throws Exception {
        WorkflowRun run = r.assertBuildStatusSuccess(
                r.waitForCompletion(start("version: 'v2', check: http(), soak: '300ms', watch: http('" + front()
                        + "')) { sh '" + behind.deploys("$VERSION") + "; echo \"$COLOR beside $LIVE_COLOR\"' }")));
        r.assertLogContains("green beside blue", run);
        assertThat(visits()).containsExactly("app2 v2", "app2 v2");
        assertThat(behind.newest().state()).isEqualTo(State.SUCCEEDED);
    }

    @Test
    public void allProxiesMoveBackWhenTheWatchOfTheFrontFails() throws Exception {
        WorkflowRun run = start("version: 'v2', check: http(), soak: '10m', watch: http(url: '" + front()
                + "', interval: '20ms')) { sh '" + behind.deploys("$VERSION") + "' }");
        r.waitForMessage("moving 100% -> soaking", run);
        assertThat(visits()).containsExactly("app2 v2", "app2 v2");
        behind.write("app2", "broken");
        r.assertBuildStatus(Result.FAILURE, r.waitForCompletion(run));
        r.assertLogContains("visits through the front failed", run);
        r.assertLogContains("moving all traffic back to blue", run);
        assertThat(visits()).containsExactly("app1 v1", "app1 v1");
        assertThat(behind.newest().state()).isEqualTo(State.ROLLED_BACK);
    }

    @Test
    public void partsOfTheTrafficAreRefusedBeforeAnythingIsDeployed() throws Exception {
        WorkflowRun run = start("weights: [50, 100]) { sh 'echo DEPLOYED' }");
        r.assertBuildStatus(Result.FAILURE, r.waitForCompletion(run));
        r.assertLogContains("one configuration", run);
        r.assertLogNotContains("DEPLOYED", run);
    }

    // What the tests share

    private WorkflowRun start(String rest) throws Exception {
        return behind.start(
                r,
                "node { blueGreenSwitch(BLUE_AND_GREEN, DRAIN, traffic: proxies(prefix: '" + tree.prefix()
                        + "', nodes: 2, longestRequest: '50ms'), " + rest + " }");
    }

    private String front() {
        return front(proxies.get(0));
    }

    private static String front(NginxHost proxy) {
        return "http://127.0.0.1:" + proxy.port() + "/";
    }

    /** What a visitor of each proxy gets. */
    private List<String> visits() throws Exception {
        List<String> answers = new ArrayList<>();
        for (NginxHost proxy : proxies) {
            answers.add(HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(URI.create(front(proxy))).build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body());
        }
        return answers;
    }
}
