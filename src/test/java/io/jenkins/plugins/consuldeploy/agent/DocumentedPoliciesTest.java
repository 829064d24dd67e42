package io.jenkins.plugins.consuldeploy.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.ConsulConfig;
import io.jenkins.plugins.consuldeploy.consul.ConsulException;
import io.jenkins.plugins.consuldeploy.consul.ConsulProcess;
import io.jenkins.plugins.consuldeploy.phase.BatchSize;
import io.jenkins.plugins.consuldeploy.phase.Caller;
import io.jenkins.plugins.consuldeploy.phase.Deployer;
import io.jenkins.plugins.consuldeploy.phase.Deployment;
import io.jenkins.plugins.consuldeploy.phase.Expected;
import io.jenkins.plugins.consuldeploy.phase.Rollback;
import io.jenkins.plugins.consuldeploy.phase.Tree;
import io.jenkins.plugins.consuldeploy.phase.Version;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.AfterClass;
import org.junit.BeforeClass;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** The ACL policies in docs/ are enough for an agent and a deployer, and not more. */
public class DocumentedPoliciesTest {

    private static final Tree TREE = Tree.of("api/version");
    private static ConsulProcess process;

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    @BeforeClass
    public static void start() {
        process = ConsulProcess.startWithAcls();
    }

    @AfterClass
    public static void stop() {
        process.close();
    }

    @Test
    public void theyAreEnoughToDeployRollCleanAndGoBack() throws Exception {
        ConsulConfig agents = config("acl-agent.hcl");
        try (Host host = new Host(folder.getRoot().toPath(), "n1", agents, TREE.prefix());
                Consul deployers = new Consul(config("acl-deployer.hcl"))) {
            host.start();
            Deployer deployer = new Deployer(deployers, TREE, new Caller("test", "build 1"));
            for (String version : new String[] {"v1", "v2", "v3"}) {
                deployer.deploy(
                        Deployment.of(new Version(version), new Expected.AtLeast(1))
                                .withRolling(BatchSize.ONE)
                                .withKeep(2),
                        Optional.empty(),
                        progress -> {});
            }
            deployer.rollback(Rollback.TO_PREVIOUS, Optional.empty(), progress -> {});
            assertThat(host.current()).isEqualTo("v2");
            assertThat(host.versions()).containsExactly("v2", "v3");
        }
    }

    @Test
    public void anAgentMayNotMoveTheFleet() throws Exception {
        try (Consul agents = new Consul(config("acl-agent.hcl"))) {
            assertThatThrownBy(() -> new Deployer(agents, TREE, new Caller("test", "build 1"))
                            .deploy(
                                    Deployment.of(new Version("v1"), new Expected.AtLeast(1)),
                                    Optional.empty(),
                                    progress -> {}))
                    .isInstanceOf(ConsulException.Forbidden.class)
                    .hasMessageContaining("lock");
        }
    }

    private static ConsulConfig config(String policy) throws IOException {
        Path docs = Files.isDirectory(Path.of("docs")) ? Path.of("docs") : Path.of("..", "docs");
        return process.config().withToken(process.token(Files.readString(docs.resolve(policy))));
    }
}
