package io.jenkins.plugins.consuldeploy.consul;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.jenkins.plugins.consuldeploy.time.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;

public class LockTest {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Duration TTL = Duration.ofSeconds(10);
    private static final Instant SINCE = Instant.parse("2025-03-04T05:06:07Z");
    private static final Holder HOLDER = new Holder("alice", "https://ci/job/api/7/", "deploy v7", SINCE);

    private final String key = ConsulProcess.uniquePrefix("lock") + "/lock";
    private Consul consul;

    @Before
    public void connect() {
        consul = ConsulProcess.shared().client();
    }

    @After
    public void disconnect() {
        consul.kv().delete(key);
        consul.close();
    }

    @Test
    public void theHolderIsNamedToWhoeverIsRefused() throws Exception {
        try (Lock lock = acquire(Duration.ZERO)) {
            assertThat(lock.isHeld()).isTrue();
            assertThat(lock.key()).isEqualTo(key);
            assertThat(Lock.holder(consul, key)).contains(HOLDER);
            assertThatThrownBy(() -> acquire(Duration.ZERO))
                    .isInstanceOf(LockHeldException.class)
                    .hasMessageContainingAll("alice", "https://ci/job/api/7/", "deploy v7", "2025-03-04T05:06:07Z", key)
                    .satisfies(e -> assertThat(((LockHeldException) e).holder()).isEqualTo(HOLDER));
        }
    }

    @Test
    public void releasingRemovesTheKeyAndTheSession() throws Exception {
        Lock lock = acquire(Duration.ofSeconds(5));
        lock.close();

        assertThat(consul.kv().get(key)).isEmpty();
        assertThat(Lock.holder(consul, key)).isEmpty();
        assertThat(ConsulProcess.shared().http("GET", "/v1/session/info/" + lock.sessionId(), ""))
                .isEqualToIgnoringWhitespace("[]");
        acquire(Duration.ZERO).close(); // and no lock-delay is in the way
    }

    @Test
    public void whoIsRefusedLeavesNoSession() throws Exception {
        try (Lock lock = acquire(Duration.ZERO)) {
            assertThatThrownBy(() -> Lock.acquire(consul, key, new Holder("bob", "b", key, SINCE), TTL, Duration.ZERO))
                    .isInstanceOf(LockHeldException.class);
            assertThat(ConsulProcess.shared().http("GET", "/v1/session/list", ""))
                    .doesNotContain(key);
            assertThat(lock.isHeld()).isTrue();
        }
    }

    @Test
    public void theFenceLetsTheHolderWriteAndNobodyWhoLostIt() throws Exception {
        try (Lock lock = acquire(Duration.ZERO)) {
            assertThat(write(lock, "mine").committed()).isTrue();

            consul.sessions().destroy(lock.sessionId());
            try (Lock other = acquire(Duration.ZERO)) {
                TxnResult refused = write(lock, "late");
                assertThat(refused.refused(0)).isTrue();
                assertThat(write(other, "other's").committed()).isTrue();
            }
            assertThat(consul.kv().get(key + "-guarded").orElseThrow().value()).isEqualTo("other's");
        } finally {
            consul.kv().delete(key + "-guarded");
        }
    }

    @Test
    public void theLossOfALockIsHeard() throws Exception {
        AtomicBoolean told = new AtomicBoolean();
        try (Lock lock = Lock.acquire(consul, key, HOLDER, Duration.ofSeconds(1), Duration.ZERO)) {
            lock.onLost(() -> told.set(true));
            consul.sessions().destroy(lock.sessionId());
            await().atMost(LIMIT).untilTrue(told);
            assertThat(lock.isHeld()).isFalse();
        }
    }

    @Test
    public void breakingALockTakesItFromItsHolderAndNamesHim() throws Exception {
        assertThat(Lock.breakLock(consul, key)).isEmpty();
        try (Lock lock = acquire(Duration.ZERO)) {
            assertThat(Lock.breakLock(consul, key)).contains(HOLDER);
            assertThat(Lock.holder(consul, key)).isEmpty();
            assertThat(write(lock, "late").refused(0)).isTrue();
            acquire(Duration.ZERO).close();
        }
        assertThat(Lock.breakLock(consul, key)).isEmpty();
    }

    @Test
    public void closingALostLockLeavesTheNextHoldersAlone() throws Exception {
        Lock lost = acquire(Duration.ZERO);
        consul.sessions().destroy(lost.sessionId());
        try (Lock next = acquire(Duration.ZERO)) {
            lost.close();
            assertThat(Lock.holder(consul, key)).contains(HOLDER);
            assertThat(write(next, "x").committed()).isTrue();
        } finally {
            consul.kv().delete(key + "-guarded");
        }
    }

    @Test
    public void theLockDelayOfALostHolderIsRiddenOut() throws Exception {
        Duration delay = Duration.ofSeconds(2);
        Lock lost = acquire(delay);
        long start = TimeSource.system().nanoTime();
        consul.sessions().destroy(lost.sessionId());

        try (Lock next = acquire(delay)) {
            // Consul's own delay would be 15 s.
            assertThat(TimeSource.system().since(start)).isBetween(delay, Duration.ofSeconds(15));
            assertThat(next.isHeld()).isTrue();
        }
    }

    @Test
    public void aLockDelayThatIsLongerThanOursIsNotWaitedFor() throws Exception {
        Lock lost = acquire(Duration.ofSeconds(30));
        consul.sessions().destroy(lost.sessionId());
        assertThatThrownBy(() -> acquire(Duration.ZERO))
                .isInstanceOf(LockHeldException.class)
                .hasMessageContaining("nobody")
                .hasMessageContaining("lock-delay");
    }

    @Test
    public void anInterruptEndsTheWaitForALockDelayAndNothingIsHeld() throws Exception {
        Lock lost = acquire(Duration.ofSeconds(30));
        consul.sessions().destroy(lost.sessionId());
        CountDownLatch started = new CountDownLatch(1);
        ExecutorService pool = Executors.newSingleThreadExecutor();
        try {
            Future<Boolean> interrupted = pool.submit(() -> {
                started.countDown();
                try {
                    Lock.acquire(consul, key, new Holder("bob", "b", key, SINCE), TTL, Duration.ofSeconds(30));
                    return false;
                } catch (InterruptedException | ConsulException.Interrupted e) {
                    return true;
                }
            });
            started.await();
            await().atMost(LIMIT).until(() -> ConsulProcess.shared()
                    .http("GET", "/v1/session/list", "")
                    .contains(key));
            pool.shutdownNow();
            assertThat(interrupted.get()).isTrue();
            assertThat(ConsulProcess.shared().http("GET", "/v1/session/list", ""))
                    .doesNotContain(key);
        } finally {
            pool.shutdownNow();
        }
    }

    @Test
    public void ofAHundredExactlyOneGetsIt() throws Exception {
        int many = 100;
        ExecutorService pool = Executors.newFixedThreadPool(many);
        try {
            CountDownLatch together = new CountDownLatch(many);
            List<Callable<Optional<Lock>>> tries = new ArrayList<>();
            for (int i = 0; i < many; i++) {
                Holder holder = new Holder("contender " + i, "b", "w", SINCE);
                tries.add(() -> {
                    together.countDown();
                    together.await();
                    try {
                        return Optional.of(Lock.acquire(consul, key, holder, TTL, Duration.ZERO));
                    } catch (LockHeldException e) {
                        assertThat(e.holder().who()).startsWith("contender ");
                        return Optional.empty();
                    }
                });
            }
            List<Lock> winners = new ArrayList<>();
            for (Future<Optional<Lock>> future : pool.invokeAll(tries)) {
                future.get().ifPresent(winners::add);
            }
            assertThat(winners).hasSize(1);
            winners.get(0).close();
        } finally {
            pool.shutdownNow();
        }
    }

    @Test
    public void whatElseHoldsTheKeyIsShownAsItIs() throws Exception {
        try (Session session = consul.sessions().create("by hand", TTL, Session.Behavior.RELEASE, Duration.ZERO)) {
            consul.kv().commit(Txn.to("test").lock(key, "bob, until noon", session.id()));
            assertThatThrownBy(() -> acquire(Duration.ZERO))
                    .isInstanceOf(LockHeldException.class)
                    .hasMessageContaining("bob, until noon");
            consul.kv().put(key, "");
            assertThatThrownBy(() -> acquire(Duration.ZERO)).hasMessageContaining("somebody");
            consul.kv().put(key, "[1, 2]");
            assertThatThrownBy(() -> acquire(Duration.ZERO)).hasMessageContaining("[1, 2]");
            consul.kv().put(key, "{\"who\": {}, \"build\": [], \"what\": 1, \"since\": 2}");
            assertThatThrownBy(() -> acquire(Duration.ZERO)).isInstanceOf(LockHeldException.class);
        }
    }

    @Test
    public void aKeyThatNobodyHoldsIsNoLock() throws Exception {
        consul.kv().put(key, "left over");
        assertThat(Lock.holder(consul, key)).isEmpty();
        acquire(Duration.ZERO).close();
    }

    @Test
    public void releasingWhileConsulIsAwayThrowsNothing() throws Exception {
        try (ConsulProcess process = ConsulProcess.start();
                Consul client = new Consul(process.config()
                        .withTimeouts(Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ofSeconds(1)))) {
            Lock lock = Lock.acquire(client, key, HOLDER, TTL, Duration.ZERO);
            process.kill();
            lock.close();
        }
    }

    private Lock acquire(Duration delay) throws Exception {
        return Lock.acquire(consul, key, HOLDER, TTL, delay);
    }

    private TxnResult write(Lock lock, String value) {
        return consul.kv().commit(lock.fence(Txn.to("test")).set(key + "-guarded", value));
    }
}
