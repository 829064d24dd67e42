package io.jenkins.plugins.consuldeploy.consul;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.jenkins.plugins.consuldeploy.consul.ScriptedConsul.Reply;
import io.jenkins.plugins.consuldeploy.consul.ScriptedConsul.Request;
import io.jenkins.plugins.consuldeploy.time.ManualTime;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.junit.After;
import org.junit.Test;

/** How requests look on the wire, and what becomes of every kind of failure. */
public class TransportTest {

    private static final String TOKEN = "c0ffee00-secret-token";
    private static final String NO_LEADER = "No cluster leader";
    private static final Reply EMPTY = ScriptedConsul.answer(200, "[]");
    private static final Reply TRUE = ScriptedConsul.answer(200, "true");

    private final ManualTime time = new ManualTime();
    private final ReservedPort nobody = ReservedPort.take();
    private ScriptedConsul server;
    private Consul consul;

    @After
    public void stop() {
        if (consul != null) {
            consul.close();
        }
        if (server != null) {
            server.close();
        }
        nobody.close();
    }

    // On the wire

    @Test
    public void theTokenTravelsInTheHeaderAndNeverInTheUrl() {
        connect(config -> config.withToken(new AclToken(TOKEN)), request -> TRUE);

        everyKindOfRequest();

        assertThat(server.requests()).hasSizeGreaterThan(15).allSatisfy(request -> {
            assertThat(request.header("X-Consul-Token")).contains(TOKEN);
            assertThat(request.uri()).doesNotContain(TOKEN).doesNotContain("token=");
            assertThat(request.body()).doesNotContain(TOKEN);
        });
    }

    @Test
    public void withoutATokenThereIsNoHeader() {
        connect(config -> config, request -> EMPTY);
        consul.kv().list("a/");
        assertThat(onlyRequest().header("X-Consul-Token")).isEmpty();
        assertThat(onlyRequest().header("Authorization")).isEmpty();
    }

    @Test
    public void basicAuthenticationIsSentUnasked() {
        connect(config -> config.withAuth(new BasicAuth("aladdin", "öpen:sesame")), request -> EMPTY);
        consul.kv().list("a/");
        assertThat(onlyRequest().header("Authorization")).contains("Basic YWxhZGRpbjrDtnBlbjpzZXNhbWU=");
    }

    @Test
    public void theDatacenterIsNamedInEveryRequest() {
        connect(config -> config.withDatacenter("dc-west"), request -> TRUE);

        everyKindOfRequest();

        assertThat(server.requests())
                .allSatisfy(request -> assertThat(request.uri()).containsPattern("[?&]dc=dc-west(&|$)"));
    }

    @Test
    public void theConsistencyModeIsForReadsAlone() {
        for (Consistency mode : Consistency.values()) {
            connect(config -> config.withConsistency(mode), request -> TRUE);
            consul.kv().put("a", "x");
            assertThat(onlyRequest().uri()).isEqualTo("/v1/kv/a");
            stop();
            connect(config -> config.withConsistency(mode), request -> EMPTY);
            consul.kv().list("a/");
            assertThat(onlyRequest().uri())
                    .isEqualTo(
                            switch (mode) {
                                case DEFAULT -> "/v1/kv/a/?recurse";
                                case STALE -> "/v1/kv/a/?recurse&stale";
                                case CONSISTENT -> "/v1/kv/a/?recurse&consistent";
                            });
            stop();
        }
    }

    @Test
    public void aKeyIsPercentEncodedAndItsSlashesAreNot() {
        connect(config -> config, request -> EMPTY);
        consul.kv().get("api/ver sion/100%?#+&ü/");
        assertThat(onlyRequest().uri()).isEqualTo("/v1/kv/api/ver%20sion/100%25%3F%23%2B%26%C3%BC/");
    }

    @Test
    public void aBlockingQueryNamesIndexAndWait() {
        connect(config -> config, request -> EMPTY);
        consul.kv().get("a", new BlockingQuery(42, Duration.ofSeconds(90)));
        assertThat(onlyRequest().uri()).isEqualTo("/v1/kv/a?index=42&wait=90000ms");
    }

    @Test
    public void anIndexIsAnUnsignedNumber() {
        connect(
                config -> config,
                request -> new ScriptedConsul.Answer(
                        200, "[]", java.util.Map.of("X-Consul-Index", "18446744073709551615")));
        Snapshot<List<KvEntry>> answer = consul.kv().list("a/", BlockingQuery.NOW);
        assertThat(answer.index()).isEqualTo(-1);
        consul.kv().list("a/", new BlockingQuery(answer.index(), Duration.ofSeconds(1)));
        assertThat(server.requests().get(1).uri()).contains("index=18446744073709551615");
    }

    @Test
    public void aPathOfTheAddressComesFirst() {
        server = ScriptedConsul.alone(request -> EMPTY);
        consul = new Consul(ConsulConfig.at("http://" + server.address() + "/behind/a proxy/".replace(" ", "%20")));
        consul.kv().get("a");
        assertThat(onlyRequest().uri()).isEqualTo("/behind/a%20proxy/v1/kv/a");
    }

    @Test
    public void aProxyIsAskedForTheWholeUrl() {
        server = ScriptedConsul.alone(request -> EMPTY);
        consul = new Consul(ConsulConfig.at("consul.invalid:8500")
                .withToken(new AclToken(TOKEN))
                .withProxy(URI.create("http://" + server.address())));

        consul.kv().get("a");

        assertThat(onlyRequest().uri()).isEqualTo("http://consul.invalid:8500/v1/kv/a");
        assertThat(onlyRequest().header("X-Consul-Token")).contains(TOKEN);
    }

    @Test
    public void requestsAreCountedWithThoseThatFailed() {
        AtomicInteger count = new AtomicInteger();
        connect(config -> config, request -> count.incrementAndGet() < 3 ? ScriptedConsul.CUT : EMPTY);
        consul.kv().list("a/");
        assertThat(consul.requests()).isEqualTo(3);
    }

    // No answer

    @Test
    public void aConsulThatWasNeverThereIsGivenUpAfterTheFirstAnswersLimit() {
        consul = new Consul(ConsulConfig.at("127.0.0.1:" + nobody), time);

        ConsulException.Unreachable failure = catchThrowableOfType(
                ConsulException.Unreachable.class, () -> consul.kv().get("api/version/current"));

        assertThat(failure)
                .hasMessageContaining("could not read the key api/version/current")
                .hasMessageContaining("http://127.0.0.1:" + nobody)
                .hasMessageContaining("Connection refused")
                .hasMessageContaining("Check the address")
                .hasMessageMatching("(?s).*for [345]\\.\\d s.*");
        assertThat(time.since(0)).isBetween(Duration.ofSeconds(3), ConsulConfig.FIRST_ANSWER_LIMIT);
    }

    @Test
    public void theFirstAnswersLimitIsNeverAboveTheOutageLimit() {
        consul = new Consul(
                ConsulConfig.at("127.0.0.1:" + nobody)
                        .withTimeouts(Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ofMillis(300)),
                time);
        assertThatThrownBy(() -> consul.kv().get("a")).isInstanceOf(ConsulException.Unreachable.class);
        assertThat(time.since(0)).isLessThanOrEqualTo(Duration.ofMillis(300));
    }

    @Test
    public void aHostThatDoesNotExistIsNamed() {
        consul = new Consul(ConsulConfig.at("no-such-host.invalid"), time);
        assertThatThrownBy(() -> consul.kv().get("a"))
                .isInstanceOf(ConsulException.Unreachable.class)
                .hasMessageContaining("UnknownHost")
                .hasMessageContaining("http://no-such-host.invalid:8500");
    }

    @Test
    public void anAnswerThatDoesNotComeIsWaitedForAsLongAsTheReadTimeoutSays() {
        connect(
                config -> config.withTimeouts(Duration.ofSeconds(1), Duration.ofMillis(100), Duration.ofMillis(250)),
                request -> ScriptedConsul.HANG);
        assertThatThrownBy(() -> consul.kv().get("a"))
                .isInstanceOf(ConsulException.Unreachable.class)
                .hasMessageContaining("Read timed out");
    }

    @Test
    public void aBlockingQueryGetsItsWaitOnTopOfTheReadTimeout() {
        connect(
                config -> config.withTimeouts(Duration.ofSeconds(1), Duration.ofSeconds(5), Duration.ofSeconds(1)),
                request -> {
                    pauseLikeConsul(Duration.ofMillis(300));
                    return EMPTY;
                });
        consul.kv().get("a", new BlockingQuery(1, Duration.ofMillis(300)));
        assertThat(server.requests()).hasSize(1);
    }

    @Test
    public void aClientThatHadAnswersRidesOutAnOutageUpToItsLimit() {
        AtomicInteger count = new AtomicInteger();
        connect(
                config -> config,
                request -> count.incrementAndGet() == 1 ? EMPTY : ScriptedConsul.answer(500, NO_LEADER));
        consul.kv().list("a/");
        long start = time.nanoTime();

        assertThatThrownBy(() -> consul.kv().list("a/"))
                .isInstanceOf(ConsulException.Unreachable.class)
                .hasMessageContaining("list the keys below a/")
                .hasMessageContaining("HTTP 500 (No cluster leader)")
                .hasMessageMatching("(?s).*for 5\\d\\.\\d s.*")
                .hasMessageContaining(server.address());
        assertThat(time.since(start)).isBetween(Duration.ofSeconds(55), Duration.ofSeconds(60));
        assertThat(server.requests()).hasSizeLessThan(60);
    }

    @Test
    public void pausesDoubleUpToTwoSecondsWithJitter() {
        AtomicInteger count = new AtomicInteger();
        connect(
                config -> config,
                request -> count.getAndIncrement() % 10 != 0 ? ScriptedConsul.answer(500, NO_LEADER) : EMPTY);
        time.setRandom(0);
        consul.kv().list("a/");
        consul.kv().list("a/");
        assertThat(time.pauses())
                .extracting(Duration::toMillis)
                .containsExactly(25L, 50L, 100L, 200L, 400L, 800L, 1000L, 1000L, 1000L);
    }

    @Test
    public void evenAWriteThatMayNotHappenTwiceRidesOutAMissingLeader() {
        for (String words : List.of(
                NO_LEADER,
                "rpc error making call: No cluster leader",
                "No known Consul servers",
                "node is not the leader")) {
            AtomicInteger count = new AtomicInteger();
            connect(
                    config -> config,
                    request -> count.incrementAndGet() < 4 ? ScriptedConsul.answer(500, words) : TRUE);
            assertThat(consul.kv().putIfUnchanged("a", "x", 1)).as(words).isTrue();
            stop();
        }
    }

    @Test
    public void aConsulThatHasTooManyRequestsIsAskedAgain() {
        AtomicInteger count = new AtomicInteger();
        connect(
                config -> config,
                request -> count.incrementAndGet() < 3
                        ? ScriptedConsul.answer(429, "Your IP is issuing too many concurrent connections")
                        : TRUE);
        assertThat(consul.kv().putIfUnchanged("a", "x", 1)).isTrue();
    }

    @Test
    public void aWriteThatMayNotHappenTwiceIsNotRepeatedWhenItsAnswerGotLost() {
        for (Reply lost : List.of(
                ScriptedConsul.CUT,
                ScriptedConsul.answer(500, "leadership lost while committing log"),
                ScriptedConsul.answer(502, "Bad Gateway"))) {
            connect(config -> config, request -> lost);
            assertThatThrownBy(() -> consul.kv().putIfUnchanged("a", "x", 1))
                    .isInstanceOf(ConsulException.Unreachable.class);
            assertThatThrownBy(() -> consul.kv().commit(Txn.to("test").setIfUnchanged("a", "x", 0, 1)))
                    .isInstanceOf(ConsulException.Unreachable.class);
            assertThatThrownBy(() -> consul.events().fire("deploy", "v1", Events.Target.EVERY_NODE))
                    .isInstanceOf(ConsulException.Unreachable.class);
            assertThat(server.requests()).hasSize(3);
            stop();
        }
    }

    @Test
    public void whatIsTheSameTwiceIsRepeatedWhenItsAnswerGotLost() {
        AtomicInteger count = new AtomicInteger();
        connect(config -> config, request -> count.incrementAndGet() % 2 == 1 ? ScriptedConsul.CUT : TRUE);
        consul.kv().put("a", "x");
        consul.kv().delete("a");
        consul.kv().deleteTree("a/");
        consul.sessions().destroy("11111111-2222-3333-4444-555555555555");
        assertThat(server.requests()).hasSize(8);
    }

    @Test
    public void anInterruptEndsTheRidingOutAtOnceAndStaysSet() throws Exception {
        CountDownLatch asked = new CountDownLatch(2);
        server = ScriptedConsul.alone(request -> {
            asked.countDown();
            return ScriptedConsul.answer(500, NO_LEADER);
        });
        consul = new Consul(server.config());
        var pool = Executors.newSingleThreadExecutor();
        try {
            Future<Boolean> flag = pool.submit(() -> {
                assertThatThrownBy(() -> consul.kv().get("a"))
                        .isInstanceOf(ConsulException.Interrupted.class)
                        .hasMessageContaining("read the key a");
                return Thread.interrupted();
            });
            asked.await();
            pool.shutdownNow();
            assertThat(flag.get()).isTrue();
        } finally {
            pool.shutdownNow();
        }
    }

    // Answers that are none

    @Test
    public void anAnswerThatIsNoJsonIsRefusedAndShown() {
        for (String page :
                List.of("<html><body>It works!</body></html>", "OK", "", "{\"unfinished\": ", "nginx/1.22")) {
            connect(config -> config, request -> ScriptedConsul.answer(200, page));
            assertNotConsul(() -> consul.kv().get("a"), "read the key a", page);
            assertNotConsul(() -> consul.kv().put("a", "x"), "write the key a", page);
            assertNotConsul(() -> consul.kv().putIfUnchanged("a", "x", 0), "write the key a", page);
            assertNotConsul(() -> consul.kv().children("a/", BlockingQuery.NOW), "list the keys below a/", page);
            assertNotConsul(() -> consul.kv().commit(Txn.to("commit v1").set("a", "x")), "commit v1", page);
            assertNotConsul(
                    () -> consul.services().instances("web", Optional.empty(), true, BlockingQuery.NOW), "web", page);
            assertNotConsul(() -> consul.services().nodes(), "list the nodes", page);
            assertNotConsul(() -> consul.cluster().leader(), "leader", page);
            assertNotConsul(() -> consul.cluster().self(), "ask the agent", page);
            assertNotConsul(() -> consul.events().list("e", BlockingQuery.NOW), "list the events e", page);
            assertNotConsul(() -> consul.events().fire("e", "", Events.Target.EVERY_NODE), "fire the event e", page);
            assertNotConsul(
                    () -> consul.sessions()
                            .create("s", Duration.ofSeconds(10), Session.Behavior.RELEASE, Duration.ZERO),
                    "create the session",
                    page);
            stop();
        }
    }

    @Test
    public void jsonThatIsNotConsulsIsRefused() {
        for (String json : List.of("{}", "[{}]", "[1]", "null", "{\"Config\": 1}", "[{\"Key\": null}]")) {
            connect(config -> config, request -> ScriptedConsul.answer(200, json));
            assertThatThrownBy(() -> consul.kv().get("a"))
                    .as(json)
                    .isInstanceOf(ConsulException.Refused.class)
                    .hasMessageContaining("is not Consul");
            assertThatThrownBy(() -> consul.cluster().self()).as(json).isInstanceOf(ConsulException.Refused.class);
            stop();
        }
    }

    @Test
    public void aStrangersNotFoundIsNotAnAbsentKey() {
        connect(config -> config, request -> new ScriptedConsul.Answer(404, "404 page not found", java.util.Map.of()));
        assertNotConsul(() -> consul.kv().get("a"), "read the key a", "404 page not found");
        assertNotConsul(() -> consul.kv().list("a/"), "list the keys below a/", "404 page not found");
        assertNotConsul(() -> consul.kv().children("a/", BlockingQuery.NOW), "list", "404 page not found");
        assertNotConsul(() -> consul.kv().put("a", "x"), "write the key a", "404 page not found");
        assertNotConsul(() -> consul.kv().delete("a"), "remove the key a", "404 page not found");
        assertNotConsul(() -> consul.kv().deleteTree("a/"), "remove the keys below a/", "404 page not found");
        assertNotConsul(() -> consul.kv().commit(Txn.to("commit v1").set("a", "x")), "commit v1", "404 page not found");
        assertNotConsul(() -> consul.services().nodes(), "list the nodes", "404 page not found");
    }

    @Test
    public void aRedirectIsNotFollowedBecauseTheTokenWouldBe() {
        connect(
                config -> config.withToken(new AclToken(TOKEN)),
                request -> new ScriptedConsul.Answer(307, "", java.util.Map.of("Location", "http://127.0.0.1:1/")));
        assertThatThrownBy(() -> consul.kv().get("a"))
                .isInstanceOf(ConsulException.Refused.class)
                .hasMessageContaining("HTTP 307");
        assertThat(server.requests()).hasSize(1);
    }

    @Test
    public void aMistakeOfOursIsNotTriedForAMinute() {
        for (String words :
                List.of("Invalid Session TTL '1ms', must be between [10s=24h0m0s]", "invalid session \"x\"")) {
            connect(config -> config, request -> ScriptedConsul.answer(500, words));
            assertThatThrownBy(() -> consul.kv().put("a", "x"))
                    .isInstanceOf(ConsulException.Refused.class)
                    .hasMessageContaining(words);
            assertThat(server.requests()).hasSize(1);
            stop();
        }
    }

    @Test
    public void aLongAnswerIsShownInPart() {
        connect(config -> config, request -> ScriptedConsul.answer(400, "x\n".repeat(5000)));
        assertThatThrownBy(() -> consul.kv().get("a"))
                .hasMessageContaining("x x x")
                .message()
                .hasSizeLessThan(600)
                .doesNotContain("\n");
    }

    @Test
    public void noFailureShowsASecret() {
        AtomicInteger status = new AtomicInteger();
        connect(
                config -> config.withToken(new AclToken(TOKEN)).withAuth(new BasicAuth("user", "hunter2")),
                request -> ScriptedConsul.answer(status.get(), "no"));
        for (int code : List.of(200, 307, 400, 401, 403, 404, 429, 500, 503)) {
            status.set(code);
            Exception failure =
                    catchThrowableOfType(Exception.class, () -> consul.kv().put("a", "x"));
            for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
                assertThat(cause.toString())
                        .as("HTTP " + code)
                        .doesNotContain(TOKEN)
                        .doesNotContain("hunter2");
            }
        }
    }

    @Test
    public void aClientThatWasClosedSaysSo() {
        connect(config -> config, request -> EMPTY);
        consul.close();
        assertThatThrownBy(() -> consul.kv().get("a"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed")
                .hasMessageContaining("read the key a");
    }

    private void connect(UnaryOperator<ConsulConfig> settings, Function<Request, Reply> script) {
        server = ScriptedConsul.alone(script);
        consul = new Consul(settings.apply(server.config()), time);
    }

    private Request onlyRequest() {
        assertThat(server.requests()).hasSize(1);
        return server.requests().get(0);
    }

    /** The answer fits some of them only; what counts here is what was sent. */
    private void everyKindOfRequest() {
        List<Runnable> requests = List.of(
                () -> consul.kv().get("a"),
                () -> consul.kv().list("a/"),
                () -> consul.kv().list("a/", new BlockingQuery(1, Duration.ofSeconds(1))),
                () -> consul.kv().children("a/", BlockingQuery.NOW),
                () -> consul.kv().put("a", "x"),
                () -> consul.kv().putIfUnchanged("a", "x", 1),
                () -> consul.kv().delete("a"),
                () -> consul.kv().deleteTree("a/"),
                () -> consul.kv().commit(Txn.to("test").set("a", "x")),
                () -> consul.sessions().create("s", Duration.ofSeconds(10), Session.Behavior.DELETE, Duration.ZERO),
                () -> consul.sessions().destroy("s"),
                () -> consul.services().instances("web", Optional.of("blue"), true, BlockingQuery.NOW),
                () -> consul.services().nodes(),
                () -> consul.cluster().leader(),
                () -> consul.cluster().self(),
                () -> consul.events().fire("e", "p", Events.Target.EVERY_NODE),
                () -> consul.events().list("e", BlockingQuery.NOW));
        for (Runnable request : requests) {
            try {
                request.run();
            } catch (ConsulException e) {
                assertThat(e).hasMessageNotContaining(TOKEN);
            }
        }
    }

    private static void assertNotConsul(
            org.assertj.core.api.ThrowableAssert.ThrowingCallable act, String doing, String shown) {
        assertThatThrownBy(act)
                .isInstanceOf(ConsulException.Refused.class)
                .hasMessageContaining("could not ")
                .hasMessageContaining(doing)
                .hasMessageContaining("is not Consul")
                .hasMessageContaining(shown.strip());
    }

    private static void pauseLikeConsul(Duration hold) {
        try {
            io.jenkins.plugins.consuldeploy.time.TimeSource.system().sleep(hold);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
