package io.jenkins.plugins.consuldeploy.phase;

import static io.jenkins.plugins.consuldeploy.phase.Fleet.LIMIT;
import static io.jenkins.plugins.consuldeploy.phase.Fleet.inBackground;
import static io.jenkins.plugins.consuldeploy.phase.Fleet.version;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;

/** Expected are the passing instances of a service, as they come and go. */
public class ServiceExpectedTest {

    private static final Duration SOON = Duration.ofSeconds(5);

    @Rule
    public final Fleet fleet = new Fleet();

    private String service;
    private String n1;
    private String n2;
    private String n3;

    @Before
    public void nameThem() {
        service = fleet.unique("api");
        n1 = fleet.unique("n1");
        n2 = fleet.unique("n2");
        n3 = fleet.unique("n3");
    }

    @Test
    public void everyPassingInstanceIsWaitedForAndShownBeforehand() throws Exception {
        fleet.instance(service, n1, "passing");
        fleet.instance(service, n2, "passing");
        fleet.instance(service, n3, "critical");
        fleet.node(n1);
        fleet.node(n2);

        DeploymentResult result = fleet.deploy(deployment("v1"));

        assertThat(result.nodes()).containsExactly(n1, n2);
        assertThat(fleet.progress(Progress.Awaiting.class))
                .containsExactly(
                        new Progress.Awaiting(new Expected.OfService(service, Optional.empty()), List.of(n1, n2)));
    }

    @Test
    public void aTagChoosesAmongThem() throws Exception {
        fleet.instance(service, n1, "passing", "blue");
        fleet.instance(service, n2, "passing", "green");
        fleet.node(n1);

        Deployment deployment = deployment("v1", new Expected.OfService(service, Optional.of("blue")));
        assertThat(fleet.deploy(deployment).nodes()).containsExactly(n1);
    }

    @Test
    public void aServiceThatNobodyPassesForIsRefusedBeforeAnythingIsTouched() {
        fleet.instance(service, n1, "critical", "blue");

        assertThatThrownBy(() -> fleet.deploy(deployment("v1")))
                .isInstanceOf(BadInputException.class)
                .hasMessageContainingAll("service '" + service + "'", "no passing instance");
        assertThatThrownBy(() -> fleet.deploy(deployment("v1", new Expected.OfService(service, Optional.of("green")))))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("with the tag 'green'");
        assertThat(fleet.consul().kv().list(fleet.tree().versions())).isEmpty();
        assertThat(fleet.consul().kv().list(fleet.tree().lock())).isEmpty();
        assertThat(fleet.progress()).isEmpty();
    }

    @Test
    public void anEmptyServiceOrTagIsRefused() {
        assertThatThrownBy(() -> new Expected.OfService(" ", Optional.empty()))
                .isInstanceOf(BadInputException.class)
                .hasMessageStartingWith("service ' '");
        assertThatThrownBy(() -> new Expected.OfService("api", Optional.of("")))
                .isInstanceOf(BadInputException.class)
                .hasMessageStartingWith("tag ''");
    }

    @Test
    public void nobodyElseCountsForThemThoughTheyAreReadyFirst() throws Exception {
        // A node that is no instance has the version already: its answer is there before Consul has said who is.
        CountDownLatch release = new CountDownLatch(1);
        fleet.instance(service, n1, "passing");
        fleet.node("other");
        fleet.deploy(Fleet.deployment("v1", 1));
        fleet.node(n1, version -> release.await());
        await().atMost(LIMIT).until(() -> fleet.states("v1").contains(n1 + "=busy"));

        for (int i = 0; i < 5; i++) {
            assertThatThrownBy(() -> fleet.deploy(deployment("v1").withTimeouts(Duration.ofMillis(300), SOON)))
                    .isInstanceOf(DeploymentFailedException.class)
                    .hasMessageContaining(n1 + " was not ready");
        }
        release.countDown();
        assertThat(fleet.deploy(deployment("v1")).nodes()).contains(n1);
    }

    @Test
    public void anInstanceThatJoinsWhileNodesPrepareIsWaitedForToo() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        fleet.instance(service, n1, "passing");
        fleet.node(n1).onPrepare(version -> release.await());
        Future<DeploymentResult> deploying = inBackground(() -> fleet.deploy(deployment("v1")));
        awaitNews(n1);

        fleet.instance(service, n2, "passing");
        await().atMost(LIMIT)
                .until(() -> fleet.notes().contains(n2 + " has a passing instance now and is waited for too"));
        release.countDown();
        await().atMost(LIMIT).until(() -> fleet.states("v1").contains(n1 + "=ready"));
        await().during(Duration.ofMillis(300)).atMost(LIMIT).until(() -> !deploying.isDone());
        fleet.node(n2);

        assertThat(deploying.get().nodes()).containsExactly(n1, n2);
    }

    @Test
    public void anInstanceThatLeavesWhileNodesPrepareIsNotWaitedForAnyMore() throws Exception {
        fleet.instance(service, n1, "passing");
        fleet.instance(service, n2, "passing");
        fleet.node(n1);
        Future<DeploymentResult> deploying = inBackground(() -> fleet.deploy(deployment("v1")));
        awaitNews(n1);

        fleet.deregister(n2);

        assertThat(deploying.get().nodes()).containsExactly(n1);
        assertThat(fleet.notes()).containsExactly(n2 + " has no passing instance any more and is not waited for");
    }

    @Test
    public void anInstanceThatTurnsCriticalBeforeTheCommitIsNotWaitedForAnyMore() throws Exception {
        fleet.instance(service, n1, "passing");
        fleet.instance(service, n2, "passing");
        fleet.node(n1);
        Future<DeploymentResult> deploying = inBackground(() -> fleet.deploy(deployment("v1")));
        awaitNews(n1);

        fleet.instance(service, n2, "critical");

        assertThat(deploying.get().nodes()).containsExactly(n1);
    }

    @Test
    public void whenNobodyPassesAnyMoreNothingIsCommitted() {
        CountDownLatch release = new CountDownLatch(1);
        fleet.instance(service, n1, "passing");
        fleet.node("other"); // has the version, and is no instance
        fleet.node(n1).onPrepare(version -> release.await());
        Future<DeploymentResult> deploying =
                inBackground(() -> fleet.deploy(deployment("v1").withTimeouts(SOON, SOON)));
        awaitNews(n1);

        fleet.instance(service, n1, "critical");
        await().atMost(LIMIT).until(() -> !fleet.notes().isEmpty());
        release.countDown();

        assertThatThrownBy(deploying::get)
                .cause()
                .isInstanceOf(DeploymentFailedException.class)
                .hasMessageContaining("no passing instance of the service " + service);
        assertThat(fleet.current()).isEmpty();
    }

    @Test
    public void anInstanceThatTurnsCriticalWhileItSwitchesIsStillWaitedFor() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        fleet.instance(service, n1, "passing");
        fleet.instance(service, n2, "passing");
        fleet.node(n1);
        fleet.node(n2).onActivate(version -> release.await());
        Future<DeploymentResult> deploying = inBackground(() -> fleet.deploy(deployment("v1")));
        await().atMost(LIMIT)
                .until(() -> !fleet.progress(Progress.Committed.class).isEmpty());

        fleet.instance(service, n2, "critical");
        await().atMost(LIMIT).until(() -> fleet.states("v1").contains(n1 + "=active"));
        await().during(Duration.ofMillis(400)).atMost(LIMIT).until(() -> !deploying.isDone());
        release.countDown();

        assertThat(deploying.get().nodes()).containsExactly(n1, n2);
    }

    @Test
    public void anInstanceWhoseAgentIsGoneWhileItSwitchesIsNamed() {
        CountDownLatch never = new CountDownLatch(1);
        fleet.instance(service, n1, "passing");
        fleet.instance(service, n2, "passing");
        fleet.node(n1);
        ScriptedNode dying = fleet.node(n2).onActivate(version -> never.await());
        Future<DeploymentResult> deploying =
                inBackground(() -> fleet.deploy(deployment("v1").withTimeouts(LIMIT, SOON)));
        await().atMost(LIMIT)
                .until(() -> !fleet.progress(Progress.Committed.class).isEmpty());
        dying.close();

        assertThatThrownBy(deploying::get)
                .cause()
                .isInstanceOf(DeploymentFailedException.class)
                .hasMessageContaining(n2 + " was not active after 5.0s (no answer)");
    }

    @Test
    public void aHostThatIsGoneFromTheCatalogWhileItSwitchesIsSaidAndNotWaitedFor() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        fleet.instance(service, n1, "passing");
        fleet.instance(service, n2, "passing");
        fleet.node(n1);
        ScriptedNode dying = fleet.node(n2).onActivate(version -> never.await());
        Future<DeploymentResult> deploying = inBackground(() -> fleet.deploy(deployment("v1")));
        await().atMost(LIMIT)
                .until(() -> !fleet.progress(Progress.Committed.class).isEmpty());
        dying.close();
        fleet.deregister(n2);

        assertThat(deploying.get().nodes()).containsExactly(n1);
        assertThat(fleet.notes()).contains(n2 + " is gone from the catalog");
    }

    @Test
    public void anInstanceWithoutAnAgentIsNamedWithAHint() {
        fleet.instance(service, n1, "passing");
        fleet.node("called-otherwise");
        assertThatThrownBy(() -> fleet.deploy(deployment("v1").withTimeouts(SOON, SOON)))
                .isInstanceOf(DeploymentFailedException.class)
                .hasMessageContainingAll(n1 + " was not ready", "no answer", "called-otherwise", "Consul node's name");
    }

    @Test
    public void aRollbackWaitsForEveryInstanceThoughTheBadVersionMadeThemCritical() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        fleet.instance(service, n1, "passing");
        ScriptedNode node = fleet.node(n1);
        fleet.deploy(deployment("v1"));
        fleet.deploy(deployment("v2"));
        fleet.instance(service, n1, "critical");
        node.onActivate(version -> release.await());
        Expected expected = new Expected.OfService(service, Optional.empty());
        Future<DeploymentResult> back = inBackground(() -> fleet.deployer()
                .rollback(new Rollback(Optional.empty(), Optional.of(expected), LIMIT), Optional.empty(), fleet::note));

        await().atMost(LIMIT).until(() -> fleet.states("v1").contains(n1 + "=busy"));
        await().during(Duration.ofMillis(300)).atMost(LIMIT).until(() -> !back.isDone());
        release.countDown();

        assertThat(back.get().nodes()).containsExactly(n1);
    }

    @Test
    public void aRollbackOfAServiceThatNobodyHasIsRefusedBeforeAnythingIsTouched() throws Exception {
        fleet.instance(service, n1, "passing");
        fleet.node(n1);
        fleet.deploy(deployment("v1"));
        fleet.deploy(deployment("v2"));
        Expected typo = new Expected.OfService(service + "x", Optional.empty());

        assertThatThrownBy(() -> fleet.deployer()
                        .rollback(new Rollback(Optional.empty(), Optional.of(typo), LIMIT), Optional.empty(), e -> {}))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("service '" + service + "x'");
        assertThat(fleet.current()).isEqualTo("v2");
    }

    private void awaitNews(String node) {
        await().atMost(LIMIT).until(() -> fleet.progress(Progress.NodeChanged.class).stream()
                .anyMatch(change -> change.node().equals(node)));
    }

    private Deployment deployment(String name) {
        return deployment(name, new Expected.OfService(service, Optional.empty()));
    }

    private static Deployment deployment(String name, Expected expected) {
        return Deployment.of(version(name), expected).withTimeouts(LIMIT, LIMIT);
    }
}
