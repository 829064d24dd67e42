package io.jenkins.plugins.consuldeploy.phase;

import static io.jenkins.plugins.consuldeploy.phase.Fleet.LIMIT;
import static io.jenkins.plugins.consuldeploy.phase.Fleet.deployment;
import static io.jenkins.plugins.consuldeploy.phase.Fleet.inBackground;
import static io.jenkins.plugins.consuldeploy.phase.Fleet.version;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.Rule;
import org.junit.Test;

/** Batch by batch, by pins. */
public class RollingTest {

    @Rule
    public final Fleet fleet = new Fleet();

    @Test
    public void batchesFollowEachOtherAndThePinsAreGoneAfterwards() throws Exception {
        List<String> order = new CopyOnWriteArrayList<>();
        List<String> currents = new CopyOnWriteArrayList<>();
        List<ScriptedNode> nodes = fleet.nodes(5);
        fleet.deploy(deployment("v1", 5));
        for (ScriptedNode node : nodes) {
            node.onActivate(version -> {
                order.add(node.name());
                currents.add(fleet.current());
            });
        }

        DeploymentResult result = fleet.deploy(deployment("v2", 5).withRolling(BatchSize.parse("rolling", "2")));

        assertThat(result.nodes()).containsExactly("n1", "n2", "n3", "n4", "n5");
        assertThat(result.previous()).contains(version("v1"));
        assertThat(order.subList(0, 2)).containsExactlyInAnyOrder("n1", "n2");
        assertThat(order.subList(2, 4)).containsExactlyInAnyOrder("n3", "n4");
        assertThat(order.subList(4, 5)).containsExactly("n5");
        assertThat(currents).containsOnly("v1"); // which became v2 only after the last of them
        assertThat(fleet.progress(Progress.Pinned.class))
                .containsExactly(
                        new Progress.Pinned(List.of("n1", "n2"), 1, 3),
                        new Progress.Pinned(List.of("n3", "n4"), 2, 3),
                        new Progress.Pinned(List.of("n5"), 3, 3));
        assertThat(fleet.pins()).isEmpty();
        assertThat(fleet.current()).isEqualTo("v2");
        assertThat(fleet.history()).containsExactly("v1", "v2");
        assertThat(nodes).allSatisfy(node -> assertThat(node.deeds()).endsWith("activate v2"));
    }

    @Test
    public void theBatchesTimeIsTheCommitsTime() throws Exception {
        fleet.nodes(2);
        fleet.deploy(deployment("v1", 2));
        CountDownLatch release = new CountDownLatch(1);
        fleet.forgetProgress();
        fleet.node("slow").onActivate(version -> release.await(500, java.util.concurrent.TimeUnit.MILLISECONDS));

        DeploymentResult result = fleet.deploy(deployment("v2", 3).withRolling(BatchSize.ONE));

        assertThat(result.took().get(Phase.COMMIT)).isGreaterThan(Duration.ofMillis(450));
        assertThat(fleet.progress(Progress.PhaseStarted.class))
                .extracting(Progress.PhaseStarted::phase)
                .containsExactly(Phase.PREPARE, Phase.COMMIT, Phase.CONFIRM);
    }

    @Test
    public void theFirstDeploymentCanRollToo() throws Exception {
        fleet.nodes(3);
        fleet.deploy(deployment("v1", 3).withRolling(BatchSize.parse("rolling", "34%")));
        assertThat(fleet.progress(Progress.Pinned.class)).hasSize(3);
        assertThat(fleet.current()).isEqualTo("v1");
        assertThat(fleet.history()).containsExactly("v1");
    }

    @Test
    public void theSecondCallFindsTheWorkDoneAndPinsNobody() throws Exception {
        fleet.nodes(3);
        fleet.deploy(deployment("v1", 3));
        fleet.deploy(deployment("v2", 3).withRolling(BatchSize.ONE));
        fleet.forgetProgress();

        assertThat(fleet.deploy(deployment("v2", 3).withRolling(BatchSize.ONE)).nodes())
                .hasSize(3);

        assertThat(fleet.progress(Progress.Pinned.class)).isEmpty();
        assertThat(fleet.notes()).containsExactly("v2 is current already");
    }

    @Test
    public void agentsThatDoNotKnowPinsAreRefusedAndNothingIsCommitted() throws Exception {
        fleet.nodes(1);
        fleet.node("old", ScriptedNode.Words.DEPROS);
        fleet.deploy(deployment("v1", 2));

        DeploymentFailedException failure = catchThrowableOfType(
                DeploymentFailedException.class,
                () -> fleet.deploy(deployment("v2", 2).withRolling(BatchSize.ONE)));

        assertThat(failure.phase()).isEqualTo(Phase.COMMIT);
        assertThat(failure)
                .hasMessageContainingAll(
                        "the agents of old do not know pins", fleet.tree().pins(), "Nothing was committed");
        assertThat(failure.outcome().missing()).containsExactly("old");
        assertThat(fleet.pins()).isEmpty();
        assertThat(fleet.current()).isEqualTo("v1");
    }

    @Test
    public void aFailureStopsTheRollingAndThePinsStayAndAreSaid() throws Exception {
        List<ScriptedNode> nodes = failingOnN2();

        DeploymentFailedException failure = catchThrowableOfType(
                DeploymentFailedException.class,
                () -> fleet.deploy(deployment("v2", 3).withRolling(BatchSize.ONE)));

        assertThat(failure.phase()).isEqualTo(Phase.COMMIT);
        assertThat(failure)
                .hasMessageContainingAll(
                        "failed on n2",
                        "port 80 is taken",
                        "n1 run",
                        "what current says (v1)",
                        "The pins stay",
                        "rollback");
        assertThat(failure.outcome().current()).contains(version("v1"));
        assertThat(fleet.pins()).containsExactly("n1=v2", "n2=v2");
        assertThat(fleet.current()).isEqualTo("v1");
        assertThat(fleet.history()).containsExactly("v1");
        assertThat(nodes).extracting(ScriptedNode::running).containsExactly("v2", "v1", "v1");
    }

    @Test
    public void deployingAgainGoesOnWhereItStopped() throws Exception {
        List<ScriptedNode> nodes = failingOnN2();
        assertThatThrownBy(() -> fleet.deploy(deployment("v2", 3).withRolling(BatchSize.ONE)))
                .isInstanceOf(DeploymentFailedException.class);
        nodes.get(1).onActivate(version -> {});
        fleet.forgetProgress();

        fleet.deploy(deployment("v2", 3).withRolling(BatchSize.ONE));

        // n2 is pinned still, and may have tried again by itself before its batch would have come.
        assertThat(fleet.progress(Progress.Pinned.class))
                .flatExtracting(Progress.Pinned::nodes)
                .contains("n3")
                .doesNotContain("n1");
        assertThat(nodes).extracting(ScriptedNode::running).containsOnly("v2");
        assertThat(fleet.pins()).isEmpty();
        assertThat(fleet.history()).containsExactly("v1", "v2");
    }

    @Test
    public void aRollingThatWasCutOffGoesBackTooWhenItIsMadeAgain() throws Exception {
        fleet.node("n1");
        fleet.deploy(deployment("v1", 1));
        fleet.consul().kv().put(fleet.tree().pin("n2"), "v2"); // and then the deployer died

        DeploymentFailedException failure = catchThrowableOfType(
                DeploymentFailedException.class,
                () -> fleet.deployWithFailing(
                        "n2", deployment("v2", 2).withRolling(BatchSize.ONE).withOnFailure(OnFailure.ROLLBACK)));

        assertThat(failure).hasMessageContainingAll("failed on n2", "Rolled back: v1 is current and runs on 2 nodes");
        assertThat(fleet.pins()).isEmpty();
        assertThat(fleet.current()).isEqualTo("v1");
    }

    @Test
    public void theRollbackCommandGoesBackFromAStoppedRolling() throws Exception {
        List<ScriptedNode> nodes = failingOnN2();
        assertThatThrownBy(() -> fleet.deploy(deployment("v2", 3).withRolling(BatchSize.ONE)))
                .isInstanceOf(DeploymentFailedException.class);

        DeploymentResult result = fleet.rollback();

        assertThat(result.version()).isEqualTo(version("v1"));
        assertThat(fleet.pins()).isEmpty();
        assertThat(fleet.current()).isEqualTo("v1");
        assertThat(fleet.history()).containsExactly("v1");
        assertThat(nodes).extracting(ScriptedNode::running).containsOnly("v1");
    }

    @Test
    public void anotherVersionDeployedAtOnceEndsAStoppedRolling() throws Exception {
        List<ScriptedNode> nodes = failingOnN2();
        assertThatThrownBy(() -> fleet.deploy(deployment("v2", 3).withRolling(BatchSize.ONE)))
                .isInstanceOf(DeploymentFailedException.class);
        nodes.get(1).onActivate(version -> {});

        fleet.deploy(deployment("v3", 3));

        assertThat(fleet.pins()).isEmpty();
        assertThat(nodes).extracting(ScriptedNode::running).containsOnly("v3");
        assertThat(fleet.history()).containsExactly("v1", "v3");
    }

    @Test
    public void onFailureRollbackTakesThePinsAwayAndEveryNodeRunsThePrevious() throws Exception {
        List<ScriptedNode> nodes = failingOnN2();

        DeploymentFailedException failure = catchThrowableOfType(
                DeploymentFailedException.class,
                () -> fleet.deploy(
                        deployment("v2", 3).withRolling(BatchSize.ONE).withOnFailure(OnFailure.ROLLBACK)));

        assertThat(failure.phase()).isEqualTo(Phase.COMMIT);
        assertThat(failure.outcome().rolledBack()).isTrue();
        assertThat(failure).hasMessageContainingAll("failed on n2", "Rolled back: v1 is current");
        assertThat(fleet.pins()).isEmpty();
        assertThat(fleet.current()).isEqualTo("v1");
        assertThat(fleet.history()).containsExactly("v1");
        assertThat(nodes).extracting(ScriptedNode::running).containsOnly("v1");
        assertThat(nodes.get(2).deeds()).doesNotContain("activate v2");
    }

    @Test
    public void whereThereIsNoPreviousAFailureLeavesThePins() {
        fleet.node("n1");
        fleet.node("n2").onActivate(version -> {
            throw new ScriptedNode.FailedException(3, "no");
        });
        assertThatThrownBy(() -> fleet.deploy(
                        deployment("v1", 2).withRolling(BatchSize.ONE).withOnFailure(OnFailure.ROLLBACK)))
                .isInstanceOf(DeploymentFailedException.class)
                .hasMessageContaining("what current says (nothing)");
        assertThat(fleet.pins()).containsExactly("n1=v1", "n2=v1");
        assertThat(fleet.current()).isEmpty();
    }

    @Test
    public void aNodeThatVanishesInItsBatchIsNamedAfterTheTimeout() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        List<ScriptedNode> nodes = fleet.nodes(2);
        fleet.deploy(deployment("v1", 2));
        nodes.get(0).onActivate(version -> never.await());
        Future<DeploymentResult> deploying = inBackground(() -> fleet.deploy(
                deployment("v2", 2).withRolling(BatchSize.ONE).withTimeouts(LIMIT, Duration.ofSeconds(5))));
        // Pinned: it was busy while it prepared, too.
        await().atMost(LIMIT)
                .until(() ->
                        fleet.pins().contains("n1=v2") && fleet.states("v2").contains("n1=busy"));
        nodes.get(0).close();

        assertThatThrownBy(deploying::get)
                .cause()
                .isInstanceOf(DeploymentFailedException.class)
                .hasMessageContaining("n1 was not active after 5.0s (no answer)");
        assertThat(fleet.pins()).containsExactly("n1=v2");
    }

    @Test
    public void whatIsCurrentIsSaidAlsoWhereThatIsTheVersionThatIsRolled() throws Exception {
        fleet.node("n1");
        fleet.deploy(deployment("v1", 1));
        fleet.deploy(deployment("v2", 1));
        fleet.consul().kv().put(fleet.tree().pin("n2"), "v1"); // by hand
        fleet.consul().kv().put(fleet.tree().state(version("v2"), "n2"), "ready");

        DeploymentFailedException failure = catchThrowableOfType(DeploymentFailedException.class, () -> fleet.deployer()
                .deploy(deployment("v2", 2).withRolling(BatchSize.ONE), Optional.empty(), event -> {
                    if (event instanceof Progress.Pinned) {
                        fleet.consul().kv().put(fleet.tree().state(version("v2"), "n2"), "failed");
                    }
                }));

        assertThat(failure).hasMessageContaining("what current says (v2)");
        assertThat(failure.outcome().current()).contains(version("v2"));
    }

    @Test
    public void moreNodesThanATransactionTakesArePinnedTogether() throws Exception {
        List<String> names = new ArrayList<>();
        for (int i = 100; i < 230; i++) {
            names.add("n" + i);
            fleet.consul().kv().put(fleet.tree().pin("n" + i), "");
        }
        try (var lock = io.jenkins.plugins.consuldeploy.consul.Lock.acquire(
                fleet.consul(),
                fleet.tree().lock(),
                new io.jenkins.plugins.consuldeploy.consul.Holder("a", "b", "c", java.time.Instant.EPOCH),
                Duration.ofSeconds(10),
                Duration.ZERO)) {
            Ledger ledger = new Ledger(fleet.consul(), fleet.tree(), lock);
            ledger.pin(names, Optional.of(version("v1")));
            assertThat(fleet.pins()).hasSize(130);
            ledger.pin(names, Optional.empty());
            assertThat(fleet.pins()).isEmpty();
        }
    }

    /** Three nodes that run v1; the second can't activate v2. */
    private List<ScriptedNode> failingOnN2() throws Exception {
        AtomicBoolean fails = new AtomicBoolean(true);
        List<ScriptedNode> nodes = fleet.nodes(3);
        nodes.get(1).onActivate(version -> {
            if (version.name().equals("v2") && fails.get()) {
                throw new ScriptedNode.FailedException(3, "port 80 is taken");
            }
        });
        fleet.deploy(deployment("v1", 3));
        return nodes;
    }
}
