package io.jenkins.plugins.consuldeploy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import io.jenkins.plugins.consuldeploy.consul.BlockingQuery;
import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.ConsulProcess;
import io.jenkins.plugins.consuldeploy.consul.Holder;
import io.jenkins.plugins.consuldeploy.consul.Lock;
import io.jenkins.plugins.consuldeploy.consul.ScriptedConsul;
import io.jenkins.plugins.consuldeploy.fleet.AwsConfig;
import io.jenkins.plugins.consuldeploy.journal.Journal;
import io.jenkins.plugins.consuldeploy.journal.ReleaseHead;
import io.jenkins.plugins.consuldeploy.journal.ReleaseKeys;
import io.jenkins.plugins.consuldeploy.phase.Caller;
import io.jenkins.plugins.consuldeploy.rolling.Releases;
import io.jenkins.plugins.consuldeploy.rolling.RolledFleet;
import io.jenkins.plugins.consuldeploy.rolling.RollingListener;
import io.jenkins.plugins.consuldeploy.spec.RollingWords;
import io.jenkins.plugins.consuldeploy.spec.Surroundings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** Releases from a shell: real Consul, real HAProxy, commands that are really run, and a visitor whom nothing must fail. */
public class RollCommandTest {

    private static final int SIGTERM_EXIT = 143;
    /** A process of its own takes its time to start where much else runs. */
    private static final Duration CHILD_LIMIT = Duration.ofSeconds(60);

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    private final Consul consul = ConsulProcess.shared().client();
    private final String address = ConsulProcess.shared().address();
    private final ReleaseKeys keys = new ReleaseKeys("consul-deploy");
    private final String app = ConsulProcess.uniquePrefix("roll");
    private final List<Process> children = new ArrayList<>();
    private RolledFleet fleet;

    @Before
    public void start() throws IOException {
        fleet = RolledFleet.start(folder.newFolder("apps").toPath(), 3);
    }

    @After
    public void close() {
        children.forEach(Process::destroyForcibly);
        fleet.close();
        consul.close();
    }

    @Test
    public void aReleaseGoesThroughItsHostsAndNoRequestFails() throws Exception {
        fleet.visit();

        CommandLineRun run = roll(yaml(command()), "--set", "version=v2");

        assertThat(fleet.failedVisits()).isZero();
        assertThat(run.exit()).as(run.err()).isZero();
        assertThat(run.err()).isEmpty();
        assertThat(run.out().lines())
                .anyMatch(line -> line.matches("release \\S+: 3 hosts in 3 batches"))
                .contains("app1: waiting -> draining")
                .anyMatch(line -> line.matches("app1: draining -> out \\(.+\\)"))
                .contains("app2 | now v2")
                .anyMatch(line -> line.matches("app3: returning -> in service \\(.+\\)"))
                .last()
                .asString()
                .matches("the release \\S+ of " + app + " succeeded \\(3 hosts done, \\S+\\)");
        assertThat(fleet.versions().values()).containsOnly("v2");
        assertThat(fleet.states().values()).containsOnly("ready UP 10");
    }

    @Test
    public void jsonIsOneObjectAtTheEnd() throws Exception {
        CommandLineRun run = roll(yaml(command()), "--set", "version=v2", "--json");

        JsonObject json = run.json();
        assertThat(json.get("command").getAsString()).isEqualTo("roll");
        assertThat(json.get("outcome").getAsString()).isEqualTo("done");
        assertThat(json.get("exit").getAsInt()).isZero();
        assertThat(json.get("id").getAsString()).isEqualTo(last().id());
        assertThat(json.get("app").getAsString()).isEqualTo(app);
        assertThat(json.get("state").getAsString()).isEqualTo("succeeded");
        assertThat(json.get("done").toString()).isEqualTo("[\"app1\",\"app2\",\"app3\"]");
        assertThat(json.get("failed").toString()).isEqualTo("{}");
        assertThat(json.get("out").toString()).isEqualTo("[]");
        assertThat(json.get("seconds").getAsDouble()).isPositive();
        assertThat(json.get("requests").getAsLong()).isPositive();
        assertThat(run.err()).contains("app1: waiting -> draining");
    }

    @Test
    public void aHostThatFailsIsLeftOutAndTheNextReleaseBringsItBackFirst() throws Exception {
        fleet.healthTimeout("3s");
        String broken =
                "if [ $HOST = app2 ]; then printf broken; else printf %s \\\"${version}\\\"; fi >" + dir() + "/$HOST";
        Path file = yaml("{command: \"" + broken + "\"}");
        fleet.visit();

        CommandLineRun run = roll(file, "--set", "version=it's v2");

        assertThat(run.exit()).isEqualTo(Exit.FAILED);
        assertThat(run.err())
                .contains("consul-deploy roll: the release " + last().id() + " of " + app + " failed: app2: ")
                .contains("HTTP 503")
                .contains("Out of service: app2. The next release of " + app
                        + " begins with it, and puts it back as it was. Done: app1.")
                .contains("When the cause is gone: consul-deploy roll " + file
                        + " --set 'version=it'\\''s v2' --server " + address)
                .doesNotContain("\tat ");
        assertThat(fleet.states()).containsEntry("app2", "drain 10").containsEntry("app3", "ready UP 10");
        assertThat(fleet.version("app3")).isEqualTo(RolledFleet.OLD);

        JsonObject again =
                roll(yaml(command()), "--set", "version=v3", "--json").json();

        assertThat(fleet.failedVisits()).isZero();
        assertThat(again.get("done").toString()).isEqualTo("[\"app2\",\"app1\",\"app3\"]");
        assertThat(fleet.states().values()).containsOnly("ready UP 10");
        assertThat(fleet.versions().values()).containsOnly("v3");
    }

    @Test
    public void aFailureInJsonHasTheHostsAndTheirReasons() throws Exception {
        JsonObject json = roll(yaml("{command: \"echo no space left; exit 3\", timeout: 10s}"), "--json")
                .json();

        assertThat(json.get("exit").getAsInt()).isEqualTo(Exit.FAILED);
        assertThat(json.get("outcome").getAsString()).isEqualTo("failed");
        assertThat(json.get("state").getAsString()).isEqualTo("failed");
        assertThat(json.getAsJsonObject("failed").get("app1").getAsString())
                .isEqualTo("its update: exit code 3 (last line: no space left)");
        assertThat(json.get("out").toString()).isEqualTo("[\"app1\"]");
        assertThat(json.get("error").getAsString()).contains("app1: its update: exit code 3");
    }

    @Test
    public void onFailureRollbackBringsBackWhatWasBefore() throws Exception {
        fleet.healthTimeout("3s");
        String update = "{command: \"if [ $HOST = app3 ]; then echo -n broken; else echo -n v2; fi >" + dir()
                + "/$HOST\", back: \"echo -n v1 >" + dir() + "/$HOST\"}";

        CommandLineRun run = roll(yaml(update, "onFailure: rollback"));

        assertThat(run.exit()).isEqualTo(Exit.FAILED);
        assertThat(run.err())
                .contains("was rolled back: app3: ", "It left no host out of service. Back: app1, app2, app3.");
        assertThat(fleet.versions().values()).containsOnly("v1");
        assertThat(fleet.states().values()).containsOnly("ready UP 10");
    }

    @Test
    public void aFleetThatHasNothingButConsulGoesThroughItsMaintenance() throws Exception {
        ConsulProcess server = ConsulProcess.shared();
        for (String id : List.of(app + "-1", app + "-2")) {
            server.put(
                    "/v1/agent/service/register",
                    "{\"ID\": \"" + id + "\", \"Name\": \"" + app + "\", \"Address\": \"127.0.0.1\", \"Port\": 1,"
                            + " \"Check\": {\"TTL\": \"1h\", \"Status\": \"passing\"}}");
        }
        // The agent tells the catalog a moment later.
        Awaitility.await()
                .until(() -> consul.services()
                                .instances(app, Optional.empty(), true, BlockingQuery.NOW)
                                .value()
                                .size()
                        == 2);
        Path file = write("""
                app: %1$s
                hosts: {consulService: %1$s}
                loadBalancers: [{consulMaintenance: {service: %1$s, drainDelay: 100ms}}]
                update: {command: "touch %2$s/updated"}
                check: {consul: %1$s}
                healthTimeout: 30s
                """.formatted(app, dir()));
        try {
            CommandLineRun run = roll(file);

            assertThat(run.exit()).as(run.err()).isZero();
            assertThat(run.out()).contains("2 hosts done");
            assertThat(dir().resolve("updated")).exists();
        } finally {
            server.put("/v1/agent/service/deregister/" + app + "-1", "");
            server.put("/v1/agent/service/deregister/" + app + "-2", "");
        }
    }

    @Test
    public void aPlanTouchesNothing() throws Exception {
        CommandLineRun run = roll(yaml(command()), "--set", "version=v2", "--plan");

        assertThat(run.exit()).as(run.err()).isZero();
        assertThat(run.out().lines())
                .startsWith("take the lock of " + app)
                .contains("batch 1 of 3: see that 2 of the other 2 hosts are in service")
                .anyMatch(line -> line.matches("batch 2 of 3: take app2 out of haproxy:\\S+/b, at most 10.0s .*"))
                .anyMatch(line -> line.startsWith("batch 2 of 3: on app2 run `"))
                .contains("batch 3 of 3: check app3: HTTP 200 from /")
                .endsWith("give the lock back");
        assertThat(consul.kv().list(keys.app(app))).isEmpty();
        assertThat(fleet.versions().values()).containsOnly(RolledFleet.OLD);
        assertThat(roll(yaml(command()), "--set", "version=v2", "--plan", "--json")
                        .json()
                        .getAsJsonArray("plan"))
                .hasSize((int) run.out().lines().count());
    }

    @Test
    public void whatIsWrongInTheFileIsNamedWithItsPlaceAndNothingIsTouched() throws Exception {
        refused(
                yaml(command()),
                "line 10, column 19",
                "update.command",
                "nobody set ${version}; set it with --set version=VALUE");
        refused(yaml("{command: x}", "batch: none"), "line 12, column 8: batch 'none': a number from 1");
        refused(yaml("{command: x}", "bacth: 1"), "line 12, column 8: bacth '1': no such field");
        refused(yaml("{command: x}", "  app: x"), "web.yaml, line 12");
        refused(yaml("{command: x}", "loadBalancers: []"), "line 12, column 1: loadBalancers is there twice");
        refused(write("app: " + app + "\nhosts: {list: [a]}\n"), "line 1, column 1: update: it is missing");
        refused(folder.getRoot().toPath().resolve("nowhere.yaml"), "there is no such file");
        Path file = yaml("{command: x}");
        refused(file, "set 'x': give a name and a value", "--set", "x");
        refused(file, "set 'x=2': this name is set twice", "--set", "x=1", "--set", "x=2");
        refused(file, "variable 'HOST'", "--set", "HOST=1");
        refused(file, "if-dead 'ask': 'repair' or 'refuse'", "--if-dead", "ask");
        refused(file, "release 'r1': there is none on record", "--resume", "r1");
        refused(file, "plan: there is none", "--plan", "--resume", "r1");
        assertThat(consul.kv().list(keys.app(app))).isEmpty();
        assertThat(fleet.states().values()).containsOnly("ready UP 10");
    }

    @Test
    public void aHostThatHaproxyDoesNotKnowIsRefusedBeforeAnythingIsTouched() throws Exception {
        Path file = write(Files.readString(yaml("{command: x}"))
                .replace("name: app3, address: 127.0.0.1", "name: x, address: 127.9.9.9"));

        CommandLineRun run = roll(file);

        assertThat(run.exit()).isEqualTo(Exit.BAD_INPUT);
        assertThat(run.err()).contains("hosts 'x': it is in none of [haproxy:", "nothing was touched");
        assertThat(consul.kv().list(keys.app(app))).isEmpty();
        assertThat(fleet.states().values()).containsOnly("ready UP 10");
    }

    @Test
    public void whatCannotBeAskedBeforeTheStartIsSaidAndThatNothingWasTouched() throws Exception {
        String text = Files.readString(yaml("{command: x}"));

        CommandLineRun noBackend = roll(write(text.replace("backend: b", "backend: c")));

        assertThat(noBackend.exit()).isEqualTo(Exit.FAILED);
        assertThat(noBackend.err()).contains("has no backend 'c'", "No release was begun; no host was touched for it.");
        assertThat(fleet.states().values()).containsOnly("ready UP 10");
        assertThat(consul.kv().list(keys.app(app))).isEmpty();
    }

    @Test
    public void aDeployerThatWasKilledIsGoneOnWithFromItsRecord() throws Exception {
        Path go = folder.getRoot().toPath().resolve("go");
        Path file = yaml("{command: \"" + fleet.writesVersion() + "; if [ $HOST = app2 ]; then until [ -f " + go
                + " ]; do sleep 0.02; done; fi\"}");
        fleet.visit();
        Process deployer = child("roll", file.toString(), "--set", "version=v2", "--server", address);
        Awaitility.await().atMost(CHILD_LIMIT).until(() -> fleet.version("app2").equals("v2"));

        deployer.destroyForcibly().waitFor();

        Files.createFile(go); // the orphan that it leaves ends
        ReleaseHead left = last();
        assertThat(left.state()).isEqualTo(ReleaseHead.State.RUNNING);
        assertThat(left.done()).isEqualTo(1);
        assertThat(fleet.states()).containsEntry("app2", "drain 10");
        assertThat(roll(file, "--set", "version=v2", "--json").json())
                .satisfies(json -> assertThat(json.get("exit").getAsInt()).isEqualTo(Exit.LOCKED))
                .satisfies(json -> assertThat(json.get("error").getAsString())
                        .contains(
                                "release " + left.id(),
                                "If it is dead, go on with it: consul-deploy resume " + left.id()));
        // As Consul does when the session's time is over.
        consul.kv().get(keys.lock(app)).flatMap(lock -> lock.session()).ifPresent(consul.sessions()::destroy);
        assertThat(releases()).contains("running", "1 of 3", "nobody");

        CommandLineRun run = CommandLineRun.of("resume", left.id(), "--server", address);

        assertThat(fleet.failedVisits()).isZero();
        assertThat(run.exit()).as(run.err()).isZero();
        assertThat(run.out().lines())
                .contains("app1: in service", "app2: updating")
                .anyMatch(line -> line.matches("app3: returning -> in service .*"));
        assertThat(fleet.versions().values()).containsOnly("v2");
        assertThat(fleet.states().values()).containsOnly("ready UP 10");
        assertThat(releases()).contains("succeeded", "3 of 3");
        assertThat(CommandLineRun.of("resume", left.id(), "--server", address).out())
                .contains("the release " + left.id() + " of " + app + " succeeded; it was over already");
    }

    @Test
    public void aSignalEndsItInOrderAndSaysWhatStateIsLeft() throws Exception {
        Path begun = folder.getRoot().toPath().resolve("begun");
        Path file = yaml("{command: \"touch " + begun + "; sleep 100\"}");
        Process deployer = child("roll", file.toString(), "--server", address);
        Awaitility.await().atMost(CHILD_LIMIT).until(() -> Files.exists(begun));

        deployer.destroy();

        assertThat(deployer.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(deployer.exitValue()).isEqualTo(SIGTERM_EXIT);
        assertThat(Files.readString(err()))
                .contains("consul-deploy roll: interrupted: the release " + last().id() + " of " + app
                        + " was ended: aborted")
                .contains("Out of service: app1.")
                .contains("consul-deploy roll " + file);
        assertThat(last().state()).isEqualTo(ReleaseHead.State.ABORTED);
        assertThat(fleet.states()).containsEntry("app1", "drain 10").containsEntry("app2", "ready UP 10");
        assertThat(Lock.holder(consul, keys.lock(app))).isEmpty();
    }

    @Test
    public void whoReleasesTheSameApplicationIsNamed() throws Exception {
        Holder holder = new Holder("ann@build7", "process 12", "release 20260301-123000-4f2a91c0", Instant.now());
        try (Lock lock = Lock.acquire(consul, keys.lock(app), holder, Duration.ofSeconds(10), Duration.ZERO)) {
            assertThat(lock.isHeld()).isTrue();
            CommandLineRun run = roll(yaml("{command: x}"));

            assertThat(run.exit()).isEqualTo(Exit.LOCKED);
            assertThat(run.err())
                    .contains("locked by ann@build7 (process 12), release 20260301-123000-4f2a91c0")
                    .contains("consul-deploy resume 20260301-123000-4f2a91c0 --server " + address);
            assertThat(CommandLineRun.of("unlock", "--app", app, "--server", address)
                            .out())
                    .contains(app + " was locked by ann@build7");
        }
        assertThat(CommandLineRun.of("unlock", "--app", app, "--server", address)
                        .out())
                .contains(app + " was not locked");
        assertThat(CommandLineRun.of("unlock", "--app", app, "--prefix", "p", "--server", address)
                        .exit())
                .isEqualTo(Exit.BAD_INPUT);
    }

    @Test
    public void whatConsulForbidsOnTheWayLeavesTheRecordAndTheWayToGoOn() throws Exception {
        try (ScriptedConsul forbidding = ScriptedConsul.before(
                ConsulProcess.shared(),
                request -> fleet.version("app2").equals("v2") && request.path().equals("/v1/txn")
                        ? ScriptedConsul.answer(403, "Permission denied")
                        : ScriptedConsul.PASS)) {
            CommandLineRun run = CommandLineRun.of(
                    "roll",
                    yaml(command()).toString(),
                    "--set",
                    "version=v2",
                    "--json",
                    "--server",
                    forbidding.address());

            assertThat(run.exit()).isEqualTo(Exit.CONSUL);
            assertThat(run.err())
                    .contains("forbids to record the release")
                    .contains("The release " + last().id()
                            + " stays on record as it stands. Go on with it: consul-deploy resume " + last().id());
            assertThat(run.json().get("state").getAsString()).isEqualTo("running");
        }
        assertThat(CommandLineRun.of("resume", last().id(), "--server", address).exit())
                .isZero();
        assertThat(fleet.versions().values()).containsOnly("v2");
        assertThat(fleet.states().values()).containsOnly("ready UP 10");
    }

    @Test
    public void aReleaseWhoseHostsABuildUpdatesIsEndedInOrderOrGoneOnWithByAFile() throws Exception {
        leftByABuild();
        String id = last().id();

        CommandLineRun run = CommandLineRun.of("resume", id, "--server", address);

        assertThat(run.exit()).isEqualTo(Exit.BAD_INPUT);
        assertThat(run.err())
                .contains("its hosts are updated by the steps of the build that began it")
                .contains("consul-deploy resume " + id + " --abort", "consul-deploy roll FILE --resume " + id);
        assertThat(roll(yaml("{command: x}"), "--if-dead", "refuse"))
                .satisfies(refused -> assertThat(refused.exit()).isEqualTo(Exit.LOCKED))
                .satisfies(refused -> assertThat(refused.err()).contains("the release " + id, "was left running"));

        CommandLineRun byFile = roll(yaml(command()), "--set", "version=v2", "--resume", id, "--json");

        assertThat(byFile.exit()).as(byFile.err()).isZero();
        assertThat(byFile.json().get("id").getAsString()).isEqualTo(id);
        assertThat(fleet.versions().values()).containsOnly("v2");

        leftByABuild();
        CommandLineRun ended = CommandLineRun.of("resume", last().id(), "--abort", "--server", address);

        assertThat(ended.exit()).as(ended.err()).isZero();
        assertThat(ended.out()).contains("was ended: ended by ", "0 hosts done, out of service: app1");
        assertThat(last().state()).isEqualTo(ReleaseHead.State.ABORTED);
        CommandLineRun over = CommandLineRun.of("resume", last().id(), "--server", address);
        assertThat(over.exit()).as("it is over, and did not succeed").isEqualTo(Exit.FAILED);
        assertThat(over.err())
                .contains(
                        "That was its end already, and nothing was done now. Done were then: none; out of service: app1.")
                .contains("consul-deploy releases --app " + app + " --server " + address)
                .doesNotContain("The next release");
    }

    @Test
    public void releasesAreListed() throws Exception {
        roll(yaml(command()), "--set", "version=v2");
        roll(yaml("{command: \"exit 1\"}"));

        CommandLineRun run = CommandLineRun.of("releases", "--app", app, "--server", address);

        assertThat(run.out().lines()).hasSize(3);
        assertThat(run.out().lines().toList().get(0)).matches("ID +APP +STATE +DONE +HOLDER +SINCE");
        assertThat(run.out().lines().toList().get(1)).matches("\\S+ +" + app + " +failed +0 of 3 hosts +- +\\S+ ago");
        assertThat(run.out().lines().toList().get(2))
                .matches("\\S+ +" + app + " v2 +succeeded +3 of 3 hosts +- +\\S+ ago");
        JsonObject first =
                CommandLineRun.of("releases", "--server", address, "--json")
                        .json()
                        .getAsJsonArray("releases")
                        .asList()
                        .stream()
                        .map(one -> one.getAsJsonObject())
                        .filter(one -> one.get("app").getAsString().equals(app))
                        .findFirst()
                        .orElseThrow();
        assertThat(first.get("state").getAsString()).isEqualTo("failed");
        assertThat(first.get("reason").getAsString()).contains("app1");
        assertThat(CommandLineRun.of("releases", "--app", "none", "--server", address)
                        .out())
                .contains("no release of none is on record");
    }

    // Private

    /** A release whose words have no update, and whose holder went away before its first host. */
    private void leftByABuild() throws Exception {
        Path noUpdate = write(Files.readString(yaml("x")).replace("update: x\n", ""));
        var surroundings = new Surroundings(
                consul,
                "consul-deploy",
                new Caller("ann", "http://jenkins/job/web/7/"),
                words -> AwsConfig.fromEnvironment(),
                (host, line) -> {});
        var words = new RollingWords(surroundings);
        YamlFile file = YamlFile.read(noUpdate);
        var releases = new Releases(consul, keys, surroundings.caller(), words);
        try (var release = releases.start(
                words.read(file.tree(), Map.of(), file.places()).spec(),
                Releases.IfDead.REPAIR,
                new RollingListener() {})) {
            release.advance(); // as far as the first update
        }
    }

    private void refused(Path file, String... said) {
        List<String> options = new ArrayList<>();
        List<String> messages = new ArrayList<>(List.of(said));
        int from = 0;
        while (from < messages.size() && !messages.get(from).startsWith("--")) {
            from++;
        }
        options.addAll(messages.subList(from, messages.size()));
        messages = messages.subList(0, from);
        CommandLineRun run = roll(file, options.toArray(String[]::new));
        assertThat(run.exit()).as(run.err()).isEqualTo(Exit.BAD_INPUT);
        assertThat(run.err()).contains(messages).doesNotContain("\tat ");
    }

    private CommandLineRun roll(Path file, String... more) {
        List<String> args = new ArrayList<>(List.of("roll", file.toString(), "--server", address));
        args.addAll(List.of(more));
        return CommandLineRun.of(args.toArray(String[]::new));
    }

    private String releases() {
        return CommandLineRun.of("releases", "--app", app, "--server", address).out();
    }

    private ReleaseHead last() {
        return Journal.releases(consul, keys, app).get(0);
    }

    private String command() {
        return "{command: \"" + fleet.writesVersion() + "; echo now ${version}\"}";
    }

    private Path dir() {
        return fleet.file("x").getParent();
    }

    private Path yaml(String update, String... more) throws IOException {
        return write(fleet.yaml(app, update, more));
    }

    private Path write(String text) throws IOException {
        return Files.writeString(folder.getRoot().toPath().resolve("web.yaml"), text);
    }

    private Path err() {
        return folder.getRoot().toPath().resolve("err");
    }

    private Process child(String... args) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
        command.addAll(List.of(args));
        Process child = new ProcessBuilder(command)
                .redirectOutput(folder.getRoot().toPath().resolve("out").toFile())
                .redirectError(err().toFile())
                .start();
        children.add(child);
        return child;
    }
}
