package io.jenkins.plugins.consuldeploy.phase;

import static io.jenkins.plugins.consuldeploy.phase.Fleet.LIMIT;
import static io.jenkins.plugins.consuldeploy.phase.Fleet.deployment;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.ConsulException;
import io.jenkins.plugins.consuldeploy.consul.ConsulProcess;
import io.jenkins.plugins.consuldeploy.consul.LockHeldException;
import io.jenkins.plugins.consuldeploy.consul.ScriptedConsul;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.Test;

/**
 * The deployer dies at each of its requests in turn: before Consul gets it, or after, when only the answer is lost. From
 * then on Consul hears nothing more of it, not even a farewell. The same call, made again with the dead one's session,
 * must bring every node to the version, and leave history, pins and lock as one call would have.
 */
public class CrashTest {

    private static final int MORE_THAN_ANY = 200;
    private static final int LANES = 4;

    @Test
    public void aDeploymentAtOnceSurvivesItsDeployersDeathAnywhere() throws Exception {
        dieEverywhere(version -> deployment(version, 2));
    }

    @Test
    public void aRollingDeploymentThatCleansSurvivesItsDeployersDeathAnywhere() throws Exception {
        dieEverywhere(
                version -> deployment(version, 2).withRolling(BatchSize.ONE).withKeep(2));
    }

    private interface Kind {
        Deployment of(String version);
    }

    /** Each lane has a prefix and nodes of its own and takes every fourth request: what they wait for, they await at once. */
    private void dieEverywhere(Kind kind) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(LANES);
        try {
            List<Future<Integer>> lanes = new ArrayList<>();
            for (int lane = 1; lane <= LANES; lane++) {
                int first = lane;
                lanes.add(threads.submit(() -> dieAtEveryFourth(first, kind)));
            }
            int deaths = 0;
            for (Future<Integer> lane : lanes) {
                deaths += lane.get();
            }
            assertThat(deaths).isGreaterThan(20);
        } finally {
            threads.shutdownNow();
        }
    }

    private static int dieAtEveryFourth(int first, Kind kind) throws Exception {
        Fleet fleet = new Fleet();
        fleet.before();
        try {
            return dieAtEveryFourth(first, kind, fleet);
        } finally {
            fleet.after();
        }
    }

    /** @return how many deployments that were */
    private static int dieAtEveryFourth(int first, Kind kind, Fleet fleet) throws Exception {
        List<ScriptedNode> nodes = fleet.nodes(2);
        fleet.deploy(deployment("old", 2)); // so that there is something to clean from the first death on
        fleet.deploy(deployment("v0", 2));
        String before = "v0";
        int deaths = 0;
        for (ScriptedConsul.Reply death : List.of(ScriptedConsul.CUT, ScriptedConsul.LOSE_THE_ANSWER)) {
            boolean died = true;
            for (int request = first; died && request < MORE_THAN_ANY; request += LANES) {
                String version = "v" + ++deaths;
                AtomicReference<String> session = new AtomicReference<>();
                died = deployAndDie(fleet, kind.of(version), request, death, session);
                String where = version + ", request " + request + " " + death;
                if (died) {
                    DeploymentResult result = again(fleet, kind.of(version), session.get());
                    assertThat(result.nodes()).as(where).containsExactly("n1", "n2");
                    assertThat(result.previous()).as(where).contains(Fleet.version(before));
                }
                assertThat(fleet.current()).as(where).isEqualTo(version);
                assertThat(fleet.pins()).as(where).isEmpty();
                assertThat(fleet.history()).as(where).endsWith(before, version).doesNotHaveDuplicates();
                assertThat(nodes).as(where).extracting(ScriptedNode::running).containsOnly(version);
                before = version;
            }
            assertThat(died).as("some deployment has to come to its end").isFalse();
        }
        return deaths;
    }

    /** @return whether it died; false when it was done before its time came */
    private static boolean deployAndDie(
            Fleet fleet,
            Deployment deployment,
            int request,
            ScriptedConsul.Reply death,
            AtomicReference<String> session)
            throws Exception {
        AtomicInteger count = new AtomicInteger();
        try (ScriptedConsul proxy = ScriptedConsul.before(ConsulProcess.shared(), sent -> {
                    int number = count.incrementAndGet();
                    return number < request ? ScriptedConsul.PASS : number == request ? death : ScriptedConsul.CUT;
                });
                Consul consul = new Consul(proxy.config()
                        .withTimeouts(Duration.ofMillis(500), Duration.ofSeconds(5), Duration.ofMillis(100)))) {
            new Deployer(consul, fleet.tree(), Fleet.ALICE).deploy(deployment, Optional.empty(), event -> {
                if (event instanceof Progress.Locked locked) {
                    session.set(locked.session());
                }
            });
            return count.get() >= request && session.get() != null && fleet.isLocked();
        } catch (ConsulException.Unreachable | LockLostException | DeploymentFailedException e) {
            return true;
        }
    }

    private static DeploymentResult again(Fleet fleet, Deployment deployment, String session) throws Exception {
        AtomicReference<DeploymentResult> result = new AtomicReference<>();
        // A death between the lock's taking and its telling leaves a lock that only its expiry, or somebody, ends.
        if (session == null) {
            fleet.deployer().unlock();
        }
        await().atMost(LIMIT).until(() -> {
            try {
                result.set(fleet.deployer().deploy(deployment, Optional.ofNullable(session), event -> {}));
                return true;
            } catch (LockHeldException e) {
                return false; // the dead one's last request was still under way
            }
        });
        return result.get();
    }
}
