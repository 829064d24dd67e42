package io.jenkins.plugins.consuldeploy.phase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.ConsulProcess;
import io.jenkins.plugins.consuldeploy.consul.LockHeldException;
import java.time.Duration;
import java.util.Set;
import org.junit.After;
import org.junit.Test;

public class NodeByNodeTest {

    private static final Caller CALLER = new Caller("test", "build 1");

    private final Consul consul = ConsulProcess.shared().client();
    private final Tree tree = Tree.of(ConsulProcess.uniquePrefix("nodes"));

    @After
    public void close() {
        consul.close();
    }

    @Test
    public void whoeverDiesWithThePrefixsLockKeepsOthersOutNoLongerThanItsReleaseDoes() throws Exception {
        try (NodeByNode rollout = open()) {
            assertThat(rollout).isNotNull();
            String session =
                    consul.kv().get(tree.lock()).orElseThrow().session().orElseThrow();
            assertThat(ConsulProcess.shared().http("GET", "/v1/session/info/" + session, ""))
                    .containsPattern("\"TTL\": *\"10000ms\"");
            assertThatThrownBy(this::open)
                    .isInstanceOf(LockHeldException.class)
                    .hasMessageContaining("deploy v2 to " + tree.prefix() + " node by node");
        }
    }

    @Test
    public void aNodeWhoseAgentKnowsNoPinsIsNamedBeforeAnythingIsRegistered() throws Exception {
        try (NodeByNode rollout = open()) {
            assertThat(rollout.prepare(Set.of("app1", "app2"), Duration.ofSeconds(1)))
                    .hasValueSatisfying(why -> assertThat(why)
                            .contains("no agent that knows pins runs on app1, app2", "no key below " + tree.pins()));
            assertThat(consul.kv().list(tree.prefix() + "/")).isEmpty();
        }
    }

    // Private

    private NodeByNode open() throws Exception {
        return NodeByNode.open(consul, tree, new Version("v2"), CALLER, progress -> {});
    }
}
