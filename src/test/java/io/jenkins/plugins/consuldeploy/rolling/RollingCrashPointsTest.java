package io.jenkins.plugins.consuldeploy.rolling;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.ConsulProcess;
import io.jenkins.plugins.consuldeploy.consul.Session;
import io.jenkins.plugins.consuldeploy.journal.Journal;
import io.jenkins.plugins.consuldeploy.journal.ReleaseHead.State;
import io.jenkins.plugins.consuldeploy.journal.ReleaseKeys;
import io.jenkins.plugins.consuldeploy.notify.ReleaseEvent;
import io.jenkins.plugins.consuldeploy.phase.Caller;
import io.jenkins.plugins.consuldeploy.rolling.RollingPolicy.OnHostFailure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.AfterClass;
import org.junit.BeforeClass;
import org.junit.Test;

/**
 * A release is killed at every point of its way: after each transition that is on record, and before and after each act.
 * Another process goes on with it, or a new release finds what it left. The promises must hold at each.
 */
public class RollingCrashPointsTest {

    private static final int HOSTS = 5;
    private static final int AT_ONCE = 4;
    private static final Logger LOST_SESSIONS = Logger.getLogger(Session.class.getName());
    private static Consul consul;

    @BeforeClass
    public static void connect() {
        consul = ConsulProcess.shared().client();
    }

    @AfterClass
    public static void disconnect() {
        consul.close();
    }

    /** That a session is lost is what happens here at every point. */
    @BeforeClass
    public static void quieten() {
        LOST_SESSIONS.setLevel(Level.OFF);
    }

    @AfterClass
    public static void listen() {
        LOST_SESSIONS.setLevel(null);
    }

    @Test
    public void aReleaseThatSucceedsIsResumedFromEveryPoint() throws Exception {
        resumedFromEveryPoint("1", OnHostFailure.STOP, 0, List.of(), State.SUCCEEDED);
        resumedFromEveryPoint("2", OnHostFailure.STOP, 0, List.of(), State.SUCCEEDED);
    }

    @Test
    public void aReleaseThatStopsAtAFailedHostIsResumedFromEveryPoint() throws Exception {
        resumedFromEveryPoint("1", OnHostFailure.STOP, 0, List.of("h2"), State.FAILED);
        resumedFromEveryPoint("2", OnHostFailure.STOP, 0, List.of("h2"), State.FAILED);
    }

    @Test
    public void aReleaseThatGoesOnAfterAFailedHostIsResumedFromEveryPoint() throws Exception {
        resumedFromEveryPoint("1", OnHostFailure.CONTINUE, 1, List.of("h1"), State.FAILED);
        resumedFromEveryPoint("2", OnHostFailure.CONTINUE, 1, List.of("h1"), State.FAILED);
    }

    @Test
    public void aReleaseThatRollsBackIsResumedFromEveryPoint() throws Exception {
        resumedFromEveryPoint("1", OnHostFailure.ROLLBACK, 0, List.of("h3"), State.ROLLED_BACK);
        resumedFromEveryPoint("2", OnHostFailure.ROLLBACK, 0, List.of("h3"), State.ROLLED_BACK);
    }

    @Test
    public void theNextReleasePutsInOrderWhatADeadOneLeftAtEveryPoint() throws Exception {
        for (String batch : List.of("1", "2")) {
            Scenario scenario = new Scenario(batch, OnHostFailure.STOP, 0, List.of());
            int points = scenario.countPoints();
            atEvery(points, point -> {
                FakeFleet fleet = scenario.fleet();
                String app = scenario.killedAt(fleet, point);
                fleet.killAt(0);
                Releases next = releases(fleet, scenario);
                try (RollingRelease release =
                        next.start(fleet.spec(app, scenario.policy()), Releases.IfDead.REPAIR, fleet.listener())) {
                    UpdateDriver.run(release, fleet.update(), Duration.ofSeconds(5));
                }
                String where = "batch " + batch + ", killed at point " + point;
                assertThat(fleet.versions().values()).as(where).containsOnly(FakeFleet.NEW);
                checkEnd(fleet, where, List.of());
                assertThat(Journal.releases(consul, keys(), app)).as(where).allMatch(head -> head.state()
                        .isOver());
            });
            System.out.println("next release after a dead one, batch " + batch + ": " + points + " points");
        }
    }

    // Private

    private record Scenario(String batch, OnHostFailure onFailure, int maxFailures, List<String> broken) {

        RollingPolicy policy() {
            return FakeFleet.policy(batch, onFailure, maxFailures);
        }

        FakeFleet fleet() {
            FakeFleet fleet = new FakeFleet(HOSTS);
            fleet.breakOn(broken.toArray(String[]::new));
            // A host that failed may stay out beside a batch only where failures are allowed.
            int size = policy().batch().of(HOSTS);
            fleet.watch(size + maxFailures, HOSTS - size - maxFailures);
            return fleet;
        }

        int countPoints() throws Exception {
            FakeFleet fleet = fleet();
            String app = ConsulProcess.uniquePrefix("count");
            try (RollingRelease release =
                    releases(fleet, this).start(fleet.spec(app, policy()), Releases.IfDead.REFUSE, fleet.listener())) {
                UpdateDriver.run(release, fleet.update(), Duration.ofSeconds(5));
            }
            return fleet.points();
        }

        /** Starts a release and kills it there; Consul has noticed. */
        String killedAt(FakeFleet fleet, int point) throws Exception {
            String app = ConsulProcess.uniquePrefix("app");
            RollingRelease release =
                    releases(fleet, this).start(fleet.spec(app, policy()), Releases.IfDead.REFUSE, fleet.listener());
            fleet.killAt(point);
            try {
                UpdateDriver.run(release, fleet.update(), Duration.ofSeconds(5));
            } catch (FakeFleet.Killed e) {
                consul.sessions().destroy(release.session());
                return app;
            }
            throw new AssertionError("point " + point + " was not reached");
        }
    }

    private interface AtPoint {
        void run(int point) throws Exception;
    }

    /** Each point is a release of its own, so several go at once. */
    private static void atEvery(int points, AtPoint test) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE);
        try {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 1; i <= points; i++) {
                int point = i;
                all.add(threads.submit(() -> {
                    test.run(point);
                    return null;
                }));
            }
            for (Future<?> one : all) {
                one.get();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private void resumedFromEveryPoint(
            String batch, OnHostFailure onFailure, int maxFailures, List<String> broken, State end) throws Exception {
        Scenario scenario = new Scenario(batch, onFailure, maxFailures, broken);
        int points = scenario.countPoints();
        atEvery(points, point -> {
            FakeFleet fleet = scenario.fleet();
            String app = scenario.killedAt(fleet, point);
            fleet.killAt(0);
            String id = Journal.releases(consul, keys(), app).get(0).id();
            Outcome outcome;
            try (RollingRelease release =
                    releases(fleet, scenario).resume(id, Optional.empty(), Duration.ZERO, fleet.listener())) {
                outcome = UpdateDriver.run(release, fleet.update(), Duration.ofSeconds(5));
            }
            String where = "batch " + batch + ", on failure " + onFailure.word() + ", killed at point " + point;
            assertThat(outcome.state()).as(where).isEqualTo(end);
            checkEnd(fleet, where, end == State.FAILED ? broken : List.of());
            if (end == State.FAILED) {
                assertThat(outcome.failed()).as(where).containsOnlyKeys(broken);
                assertThat(outcome.out()).as(where).isEqualTo(broken);
            } else {
                assertThat(fleet.versions().values())
                        .as(where)
                        .containsOnly(end == State.SUCCEEDED ? FakeFleet.NEW : FakeFleet.OLD);
            }
        });
        System.out.println("resumed, batch " + batch + ", on failure " + onFailure.word() + ", broken " + broken + ": "
                + points + " points");
    }

    /** The promises, at the end: whoever is not left out is back exactly as before, and only ours is resumed. */
    private static void checkEnd(FakeFleet fleet, String where, List<String> leftOut) {
        FakeFleet untouched = new FakeFleet(HOSTS);
        assertThat(fleet.brokenPromises()).as(where).isEmpty();
        assertThat(fleet.outOfService()).as(where).isEqualTo(leftOut);
        assertThat(fleet.suspended()).as(where).isEqualTo(new TreeSet<>(List.of("ScheduledActions")));
        for (String balancer : List.of("left", "right")) {
            assertThat(fleet.balancer(balancer).weights().entrySet().stream()
                            .filter(weight -> !leftOut.contains(weight.getKey())))
                    .as(where)
                    .containsExactlyElementsOf(untouched.balancer(balancer).weights().entrySet().stream()
                            .filter(weight -> !leftOut.contains(weight.getKey()))
                            .toList());
        }
        assertThat(fleet.events()).as(where).contains(ReleaseEvent.Kind.STARTED);
    }

    private static Releases releases(FakeFleet fleet, Scenario scenario) {
        return new Releases(
                consul,
                keys(),
                new Caller("test", "build 1"),
                text -> fleet.spec("whichever", scenario.policy()),
                Duration.ZERO);
    }

    private static ReleaseKeys keys() {
        return new ReleaseKeys("test-releases");
    }
}
