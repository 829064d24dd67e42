package io.jenkins.plugins.consuldeploy.consul;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jenkins.plugins.consuldeploy.time.TimeSource;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;

public class SessionTest {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    /** Below what Consul takes by default: the tests' Consul is told to take it. */
    private static final Duration SHORT = Duration.ofSeconds(1);

    /** A loaded machine keeps it, and a test need not wait long for its end. */
    private static final Duration TTL = Duration.ofSeconds(3);

    private static final Duration LONG = Duration.ofSeconds(60);

    private final String prefix = ConsulProcess.uniquePrefix("session") + "/";
    private Consul consul;

    @Before
    public void connect() {
        consul = ConsulProcess.shared().client();
    }

    @After
    public void disconnect() {
        consul.kv().deleteTree(prefix);
        consul.close();
    }

    @Test
    public void aSessionHasItsNameTtlAndBehavior() {
        try (Session session =
                consul.sessions().create("deploy \"v1\"", LONG, Session.Behavior.DELETE, Duration.ofSeconds(3))) {
            String info = ConsulProcess.shared().http("GET", "/v1/session/info/" + session.id(), "");
            assertThat(info)
                    .contains("\"deploy \\\"v1\\\"\"")
                    .containsIgnoringWhitespaces("\"Behavior\":\"delete\"")
                    .containsIgnoringWhitespaces("\"LockDelay\":3000000000")
                    .containsPattern("\"TTL\": ?\"(60000ms|1m0s)\"");
        }
    }

    @Test
    public void aLockDelayOfZeroIsZeroAndNotConsulsDefault() throws Exception {
        try (Session first = consul.sessions().create("first", LONG, Session.Behavior.RELEASE, Duration.ZERO);
                Session second = consul.sessions().create("second", LONG, Session.Behavior.RELEASE, Duration.ZERO)) {
            hold(prefix + "lock", first);
            consul.sessions().destroy(first.id());
            assertThat(consul.kv()
                            .commit(Txn.to("test").lock(prefix + "lock", "", second.id()))
                            .committed())
                    .isTrue();
        }
    }

    @Test
    public void itIsRenewedForLongerThanItsTtl() throws Exception {
        try (Session session = create(Session.Behavior.DELETE)) {
            hold(prefix + "a", session);
            CountDownLatch lost = new CountDownLatch(1);
            session.onLost(lost::countDown);
            // Consul waits for two TTLs.
            assertThat(lost.await(7, TimeUnit.SECONDS)).isFalse();
            assertThat(session.isLost()).isFalse();
            assertThat(consul.kv().get(prefix + "a")).isPresent();
        }
    }

    @Test
    public void closingDestroysItAtOnceAndItsKeysGoByItsBehavior() {
        Session deleting = create(Session.Behavior.DELETE);
        Session releasing = create(Session.Behavior.RELEASE);
        hold(prefix + "deleted", deleting);
        hold(prefix + "released", releasing);

        deleting.close();
        releasing.close();

        assertThat(consul.kv().get(prefix + "deleted")).isEmpty();
        assertThat(consul.kv().get(prefix + "released").orElseThrow().session()).isEmpty();
        assertThat(deleting.isLost()).isFalse();
        deleting.close(); // twice does no harm
    }

    @Test
    public void closingTellsNobodyOfALoss() {
        AtomicInteger told = new AtomicInteger();
        Session session = create(Session.Behavior.DELETE);
        session.onLost(told::incrementAndGet);
        session.close();
        assertThat(session.confirm()).isTrue();
        assertThat(told).hasValue(0);
    }

    @Test
    public void aSessionThatIsDestroyedFromOutsideIsLostAndEveryListenerHearsOnce() {
        List<String> heard = new CopyOnWriteArrayList<>();
        try (Session session = create(Session.Behavior.DELETE)) {
            session.onLost(() -> heard.add("first"));
            session.onLost(() -> {
                throw new IllegalStateException("a listener's bug");
            });
            session.onLost(() -> heard.add("second"));

            consul.sessions().destroy(session.id());

            await().atMost(LIMIT).until(() -> heard.size() == 2);
            assertThat(heard).containsExactlyInAnyOrder("first", "second");
            assertThat(session.isLost()).isTrue();
            session.onLost(() -> heard.add("late"));
            await().atMost(LIMIT).until(() -> heard.size() == 3);
            assertThat(session.confirm()).isFalse();
        }
        assertThat(heard).hasSize(3);
    }

    @Test
    public void confirmAsksConsulAndKnows() {
        try (Session session = consul.sessions().create("test", LONG, Session.Behavior.DELETE, Duration.ZERO)) {
            assertThat(session.confirm()).isTrue();
            consul.sessions().destroy(session.id());
            assertThat(session.isLost()).isFalse(); // nobody has asked yet
            assertThat(session.confirm()).isFalse();
            assertThat(session.isLost()).isTrue();
        }
    }

    @Test
    public void aSessionWhoseConsulHangsIsTakenForLostAfterItsTtl() {
        try (ConsulProcess process = ConsulProcess.start();
                Consul client = process.client()) {
            AtomicBoolean told = new AtomicBoolean();
            Session session = client.sessions().create("test", TTL, Session.Behavior.DELETE, Duration.ZERO);
            session.onLost(() -> told.set(true));
            long start = TimeSource.system().nanoTime();

            process.freeze();
            try {
                await().pollInterval(Duration.ofMillis(20)).atMost(LIMIT).untilTrue(told);
                // Before Consul, which waits for two TTLs, can have given its keys to anybody.
                assertThat(TimeSource.system().since(start)).isLessThan(TTL.multipliedBy(2));
            } finally {
                process.thaw();
            }
            session.close();
        }
    }

    @Test
    public void aRenewalThatFailedIsTriedAgainSoonNotAtTheNextTurn() {
        AtomicInteger renewals = new AtomicInteger();
        try (ScriptedConsul server = ScriptedConsul.before(ConsulProcess.shared(), request -> {
                    boolean fails = request.path().contains("/session/renew/") && renewals.incrementAndGet() <= 3;
                    return fails ? ScriptedConsul.answer(500, "No cluster leader") : ScriptedConsul.PASS;
                });
                Consul client = new Consul(server.config());
                // At thirds of the TTL, the third failure would be its loss.
                Session session = client.sessions()
                        .create("test", Duration.ofSeconds(6), Session.Behavior.DELETE, Duration.ZERO)) {
            await().atMost(LIMIT).until(() -> renewals.get() >= 5);
            assertThat(session.isLost()).isFalse();
        }
    }

    @Test
    public void aLeaderThatDoesNotKnowTheSessionYetHasNotEndedIt() {
        AtomicInteger renewals = new AtomicInteger();
        try (ScriptedConsul server = ScriptedConsul.before(ConsulProcess.shared(), request -> {
                    // What a server says that was restarted, between its election and the end of its log.
                    boolean isFirst = request.path().contains("/session/renew/") && renewals.incrementAndGet() == 1;
                    return isFirst ? ScriptedConsul.answer(404, "Session id not found") : ScriptedConsul.PASS;
                });
                Consul client = new Consul(server.config().withConsistency(Consistency.STALE));
                Session session = client.sessions().create("test", LONG, Session.Behavior.DELETE, Duration.ZERO)) {
            assertThat(session.confirm()).isTrue();
            assertThat(session.confirm()).isTrue();
            assertThat(server.requests()).anyMatch(request -> request.path().contains("/session/info/"));
            client.sessions().destroy(session.id());
            assertThat(session.confirm()).isFalse();
        }
    }

    @Test
    public void aSessionThatIsNotHeardOfExpiresWithItsKeys() {
        Session orphan;
        try (Consul dying = ConsulProcess.shared().client()) {
            orphan = dying.sessions().create("orphan", SHORT, Session.Behavior.DELETE, Duration.ZERO);
            hold(prefix + "a", orphan);
        }
        await().atMost(LIMIT).until(() -> consul.kv().get(prefix + "a").isEmpty());
    }

    @Test
    public void closingWhileConsulIsAwayThrowsNothing() {
        try (ConsulProcess process = ConsulProcess.start();
                Consul client = new Consul(process.config()
                        .withTimeouts(Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ofSeconds(1)))) {
            Session session = client.sessions().create("test", LONG, Session.Behavior.DELETE, Duration.ZERO);
            process.kill();
            session.close();
        }
    }

    @Test
    public void destroyingWhatIsNotThereIsNoError() {
        consul.sessions().destroy("11111111-2222-3333-4444-555555555555");
    }

    @Test
    public void aSessionWhoseCreationsAnswerGotLostIsCreatedAnew() {
        AtomicInteger creations = new AtomicInteger();
        try (ScriptedConsul server = ScriptedConsul.before(
                        ConsulProcess.shared(),
                        request -> request.path().endsWith("/session/create") && creations.incrementAndGet() == 1
                                ? ScriptedConsul.LOSE_THE_ANSWER
                                : ScriptedConsul.PASS);
                Consul client = new Consul(server.config());
                Session session = client.sessions().create("test", LONG, Session.Behavior.DELETE, Duration.ZERO)) {
            assertThat(session.confirm()).isTrue();
            assertThat(creations).hasValue(2);
        }
    }

    private Session create(Session.Behavior behavior) {
        return consul.sessions().create("test", TTL, behavior, Duration.ZERO);
    }

    private void hold(String key, Session session) {
        assertThat(consul.kv()
                        .commit(Txn.to("test").lock(key, "held", session.id()))
                        .committed())
                .isTrue();
    }
}
