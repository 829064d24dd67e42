package io.jenkins.plugins.consuldeploy.phase;

import static io.jenkins.plugins.consuldeploy.phase.Fleet.deployment;
import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.ConsulCluster;
import io.jenkins.plugins.consuldeploy.consul.ConsulConfig;
import io.jenkins.plugins.consuldeploy.consul.KvEntry;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.Test;

/** Consul's leader is killed in the middle of a deployment, which goes on under the next one. */
public class LeaderLostTest {

    private static final Duration LIMIT = Duration.ofSeconds(60);

    @Test
    public void aDeploymentThatPreparesRidesItOut() throws Exception {
        deployWhileTheLeaderIsKilled(false);
    }

    @Test
    public void aRollingDeploymentRidesItOut() throws Exception {
        deployWhileTheLeaderIsKilled(true);
    }

    private static void deployWhileTheLeaderIsKilled(boolean rolling) throws Exception {
        Tree tree = Tree.of("api/version");
        AtomicBoolean killed = new AtomicBoolean();
        try (ConsulCluster cluster = ConsulCluster.start()) {
            ConsulConfig config = cluster.follower().config();
            List<ScriptedNode> nodes = Stream.of("n1", "n2", "n3")
                    .map(name -> ScriptedNode.start(config, tree, name))
                    .toList();
            try (Consul consul = new Consul(config)) {
                Deployer deployer = new Deployer(consul, tree, Fleet.ALICE);
                deployer.deploy(deployment("v1", 3).withTimeouts(LIMIT, LIMIT), Optional.empty(), event -> {});
                ScriptedNode.Script kill = version -> {
                    if (killed.compareAndSet(false, true)) {
                        cluster.leader().kill();
                    }
                };
                if (rolling) {
                    nodes.get(1).onActivate(kill);
                } else {
                    nodes.get(1).onPrepare(kill);
                }

                Deployment deployment = deployment("v2", 3).withTimeouts(LIMIT, LIMIT);
                DeploymentResult result = deployer.deploy(
                        rolling ? deployment.withRolling(BatchSize.ONE) : deployment, Optional.empty(), event -> {});

                assertThat(killed).isTrue();
                assertThat(result.nodes()).containsExactly("n1", "n2", "n3");
                assertThat(result.previous()).contains(new Version("v1"));
                assertThat(nodes).extracting(ScriptedNode::running).containsOnly("v2");
                assertThat(consul.kv().get(tree.current()).map(KvEntry::value)).contains("v2");
                assertThat(consul.kv().get(tree.lock())).isEmpty();
            } finally {
                nodes.forEach(ScriptedNode::close);
            }
        }
    }
}
