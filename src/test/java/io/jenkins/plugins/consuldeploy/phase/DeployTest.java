package io.jenkins.plugins.consuldeploy.phase;

import static io.jenkins.plugins.consuldeploy.phase.Fleet.LIMIT;
import static io.jenkins.plugins.consuldeploy.phase.Fleet.deployment;
import static io.jenkins.plugins.consuldeploy.phase.Fleet.version;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.jenkins.plugins.consuldeploy.consul.BlockingQuery;
import io.jenkins.plugins.consuldeploy.consul.KvEntry;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.Rule;
import org.junit.Test;

/** At once: prepare, commit, confirm. */
public class DeployTest {

    private static final Duration SOON = Duration.ofMillis(1500);

    @Rule
    public final Fleet fleet = new Fleet();

    @Test
    public void aVersionIsPreparedCommittedAndConfirmed() throws Exception {
        List<ScriptedNode> nodes = fleet.nodes(3);

        DeploymentResult result = fleet.deploy(deployment("v1", 3));

        assertThat(result.version()).isEqualTo(version("v1"));
        assertThat(result.previous()).isEmpty();
        assertThat(result.nodes()).containsExactly("n1", "n2", "n3");
        assertThat(result.took()).containsOnlyKeys(Phase.PREPARE, Phase.COMMIT, Phase.CONFIRM);
        assertThat(fleet.current()).isEqualTo("v1");
        assertThat(fleet.history()).containsExactly("v1");
        assertThat(fleet.states("v1")).containsExactly("n1=active", "n2=active", "n3=active");
        assertThat(nodes).allSatisfy(node -> assertThat(node.deeds()).containsExactly("prepare v1", "activate v1"));
        assertThat(fleet.isLocked()).isFalse();
    }

    @Test
    public void theNextVersionTakesItsPlaceAndThePreviousStaysReady() throws Exception {
        fleet.nodes(2);
        fleet.deploy(deployment("v1", 2));

        DeploymentResult result = fleet.deploy(deployment("v2", 2));

        assertThat(result.previous()).contains(version("v1"));
        assertThat(fleet.current()).isEqualTo("v2");
        assertThat(fleet.history()).containsExactly("v1", "v2");
        assertThat(fleet.states("v1")).containsExactly("n1=ready", "n2=ready");
    }

    @Test
    public void theProgressIsToldInItsOrder() throws Exception {
        fleet.nodes(1);
        fleet.deploy(deployment("v1", 1));

        assertThat(fleet.progress().get(0)).isInstanceOf(Progress.Locked.class);
        assertThat(fleet.progress().get(1)).isEqualTo(new Progress.PhaseStarted(Phase.PREPARE, version("v1")));
        // Whether the node has answered by then, and is known, is up to it.
        assertThat(fleet.progress().get(2))
                .isInstanceOfSatisfying(Progress.Awaiting.class, awaiting -> assertThat(awaiting.expected())
                        .isEqualTo(new Expected.AtLeast(1)));
        assertThat(fleet.progress(Progress.PhaseStarted.class))
                .extracting(Progress.PhaseStarted::phase)
                .containsExactly(Phase.PREPARE, Phase.COMMIT, Phase.CONFIRM);
        assertThat(fleet.progress(Progress.PhaseDone.class))
                .extracting(Progress.PhaseDone::phase)
                .containsExactly(Phase.PREPARE, Phase.COMMIT, Phase.CONFIRM);
        assertThat(fleet.progress(Progress.Committed.class))
                .containsExactly(new Progress.Committed(version("v1"), Optional.empty()));
        List<Progress.NodeChanged> changes = fleet.progress(Progress.NodeChanged.class);
        assertThat(changes.get(0).from()).isEmpty();
        assertThat(changes.get(changes.size() - 1).to()).contains(NodeState.ACTIVE);
        for (int i = 1; i < changes.size(); i++) {
            assertThat(changes.get(i).from()).isEqualTo(changes.get(i - 1).to());
        }
    }

    @Test
    public void theSecondCallFindsTheWorkDone() throws Exception {
        List<ScriptedNode> nodes = fleet.nodes(2);
        fleet.deploy(deployment("v1", 2));
        fleet.deploy(deployment("v2", 2));
        long index =
                fleet.consul().kv().get(fleet.tree().history()).orElseThrow().modifyIndex();
        fleet.forgetProgress();

        DeploymentResult again = fleet.deploy(deployment("v2", 2));

        assertThat(again.previous()).contains(version("v1"));
        assertThat(again.nodes()).containsExactly("n1", "n2");
        assertThat(fleet.notes()).containsExactly("v2 is current already");
        assertThat(fleet.progress(Progress.Committed.class)).isEmpty();
        assertThat(fleet.history()).containsExactly("v1", "v2");
        assertThat(fleet.consul().kv().get(fleet.tree().history()).orElseThrow().modifyIndex())
                .isEqualTo(index);
        assertThat(nodes).allSatisfy(node -> assertThat(node.deeds())
                .containsExactly("prepare v1", "activate v1", "prepare v2", "activate v2"));
    }

    @Test
    public void nobodysCurrentChangesWhileOneNodeIsBusy() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        fleet.nodes(2);
        fleet.node("slow").onPrepare(version -> release.await());
        Future<DeploymentResult> deploying = Fleet.inBackground(() -> fleet.deploy(deployment("v1", 3)));

        await().atMost(LIMIT).until(() -> fleet.states("v1").equals(List.of("n1=ready", "n2=ready", "slow=busy")));
        assertThat(fleet.current()).isEmpty();
        assertThat(deploying).isNotDone();
        assertThat(fleet.isLocked()).isTrue();
        release.countDown();

        assertThat(deploying.get().nodes()).containsExactly("n1", "n2", "slow");
    }

    @Test
    public void aNodeThatHasAnnouncedItselfIsWaitedForThoughEnoughAreReady() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        CountDownLatch preparing = new CountDownLatch(1);
        fleet.node("slow").onPrepare(version -> {
            preparing.countDown();
            release.await();
        });
        fleet.nodes(1).get(0).onPrepare(version -> preparing.await());
        Future<DeploymentResult> deploying = Fleet.inBackground(() -> fleet.deploy(deployment("v1", 1)));

        await().atMost(LIMIT).until(() -> fleet.states("v1").contains("n1=ready"));
        await().during(Duration.ofMillis(300)).atMost(LIMIT).until(() -> fleet.current()
                .isEmpty());
        release.countDown();

        assertThat(deploying.get().nodes()).containsExactly("n1", "slow");
    }

    @Test
    public void aFailedNodeEndsThePreparationWithItsOutputAndNothingIsCommitted() throws Exception {
        fleet.nodes(2);
        fleet.deploy(deployment("v1", 2));
        fleet.node("bad").onPrepare(version -> {
            if (version.name().equals("v2")) {
                throw new ScriptedNode.FailedException(28, "downloading…", "No space left on device");
            }
        });
        await().atMost(LIMIT).until(() -> fleet.states("v1").contains("bad=active"));

        DeploymentFailedException failure =
                catchThrowableOfType(DeploymentFailedException.class, () -> fleet.deploy(deployment("v2", 3)));

        assertThat(failure.phase()).isEqualTo(Phase.PREPARE);
        assertThat(failure)
                .hasMessageContainingAll(
                        fleet.tree().prefix(),
                        "prepare of v2",
                        "failed on bad",
                        "exit code 28",
                        "No space left on device",
                        "No node's current version was changed",
                        "deploy again");
        assertThat(failure.outcome().current()).contains(version("v1"));
        assertThat(failure.outcome().rolledBack()).isFalse();
        assertThat(failure.outcome().failed()).containsOnlyKeys("bad");
        assertThat(failure.outcome().failed().get("bad").orElseThrow().output())
                .containsExactly("downloading…", "No space left on device");
        assertThat(fleet.current()).isEqualTo("v1");
        assertThat(fleet.history()).containsExactly("v1");
        assertThat(fleet.isLocked()).isFalse();
    }

    @Test
    public void aVersionThatFailedIsPreparedAnewWhenItIsDeployedAgain() throws Exception {
        AtomicBoolean broken = new AtomicBoolean(true);
        ScriptedNode node = fleet.node("n1").onPrepare(version -> {
            if (broken.get()) {
                throw new ScriptedNode.FailedException(1, "broken");
            }
        });
        assertThatThrownBy(() -> fleet.deploy(deployment("v1", 1))).hasMessageContaining("broken");
        assertThatThrownBy(() -> fleet.deploy(deployment("v1", 1))).hasMessageContaining("broken");
        broken.set(false);

        assertThat(fleet.deploy(deployment("v1", 1)).nodes()).containsExactly("n1");
        assertThat(node.deeds()).containsExactly("prepare v1", "prepare v1", "prepare v1", "activate v1");
    }

    @Test
    public void manyStaleFailuresAreForgottenTogether() throws Exception {
        // More than one transaction takes; nobody holds them, as if their agents were of another kind.
        for (int i = 0; i < 150; i++) {
            fleet.consul().kv().put(fleet.tree().state(version("v1"), "dead" + i), "failed");
        }
        fleet.nodes(1);
        assertThat(fleet.deploy(deployment("v1", 1)).nodes()).containsExactly("n1");
    }

    @Test
    public void tooFewNodesAreWaitedForAndThenCounted() {
        fleet.nodes(2);
        fleet.register("v1");
        await().atMost(LIMIT).until(() -> fleet.states("v1").equals(List.of("n1=ready", "n2=ready")));
        assertThatThrownBy(() -> fleet.deploy(deployment("v1", 3).withTimeouts(SOON, SOON)))
                .isInstanceOf(DeploymentFailedException.class)
                .hasMessageContaining("2 of at least 3 expected nodes were ready after 1.5s")
                .hasMessageContaining("No node's current version was changed");
        assertThat(fleet.current()).isEmpty();
    }

    @Test
    public void nobodyAtAllIsSaidSo() {
        assertThatThrownBy(() -> fleet.deploy(deployment("v1", 3).withTimeouts(SOON, SOON)))
                .isInstanceOf(DeploymentFailedException.class)
                .hasMessageContaining("0 of at least 3")
                .hasMessageContaining("no agent has answered")
                .hasMessageContaining(fleet.tree().folder(version("v1")));
    }

    @Test
    public void aNodeThatIsNotReadyInTimeIsNamed() {
        fleet.nodes(1);
        fleet.node("slow").onPrepare(version -> new CountDownLatch(1).await());
        fleet.register("v1");
        await().atMost(LIMIT).until(() -> fleet.states("v1").equals(List.of("n1=ready", "slow=busy")));
        DeploymentFailedException failure = catchThrowableOfType(
                DeploymentFailedException.class,
                () -> fleet.deploy(deployment("v1", 2).withTimeouts(SOON, SOON)));
        assertThat(failure).hasMessageContaining("slow was not ready after 1.5s (busy)");
        assertThat(failure.outcome().missing()).containsExactly("slow");
    }

    @Test
    public void aNodeThatVanishesWhileItPreparesIsToldAndNotCounted() throws Exception {
        fleet.nodes(1);
        ScriptedNode dying = fleet.node("dying").onPrepare(version -> new CountDownLatch(1).await());
        Future<DeploymentResult> deploying = Fleet.inBackground(() -> fleet.deploy(deployment("v1", 2)));
        await().atMost(LIMIT).until(() -> fleet.progress(Progress.NodeChanged.class).stream()
                .anyMatch(change -> change.node().equals("dying")));
        dying.close();

        await().atMost(LIMIT).until(() -> fleet.progress(Progress.NodeChanged.class).stream()
                .anyMatch(change -> change.node().equals("dying") && change.to().isEmpty()));
        await().atMost(LIMIT).until(() -> fleet.states("v1").equals(List.of("n1=ready")));
        assertThat(deploying).isNotDone();
        fleet.node("late");
        assertThat(deploying.get().nodes()).containsExactly("late", "n1");
    }

    @Test
    public void aNodeThatFailsToActivateIsLeftAndSaid() {
        fleet.nodes(2);
        fleet.node("bad").onActivate(version -> {
            throw new ScriptedNode.FailedException(3, "port 80 is taken");
        });
        DeploymentFailedException failure =
                catchThrowableOfType(DeploymentFailedException.class, () -> fleet.deploy(deployment("v1", 3)));

        assertThat(failure.phase()).isEqualTo(Phase.CONFIRM);
        assertThat(failure)
                .hasMessageContainingAll(
                        "confirm of v1",
                        "failed on bad",
                        "exit code 3",
                        "port 80 is taken",
                        "current is v1 and stays so");
        assertThat(failure.outcome().current()).contains(version("v1"));
        assertThat(fleet.current()).isEqualTo("v1");
    }

    @Test
    public void whereThereIsNoPreviousVersionAFailureIsNotRolledBack() {
        fleet.node("bad").onActivate(version -> {
            throw new ScriptedNode.FailedException(3, "no");
        });
        DeploymentFailedException failure = catchThrowableOfType(
                DeploymentFailedException.class,
                () -> fleet.deploy(deployment("v1", 1).withOnFailure(OnFailure.ROLLBACK)));
        assertThat(failure).hasMessageContaining("there is no previous version to go back to");
        assertThat(failure.outcome().rolledBack()).isFalse();
        assertThat(failure.outcome().current()).contains(version("v1"));
    }

    @Test
    public void onFailureRollbackBringsThePreviousVersionBackEverywhere() throws Exception {
        List<ScriptedNode> nodes = fleet.nodes(3);
        fleet.deploy(deployment("v1", 3));
        nodes.get(1).onActivate(version -> {
            if (version.name().equals("v2")) {
                throw new ScriptedNode.FailedException(3, "port 80 is taken");
            }
        });
        fleet.forgetProgress();

        DeploymentFailedException failure = catchThrowableOfType(
                DeploymentFailedException.class,
                () -> fleet.deploy(deployment("v2", 3).withOnFailure(OnFailure.ROLLBACK)));

        assertThat(failure.phase()).isEqualTo(Phase.CONFIRM);
        assertThat(failure)
                .hasMessageContainingAll("failed on n2", "port 80", "Rolled back: v1 is current and runs on 3 nodes");
        assertThat(failure.outcome().rolledBack()).isTrue();
        assertThat(failure.outcome().current()).contains(version("v1"));
        assertThat(fleet.current()).isEqualTo("v1");
        assertThat(fleet.history()).containsExactly("v1");
        assertThat(nodes).extracting(ScriptedNode::running).containsOnly("v1");
        assertThat(fleet.progress(Progress.PhaseStarted.class))
                .extracting(Progress.PhaseStarted::phase)
                .containsExactly(Phase.PREPARE, Phase.COMMIT, Phase.CONFIRM, Phase.ROLLBACK);
    }

    @Test
    public void aDeploymentThatWasCutOffAfterItsCommitGoesBackTooWhenItIsMadeAgain() throws Exception {
        fleet.node("n1");
        fleet.deploy(deployment("v1", 1));
        fleet.deploy(deployment("v2", 1)); // n2 was told as well, and then the deployer died

        DeploymentFailedException failure = catchThrowableOfType(
                DeploymentFailedException.class,
                () -> fleet.deployWithFailing("n2", deployment("v2", 2).withOnFailure(OnFailure.ROLLBACK)));

        assertThat(failure).hasMessageContainingAll("failed on n2", "Rolled back: v1 is current and runs on 2 nodes");
        assertThat(failure.outcome().rolledBack()).isTrue();
        assertThat(fleet.current()).isEqualTo("v1");
        assertThat(fleet.history()).containsExactly("v1");
    }

    @Test
    public void whereTheVersionIsCurrentAlreadyAFailureSaysSoAndHowToGoBack() throws Exception {
        fleet.node("n1");
        fleet.deploy(deployment("v1", 1));
        fleet.deploy(deployment("v2", 1));

        assertThatThrownBy(() -> fleet.deployWithFailing("n2", deployment("v2", 2)))
                .isInstanceOf(DeploymentFailedException.class)
                .hasMessageContainingAll("failed on n2", "current is v2 and stays so", "rollback");
        assertThat(fleet.current()).isEqualTo("v2");
    }

    @Test
    public void aNodeThatIsDownIsNoReasonToGoBackFromWhatIsCurrentAlready() throws Exception {
        fleet.node("n1");
        fleet.deploy(deployment("v1", 1));
        fleet.deploy(deployment("v2", 1));

        assertThatThrownBy(() -> fleet.deploy(deployment("v2", 2)
                        .withOnFailure(OnFailure.ROLLBACK)
                        .withTimeouts(Duration.ofMillis(500), LIMIT)))
                .isInstanceOf(DeploymentFailedException.class)
                .hasMessageContainingAll("1 of at least 2 expected nodes", "current is v2 and stays so");
        assertThat(fleet.current()).isEqualTo("v2");
    }

    @Test
    public void aRollbackThatFailsTooIsSaid() throws Exception {
        AtomicBoolean broken = new AtomicBoolean();
        fleet.node("n1");
        fleet.node("n2").onActivate(version -> {
            if (broken.get()) {
                throw new ScriptedNode.FailedException(3, "the disk is gone");
            }
        });
        fleet.deploy(deployment("v1", 2));
        fleet.deploy(deployment("v2", 2));
        broken.set(true);

        DeploymentFailedException failure = catchThrowableOfType(
                DeploymentFailedException.class,
                () -> fleet.deploy(deployment("v3", 2).withOnFailure(OnFailure.ROLLBACK)));
        // It failed on its way to v3, and v2 still runs there: so going back to v2 is no work for it.
        assertThat(failure.outcome().rolledBack()).isTrue();

        fleet.deploy(deployment("v2", 2));
        assertThatThrownBy(() -> fleet.deployer()
                        .rollback(
                                new Rollback(Optional.of(version("v1")), Optional.empty(), LIMIT),
                                Optional.empty(),
                                e -> {}))
                .isInstanceOf(DeploymentFailedException.class)
                .hasMessageContainingAll(
                        "failed on n2", "the disk is gone", "Rolled back in Consul, but not every node");
        assertThat(fleet.current()).isEqualTo("v1");
    }

    @Test
    public void whoeverChangesCurrentWithoutTheLockIsNoticedAndNothingIsCommitted() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        fleet.nodes(1);
        fleet.deploy(deployment("v1", 1));
        fleet.node("slow").onPrepare(version -> {
            if (version.name().equals("v2")) {
                release.await();
            }
        });
        await().atMost(LIMIT).until(() -> fleet.states("v1").contains("slow=active"));
        Future<DeploymentResult> deploying = Fleet.inBackground(() -> fleet.deploy(deployment("v2", 2)));
        await().atMost(LIMIT).until(() -> fleet.states("v2").contains("slow=busy"));

        fleet.consul().kv().put(fleet.tree().current(), "v0");
        release.countDown();

        assertThatThrownBy(deploying::get)
                .cause()
                .isInstanceOf(DeploymentFailedException.class)
                .hasMessageContainingAll("could not commit v2", "current was changed to 'v0'", "Nothing was committed");
        assertThat(fleet.current()).isEqualTo("v0");
        assertThat(fleet.history()).containsExactly("v1");
        assertThat(fleet.isLocked()).isFalse();
    }

    @Test
    public void currentAndHistoryChangeTogether() throws Exception {
        fleet.nodes(1);
        for (String name : List.of("v1", "v2", "v3")) {
            fleet.deploy(deployment(name, 1));
            KvEntry current = fleet.consul().kv().get(fleet.tree().current()).orElseThrow();
            KvEntry history = fleet.consul().kv().get(fleet.tree().history()).orElseThrow();
            assertThat(current.modifyIndex()).isEqualTo(history.modifyIndex());
        }
    }

    @Test
    public void nodesThatSpeakDeprosWordsAreUnderstood() throws Exception {
        fleet.node("n1");
        ScriptedNode old = fleet.node("old", ScriptedNode.Words.DEPROS);
        assertThat(fleet.deploy(deployment("v1", 2)).nodes()).containsExactly("n1", "old");
        assertThat(fleet.deploy(deployment("v2", 2)).nodes()).containsExactly("n1", "old");
        assertThat(old.running()).isEqualTo("v2");
        await().atMost(LIMIT).until(() -> fleet.states("v1").equals(List.of("n1=ready", "old=available")));
    }

    @Test
    public void aVersionIsNotMistakenForOneThatItsNameBegins() throws Exception {
        fleet.nodes(2);
        fleet.deploy(deployment("v10", 2));
        fleet.node("slow").onPrepare(version -> {
            if (version.name().equals("v1")) {
                new CountDownLatch(1).await();
            }
        });
        await().atMost(LIMIT).until(() -> fleet.states("v10").contains("slow=active"));
        fleet.register("v1");
        await().atMost(LIMIT).until(() -> fleet.states("v1").equals(List.of("n1=ready", "n2=ready", "slow=busy")));
        // All three would have an answer if v10's counted for v1.
        assertThatThrownBy(() -> fleet.deploy(deployment("v1", 3).withTimeouts(SOON, SOON)))
                .isInstanceOf(DeploymentFailedException.class)
                .hasMessageContaining("slow was not ready");
        assertThat(fleet.current()).isEqualTo("v10");
    }

    @Test
    public void belowThePrefixStandsNothingButVersionsAndCurrent() throws Exception {
        List<ScriptedNode> nodes = fleet.nodes(2);
        fleet.deploy(deployment("v1", 2));
        fleet.deploy(deployment("v2", 2).withRolling(BatchSize.ONE).withKeep(1));
        fleet.deploy(deployment("v3", 2));
        fleet.rollback();
        fleet.clean(1);
        nodes.get(0).onPrepare(version -> {
            throw new ScriptedNode.FailedException(1, "no");
        });
        assertThatThrownBy(() -> fleet.deploy(deployment("v4", 2))).isInstanceOf(DeploymentFailedException.class);

        assertThat(fleet.consul()
                        .kv()
                        .children(fleet.tree().versions(), BlockingQuery.NOW)
                        .value())
                .containsExactlyInAnyOrder("current", "v2/", "v3/", "v4/");
        assertThat(fleet.consul().kv().list(fleet.tree().versions()))
                .extracting(KvEntry::key)
                .allMatch(key -> key.equals(fleet.tree().current())
                        || key.matches("\\Q" + fleet.tree().versions() + "\\Ev[234]/(n[12])?"));
    }

    @Test
    public void theRingWakesWhoWatchesCurrentAndChangesNothingForWhoComparesIt() throws Exception {
        fleet.nodes(1);
        fleet.deploy(deployment("v1", 1));
        KvEntry before = fleet.consul().kv().get(fleet.tree().current()).orElseThrow();
        ScriptedNode node = fleet.node("fails").onPrepare(version -> {
            throw new ScriptedNode.FailedException(1, "no");
        });
        assertThatThrownBy(() -> fleet.deploy(deployment("v2", 2))).isInstanceOf(DeploymentFailedException.class);
        KvEntry after = fleet.consul().kv().get(fleet.tree().current()).orElseThrow();

        assertThat(node.deeds()).contains("prepare v2"); // it knows of it by the bell alone
        assertThat(after.value()).isEqualTo(before.value());
        assertThat(after.flags()).isNotEqualTo(before.flags());
        assertThat(after.modifyIndex()).isGreaterThan(before.modifyIndex());
    }

    @Test
    public void aNewNodeBringsItselfToCurrent() throws Exception {
        fleet.nodes(1);
        fleet.deploy(deployment("v1", 1));
        ScriptedNode late = fleet.node("late");
        await().atMost(LIMIT).until(() -> late.running().equals("v1"));
        assertThat(fleet.deploy(deployment("v1", 2)).nodes()).containsExactly("late", "n1");
    }
}
