package io.jenkins.plugins.consuldeploy.phase;

import static io.jenkins.plugins.consuldeploy.phase.NodeState.ACTIVE;
import static io.jenkins.plugins.consuldeploy.phase.NodeState.BUSY;
import static io.jenkins.plugins.consuldeploy.phase.NodeState.FAILED;
import static io.jenkins.plugins.consuldeploy.phase.NodeState.READY;
import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.ConsulProcess;
import io.jenkins.plugins.consuldeploy.consul.Holder;
import io.jenkins.plugins.consuldeploy.consul.Lock;
import io.jenkins.plugins.consuldeploy.consul.Txn;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.After;
import org.junit.Test;

public class TreeViewTest {

    private static final Version V1 = new Version("v1");
    private static final Version V2 = new Version("v2");

    private final Consul consul = ConsulProcess.shared().client();
    private final Tree tree = Tree.of(ConsulProcess.uniquePrefix("view"));

    @After
    public void close() {
        consul.close();
    }

    @Test
    public void anEmptyTreeHasNothingToShow() {
        TreeView view = TreeView.read(consul, tree);

        assertThat(view.prefix()).isEqualTo(tree.prefix());
        assertThat(view.current()).isEmpty();
        assertThat(view.versions()).isEmpty();
        assertThat(view.holder()).isEmpty();
        assertThat(view.history()).isEmpty();
    }

    @Test
    public void versionsComeNewestFirstWithWhatEachNodeSays() {
        Instant registered = Instant.ofEpochMilli(1_700_000_000_123L);
        // Names in an order of their own: not the name but the registration says what is newer.
        consul.kv().commit(Txn.to("register").set(tree.folder(V2), "", registered.toEpochMilli()));
        consul.kv().put(tree.state(V2, "a"), "active");
        consul.kv().put(tree.state(V2, "b"), "available");
        consul.kv().put(tree.folder(V1), "");
        consul.kv().put(tree.state(V1, "a"), "failed");
        consul.kv().put(tree.state(V1, "b"), "");
        consul.kv().put(tree.current(), "v2");

        TreeView view = TreeView.read(consul, tree);

        assertThat(view.current()).contains(V2);
        assertThat(view.versions()).extracting(TreeView.Registered::version).containsExactly(V1, V2);
        assertThat(view.version(V1).orElseThrow().nodes()).isEqualTo(Map.of("a", FAILED, "b", BUSY));
        assertThat(view.version(V1).orElseThrow().since()).isEmpty();
        assertThat(view.version(V2).orElseThrow().nodes()).isEqualTo(Map.of("a", ACTIVE, "b", READY));
        assertThat(view.version(V2).orElseThrow().since()).contains(registered);
        assertThat(view.version(V2).orElseThrow().count()).isEqualTo(Map.of(ACTIVE, 1, READY, 1));
    }

    @Test
    public void aVersionIsNotMistakenForOneThatBeginsLikeIt() {
        consul.kv().put(tree.state(new Version("v10"), "a"), "active");
        consul.kv().put(tree.folder(V1), "");

        TreeView view = TreeView.read(consul, tree);

        assertThat(view.version(V1).orElseThrow().nodes()).isEmpty();
    }

    @Test
    public void pinsAndReportsAreThoseOfTheNodes() {
        consul.kv().put(tree.pin("a"), "v2");
        consul.kv().put(tree.pin("b"), "");
        NodeReport report = new NodeReport(
                "v2",
                FAILED,
                Instant.parse("2026-01-02T03:04:05Z"),
                OptionalInt.of(3),
                List.of("no space left"),
                List.of("v1"));
        consul.kv().put(tree.report("a"), report.toJson());
        consul.kv().put(tree.report("b"), "not a report");

        TreeView view = TreeView.read(consul, tree);

        assertThat(view.pins()).isEqualTo(Map.of("a", V2));
        assertThat(view.reports()).isEqualTo(Map.of("a", report));
        assertThat(view.report("a", V2)).contains(report);
        assertThat(view.report("a", V1)).isEmpty();
    }

    @Test
    public void whoHoldsTheLockIsNamedWhileItIsHeld() throws Exception {
        Holder holder = new Holder("ann", "process 7", "deploy v2", Instant.parse("2026-01-02T03:04:05Z"));
        try (Lock lock = Lock.acquire(consul, tree.lock(), holder, Duration.ofSeconds(10), Duration.ZERO)) {
            assertThat(lock.isHeld()).isTrue();
            assertThat(TreeView.read(consul, tree).holder()).contains(holder);
        }
        assertThat(TreeView.read(consul, tree).holder()).isEmpty();
    }

    @Test
    public void theHistoryEndsWithWhatIsCurrent() {
        History history = History.EMPTY.committed(Optional.empty(), V1).committed(Optional.of(V1), V2);
        consul.kv().put(tree.history(), history.toJson());

        assertThat(TreeView.read(consul, tree).history()).containsExactly(V1, V2);
    }
}
