package io.jenkins.plugins.consuldeploy.phase;

import static io.jenkins.plugins.consuldeploy.phase.Fleet.LIMIT;
import static io.jenkins.plugins.consuldeploy.phase.Fleet.deployment;
import static io.jenkins.plugins.consuldeploy.phase.Fleet.inBackground;
import static io.jenkins.plugins.consuldeploy.phase.Fleet.version;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.ConsulException;
import io.jenkins.plugins.consuldeploy.consul.ConsulProcess;
import io.jenkins.plugins.consuldeploy.consul.Holder;
import io.jenkins.plugins.consuldeploy.consul.LockHeldException;
import io.jenkins.plugins.consuldeploy.consul.ScriptedConsul;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.Rule;
import org.junit.Test;

/** One at a time: who is refused, who takes over, and what becomes of one who is stopped or loses the lock. */
public class TurnTest {

    @Rule
    public final Fleet fleet = new Fleet();

    private final CountDownLatch release = new CountDownLatch(1);

    @Test
    public void aSecondDeployerIsRefusedWithTheFirstOnesName() throws Exception {
        fleet.node("n1").onPrepare(version -> release.await());
        Future<DeploymentResult> deploying = inBackground(() -> fleet.deploy(deployment("v1", 1)));
        awaitState("v1", "n1=busy");
        Deployer bob = new Deployer(fleet.consul(), fleet.tree(), Fleet.BOB);

        for (Callable<?> second : List.<Callable<?>>of(
                () -> bob.deploy(deployment("v2", 1), Optional.empty(), event -> {}),
                () -> bob.rollback(Rollback.TO_PREVIOUS, Optional.empty(), event -> {}),
                () -> bob.clean(1, event -> {}))) {
            assertThatThrownBy(second::call)
                    .isInstanceOf(LockHeldException.class)
                    .hasMessageContainingAll(
                            "alice",
                            "https://ci/job/api/7/",
                            "deploy v1 to " + fleet.tree().prefix());
        }
        assertThat(fleet.versions()).containsExactly("v1");
        release.countDown();
        deploying.get();
        bob.clean(1, event -> {});
    }

    @Test
    public void anotherPrefixIsAnotherTurn() throws Exception {
        fleet.node("n1").onPrepare(version -> release.await());
        Future<DeploymentResult> deploying = inBackground(() -> fleet.deploy(deployment("v1", 1)));
        awaitState("v1", "n1=busy");
        Tree other = Tree.of(ConsulProcess.uniquePrefix("other"));

        assertThat(new Deployer(fleet.consul(), other, Fleet.BOB).clean(1, event -> {}))
                .isEmpty();
        release.countDown();
        deploying.get();
    }

    @Test
    public void unlockingTakesTheLockAndNamesItsHolder() throws Exception {
        assertThat(fleet.deployer().unlock()).isEmpty();
        fleet.node("n1").onPrepare(version -> release.await());
        Future<DeploymentResult> deploying = inBackground(() -> fleet.deploy(deployment("v1", 1)));
        awaitState("v1", "n1=busy");

        Holder holder =
                new Deployer(fleet.consul(), fleet.tree(), Fleet.BOB).unlock().orElseThrow();

        assertThat(holder.who()).isEqualTo("alice");
        assertThat(holder.what()).isEqualTo("deploy v1 to " + fleet.tree().prefix());
        release.countDown();
        assertThatThrownBy(deploying::get).cause().isInstanceOf(LockLostException.class);
        assertThat(fleet.current()).isEmpty();
    }

    @Test
    public void aLockThatIsLostWhileNodesPrepareEndsTheDeploymentAndNothingIsWrittenAfterIt() throws Exception {
        fleet.node("n1").onPrepare(version -> release.await());
        AtomicReference<String> session = new AtomicReference<>();
        try (Consul consul = new Consul(fleet.config())) {
            Deployer deployer = new Deployer(consul, fleet.tree(), Fleet.ALICE);
            Future<DeploymentResult> deploying =
                    inBackground(() -> deployer.deploy(deployment("v1", 1), Optional.empty(), event -> {
                        fleet.note(event);
                        if (event instanceof Progress.Locked locked) {
                            session.set(locked.session());
                        }
                    }));
            awaitState("v1", "n1=busy");

            fleet.consul().sessions().destroy(session.get());
            release.countDown(); // ready at the same time: what counts is the fence

            assertThatThrownBy(deploying::get)
                    .cause()
                    .isInstanceOf(LockLostException.class)
                    .hasMessageContaining(fleet.tree().lock())
                    .hasMessageContaining("query --prefix " + fleet.tree().prefix());
        }
        assertThat(fleet.current()).isEmpty();
        assertThat(fleet.history()).isEmpty();
        assertThat(fleet.pins()).isEmpty();
    }

    @Test
    public void aLockThatIsLostWhileNobodyAnswersIsNoticedWhenItIsRenewed() throws Exception {
        fleet.node("n1").onPrepare(version -> release.await());
        // The shorter the outage limit, the sooner the renewal.
        try (Consul consul = new Consul(
                fleet.config().withTimeouts(Duration.ofSeconds(1), Duration.ofSeconds(5), Duration.ofSeconds(2)))) {
            Deployer deployer = new Deployer(consul, fleet.tree(), Fleet.ALICE);
            Future<DeploymentResult> deploying =
                    inBackground(() -> deployer.deploy(deployment("v1", 1), Optional.empty(), fleet::note));
            awaitState("v1", "n1=busy");

            new Deployer(fleet.consul(), fleet.tree(), Fleet.BOB).unlock();

            assertThatThrownBy(deploying::get)
                    .cause()
                    .isInstanceOf(LockLostException.class)
                    .hasMessageContaining("was lost while waiting for nodes")
                    .hasMessageContaining("query --prefix " + fleet.tree().prefix());
        }
    }

    @Test
    public void aLockThatIsLostBetweenBatchesPinsNobodyMore() throws Exception {
        List<ScriptedNode> nodes = fleet.nodes(3);
        fleet.deploy(deployment("v1", 3));
        nodes.get(0).onActivate(version -> release.await());
        Future<DeploymentResult> deploying =
                inBackground(() -> fleet.deploy(deployment("v2", 3).withRolling(BatchSize.ONE)));
        // Pinned: it was busy while it prepared, too.
        await().atMost(LIMIT)
                .until(() ->
                        fleet.pins().contains("n1=v2") && fleet.states("v2").contains("n1=busy"));

        new Deployer(fleet.consul(), fleet.tree(), Fleet.BOB).unlock();
        release.countDown();

        assertThatThrownBy(deploying::get).cause().isInstanceOf(LockLostException.class);
        assertThat(fleet.pins()).containsExactly("n1=v2");
        assertThat(fleet.current()).isEqualTo("v1");
        assertThat(fleet.history()).containsExactly("v1");
    }

    @Test
    public void anInterruptWhileNodesPrepareGivesTheLockBackAndSaysWhatIsLeft() throws Exception {
        fleet.node("n1").onPrepare(version -> release.await());
        assertInterrupted(
                deployment("v1", 1),
                () -> fleet.states("v1").contains("n1=busy"),
                "Stopped while nodes prepare v1: no node's current version was changed");
        assertThat(fleet.current()).isEmpty();
    }

    @Test
    public void anInterruptInABatchGivesTheLockBackAndSaysWhoIsPinned() throws Exception {
        List<ScriptedNode> nodes = fleet.nodes(3);
        fleet.deploy(deployment("v1", 3));
        nodes.get(1).onActivate(version -> release.await());
        assertInterrupted(
                deployment("v2", 3).withRolling(BatchSize.ONE),
                () -> fleet.pins().contains("n2=v2") && fleet.states("v2").contains("n2=busy"),
                "Stopped in batch 2 of 3: v2 is pinned on n1, n2, the others run what current says. Deploy again to go"
                        + " on, or roll back");
        assertThat(fleet.pins()).containsExactly("n1=v2", "n2=v2");
        assertThat(fleet.current()).isEqualTo("v1");

        release.countDown();
        fleet.deploy(deployment("v2", 3).withRolling(BatchSize.ONE));
        assertThat(nodes).extracting(ScriptedNode::running).containsOnly("v2");
    }

    @Test
    public void anInterruptAfterTheCommitGivesTheLockBackAndSaysWhatIsCurrent() throws Exception {
        fleet.node("n1").onActivate(version -> release.await());
        assertInterrupted(
                deployment("v1", 1),
                () -> fleet.states("v1").contains("n1=busy") && fleet.current().equals("v1"),
                "Stopped after the commit: current is v1 and nodes go on activating it. Deploy again to see it"
                        + " confirmed, or roll back");
        assertThat(fleet.current()).isEqualTo("v1");
    }

    @Test
    public void anInterruptAfterARollbackWasCommittedSaysSo() throws Exception {
        ScriptedNode node = fleet.node("n1");
        fleet.deploy(deployment("v1", 1));
        fleet.deploy(deployment("v2", 1));
        node.onActivate(version -> release.await());
        assertInterrupted(
                fleet::rollback,
                () -> fleet.states("v1").contains("n1=busy"),
                "Stopped after the rollback was committed: current is v1 and nodes go on activating it");
    }

    @Test
    public void anInterruptWhileOldVersionsAreRemovedSaysSo() throws Exception {
        fleet.node("n1");
        fleet.deploy(deployment("v1", 1));
        fleet.deploy(deployment("v2", 1));
        // A node that lives, and never gets around to removing v1.
        fleet.consul()
                .kv()
                .put(
                        fleet.tree().report("lazy"),
                        new NodeReport(
                                        "v1",
                                        NodeState.READY,
                                        java.time.Instant.EPOCH,
                                        java.util.OptionalInt.empty(),
                                        List.of(),
                                        List.of("v1"))
                                .toJson());
        fleet.consul().kv().put(fleet.tree().state(version("v2"), "lazy"), "active");
        assertInterrupted(
                deployment("v2", 2).withKeep(1),
                () -> fleet.versions().equals(List.of("v2")),
                "Stopped while old versions are removed: current is v2 and runs everywhere");
    }

    @Test
    public void anInterruptWhileConsulIsAskedEndsAsAnInterruptToo() throws Exception {
        CountDownLatch asked = new CountDownLatch(3);
        try (ScriptedConsul leaderless = ScriptedConsul.before(ConsulProcess.shared(), request -> {
                    boolean registers =
                            request.path().equals("/v1/txn") && request.body().contains("\"cas\"");
                    if (registers) {
                        asked.countDown();
                    }
                    return registers ? ScriptedConsul.answer(500, "No cluster leader") : ScriptedConsul.PASS;
                });
                Consul consul = new Consul(leaderless.config())) {
            Deployer deployer = new Deployer(consul, fleet.tree(), Fleet.ALICE);
            assertInterrupted(
                    () -> deployer.deploy(deployment("v1", 1), Optional.empty(), fleet::note),
                    () -> asked.getCount() == 0,
                    "Stopped while nodes prepare v1: no node's current version was changed");
        }
    }

    @Test
    public void anInterruptBeforeTheLockIsHadEndsAsAnInterruptToo() throws Exception {
        CountDownLatch asked = new CountDownLatch(2);
        try (ScriptedConsul leaderless = ScriptedConsul.alone(request -> {
                    asked.countDown();
                    return ScriptedConsul.answer(500, "No cluster leader");
                });
                Consul consul = new Consul(leaderless.config())) {
            Deployer deployer = new Deployer(consul, fleet.tree(), Fleet.ALICE);
            assertInterrupted(
                    () -> deployer.deploy(deployment("v1", 1), Optional.empty(), fleet::note),
                    () -> asked.getCount() == 0);
        }
        assertThat(fleet.notes()).isEmpty();
    }

    @Test
    public void theFormerSessionOfADeadRunIsTakenOver() throws Exception {
        fleet.nodes(1);
        String former = fleet.consul()
                .sessions()
                .create(
                        "dead",
                        Duration.ofSeconds(60),
                        io.jenkins.plugins.consuldeploy.consul.Session.Behavior.RELEASE,
                        Duration.ZERO)
                .id();
        fleet.consul()
                .kv()
                .commit(io.jenkins.plugins.consuldeploy.consul.Txn.to("test")
                        .lock(fleet.tree().lock(), "{}", former));
        assertThatThrownBy(() -> fleet.deploy(deployment("v1", 1))).isInstanceOf(LockHeldException.class);

        assertThat(fleet.deployer()
                        .deploy(deployment("v1", 1), Optional.of(former), fleet::note)
                        .nodes())
                .containsExactly("n1");
    }

    @Test
    public void aFormerSessionTakesNobodyElsesLock() throws Exception {
        fleet.node("n1").onPrepare(version -> release.await());
        Future<DeploymentResult> deploying = inBackground(() -> fleet.deploy(deployment("v1", 1)));
        awaitState("v1", "n1=busy");
        for (String former : List.of("11111111-2222-3333-4444-555555555555", "no session at all", "")) {
            assertThatThrownBy(() -> new Deployer(fleet.consul(), fleet.tree(), Fleet.BOB)
                            .deploy(deployment("v2", 1), Optional.of(former), event -> {}))
                    .as(former)
                    .isInstanceOf(LockHeldException.class);
        }
        release.countDown();
        deploying.get();
    }

    @Test
    public void aConsulThatStaysAwayLongerThanItsOutageLimitEndsTheDeployment() throws Exception {
        fleet.node("n1").onPrepare(version -> release.await());
        CountDownLatch away = new CountDownLatch(1);
        try (ScriptedConsul proxy = ScriptedConsul.before(
                        ConsulProcess.shared(),
                        request -> away.getCount() == 0 ? ScriptedConsul.CUT : ScriptedConsul.PASS);
                Consul consul = new Consul(proxy.config()
                        .withTimeouts(Duration.ofSeconds(1), Duration.ofSeconds(5), Duration.ofSeconds(2)))) {
            Deployer deployer = new Deployer(consul, fleet.tree(), Fleet.ALICE);
            Future<DeploymentResult> deploying =
                    inBackground(() -> deployer.deploy(deployment("v1", 1), Optional.empty(), fleet::note));
            awaitState("v1", "n1=busy");
            release.countDown();
            away.countDown();
            assertThatThrownBy(deploying::get)
                    .isInstanceOf(ExecutionException.class)
                    .cause()
                    .isInstanceOf(ConsulException.Unreachable.class);
        }
    }

    private void assertInterrupted(Deployment deployment, Callable<Boolean> when, String... note) throws Exception {
        assertInterrupted(() -> fleet.deploy(deployment), when, note);
    }

    private void assertInterrupted(Callable<?> task, Callable<Boolean> when, String... note) throws Exception {
        fleet.forgetProgress();
        ExecutorService thread = Executors.newSingleThreadExecutor();
        Future<?> deploying = thread.submit(task);
        try {
            await().atMost(LIMIT).until(when);
            thread.shutdownNow();
            assertThatThrownBy(deploying::get).cause().isInstanceOf(InterruptedException.class);
        } finally {
            thread.shutdownNow();
        }
        if (note.length > 0) {
            assertThat(fleet.notes()).endsWith(note);
        }
        assertThat(fleet.isLocked()).isFalse();
    }

    private void awaitState(String version, String state) {
        await().atMost(LIMIT).until(() -> fleet.states(version).contains(state));
    }
}
