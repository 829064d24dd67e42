package io.jenkins.plugins.consuldeploy.phase;

import static io.jenkins.plugins.consuldeploy.phase.Fleet.deployment;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.ConsulProcess;
import io.jenkins.plugins.consuldeploy.consul.KvEntry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;

/** Our deployer understands what Depro's agents were recorded to say. */
public class DeproReplayTest {

    private static final Tree TREE = Tree.of("api/version");

    private final List<ReplayedNode> nodes = new ArrayList<>();
    private final List<Progress> progress = new ArrayList<>();
    private ConsulProcess process;
    private Consul consul;
    private Deployer deployer;

    @Before
    public void start() {
        process = ConsulProcess.start();
        consul = process.client();
        deployer = new Deployer(consul, TREE, Fleet.ALICE);
    }

    @After
    public void stop() {
        nodes.forEach(ReplayedNode::close);
        consul.close();
        process.close();
    }

    @Test
    public void whatWasSaidToConsul1129IsUnderstood() throws Exception {
        deployTwoVersionsAndCleanTheFirst("consul-1.12.9");
    }

    @Test
    public void whatWasSaidToConsul187IsUnderstood() throws Exception {
        deployTwoVersionsAndCleanTheFirst("consul-1.8.7");
    }

    @Test
    public void whereDeprosToolCommittedTooEarlyOursWaits() {
        nodes.add(ReplayedNode.start(process, "early-commit", "n1"));
        nodes.add(ReplayedNode.start(process, "early-commit", "n2"));
        Duration patience = Duration.ofSeconds(5);

        // What n2 said next, it said only because current had been set already.
        assertThatThrownBy(() -> deployer.deploy(
                        deployment("v1", 2).withTimeouts(patience, patience), Optional.empty(), progress::add))
                .isInstanceOf(DeploymentFailedException.class)
                .hasMessageContaining("n2 was not ready after 5.0s (busy)");
        assertThat(consul.kv().get(TREE.current()).map(KvEntry::value)).contains("");
        assertThat(states("v1")).containsExactly("n1=available", "n2=");
    }

    private void deployTwoVersionsAndCleanTheFirst(String recording) throws Exception {
        nodes.add(ReplayedNode.start(process, recording, "n1"));
        nodes.add(ReplayedNode.start(process, recording, "n2"));

        DeploymentResult first = deployer.deploy(deployment("v1", 2), Optional.empty(), progress::add);
        assertThat(first.nodes()).containsExactly("n1", "n2");
        assertThat(states("v1")).containsExactly("n1=active", "n2=active");

        DeploymentResult second = deployer.deploy(deployment("v2", 2), Optional.empty(), progress::add);
        assertThat(second.nodes()).containsExactly("n1", "n2");
        assertThat(second.previous()).contains(new Version("v1"));
        await().atMost(Fleet.LIMIT).until(() -> states("v1").equals(List.of("n1=available", "n2=available")));

        assertThat(deployer.clean(1, progress::add)).containsExactly(new Version("v1"));
        assertThat(states("v1")).isEmpty();
        assertThat(progress.stream()
                        .filter(Progress.NodeChanged.class::isInstance)
                        .map(Progress.NodeChanged.class::cast))
                .extracting(change -> change.to().orElseThrow())
                .contains(NodeState.BUSY, NodeState.READY, NodeState.ACTIVE)
                .doesNotContain(NodeState.FAILED);

        for (ReplayedNode node : nodes) {
            node.terminate();
        }
        assertThat(states("v2")).isEmpty();
        assertThat(process.http("GET", "/v1/session/list", "")).isEqualToIgnoringWhitespace("[]");
    }

    private List<String> states(String version) {
        return consul.kv().list(TREE.folder(new Version(version))).stream()
                .filter(entry -> !entry.name().isEmpty())
                .map(entry -> entry.name() + "=" + entry.value())
                .toList();
    }
}
