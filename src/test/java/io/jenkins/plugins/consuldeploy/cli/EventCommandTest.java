package io.jenkins.plugins.consuldeploy.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonObject;
import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.KvEntry;
import io.jenkins.plugins.consuldeploy.phase.NodeReport;
import io.jenkins.plugins.consuldeploy.phase.Tree;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.junit.AfterClass;
import org.junit.BeforeClass;
import org.junit.ClassRule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** Events at a real Consul with three client nodes, whose watches run {@code ack}. */
public class EventCommandTest {

    private static final Duration LIMIT = Duration.ofSeconds(60);

    @ClassRule
    public static final TemporaryFolder FOLDER = new TemporaryFolder();

    private static WatchingFleet fleet;
    private static Consul consul;

    @BeforeClass
    public static void start() throws Exception {
        fleet = new WatchingFleet(FOLDER.getRoot().toPath());
        consul = fleet.client();
    }

    @AfterClass
    public static void stop() {
        consul.close();
        fleet.close();
    }

    @Test
    public void onlyTheNodesThatMatchRunTheHandlerAndAllOfThemAnswer() throws Exception {
        CommandLineRun run = event("--service", "^web$", "--payload", "v1", "--acknowledged", "api/version");

        assertThat(run.exit()).as(run.err()).isZero();
        assertThat(run.out())
                .contains(
                        "service /^web$/: 2 nodes: web1, web2",
                        "web1: active",
                        "web2: active",
                        "2 nodes have answered");
        assertThat(ranFor("v1")).containsExactlyInAnyOrder("web1 v1", "web2 v1");
        assertThat(consul.kv().list("api/version/v1/"))
                .extracting(KvEntry::name, KvEntry::value)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("web1", "active"),
                        org.assertj.core.groups.Tuple.tuple("web2", "active"));
    }

    @Test
    public void nodesAreChosenByNameServiceIdAndTag() throws Exception {
        assertThat(event("--node", "1$", "--service", "^(web|db)$", "--payload", "v2", "--json")
                        .json()
                        .get("nodes")
                        .toString())
                .isEqualTo("[\"db1\",\"web1\"]");
        JsonObject byTag = event("--service", "alpha", "--tag", "^test$", "--payload", "v3", "--json")
                .json();
        assertThat(byTag.get("nodes").toString()).isEqualTo("[\"web2\"]");
        assertThat(byTag.get("acknowledged").getAsBoolean()).isFalse();

        await().atMost(LIMIT).untilAsserted(() -> {
            assertThat(ranFor("v2")).containsExactlyInAnyOrder("web1 v2", "db1 v2");
            assertThat(ranFor("v3")).containsExactly("web2 v3");
        });
    }

    @Test
    public void whereNothingIsAcknowledgedItSaysThatNobodyKnows() {
        CommandLineRun run = event("--node", "^nobody-listens$|db1", "--payload", "v4");

        assertThat(run.exit()).isZero();
        assertThat(run.out()).contains("fired at 1 node", "nobody knows what becomes of it");
    }

    @Test
    public void filtersThatMatchNobodyAreAnErrorBeforeAnythingIsFired() {
        CommandLineRun run = event("--node", "^app9-", "--payload", "v5");

        assertThat(run.exit()).isEqualTo(Exit.BAD_INPUT);
        assertThat(run.err()).contains("node /^app9-/", "of 4 nodes", "none matches", "nothing was fired");
        assertThat(consul.events()
                        .list(WatchingFleet.EVENT, io.jenkins.plugins.consuldeploy.consul.BlockingQuery.NOW)
                        .value())
                .noneMatch(event -> event.payload().equals("v5"));
    }

    @Test
    public void aNodeWhoseHandlerFailsIsNamedWithItsOutput() {
        CommandLineRun run = event("--node", "web", "--payload", "bad", "--acknowledged", "api/version");

        assertThat(run.exit()).isEqualTo(Exit.FAILED);
        assertThat(run.err())
                .contains("0 of 2 nodes", "web1: failed, exit code 3 (last line: no such version)", "fire it again");
        assertThat(consul.kv()
                        .get(Tree.of("api/version").report("web1"))
                        .flatMap(entry -> NodeReport.fromJson(entry.value()))
                        .orElseThrow()
                        .output())
                .contains("updating to bad", "no such version");
    }

    @Test
    public void aNodeThatDoesNotAnswerIsNamedWithWhatToLookAt() {
        CommandLineRun run = event(
                "--node", "^test-node$", "--payload", "v6", "--acknowledged", "api/version", "--timeout", "500ms");

        assertThat(run.exit()).isEqualTo(Exit.FAILED);
        assertThat(run.err())
                .contains("0 of 1 nodes have answered", "test-node (no answer) after 500ms", "consul-deploy ack");
    }

    @Test
    public void anOldAnswerToTheSamePayloadCountsForNothing() throws Exception {
        assertThat(event("--node", "web1", "--payload", "v8", "--acknowledged", "api/version")
                        .exit())
                .isZero();
        assertThat(event("--node", "web1", "--payload", "v8", "--acknowledged", "api/version")
                        .exit())
                .isZero();

        assertThat(ranFor("v8")).as("the second answer is the second event's").hasSize(2);
    }

    @Test
    public void oneNodeAfterTheOtherEachAcknowledgedFirst() throws Exception {
        CommandLineRun run = event(
                "--service",
                "web",
                "--payload",
                "v9",
                "--acknowledged",
                "api/version",
                "--batch",
                "1",
                "--timeout",
                "60s");

        assertThat(run.exit()).as(run.err()).isZero();
        assertThat(run.out().lines().filter(line -> line.contains("-> updating") || line.contains("-> in service")))
                .extracting(line -> line.replaceAll(" \\(.*", "").replaceAll(":.*-> ", " "))
                .containsExactly("web1 updating", "web1 in service", "web2 updating", "web2 in service");
        assertThat(ranFor("v9")).containsExactly("web1 v9", "web2 v9");
    }

    @Test
    public void aBatchThatFailsEndsItBeforeTheNextOne() throws Exception {
        int before = ranFor("bad").size();
        CommandLineRun run =
                event("--service", "web", "--payload", "bad", "--acknowledged", "api/version", "--batch", "1");

        assertThat(run.exit()).isEqualTo(Exit.FAILED);
        assertThat(run.err()).contains("web1", "no such version", "consul-deploy event run-deploy --service web");
        assertThat(ranFor("bad").subList(before, ranFor("bad").size()))
                .filteredOn(line -> line.startsWith("web2"))
                .isEmpty();
    }

    @Test
    public void theCatalogCanAnswerToo() {
        fleet.register(2, "db", "db", "prod", "version", "v10");
        await().atMost(LIMIT)
                .until(() -> event(
                                        "--node",
                                        "db1",
                                        "--payload",
                                        "v10",
                                        "--acknowledged",
                                        "meta:db:version",
                                        "--timeout",
                                        "1s")
                                .exit()
                        == 0);

        CommandLineRun late =
                event("--node", "db1", "--payload", "v11", "--acknowledged", "meta:db:version", "--timeout", "2s");

        assertThat(late.exit()).isEqualTo(Exit.FAILED);
        assertThat(late.err()).contains("db1 (db says version=v10) after 2.0s");
    }

    @Test
    public void aBatchWithoutAcknowledgementIsRefused() {
        CommandLineRun run = event("--node", "web", "--batch", "1");

        assertThat(run.exit()).isEqualTo(Exit.BAD_INPUT);
        assertThat(run.err()).contains("batch '1'", "acknowledged");
    }

    // The handler's companion by itself

    @Test
    public void anEventThatWasHandledIsNotHandledAgain() throws Exception {
        String events = delivered("e-1", "v20", "e-2", "v21");

        CommandLineRun first = ack(events, "ack", "active", "--prefix", "t/a", "--", "sh", "-c", "echo ran $VERSION");
        CommandLineRun again = ack(events, "ack", "active", "--prefix", "t/a", "--", "sh", "-c", "echo ran $VERSION");

        assertThat(first.exit()).as(first.err()).isZero();
        assertThat(first.out())
                .contains("ran v21", "reported v21 as active on test-node")
                .doesNotContain("v20");
        assertThat(again.exit()).isZero();
        assertThat(again.out()).contains("was handled before: v21 is active").doesNotContain("ran");
    }

    @Test
    public void aPayloadReachesTheCommandInItsEnvironmentAlone() throws Exception {
        CommandLineRun run = ack(
                delivered("e-3", "v1;touch $(x)"),
                "ack",
                "ready",
                "--prefix",
                "t/b",
                "--",
                "sh",
                "-c",
                "echo \"$EVENT_NAME|$EVENT_PAYLOAD|$EVENT_ID|$NODE\"");

        assertThat(run.out()).contains("run-deploy|v1;touch $(x)|e-3|test-node", "as ready");
        assertThat(consul.kv().get("t/b/v1;touch $(x)/test-node").orElseThrow().value())
                .isEqualTo("ready");
    }

    @Test
    public void aStateAloneCanBeReported() throws Exception {
        assertThat(ack(delivered("e-4", "v1"), "ack", "busy", "--prefix", "t/c", "--node", "n7")
                        .exit())
                .isZero();
        assertThat(consul.kv().get("t/c/v1/n7").orElseThrow().value()).isEqualTo("busy");
        assertThat(ack("[]", "ack", "active", "--prefix", "t/c").out()).contains("there is no event yet");
    }

    @Test
    public void whatIsNoEventOrNoVersionIsRefused() throws Exception {
        assertThat(ack("hello", "ack", "active", "--prefix", "t/d").err()).contains("no events as a Consul watch");
        assertThat(ack(delivered("e-5", "../x"), "ack", "active", "--prefix", "t/d")
                        .exit())
                .isEqualTo(Exit.BAD_INPUT);
        assertThat(ack("[]", "ack", "done", "--prefix", "t/d").err()).contains("state 'done'", "active, ready");
        assertThat(ack("[]", "ack", "busy", "--prefix", "t/d", "--", "true").err())
                .contains("state 'busy'");
    }

    @Test
    public void aCommandThatTakesTooLongIsEndedAndHasFailed() throws Exception {
        CommandLineRun run = ack(
                delivered("e-6", "v1"), "ack", "active", "--prefix", "t/e", "--timeout", "300ms", "--", "sleep", "60");

        assertThat(run.exit()).isEqualTo(Exit.FAILED);
        assertThat(run.out()).contains("ended after its timeout of 300ms");
        assertThat(consul.kv().get("t/e/v1/test-node").orElseThrow().value()).isEqualTo("failed");
    }

    // What the tests share

    private static CommandLineRun event(String... more) {
        List<String> words = new ArrayList<>(List.of("event", WatchingFleet.EVENT, "--server", fleet.address()));
        words.addAll(Arrays.asList(more));
        return CommandLineRun.of(words.toArray(String[]::new));
    }

    private static synchronized CommandLineRun ack(String input, String... words) {
        InputStream before = System.in;
        System.setIn(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)));
        try {
            return CommandLineRun.of(java.util.Map.of("CONSUL_HTTP_ADDR", fleet.address()), words);
        } finally {
            System.setIn(before);
        }
    }

    private static String delivered(String... idsAndPayloads) {
        List<String> events = new ArrayList<>();
        for (int i = 0; i < idsAndPayloads.length; i += 2) {
            events.add("{\"ID\": \"" + idsAndPayloads[i] + "\", \"Name\": \"run-deploy\", \"Payload\": \""
                    + Base64.getEncoder().encodeToString(idsAndPayloads[i + 1].getBytes(StandardCharsets.UTF_8))
                    + "\", \"LTime\": " + (i + 1) + "}");
        }
        return "[" + String.join(",", events) + "]";
    }

    private static List<String> ranFor(String payload) throws Exception {
        return fleet.ran().stream().filter(line -> line.endsWith(" " + payload)).toList();
    }
}
