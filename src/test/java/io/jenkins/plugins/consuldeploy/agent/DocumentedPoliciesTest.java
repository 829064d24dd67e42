package io.jenkins.plugins.consuldeploy.agent;

import static io.jenkins.plugins.consuldeploy.agent.Host.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.ConsulException;
import io.jenkins.plugins.consuldeploy.consul.ConsulProcess;
import io.jenkins.plugins.consuldeploy.phase.BatchSize;
import io.jenkins.plugins.consuldeploy.phase.Caller;
import io.jenkins.plugins.consuldeploy.phase.Deployer;
import io.jenkins.plugins.consuldeploy.phase.Deployment;
import io.jenkins.plugins.consuldeploy.phase.Expected;
import io.jenkins.plugins.consuldeploy.phase.NodeState;
import io.jenkins.plugins.consuldeploy.phase.Rollback;
import io.jenkins.plugins.consuldeploy.phase.Tree;
import io.jenkins.plugins.consuldeploy.phase.Version;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.After;
import org.junit.AfterClass;
import org.junit.Before;
import org.junit.BeforeClass;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** The ACL policies in docs/ are enough for an agent and a deployer, and not more. */
public class DocumentedPoliciesTest {

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    private static ConsulProcess process;

    private final Tree tree = Tree.of("api/version");
    private Consul management;
    private Consul forAgent;
    private Consul forDeployer;
    private Host host;

    @BeforeClass
    public static void startConsul() {
        process = ConsulProcess.startWithAcls();
    }

    @AfterClass
    public static void stopConsul() {
        process.close();
    }

    @Before
    public void getTokens() throws IOException {
        management = process.client();
        // The policy is for an agent that asks the Consul agent of its own node.
        String rules = policy("acl-agent.hcl").replace("session \"web1\"", "session \"test-node\"");
        host = new Host(
                folder.getRoot().toPath(), "web1", process.config().withToken(process.token(rules)), tree.prefix());
        forAgent = new Consul(host.config().consul());
        forDeployer = new Consul(process.config().withToken(process.token(policy("acl-deployer.hcl"))));
    }

    @After
    public void disconnect() {
        host.close();
        forDeployer.close();
        forAgent.close();
        management.close();
    }

    @Test
    public void theyAreEnoughToDeployRollCleanGoBackAndPutBack() throws Exception {
        host.start();
        Deployer deployer = new Deployer(forDeployer, tree, new Caller("a test", "here"));

        for (String version : new String[] {"v1", "v2", "v3"}) {
            Deployment deployment = Deployment.of(new Version(version), new Expected.AtLeast(1))
                    .withTimeouts(Duration.ofSeconds(20), Duration.ofSeconds(20))
                    .withRolling(BatchSize.ONE)
                    .withKeep(2);
            deployer.deploy(deployment, Optional.empty(), event -> {});
        }
        deployer.rollback(Rollback.TO_PREVIOUS, Optional.empty(), event -> {});

        assertThat(host.current()).isEqualTo("v2");
        assertThat(host.versions()).containsExactly("v2", "v3");
        management.kv().deleteTree(tree.folder(new Version("v2")));
        soon().untilAsserted(() -> assertThat(host.says(management, "v2")).contains(NodeState.ACTIVE));
    }

    @Test
    public void theyKeepAnAgentFromSayingWhatEverybodyRuns() {
        assertThatThrownBy(() -> forAgent.kv().put(tree.current(), "v9"))
                .isInstanceOf(ConsulException.Forbidden.class)
                .hasMessageContaining("key:write on \"api/version/current\"");
    }

    @Test
    public void theyKeepAnAgentFromOthersPinsAndReportsAndTheLock() {
        for (String key : new String[] {tree.pin("web2"), tree.report("web2"), tree.lock(), tree.history(), "other"}) {
            assertThatThrownBy(() -> forAgent.kv().put(key, "v9"))
                    .as(key)
                    .isInstanceOf(ConsulException.Forbidden.class);
        }
    }

    @Test
    public void theyKeepADeployerFromOtherPrefixes() {
        assertThatThrownBy(() -> forDeployer.kv().put("web/version/current", "v9"))
                .isInstanceOf(ConsulException.Forbidden.class);
        assertThatThrownBy(() -> forDeployer.kv().put(Tree.of("web/version").lock(), ""))
                .isInstanceOf(ConsulException.Forbidden.class);
    }

    private static String policy(String name) throws IOException {
        Path here = Path.of("docs", name);
        return Files.readString(Files.exists(here) ? here : Path.of("..").resolve(here));
    }
}
