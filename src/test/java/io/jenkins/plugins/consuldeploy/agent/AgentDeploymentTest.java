package io.jenkins.plugins.consuldeploy.agent;

import static io.jenkins.plugins.consuldeploy.agent.Host.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.ConsulProcess;
import io.jenkins.plugins.consuldeploy.phase.BatchSize;
import io.jenkins.plugins.consuldeploy.phase.Caller;
import io.jenkins.plugins.consuldeploy.phase.Deployer;
import io.jenkins.plugins.consuldeploy.phase.Deployment;
import io.jenkins.plugins.consuldeploy.phase.DeploymentFailedException;
import io.jenkins.plugins.consuldeploy.phase.DeploymentResult;
import io.jenkins.plugins.consuldeploy.phase.Expected;
import io.jenkins.plugins.consuldeploy.phase.NodeState;
import io.jenkins.plugins.consuldeploy.phase.OnFailure;
import io.jenkins.plugins.consuldeploy.phase.Progress;
import io.jenkins.plugins.consuldeploy.phase.Rollback;
import io.jenkins.plugins.consuldeploy.phase.Tree;
import io.jenkins.plugins.consuldeploy.phase.TreeView;
import io.jenkins.plugins.consuldeploy.phase.Version;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** Three agents and a deployer, over a real Consul. */
public class AgentDeploymentTest {

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    private final Tree tree = Tree.of(ConsulProcess.uniquePrefix("deploy"));
    private final List<Progress> progress = new ArrayList<>();
    private final List<Host> hosts = new ArrayList<>();
    private Consul consul;
    private Deployer deployer;

    @Before
    public void startThreeAgents() throws Exception {
        consul = ConsulProcess.shared().client();
        deployer = new Deployer(consul, tree, new Caller("a test", "here"));
        for (String name : List.of("n1", "n2", "n3")) {
            hosts.add(new Host(
                            folder.newFolder(name).toPath(),
                            name,
                            ConsulProcess.shared().config(),
                            tree.prefix())
                    .rollout("test ! -e ../../broken-$VERSION"));
        }
        for (Host host : hosts) {
            host.start();
        }
    }

    @After
    public void stopThem() {
        hosts.forEach(Host::close);
        consul.close();
    }

    @Test
    public void deploysOneVersionAfterTheOther() throws Exception {
        assertThat(deploy(to("v1")).nodes()).containsExactly("n1", "n2", "n3");

        DeploymentResult result = deploy(to("v2"));

        assertThat(result.previous()).contains(new Version("v1"));
        assertThat(result.nodes()).containsExactly("n1", "n2", "n3");
        for (Host host : hosts) {
            assertThat(host.current()).isEqualTo("v2");
            assertThat(host.done())
                    .containsExactly("deploy v1", "rollout v1 after nothing", "deploy v2", "rollout v2 after v1");
            assertThat(host.says(consul, "v1")).contains(NodeState.READY);
        }
    }

    @Test
    public void switchesNobodyBeforeEverybodyIsReady() throws Exception {
        deploy(to("v1"));
        hosts.get(2).close();
        hosts.get(2).deploy("test ! -e ../../broken").start();
        touch("n3", "broken");

        DeploymentFailedException failure =
                catchThrowableOfType(DeploymentFailedException.class, () -> deploy(to("v2")));

        assertThat(failure.outcome().failed()).containsOnlyKeys("n3");
        assertThat(hosts).extracting(Host::current).containsExactly("v1", "v1", "v1");
    }

    @Test
    public void rollsOneOfThreeAtATime() throws Exception {
        deploy(to("v1"));

        DeploymentResult result = deploy(to("v2").withRolling(BatchSize.ONE));

        assertThat(result.nodes()).containsExactly("n1", "n2", "n3");
        List<Progress> pinned =
                progress.stream().filter(Progress.Pinned.class::isInstance).toList();
        assertThat(pinned).hasSize(3);
        for (int i = 0; i < 3; i++) {
            String name = hosts.get(i).name();
            assertThat(progress.indexOf(pinned.get(i)))
                    .as("%s is pinned, then active", name)
                    .isLessThan(indexOfActive(name));
            if (i > 0) {
                assertThat(indexOfActive(hosts.get(i - 1).name()))
                        .as("the one before was active first")
                        .isLessThan(progress.indexOf(pinned.get(i)));
            }
        }
        assertThat(hosts).allSatisfy(host -> assertThat(host.done())
                .filteredOn(line -> line.startsWith("rollout v2"))
                .as("once, though first pinned and then current")
                .hasSize(1));
    }

    @Test
    public void goesBackEverywhereWhenOneNodeFails() throws Exception {
        deploy(to("v1"));
        touch("n2", "broken-v2");

        DeploymentFailedException failure = catchThrowableOfType(
                DeploymentFailedException.class, () -> deploy(to("v2").withOnFailure(OnFailure.ROLLBACK)));

        assertThat(failure.outcome().rolledBack()).as(failure.getMessage()).isTrue();
        assertThat(hosts).extracting(Host::current).containsExactly("v1", "v1", "v1");
        assertThat(hosts.get(1).done()).last().isEqualTo("rollout v1 after v1");
        for (Host host : hosts) {
            assertThat(host.says(consul, "v1")).contains(NodeState.ACTIVE);
        }
        assertThat(TreeView.read(consul, tree).report("n2", new Version("v2")))
                .as("why it was gone back from")
                .hasValueSatisfying(report -> {
                    assertThat(report.state()).isEqualTo(NodeState.FAILED);
                    assertThat(report.exitCode()).hasValue(1);
                });
    }

    @Test
    public void stopsRollingAtTheNodeThatFailsAndGoesBack() throws Exception {
        deploy(to("v1"));
        touch("n2", "broken-v2");

        DeploymentFailedException failure = catchThrowableOfType(
                DeploymentFailedException.class,
                () -> deploy(to("v2").withRolling(BatchSize.ONE).withOnFailure(OnFailure.ROLLBACK)));

        assertThat(failure.outcome().rolledBack()).as(failure.getMessage()).isTrue();
        assertThat(hosts).extracting(Host::current).containsExactly("v1", "v1", "v1");
        assertThat(hosts.get(2).done()).as("its turn did not come").noneMatch(line -> line.startsWith("rollout v2"));
    }

    @Test
    public void deploysAVersionAgainThatHadFailed() throws Exception {
        deploy(to("v1"));
        touch("n2", "broken-v2");
        catchThrowableOfType(DeploymentFailedException.class, () -> deploy(to("v2")));
        soon().until(() -> hosts.get(1).done().stream()
                        .filter("rollout v2 after v1"::equals)
                        .count()
                == 3);
        soon().until(() -> hosts.get(1).says(consul, "v2").equals(Optional.of(NodeState.FAILED)));
        Files.delete(folder.getRoot().toPath().resolve("n2/broken-v2"));

        DeploymentResult result = deploy(to("v2"));

        assertThat(result.nodes()).containsExactly("n1", "n2", "n3");
        assertThat(hosts).extracting(Host::current).containsExactly("v2", "v2", "v2");
    }

    @Test
    public void goesBackOnDemand() throws Exception {
        deploy(to("v1"));
        deploy(to("v2"));

        DeploymentResult result = deployer.rollback(Rollback.TO_PREVIOUS, Optional.empty(), progress::add);

        assertThat(result.version()).isEqualTo(new Version("v1"));
        assertThat(result.nodes()).containsExactly("n1", "n2", "n3");
        assertThat(hosts).extracting(Host::current).containsExactly("v1", "v1", "v1");
    }

    @Test
    public void removesOldVersionsFromEveryDisk() throws Exception {
        deploy(to("v1"));
        deploy(to("v2"));

        deploy(to("v3").withKeep(2));

        assertThat(hosts).allSatisfy(host -> {
            assertThat(host.versions()).containsExactly("v2", "v3");
            assertThat(host.done()).last().isEqualTo("clean v1");
        });
    }

    @Test
    public void findsTheWorkDoneTheSecondTime() throws Exception {
        deploy(to("v1"));

        DeploymentResult result = deploy(to("v1"));

        assertThat(result.nodes()).containsExactly("n1", "n2", "n3");
        assertThat(hosts)
                .allSatisfy(host -> assertThat(host.done()).containsExactly("deploy v1", "rollout v1 after nothing"));
    }

    @Test
    public void bringsAHostAlongThatWasDown() throws Exception {
        deploy(to("v1"));
        hosts.get(2).close();
        deployer.deploy(Deployment.of(new Version("v2"), new Expected.AtLeast(2)), Optional.empty(), progress::add);

        hosts.get(2).start();

        assertThat(hosts.get(2).says(consul, "v2")).contains(NodeState.ACTIVE);
        assertThat(hosts.get(2).current()).isEqualTo("v2");
    }

    // What the tests share

    private static Deployment to(String version) {
        return Deployment.of(new Version(version), new Expected.AtLeast(3))
                .withTimeouts(Duration.ofSeconds(60), Duration.ofSeconds(60));
    }

    private DeploymentResult deploy(Deployment deployment) throws Exception {
        return deployer.deploy(deployment, Optional.empty(), progress::add);
    }

    private int indexOfActive(String node) {
        for (int i = progress.size() - 1; i >= 0; i--) {
            if (progress.get(i) instanceof Progress.NodeChanged changed
                    && changed.node().equals(node)
                    && changed.to().equals(Optional.of(NodeState.ACTIVE))) {
                return i;
            }
        }
        throw new AssertionError(node + " was never active");
    }

    private void touch(String host, String name) throws IOException {
        Files.createFile(folder.getRoot().toPath().resolve(host).resolve(name));
    }
}
