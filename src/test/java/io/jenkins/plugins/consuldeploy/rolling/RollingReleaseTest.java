package io.jenkins.plugins.consuldeploy.rolling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.ConsulProcess;
import io.jenkins.plugins.consuldeploy.fleet.Host;
import io.jenkins.plugins.consuldeploy.health.HostCheck;
import io.jenkins.plugins.consuldeploy.journal.Journal;
import io.jenkins.plugins.consuldeploy.journal.ReleaseHead;
import io.jenkins.plugins.consuldeploy.journal.ReleaseHead.State;
import io.jenkins.plugins.consuldeploy.journal.ReleaseKeys;
import io.jenkins.plugins.consuldeploy.notify.ReleaseEvent;
import io.jenkins.plugins.consuldeploy.phase.BadInputException;
import io.jenkins.plugins.consuldeploy.phase.BatchSize;
import io.jenkins.plugins.consuldeploy.phase.Caller;
import io.jenkins.plugins.consuldeploy.rolling.RollingPolicy.OnHostFailure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.After;
import org.junit.Test;

/** What a release does with its hosts, on balancers in memory that can be made to misbehave. */
public class RollingReleaseTest {

    /** For what never happens. */
    private static final Duration SHORT = Duration.ofSeconds(2);

    private final Skips time = new Skips();
    private final Consul consul = new Consul(ConsulProcess.shared().config(), time);
    private final ReleaseKeys keys = new ReleaseKeys("test-releases");
    private final String app = ConsulProcess.uniquePrefix("app");
    private final FakeFleet fleet = new FakeFleet(5);
    /** For getting in service again: more than any host needs. */
    private Duration healthTimeout = Duration.ofSeconds(30);

    @After
    public void close() {
        consul.close();
    }

    @Test
    public void everyHostGoesThroughAllPhasesInItsTurn() throws Exception {
        List<String> transitions = new ArrayList<>();
        fleet.watch((host, phase) -> transitions.add(host + " " + phase.word()));

        Outcome outcome = release(policy("1", OnHostFailure.STOP, 0));

        assertThat(outcome.state()).isEqualTo(State.SUCCEEDED);
        assertThat(outcome.done()).containsExactly("h0", "h1", "h2", "h3", "h4");
        assertThat(transitions)
                .startsWith("h0 draining", "h0 out", "h0 updating", "h0 checking", "h0 returning", "h0 in service")
                .hasSize(30);
        assertThat(fleet.events()).containsExactly(ReleaseEvent.Kind.STARTED, ReleaseEvent.Kind.SUCCEEDED);
    }

    @Test
    public void noHostIsTakenOutWhenTooFewOthersAreInService() throws Exception {
        healthTimeout = SHORT;
        fleet.watch((host, phase) -> {
            if (host.name().equals("h0") && phase == HostPhase.IN_SERVICE) {
                fleet.neverReady("h3", "h4");
            }
        });

        Outcome outcome = release(policy("1", Optional.of("3"), OnHostFailure.STOP));

        assertThat(outcome.state()).isEqualTo(State.FAILED);
        assertThat(outcome.reason().orElseThrow())
                .contains("can't take out h1", "of the other 4 hosts 2 are in service, and 3 have to be")
                .contains("not in service: h3, h4");
        assertThat(outcome.done()).containsExactly("h0");
        assertThat(outcome.out()).isEmpty();
        assertThat(fleet.acts()).noneMatch(act -> act.contains("takeOut") && act.endsWith("h1"));
        assertThat(fleet.suspended()).containsExactly("ScheduledActions");
    }

    @Test
    public void whoIsOnlyOnTheWayBackIsWaitedFor() throws Exception {
        fleet.watch((host, phase) -> {
            if (host.name().equals("h0") && phase == HostPhase.IN_SERVICE) {
                fleet.neverReady("h4");
                new Thread(() -> fleet.neverReady()).start();
            }
        });

        assertThat(release(policy("1", Optional.of("80%"), OnHostFailure.STOP)).state())
                .isEqualTo(State.SUCCEEDED);
    }

    @Test
    public void allHostsMayBeOutAtOnceWhenNoneHasToBeHealthy() throws Exception {
        Outcome outcome = release(policy("100%", Optional.of("0"), OnHostFailure.STOP));

        assertThat(outcome.state()).isEqualTo(State.SUCCEEDED);
        assertThat(outcome.done()).hasSize(5);
    }

    @Test
    public void aMinimumThatLeavesNoRoomForABatchIsRefusedBeforeAnythingIsTouched() {
        assertThatThrownBy(() -> release(policy("2", Optional.of("80%"), OnHostFailure.STOP)))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("minHealthy '80%'")
                .hasMessageContaining("with 2 out at a time 3 stay in service, and this wants 4");
        assertThat(fleet.acts()).isEmpty();
        assertThat(Journal.releases(consul, keys, app)).isEmpty();
    }

    @Test
    public void aHostThatSomebodyKeepsOutIsUpdatedAndStaysOutAndCountsForNothing() throws Exception {
        fleet.keepOut("h2");
        fleet.watch(2, 3);

        Outcome outcome = release(policy("1", OnHostFailure.STOP, 0));

        assertThat(outcome.state()).isEqualTo(State.SUCCEEDED);
        assertThat(fleet.versions().values()).containsOnly(FakeFleet.NEW);
        assertThat(fleet.outOfService()).containsExactly("h2");
        assertThat(fleet.balancer("left").weights()).containsEntry("h2", "kept out");
        assertThat(fleet.brokenPromises()).isEmpty();
        FakeFleet other = new FakeFleet(5);
        other.keepOut("h2");
        assertThatThrownBy(() -> release(other, policy("1", Optional.of("4"), OnHostFailure.STOP)))
                .hasMessageContaining("of 5 hosts 4 are meant to get traffic");
    }

    @Test
    public void aHostThatIsInNoBalancerIsRefusedBeforeAnythingIsTouched() {
        fleet.forget("h3");

        assertThatThrownBy(() -> release(policy("1", OnHostFailure.STOP, 0)))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("hosts 'h3': it is in none of [left, right]; nothing was touched");
        assertThat(fleet.acts()).isEmpty();
        assertThat(Journal.releases(consul, keys, app)).isEmpty();
    }

    @Test
    public void aHostThatDoesNotDrainInTimeGoesBackUnchanged() throws Exception {
        fleet.neverDrain("h1");

        Outcome outcome = release(draining(false));

        assertThat(outcome.state()).isEqualTo(State.FAILED);
        assertThat(outcome.failed().get("h1")).contains("was not drained after 2.0s (left says draining)");
        assertThat(outcome.out()).isEmpty();
        assertThat(fleet.outOfService()).isEmpty();
        assertThat(fleet.versions()).containsEntry("h0", FakeFleet.NEW).containsEntry("h1", FakeFleet.OLD);
    }

    @Test
    public void aHostThatDoesNotDrainInTimeIsUpdatedAllTheSameWhereConnectionsMayBeCutOff() throws Exception {
        fleet.neverDrain("h1");

        Outcome outcome = release(draining(true));

        assertThat(outcome.state()).isEqualTo(State.SUCCEEDED);
        assertThat(fleet.versions()).containsEntry("h1", FakeFleet.NEW);
    }

    @Test
    public void aChangedHostThatItsBalancersDoNotTakeBackIsTakenOutAgainAndStaysOut() throws Exception {
        healthTimeout = SHORT;
        fleet.watch((host, phase) -> {
            if (host.name().equals("h1") && phase == HostPhase.RETURNING) {
                fleet.neverReady("h1");
            }
        });

        Outcome outcome = release(policy("1", OnHostFailure.STOP, 0));
        fleet.neverReady();

        assertThat(outcome.state()).isEqualTo(State.FAILED);
        assertThat(outcome.failed().get("h1")).contains("was not in service again after 2.0s");
        assertThat(outcome.out()).containsExactly("h1");
        assertThat(fleet.acts())
                .filteredOn(act -> act.endsWith("left h1"))
                .last()
                .asString()
                .contains("takeOut");
    }

    @Test
    public void aHostWhoseBalancersAreRestartedWhileItDrainsIsTakenOutAgain() throws Exception {
        fleet.restartBalancersWhileDraining("h1");

        Outcome outcome = release(FakeFleet.policy("1", OnHostFailure.STOP, 0));

        assertThat(outcome.state()).as("%s", outcome).isEqualTo(State.SUCCEEDED);
        assertThat(fleet.brokenPromises()).isEmpty();
    }

    @Test
    public void aFailedHostWhoseBalancersWereRestartedMeanwhileStaysOut() throws Exception {
        fleet.breakOn("h1");
        fleet.watch((host, phase) -> {
            if (host.name().equals("h1") && phase == HostPhase.CHECKING) {
                fleet.restartBalancers("h1");
            }
        });

        Outcome outcome = release(FakeFleet.policy("1", OnHostFailure.STOP, 0));

        assertThat(outcome.out()).containsExactly("h1");
        assertThat(fleet.outOfService()).containsExactly("h1");
        assertThat(fleet.notes())
                .anyMatch(note -> note.startsWith("h1 failed") && note.endsWith("it was taken out once more"));
    }

    @Test
    public void aChangedHostWhoseBalancersWereRestartedBeforeAnAbortStaysOut() throws Exception {
        fleet.watch((host, phase) -> {
            if (host.name().equals("h1") && phase == HostPhase.CHECKING) {
                fleet.restartBalancers("h1");
                Thread.currentThread().interrupt();
            }
        });

        assertThatThrownBy(() -> release(FakeFleet.policy("1", OnHostFailure.STOP, 0)))
                .isInstanceOf(InterruptedException.class);

        assertThat(fleet.outOfService()).containsExactly("h1");
        assertThat(Journal.releases(consul, keys, app))
                .extracting(ReleaseHead::state)
                .containsExactly(State.ABORTED);
    }

    @Test
    public void aHostThatItsBalancersDidNotTakeBackHasNoTrafficWhileItGoesBack() throws Exception {
        healthTimeout = SHORT;
        fleet.watch((host, phase) -> {
            if (host.name().equals("h1")) {
                fleet.neverReady(phase == HostPhase.RETURNING ? "h1" : "nobody");
            }
            if (phase == HostPhase.FAILED) {
                fleet.watch((any, more) -> {});
            }
        });

        Outcome outcome = release(policy("1", OnHostFailure.ROLLBACK, 0));

        assertThat(outcome.state()).isEqualTo(State.ROLLED_BACK);
        assertThat(fleet.versions().values()).containsOnly(FakeFleet.OLD);
        assertThat(fleet.outOfService()).isEmpty();
        assertThat(fleet.brokenPromises()).isEmpty();
    }

    @Test
    public void aBalancerThatRefusesIsAskedAgainAndThenTheHostGoesBack() throws Exception {
        fleet.refuse("takeOut", 2);
        assertThat(release(policy("1", OnHostFailure.STOP, 0)).state()).isEqualTo(State.SUCCEEDED);

        fleet.refuse("takeOut", 3);
        Outcome outcome = release(policy("1", OnHostFailure.STOP, 0));

        assertThat(outcome.failed().get("h0")).contains("could not be taken out: takeOut of left h0 was refused");
        assertThat(outcome.out()).isEmpty();
        assertThat(fleet.outOfService()).isEmpty();
    }

    @Test
    public void failuresBeyondThoseThatAreAllowedEndIt() throws Exception {
        fleet.breakOn("h0", "h2", "h3");

        Outcome outcome = release(policy("1", OnHostFailure.CONTINUE, 1));

        assertThat(outcome.state()).isEqualTo(State.FAILED);
        assertThat(outcome.failed()).containsOnlyKeys("h0", "h2");
        assertThat(outcome.out()).containsExactly("h0", "h2");
        assertThat(fleet.versions()).containsEntry("h3", FakeFleet.OLD).containsEntry("h4", FakeFleet.OLD);
    }

    @Test
    public void afterTheFirstBatchComesTheCanarysPauseAndThenTheOthers() throws Exception {
        RollingPolicy policy = new RollingPolicy(
                BatchSize.parse("batch", "2"),
                Optional.of(BatchSize.ONE),
                Duration.ofMinutes(30),
                Duration.ofMinutes(2),
                Optional.empty(),
                0,
                OnHostFailure.STOP,
                Duration.ofSeconds(5),
                false,
                Duration.ofSeconds(5),
                Duration.ofSeconds(5));

        assertThat(release(policy).state()).isEqualTo(State.SUCCEEDED);

        assertThat(time.skipped()).containsExactly(Duration.ofMinutes(30), Duration.ofMinutes(2));
        assertThat(fleet.notes())
                .containsExactly("pausing for 30m00s before batch 2", "pausing for 2m00s before batch 3");
    }

    @Test
    public void thereIsNoPauseOnTheWayBack() throws Exception {
        fleet.breakOn("h2");
        RollingPolicy policy = new RollingPolicy(
                BatchSize.ONE,
                Optional.empty(),
                Duration.ZERO,
                Duration.ofMinutes(2),
                Optional.empty(),
                0,
                OnHostFailure.ROLLBACK,
                Duration.ofSeconds(5),
                false,
                Duration.ofSeconds(5),
                Duration.ofSeconds(5));

        assertThat(release(policy).state()).isEqualTo(State.ROLLED_BACK);

        assertThat(time.skipped()).hasSize(2);
    }

    @Test
    public void theChecksOfABatchRunSideBySide() throws Exception {
        CountDownLatch both = new CountDownLatch(2);
        RollingSpec spec = fleet.spec(app, policy("2", OnHostFailure.STOP, 0));
        HostCheck check = new HostCheck() {
            @Override
            public Optional<String> await(Host host, Duration timeout) throws InterruptedException {
                both.countDown();
                return host.name().equals("h4") || both.await(20, TimeUnit.SECONDS)
                        ? Optional.empty()
                        : Optional.of("alone");
            }

            @Override
            public Optional<String> again(Host host, Duration timeout) throws InterruptedException {
                return await(host, timeout);
            }

            @Override
            public String describe() {
                return "the other one's check";
            }
        };

        Outcome outcome = run(new RollingSpec(
                spec.app(),
                spec.version(),
                spec.hosts(),
                spec.balancers(),
                spec.suspensions(),
                Optional.of(check),
                spec.policy(),
                spec.canGoBack(),
                spec.text()));

        assertThat(outcome.state()).isEqualTo(State.SUCCEEDED);
    }

    @Test
    public void whatAPlatformRefusesEndsItInOrder() throws Exception {
        fleet.refuse("suspend", 1);

        Outcome outcome = release(policy("1", OnHostFailure.STOP, 0));

        assertThat(outcome.state()).isEqualTo(State.ABORTED);
        assertThat(outcome.reason().orElseThrow()).contains("suspend of [AZRebalance, HealthCheck] was refused");
        assertThat(fleet.suspended()).containsExactly("ScheduledActions");
        assertThat(fleet.events()).endsWith(ReleaseEvent.Kind.ABORTED);
    }

    @Test
    public void anInterruptWhileAHostDrainsPutsItBack() throws Exception {
        fleet.neverDrain("h1");

        interruptedAt("h1", HostPhase.DRAINING);

        Outcome outcome = last();
        assertThat(outcome.state()).isEqualTo(State.ABORTED);
        assertThat(outcome.failed()).isEmpty();
        assertThat(fleet.balancer("left").weights())
                .as("it is not waited for")
                .isEqualTo(new FakeFleet(5).balancer("left").weights());
        assertThat(fleet.suspended()).containsExactly("ScheduledActions");
        assertThat(fleet.versions()).containsEntry("h0", FakeFleet.NEW).containsEntry("h1", FakeFleet.OLD);
    }

    @Test
    public void anInterruptWhileAHostIsUpdatedEndsTheUpdateAndLeavesTheHostOutAndSaysSo() throws Exception {
        AtomicReference<Thread> ended = new AtomicReference<>();
        Update endless = new Update() {
            @Override
            public Optional<String> run(Turn turn, Duration timeout) throws InterruptedException {
                try {
                    new CountDownLatch(1).await();
                } finally {
                    ended.set(Thread.currentThread());
                }
                return Optional.empty();
            }

            @Override
            public String describe() {
                return "wait";
            }
        };

        interruptedAt("h0", HostPhase.UPDATING, endless);

        assertThat(ended.get()).as("ended before the release was").isNotNull();
        Outcome outcome = last();
        assertThat(outcome.state()).isEqualTo(State.ABORTED);
        assertThat(outcome.failed()).containsEntry("h0", "aborted while updating");
        assertThat(outcome.out()).containsExactly("h0");
        assertThat(fleet.outOfService()).containsExactly("h0");
        assertThat(fleet.suspended()).containsExactly("ScheduledActions");
    }

    @Test
    public void aHostThatWasLeftOutGoesBackToExactlyItsBalancersInTheNextRelease() throws Exception {
        fleet.breakOn("h2");
        release(policy("1", OnHostFailure.STOP, 0));
        assertThat(fleet.outOfService()).containsExactly("h2");
        fleet.breakOn();

        // One that ends before it has a turn for any host does not forget it.
        fleet.refuse("suspend", 1);
        assertThat(release(policy("1", OnHostFailure.STOP, 0)).state()).isEqualTo(State.ABORTED);
        List<String> transitions = new ArrayList<>();
        fleet.watch((host, phase) -> transitions.add(host.name()));
        Outcome outcome = release(policy("1", OnHostFailure.STOP, 0));

        assertThat(outcome.state()).isEqualTo(State.SUCCEEDED);
        assertThat(transitions).as("it comes first").startsWith("h2");
        assertThat(fleet.outOfService()).isEmpty();
        for (String balancer : List.of("left", "right")) {
            assertThat(fleet.balancer(balancer).weights())
                    .isEqualTo(new FakeFleet(5).balancer(balancer).weights());
        }
    }

    @Test
    public void aReleaseThatCouldNotResumeWhatItSuspendedIsResumedForThatAlone() throws Exception {
        fleet.refuse("resume", 1);
        Outcome outcome = release(policy("1", OnHostFailure.STOP, 0));
        assertThat(outcome.state()).isEqualTo(State.SUCCEEDED);
        assertThat(fleet.notes()).last().asString().contains("could not resume AZRebalance, HealthCheck of scaling");
        assertThat(fleet.suspended()).hasSize(3);
        int acts = fleet.acts().size();

        Outcome again = resume(outcome.id());

        assertThat(again.state()).isEqualTo(State.SUCCEEDED);
        assertThat(fleet.suspended()).containsExactly("ScheduledActions");
        assertThat(fleet.acts()).hasSize(acts + 1);
    }

    @Test
    public void anUpdateThatWasCutOffIsBegunAgainAndCounted() throws Exception {
        dieAt("h0", HostPhase.UPDATING);

        Outcome outcome = resume(last().id());

        assertThat(outcome.state()).isEqualTo(State.SUCCEEDED);
        assertThat(fleet.acts())
                .anyMatch(act -> act.endsWith("update h0 attempt 2"))
                .anyMatch(act -> act.endsWith("update h1 attempt 1"));
    }

    @Test
    public void aHostWhoseDrainingWasRecordedIsNotTakenOutByAnotherWhenTooFewAreInServiceByThen() throws Exception {
        healthTimeout = SHORT;
        dieAt("h0", HostPhase.DRAINING);
        fleet.neverReady("h3", "h4");

        Outcome outcome = resume(last().id());

        assertThat(outcome.state()).isEqualTo(State.FAILED);
        assertThat(outcome.reason().orElseThrow()).contains("can't take out h0");
        assertThat(fleet.acts()).noneMatch(act -> act.contains("takeOut"));
    }

    @Test
    public void otherWordsReplaceThoseOnRecordAndTheHostsStay() throws Exception {
        dieAt("h1", HostPhase.UPDATING);
        RollingSpec other = fleet.spec(app, policy("1", OnHostFailure.CONTINUE, 4));
        fleet.breakOn("h1", "h2", "h3");

        Outcome outcome;
        try (RollingRelease release = releases(fleet)
                .resume(last().id(), Optional.empty(), Duration.ZERO, Optional.of(other), fleet.listener())) {
            outcome = UpdateDriver.run(release, fleet.update(), Duration.ofSeconds(5));
        }

        assertThat(outcome.failed()).containsOnlyKeys("h1", "h2", "h3");
        assertThat(outcome.done()).containsExactly("h0", "h4");
        RollingSpec another = new FakeFleet(1).spec("another", policy("1", OnHostFailure.STOP, 0));
        assertThatThrownBy(() -> releases(fleet)
                        .resume(outcome.id(), Optional.empty(), Duration.ZERO, Optional.of(another), fleet.listener()))
                .hasMessageContaining("app 'another': the release " + outcome.id() + " is one of " + app);
    }

    @Test
    public void aDeadReleaseIsNamedToWhoeverWantsToBeAskedFirst() throws Exception {
        dieAt("h1", HostPhase.CHECKING);
        String dead = last().id();
        int acts = fleet.acts().size();

        assertThatThrownBy(() -> releases(fleet)
                        .start(
                                fleet.spec(app, policy("1", OnHostFailure.STOP, 0)),
                                Releases.IfDead.REFUSE,
                                fleet.listener()))
                .isInstanceOf(Releases.LeftBehindException.class)
                .hasMessageContaining("the release " + dead)
                .hasMessageContaining("was left running with 1 of 5 hosts done")
                .hasMessageContaining("consul-deploy resume " + dead);
        assertThat(fleet.acts()).hasSize(acts);
    }

    @Test
    public void aPlanNamesEveryActAndTouchesNothing() throws Exception {
        dieAt("h1", HostPhase.CHECKING);
        String dead = last().id();
        int acts = fleet.acts().size();
        long writes = journaled();

        List<String> plan = releases(fleet).plan(fleet.spec(app, policy("2", OnHostFailure.STOP, 0)), fleet.update());

        assertThat(plan)
                .startsWith("take the lock of " + app)
                .endsWith("resume of scaling what was suspended", "give the lock back")
                .anyMatch(line -> line.startsWith("put in order what the release " + dead))
                .anyMatch(line -> line.startsWith("batch 1 of 3: see that 3 of the other 3 hosts are in service"))
                .anyMatch(line -> line.startsWith("batch 1 of 3: take h1 out of left"))
                .anyMatch(line -> line.startsWith("batch 3 of 3: put h4 back into left, right"))
                .contains("batch 2 of 3: on h2 run the test's update", "batch 2 of 3: check h2: the test's check");
        assertThat(fleet.acts()).hasSize(acts);
        assertThat(journaled()).isEqualTo(writes);
    }

    // Private

    private Outcome release(RollingPolicy policy) throws Exception {
        return release(fleet, policy);
    }

    private Outcome release(FakeFleet which, RollingPolicy policy) throws Exception {
        return run(which.spec(app, policy));
    }

    private Outcome run(RollingSpec spec) throws Exception {
        try (RollingRelease release = releases(fleet).start(spec, Releases.IfDead.REPAIR, fleet.listener())) {
            return UpdateDriver.run(release, fleet.update(), Duration.ofSeconds(5));
        }
    }

    private Outcome resume(String id) throws Exception {
        try (RollingRelease release = releases(fleet).resume(id, Optional.empty(), Duration.ZERO, fleet.listener())) {
            return UpdateDriver.run(release, fleet.update(), Duration.ofSeconds(5));
        }
    }

    private Outcome last() throws Exception {
        String id = Journal.releases(consul, keys, app).get(0).id();
        try (RollingRelease release =
                releases(fleet).resume(id, Optional.empty(), Duration.ZERO, new RollingListener() {})) {
            return release.outcome();
        }
    }

    /** Runs a release whose process dies when this host's transition is on record. */
    private void dieAt(String host, HostPhase at) throws Exception {
        fleet.watch((went, phase) -> {
            if (went.name().equals(host) && phase == at) {
                throw new FakeFleet.Killed();
            }
        });
        assertThatThrownBy(() -> release(policy("1", OnHostFailure.STOP, 0))).isInstanceOf(FakeFleet.Killed.class);
        fleet.watch((went, phase) -> {});
    }

    private void interruptedAt(String host, HostPhase at) throws Exception {
        interruptedAt(host, at, fleet.update());
    }

    /** Runs a release that is interrupted when this host's transition is on record. */
    private void interruptedAt(String host, HostPhase at, Update update) throws Exception {
        fleet.watch((went, phase) -> {
            if (went.name().equals(host) && phase == at) {
                Thread.currentThread().interrupt();
            }
        });
        RollingSpec spec = fleet.spec(app, policy("1", OnHostFailure.STOP, 0));
        try (RollingRelease release = releases(fleet).start(spec, Releases.IfDead.REPAIR, fleet.listener())) {
            assertThatThrownBy(() -> UpdateDriver.run(release, update, Duration.ofSeconds(5)))
                    .isInstanceOf(InterruptedException.class);
        }
    }

    private long journaled() {
        return consul.kv().list(keys.app(app)).stream()
                .mapToLong(entry -> entry.modifyIndex())
                .max()
                .orElse(0);
    }

    private RollingPolicy policy(String batch, OnHostFailure onFailure, int maxFailures) {
        return FakeFleet.policy(batch, onFailure, maxFailures, healthTimeout);
    }

    private RollingPolicy policy(String batch, Optional<String> minHealthy, OnHostFailure onFailure) {
        return new RollingPolicy(
                BatchSize.parse("batch", batch),
                Optional.empty(),
                Duration.ZERO,
                Duration.ZERO,
                minHealthy.map(text -> MinHealthy.parse("minHealthy", text)),
                0,
                onFailure,
                Duration.ofSeconds(5),
                false,
                Duration.ofSeconds(5),
                healthTimeout);
    }

    private RollingPolicy draining(boolean cutOff) {
        return new RollingPolicy(
                BatchSize.ONE,
                Optional.empty(),
                Duration.ZERO,
                Duration.ZERO,
                Optional.empty(),
                0,
                OnHostFailure.STOP,
                SHORT,
                cutOff,
                Duration.ofSeconds(5),
                healthTimeout);
    }

    private Releases releases(FakeFleet which) {
        return new Releases(
                consul,
                keys,
                new Caller("test", "build 1"),
                text -> which.spec(app, policy("1", OnHostFailure.STOP, 0)),
                Duration.ZERO);
    }
}
