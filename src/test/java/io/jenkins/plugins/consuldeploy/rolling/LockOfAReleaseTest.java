package io.jenkins.plugins.consuldeploy.rolling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.ConsulProcess;
import io.jenkins.plugins.consuldeploy.consul.LockHeldException;
import io.jenkins.plugins.consuldeploy.journal.Journal;
import io.jenkins.plugins.consuldeploy.journal.JournalException;
import io.jenkins.plugins.consuldeploy.journal.ReleaseHead.State;
import io.jenkins.plugins.consuldeploy.journal.ReleaseKeys;
import io.jenkins.plugins.consuldeploy.journal.ReleaseLock;
import io.jenkins.plugins.consuldeploy.phase.Caller;
import io.jenkins.plugins.consuldeploy.rolling.RollingPolicy.OnHostFailure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.After;
import org.junit.Test;

/** One release an application, and what a holder does that is none any more: nothing. */
public class LockOfAReleaseTest {

    private static final int TIMES = 100;

    private final Consul consul = ConsulProcess.shared().client();
    private final ReleaseKeys keys = new ReleaseKeys("test-releases");
    private final RollingPolicy policy = FakeFleet.policy("1", OnHostFailure.STOP, 0);
    private final ExecutorService threads = Executors.newCachedThreadPool();

    @After
    public void close() {
        threads.shutdownNow();
        consul.close();
    }

    @Test
    public void ofTwoThatStartAtOnceExactlyOneGoesAndTheOtherIsToldWho() throws Exception {
        for (int i = 0; i < TIMES; i++) {
            String app = ConsulProcess.uniquePrefix("two");
            CyclicBarrier start = new CyclicBarrier(2);
            CyclicBarrier end = new CyclicBarrier(2);
            Callable<Boolean> starting = () -> {
                FakeFleet fleet = new FakeFleet(2);
                start.await();
                try (RollingRelease release =
                        releases(fleet, app).start(fleet.spec(app, policy), Releases.IfDead.REPAIR, fleet.listener())) {
                    end.await();
                    return !release.isOver();
                } catch (LockHeldException e) {
                    end.await();
                    assertThat(e).hasMessageContaining("locked by test (build 1), release ");
                    return false;
                }
            };
            Future<Boolean> one = threads.submit(starting);
            Future<Boolean> other = threads.submit(starting);

            assertThat(List.of(one.get(), other.get())).as("round %d", i).containsExactlyInAnyOrder(true, false);
            assertThat(Journal.releases(consul, keys, app)).hasSize(1);
        }
    }

    @Test
    public void aHolderThatLostItsLockAtAnyTransitionDoesNothingMoreWhenTheNextOneGoesOn() throws Exception {
        AtomicInteger transitions = new AtomicInteger();
        FakeFleet counted = new FakeFleet(3);
        counted.watch((host, phase) -> transitions.incrementAndGet());
        String any = ConsulProcess.uniquePrefix("count");
        try (RollingRelease release =
                releases(counted, any).start(counted.spec(any, policy), Releases.IfDead.REPAIR, counted.listener())) {
            UpdateDriver.run(release, counted.update(), Duration.ofSeconds(5));
        }
        // Each waits out the lock-delay, so they do that together.
        List<Future<?>> all = new ArrayList<>();
        for (int i = 1; i <= transitions.get(); i++) {
            int at = i;
            all.add(threads.submit(() -> {
                losesItsLockAt(at);
                return null;
            }));
        }
        for (Future<?> one : all) {
            one.get();
        }
        System.out.println("lock lost: at each of " + transitions.get() + " transitions");
    }

    @Test
    public void anUpdateThatRunsIsEndedWhenTheLockIsLost() throws Exception {
        String app = ConsulProcess.uniquePrefix("lost");
        FakeFleet fleet = new FakeFleet(2);
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch ended = new CountDownLatch(1);
        Update endless = new Update() {
            @Override
            public Optional<String> run(Turn turn, Duration timeout) throws InterruptedException {
                begun.countDown();
                try {
                    new CountDownLatch(1).await();
                } finally {
                    ended.countDown();
                }
                return Optional.empty();
            }

            @Override
            public String describe() {
                return "wait";
            }
        };
        try (RollingRelease release =
                releases(fleet, app).start(fleet.spec(app, policy), Releases.IfDead.REPAIR, fleet.listener())) {
            threads.submit(() -> {
                begun.await();
                consul.sessions().destroy(release.session());
                return null;
            });

            assertThatThrownBy(() -> UpdateDriver.run(release, endless, Duration.ofMinutes(5)))
                    .isInstanceOf(JournalException.class)
                    .hasMessageContaining("was lost");
            assertThat(ended.getCount()).isZero();
            assertThat(release.outcome().state()).isEqualTo(State.RUNNING);
        }
    }

    // Private

    private void losesItsLockAt(int transition) throws Exception {
        String app = ConsulProcess.uniquePrefix("lost");
        FakeFleet fleet = new FakeFleet(3);
        AtomicInteger transitions = new AtomicInteger();
        Thread.currentThread().setName("first");
        String id;
        try (RollingRelease first =
                releases(fleet, app).start(fleet.spec(app, policy), Releases.IfDead.REPAIR, fleet.listener())) {
            id = first.id();
            fleet.watch((host, phase) -> {
                if (transitions.incrementAndGet() == transition) {
                    consul.sessions().destroy(first.session());
                }
            });
            Future<Outcome> second = threads.submit(() -> {
                Thread.currentThread().setName("second");
                return takenOver(fleet, app, id);
            });
            Thread.currentThread().setName("first");

            assertThatThrownBy(() -> UpdateDriver.run(first, fleet.update(), Duration.ofSeconds(5)))
                    .isInstanceOf(JournalException.class);

            assertThat(second.get().state()).isEqualTo(State.SUCCEEDED);
        }
        List<String> acts = fleet.acts();
        int takeOver = acts.indexOf(acts.stream()
                .filter(act -> act.startsWith("second"))
                .findFirst()
                .orElseThrow());
        assertThat(acts.subList(takeOver, acts.size()))
                .as("lost at transition %d", transition)
                .allMatch(act -> act.startsWith("second"));
        assertThat(fleet.brokenPromises()).isEmpty();
        assertThat(fleet.outOfService()).isEmpty();
        assertThat(fleet.versions().values()).containsOnly(FakeFleet.NEW);
    }

    /** Goes on as soon as the lock can be had, and that is not before the lock-delay is over. */
    private Outcome takenOver(FakeFleet fleet, String app, String id) throws Exception {
        try (RollingRelease second =
                releases(fleet, app).resume(id, Optional.empty(), ReleaseLock.DEAD_HOLDER_LIMIT, fleet.listener())) {
            return UpdateDriver.run(second, fleet.update(), Duration.ofSeconds(5));
        }
    }

    private Releases releases(FakeFleet fleet, String app) {
        return new Releases(
                consul, keys, new Caller("test", "build 1"), text -> fleet.spec(app, policy), ReleaseLock.LOCK_DELAY);
    }
}
