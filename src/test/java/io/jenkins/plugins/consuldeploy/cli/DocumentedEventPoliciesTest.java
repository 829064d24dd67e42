package io.jenkins.plugins.consuldeploy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.consuldeploy.consul.AclToken;
import io.jenkins.plugins.consuldeploy.consul.BlockingQuery;
import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.ConsulProcess;
import io.jenkins.plugins.consuldeploy.consul.Events;
import io.jenkins.plugins.consuldeploy.event.EventHandler;
import io.jenkins.plugins.consuldeploy.phase.NodeState;
import io.jenkins.plugins.consuldeploy.phase.Tree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.junit.AfterClass;
import org.junit.BeforeClass;
import org.junit.Test;

/** The ACL policies of docs/events.md and docs/nomad.md are enough for who fires, answers or sets a key, and not more. */
public class DocumentedEventPoliciesTest {

    private static ConsulProcess process;
    private static String firing;
    private static String answering;

    @BeforeClass
    public static void start() throws IOException {
        process = ConsulProcess.startWithAcls();
        firing = process.token(policy("acl-event-deployer.hcl")).secret();
        answering = process.token(policy("acl-event-node.hcl").replace("web1", "test-node"))
                .secret();
    }

    @AfterClass
    public static void stop() {
        process.close();
    }

    @Test
    public void theyAreEnoughForAnEventAndItsAnswerAlsoInBatches() throws Exception {
        for (String batch : List.of("", "1")) {
            Thread node = new Thread(() -> answer("v" + batch));
            node.start();
            List<String> words = new ArrayList<>(List.of(
                    "event",
                    "run-deploy",
                    "--node",
                    "test-node",
                    "--payload",
                    "v" + batch,
                    "--acknowledged",
                    "api/version",
                    "--timeout",
                    "20s"));
            if (!batch.isEmpty()) {
                words.addAll(List.of("--batch", batch));
            }
            CommandLineRun run = run(firing, words);
            assertThat(run.exit()).as(run.out() + run.err()).isZero();
            node.join();
        }
    }

    @Test
    public void whoFiresCanFireNothingElseNorAnswer() {
        assertThat(run(firing, List.of("event", "other", "--node", "test-node")).err())
                .contains("event:write on \"other\"");
        assertThat(run(firing, List.of("key", "api/version/v/test-node", "active"))
                        .exit())
                .isEqualTo(Exit.CONSUL);
    }

    @Test
    public void whoAnswersCanNotFire() {
        assertThat(run(answering, List.of("event", "run-deploy")).exit()).isNotZero();
    }

    @Test
    public void whoSetsAnImagesTagCanDoSoAtOnceNodeByNodeAndBack() throws IOException {
        String all = policy("acl-key-deployer.hcl");
        String key = "configs/web/IMAGE_TAG";
        String service = process.token("service \"web\" { policy = \"write\" }").secret();
        process.put("/v1/agent/service/register?token=" + service, "{\"Name\": \"web\", \"Meta\": {\"tag\": \"v2\"}}");
        String atOnce = process.token(
                        all.substring(0, all.indexOf("session_prefix")).replaceFirst("(key%20[^}]*)write", "$1read"))
                .secret();
        String nodeByNode = process.token(all).secret();

        assertDone(run(atOnce, List.of("key", key, "v0")));
        assertDone(run(atOnce, List.of("key", key, "v1")));
        assertDone(run(atOnce, List.of("key", key, "--back")));
        assertDone(run(
                nodeByNode,
                List.of("key", key, "v2", "--per-node", "--service", "web", "--seen", "meta:tag", "--timeout", "1m")));
        assertThat(run(nodeByNode, List.of("key", "configs/other/IMAGE_TAG", "v1"))
                        .exit())
                .isEqualTo(Exit.CONSUL);
    }

    // What the tests share

    private static void assertDone(CommandLineRun run) {
        assertThat(run.exit()).as(run.out() + run.err()).isZero();
    }

    private static void answer(String payload) {
        try (var consul = new Consul(process.config().withToken(new AclToken(answering)))) {
            Events.Event event = Awaitility.await()
                    .atMost(Duration.ofSeconds(20))
                    .until(
                            () -> consul.events().list("run-deploy", BlockingQuery.NOW).value().stream()
                                    .filter(one -> one.payload().equals(payload))
                                    .findFirst(),
                            Optional::isPresent)
                    .orElseThrow();
            String node = consul.cluster().self().node();
            new EventHandler(consul, Tree.of("api/version"), node)
                    .handle(
                            event,
                            new EventHandler.Work(List.of(), NodeState.ACTIVE, Duration.ofSeconds(9), line -> {}));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static CommandLineRun run(String token, List<String> words) {
        return CommandLineRun.of(
                Map.of("CONSUL_HTTP_ADDR", process.address(), "CONSUL_HTTP_TOKEN", token),
                words.toArray(String[]::new));
    }

    private static String policy(String name) throws IOException {
        for (Path docs : Arrays.asList(Path.of("docs"), Path.of("../docs"))) {
            if (Files.exists(docs.resolve(name))) {
                return Files.readString(docs.resolve(name));
            }
        }
        throw new IOException("no " + name);
    }
}
