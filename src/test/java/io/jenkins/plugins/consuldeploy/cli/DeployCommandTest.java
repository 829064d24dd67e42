package io.jenkins.plugins.consuldeploy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.ConsulProcess;
import io.jenkins.plugins.consuldeploy.consul.Holder;
import io.jenkins.plugins.consuldeploy.consul.KvEntry;
import io.jenkins.plugins.consuldeploy.consul.Lock;
import io.jenkins.plugins.consuldeploy.phase.Tree;
import io.jenkins.plugins.consuldeploy.phase.Version;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.After;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** The commands that change something, with nodes that answer at once. */
public class DeployCommandTest {

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    private final Consul consul = ConsulProcess.shared().client();
    private final String address = ConsulProcess.shared().address();
    private final String prefix = ConsulProcess.uniquePrefix("cli");
    private final Tree tree = Tree.of(prefix);
    private final PlayedNodes nodes = new PlayedNodes(consul, prefix, "a", "b", "c");

    @After
    public void close() {
        nodes.close();
        consul.close();
    }

    @Test
    public void deployingEndsWithZeroAndALineForEachChange() {
        CommandLineRun run = deploy("v1", "--nodes", "3");

        assertThat(run.exit()).as(run.err()).isZero();
        assertThat(run.err()).isEmpty();
        assertThat(run.out().lines())
                .contains("prepare v1", "current is v1, the first one")
                .anyMatch(line -> line.matches("a: (busy -> )?ready \\(.+\\)"))
                .anyMatch(line -> line.matches("b: ready -> active \\(.+\\)"))
                .last()
                .asString()
                .matches("v1 is active on 3 nodes \\(prepare \\S+, commit \\S+, confirm \\S+\\)");
    }

    @Test
    public void jsonIsOneObjectAndNothingElseOnStandardOutput() {
        deploy("v1", "--nodes", "3");
        CommandLineRun run = deploy("v2", "--nodes", "3", "--json");

        JsonObject json = run.json();
        assertThat(json.get("command").getAsString()).isEqualTo("deploy");
        assertThat(json.get("outcome").getAsString()).isEqualTo("done");
        assertThat(json.get("exit").getAsInt()).isZero();
        assertThat(json.get("prefix").getAsString()).isEqualTo(prefix);
        assertThat(json.get("version").getAsString()).isEqualTo("v2");
        assertThat(json.get("previous").getAsString()).isEqualTo("v1");
        assertThat(json.get("nodes").toString()).isEqualTo("[\"a\",\"b\",\"c\"]");
        assertThat(json.getAsJsonObject("seconds").keySet()).containsExactly("prepare", "commit", "confirm");
        assertThat(json.get("requests").getAsLong()).isPositive();
        assertThat(run.err()).contains("prepare v2");
    }

    @Test
    public void theJsonObjectCanGoToAFileWhileLinesGoToStandardOutput() throws Exception {
        Path file = folder.newFile().toPath();
        nodes.cantPrepare("a", "v2");

        CommandLineRun done = deploy("v1", "--nodes", "3", "--json-file", file.toString());
        assertThat(done.out()).contains("v1 is active on 3 nodes");
        assertThat(Files.readString(file)).contains("\"outcome\":\"done\"");

        assertThat(deploy("v2", "--nodes", "3", "--json-file", file.toString()).exit())
                .isEqualTo(Exit.FAILED);
        assertThat(Files.readString(file)).contains("\"outcome\":\"failed\"");
    }

    @Test
    public void quietPrintsTheResultAlone() {
        CommandLineRun run = deploy("v1", "--nodes", "3", "-q");

        assertThat(run.out().lines()).hasSize(1);
        assertThat(run.err()).isEmpty();
    }

    @Test
    public void rollingSwitchesABatchAtATime() {
        deploy("v1", "--nodes", "3");
        CommandLineRun run = deploy("v2", "--nodes", "3", "--rolling", "1");

        assertThat(run.exit()).as(run.err()).isZero();
        assertThat(run.out().lines())
                .contains("batch 1 of 3: a", "batch 2 of 3: b", "batch 3 of 3: c", "current is v2, was v1");
    }

    @Test
    public void deprosFlagsWorkBeforeAndAfterTheVersion() {
        assertThat(CommandLineRun.of("deploy", "-server=" + address, "-prefix=" + prefix, "-nodes=3", "v1"))
                .satisfies(run -> assertThat(run.exit()).as(run.err()).isZero());
        assertThat(CommandLineRun.of(
                        "deploy", "v2", "-server", address, "-prefix", prefix, "-nodes", "3", "-wait", "10s"))
                .satisfies(run -> assertThat(run.exit()).as(run.err()).isZero());
        assertThat(CommandLineRun.of("query", "-server=" + address, "-prefix=" + prefix)
                        .out())
                .contains("current  v2");
    }

    @Test
    public void deprosConfigurationFileGivesWhatTheOptionsDoNot() throws Exception {
        Path file = folder.newFile("tool.json").toPath();
        Files.writeString(
                file,
                "{\"server\": \"" + address + "\", \"Prefix\": \"" + prefix + "\", \"nodes\": 2, \"wait\": \"20s\","
                        + " \"allowStale\": true}");

        CommandLineRun run = CommandLineRun.of("deploy", "-config=" + file, "-nodes=3", "v1");

        assertThat(run.exit()).as(run.err()).isZero();
        assertThat(run.out()).contains("waiting for at least 3 nodes");
    }

    @Test
    public void theEnvironmentSaysWhereConsulIs() {
        CommandLineRun run = CommandLineRun.of(
                Map.of("CONSUL_HTTP_ADDR", "http://" + address), "deploy", "v1", "--prefix", prefix, "--nodes", "3");

        assertThat(run.exit()).as(run.err()).isZero();
    }

    @Test
    public void aNodeThatCantPrepareFailsTheDeploymentWithItsOutput() {
        deploy("v1", "--nodes", "3");
        nodes.cantPrepare("b", "v2");

        CommandLineRun run = deploy("v2", "--nodes", "3");

        assertThat(run.exit()).isEqualTo(Exit.FAILED);
        assertThat(run.err())
                .contains("failed on b", "exit code 7", "cannot fetch v2", "No node's current version was changed")
                .doesNotContain("\tat ");
        assertThat(consul.kv().get(tree.current()).orElseThrow().value()).isEqualTo("v1");
    }

    @Test
    public void aFailureInJsonHasThePhaseAndTheNodes() {
        deploy("v1", "--nodes", "3");
        nodes.cantActivate("c", "v2");

        CommandLineRun run = deploy("v2", "--nodes", "3", "--on-failure", "rollback", "--json");

        assertThat(run.exit()).isEqualTo(Exit.FAILED);
        JsonObject json = run.json();
        assertThat(json.get("outcome").getAsString()).isEqualTo("failed");
        assertThat(json.get("phase").getAsString()).isEqualTo("confirm");
        assertThat(json.get("rolledBack").getAsBoolean()).isTrue();
        assertThat(json.get("current").getAsString()).isEqualTo("v1");
        assertThat(json.get("version").getAsString()).isEqualTo("v2");
        assertThat(json.getAsJsonObject("seconds").keySet()).containsExactly("prepare", "commit", "rollback");
        JsonObject failed = json.getAsJsonObject("failed").getAsJsonObject("c");
        assertThat(failed.get("exitCode").getAsInt()).isEqualTo(3);
        assertThat(failed.get("output").toString()).contains("v2 does not start");
        assertThat(run.err()).contains("Rolled back: v1 is current");
    }

    @Test
    public void nodesThatDoNotAnswerInTimeAreNamed() {
        nodes.getsStuck("b", "v1");
        // What the others take to get ready is not to count.
        consul.kv().put(tree.folder(new Version("v1")), "");
        Awaitility.await().until(() -> consul.kv().list(tree.folder(new Version("v1"))).stream()
                .map(entry -> entry.name() + "=" + entry.value())
                .filter(state -> !state.equals("="))
                .toList()
                .equals(List.of("a=ready", "b=busy", "c=ready")));

        CommandLineRun run = deploy("v1", "--nodes", "3", "--ready-timeout", "2s", "--json");

        assertThat(run.exit()).isEqualTo(Exit.FAILED);
        assertThat(run.json().get("missing").toString()).isEqualTo("[\"b\"]");
        assertThat(run.err()).contains("b was not ready after 2.0s (busy)");
    }

    @Test
    public void whoHoldsTheLockIsNamed() throws Exception {
        Holder holder = new Holder("ann@build7", "process 12", "deploy v9", Instant.parse("2026-01-02T03:04:05Z"));
        try (Lock lock = Lock.acquire(consul, tree.lock(), holder, Duration.ofSeconds(10), Duration.ZERO)) {
            assertThat(lock.isHeld()).isTrue();
            CommandLineRun run = deploy("v1", "--nodes", "3", "--json");

            assertThat(run.exit()).isEqualTo(Exit.LOCKED);
            assertThat(run.err())
                    .contains("locked by ann@build7 (process 12), deploy v9")
                    .contains("consul-deploy unlock --prefix " + prefix);
            assertThat(run.json().getAsJsonObject("holder").get("who").getAsString())
                    .isEqualTo("ann@build7");
        }
        assertThat(consul.kv().list(tree.versions())).isEmpty();
    }

    @Test
    public void unlockTakesTheLockFromItsHolderAndNamesIt() throws Exception {
        Holder holder = new Holder("ann@build7", "process 12", "deploy v9", Instant.now());
        Lock.acquire(consul, tree.lock(), holder, Duration.ofSeconds(10), Duration.ZERO);

        CommandLineRun unlock = CommandLineRun.of("unlock", "--server", address, "--prefix", prefix);

        assertThat(unlock.exit()).isZero();
        assertThat(unlock.out()).contains("was locked by ann@build7");
        assertThat(CommandLineRun.of("unlock", "--server", address, "--prefix", prefix)
                        .out())
                .contains("was not locked");
        assertThat(deploy("v1", "--nodes", "3").exit()).isZero();
    }

    @Test
    public void aLockThatIsTakenAwayEndsTheDeployment() throws Exception {
        nodes.getsStuck("a", "v1");
        List<CommandLineRun> runs = new ArrayList<>();
        Thread deployer = new Thread(() -> runs.add(deploy("v1", "--nodes", "3")));
        deployer.start();
        org.awaitility.Awaitility.await().until(() -> consul.kv()
                .get(tree.folder(new io.jenkins.plugins.consuldeploy.phase.Version("v1")))
                .isPresent());

        CommandLineRun.of("unlock", "--server", address, "--prefix", prefix);
        nodes.getsUnstuck("a", "v1");
        deployer.join();

        assertThat(runs).singleElement().satisfies(run -> {
            assertThat(run.exit()).isEqualTo(Exit.FAILED);
            assertThat(run.err())
                    .containsAnyOf(
                            "is not ours any more",
                            "was lost while waiting for nodes") // it may be its time to renew it
                    .contains("consul-deploy query --prefix " + prefix);
        });
        assertThat(consul.kv().get(tree.current()).map(KvEntry::value).orElse(""))
                .isEmpty();
    }

    @Test
    public void rollbackGoesToTheVersionBefore() {
        deploy("v1", "--nodes", "3");
        deploy("v2", "--nodes", "3");

        CommandLineRun run = CommandLineRun.of("rollback", "--server", address, "--prefix", prefix);

        assertThat(run.exit()).as(run.err()).isZero();
        assertThat(run.out()).contains("v1 is active on 3 nodes, before it v2 (rollback ");
        assertThat(CommandLineRun.of("rollback", "--server", address, "--prefix", prefix)
                        .exit())
                .as("there is nothing before v1")
                .isEqualTo(Exit.BAD_INPUT);
    }

    @Test
    public void rollbackToAVersionThatIsNotThereNamesThoseThatAre() {
        deploy("v1", "--nodes", "3");
        deploy("v2", "--nodes", "3");

        CommandLineRun run =
                CommandLineRun.of("rollback", "--server", address, "--prefix", prefix, "--to", "v0", "--json");

        assertThat(run.exit()).isEqualTo(Exit.BAD_INPUT);
        assertThat(run.err()).contains("version 'v0'", "registered are: v1, v2");
        assertThat(run.json().get("field").getAsString()).isEqualTo("version");
    }

    @Test
    public void cleanKeepsTheLastVersions() {
        deploy("v1", "--nodes", "3");
        deploy("v2", "--nodes", "3");
        deploy("v3", "--nodes", "3");

        CommandLineRun run =
                CommandLineRun.of("clean", "--server", address, "--prefix", prefix, "--keep", "2", "--json");

        assertThat(run.exit()).as(run.err()).isZero();
        assertThat(run.json().get("removed").toString()).isEqualTo("[\"v1\"]");
        assertThat(CommandLineRun.of("clean", "--server", address, "--prefix", prefix, "--keep", "1")
                        .out())
                .isEqualToNormalizingNewlines("removed v2\n1 version removed: v2\n");
    }

    @Test
    public void goingBackToWhatIsCurrentDoesNotSayThatItWasBeforeItself() {
        deploy("v1", "--nodes", "3");

        CommandLineRun run = CommandLineRun.of("rollback", "--server", address, "--prefix", prefix, "--to", "v1");

        assertThat(run.exit()).as(run.err()).isZero();
        assertThat(run.out()).contains("v1 is active on 3 nodes (rollback ").doesNotContain("before it");
    }

    private CommandLineRun deploy(String version, String... more) {
        List<String> args = new ArrayList<>(List.of("deploy", version, "--server", address, "--prefix", prefix));
        args.addAll(List.of(more));
        return CommandLineRun.of(args.toArray(String[]::new));
    }
}
