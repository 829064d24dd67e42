package io.jenkins.plugins.consuldeploy.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.ConsulProcess;
import io.jenkins.plugins.consuldeploy.phase.NodeReport;
import io.jenkins.plugins.consuldeploy.phase.NodeState;
import io.jenkins.plugins.consuldeploy.phase.Tree;
import io.jenkins.plugins.consuldeploy.phase.Version;
import java.util.Optional;
import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** What an agent does with what it finds in Consul, written there by hand as any tool may. */
public class AgentTest {

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    private final String prefix = ConsulProcess.uniquePrefix("agent");
    private final Tree tree = Tree.of(prefix);
    private Consul consul;
    private Host host;

    @Before
    public void connect() {
        consul = ConsulProcess.shared().client();
        host = new Host(folder.getRoot().toPath(), "n1", ConsulProcess.shared().config(), prefix);
    }

    @After
    public void disconnect() {
        host.close();
        consul.close();
    }

    @Test
    public void preparesAVersionThatIsRegistered() throws Exception {
        host.start();

        register("v1");

        awaitSaying("v1", NodeState.READY);
        assertThat(host.done()).containsExactly("deploy v1");
        assertThat(host.path().resolve("v1/content")).hasContent("v1");
        assertThat(host.current()).isEmpty();
    }

    @Test
    public void activatesWhatBecomesCurrent() throws Exception {
        host.start();
        register("v1");
        awaitSaying("v1", NodeState.READY);

        setCurrent("v1");

        awaitSaying("v1", NodeState.ACTIVE);
        assertThat(host.done()).containsExactly("deploy v1", "rollout v1 after nothing");
        assertThat(host.current()).isEqualTo("v1");
    }

    @Test
    public void saysOfTheFormerVersionThatItIsReady() throws Exception {
        runs("v1");
        register("v2");
        awaitSaying("v2", NodeState.READY);

        setCurrent("v2");

        awaitSaying("v2", NodeState.ACTIVE);
        // In the same transaction, so there is no moment with two active ones.
        assertThat(host.says(consul, "v1")).contains(NodeState.READY);
        assertThat(host.done()).last().isEqualTo("rollout v2 after v1");
        NodeReport report = host.report(consul).orElseThrow();
        assertThat(report.version()).isEqualTo("v2");
        assertThat(report.state()).isEqualTo(NodeState.ACTIVE);
        assertThat(report.versions()).containsExactly("v1", "v2");
        assertThat(host.current()).isEqualTo("v2");
    }

    // What the tests share

    private void runs(String version) throws InterruptedException {
        register(version);
        setCurrent(version);
        host.start();
        awaitSaying(version, NodeState.ACTIVE);
    }

    private void register(String version) {
        consul.kv().put(tree.folder(new Version(version)), "");
    }

    private void setCurrent(String version) {
        consul.kv().put(tree.current(), version);
    }

    private void awaitSaying(String version, NodeState state) {
        await().untilAsserted(
                        () -> assertThat(host.says(consul, version)).as(version).isEqualTo(Optional.of(state)));
    }
}
