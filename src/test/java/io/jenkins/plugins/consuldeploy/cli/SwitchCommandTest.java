package io.jenkins.plugins.consuldeploy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.ConsulProcess;
import io.jenkins.plugins.consuldeploy.consul.Holder;
import io.jenkins.plugins.consuldeploy.consul.Lock;
import io.jenkins.plugins.consuldeploy.journal.Journal;
import io.jenkins.plugins.consuldeploy.journal.ReleaseHead;
import io.jenkins.plugins.consuldeploy.journal.ReleaseKeys;
import io.jenkins.plugins.consuldeploy.rolling.RolledFleet;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** Switches from a shell: real Consul, real HAProxy, commands that are really run, and a visitor whom nothing must fail. */
public class SwitchCommandTest {

    /** A process of its own takes its time to start where much else runs. */
    private static final Duration CHILD_LIMIT = Duration.ofSeconds(60);

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    private final Consul consul = ConsulProcess.shared().client();
    private final String address = ConsulProcess.shared().address();
    private final ReleaseKeys keys = new ReleaseKeys("consul-deploy");
    private final String app = ConsulProcess.uniquePrefix("switch");
    private final List<Process> children = new ArrayList<>();
    /** Long, but where a test waits until it is over. */
    private String healthTimeout = "30s";
    /** app1 is blue and live, app2 is green. */
    private RolledFleet fleet;

    @Before
    public void start() throws IOException {
        fleet = RolledFleet.start(folder.newFolder("apps").toPath(), 2);
        fleet.drain("app2");
    }

    @After
    public void close() {
        children.forEach(Process::destroyForcibly);
        fleet.close();
        consul.close();
    }

    @Test
    public void trafficMovesInPartsAndThereIsAWayBackAndNoRequestFails() throws Exception {
        Path file = yaml("weights: [10, 50, 100]", "bake: 100ms", "soak: 100ms");
        fleet.visit();

        CommandLineRun run = run(file, "--set", "version=v2");

        assertThat(run.exit()).as(run.err()).isZero();
        assertThat(run.out().lines())
                .anyMatch(line -> line.matches("switch \\S+: blue -> green, \\d+ stages"))
                .contains("green | deploying v2 to green on " + fleet.port("app2") + ", live is blue")
                .anyMatch(line -> line.matches("moving 10% -> baking 10% \\(.+\\)"))
                .anyMatch(line -> line.matches("moving 100% -> soaking \\(.+\\)"))
                .anyMatch(line ->
                        line.matches("the switch \\S+ of " + app + " to green succeeded \\(live is green, \\S+\\)"))
                .last()
                .isEqualTo("The way back, as long as the other color runs: consul-deploy switch " + file
                        + " --set version=v2 --back --server " + address);
        assertThat(live()).isEqualTo("green");
        assertThat(fleet.version("app2")).isEqualTo("v2");

        JsonObject again = run(file, "--set", "version=v2", "--json").json();
        assertThat(again.get("reason").getAsString()).contains("nothing was done");
        JsonObject back = run(file, "--back", "--set", "version=v2", "--json").json();

        assertThat(fleet.failedVisits()).isZero();
        assertThat(back.get("exit").getAsInt()).isZero();
        assertThat(back.get("from").getAsString()).isEqualTo("green");
        assertThat(back.get("to").getAsString()).isEqualTo("blue");
        assertThat(back.get("live").getAsString()).isEqualTo("blue");
        assertThat(back.get("state").getAsString()).isEqualTo("succeeded");
        assertThat(back.get("back").getAsBoolean()).isTrue();
        assertThat(live()).isEqualTo("blue");
        assertThat(releases().lines()).hasSize(4).anyMatch(line -> line.contains(" steps"));
    }

    @Test
    public void theFirstSwitchEverGoesToBlue() throws Exception {
        fleet.drain("app1");

        JsonObject json =
                run(yaml("weights: [50, 100]"), "--set", "version=v2", "--json").json();

        assertThat(json.get("exit").getAsInt()).as(json.toString()).isZero();
        assertThat(json.has("from")).isFalse();
        assertThat(json.get("live").getAsString()).isEqualTo("blue");
        assertThat(live()).isEqualTo("blue");
        assertThat(fleet.version("app1")).isEqualTo("v2");
    }

    @Test
    public void aWatchThatFailsAtHalfOfTheTrafficMovesItAllBack() throws Exception {
        Path bad = folder.getRoot().toPath().resolve("bad");
        Path file = yaml(
                "weights: [50, 100]",
                "bake: 20s",
                "watch: {command: {command: \"! [ -f " + bad + " ]\", interval: 50ms}}");
        fleet.visit();
        Thread breaks = new Thread(() -> {
            Awaitility.await()
                    .until(() -> fleet.states().get("app1").startsWith("ready")
                            && fleet.states().get("app2").startsWith("ready"));
            try {
                Files.createFile(bad);
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
        breaks.start();

        CommandLineRun run = run(file, "--set", "version=v2");

        breaks.join();
        assertThat(fleet.failedVisits()).isZero();
        assertThat(run.exit()).isEqualTo(Exit.FAILED);
        assertThat(run.out()).contains("moving all traffic back to blue");
        assertThat(run.err())
                .contains(
                        "consul-deploy switch: the switch " + last().id() + " of " + app + " to green was moved back: ")
                .contains("visits through the front failed")
                .contains("Live is blue.\nWhen the cause is gone: consul-deploy switch " + file)
                .doesNotContain("\tat ");
        assertThat(live()).isEqualTo("blue");
        assertThat(last().state()).isEqualTo(ReleaseHead.State.ROLLED_BACK);
    }

    @Test
    public void aColorThatDoesNotPassItsChecksGetsNoTraffic() throws Exception {
        healthTimeout = "1s";
        JsonObject json = run(yaml(), "--set", "version=broken", "--json").json();

        assertThat(json.get("exit").getAsInt()).isEqualTo(Exit.FAILED);
        assertThat(json.get("state").getAsString()).isEqualTo("failed");
        assertThat(json.get("stage").getAsString()).isEqualTo("checking");
        assertThat(json.get("live").getAsString()).isEqualTo("blue");
        assertThat(json.get("error").getAsString()).contains("HTTP 503", "Live is blue.");
        assertThat(live()).isEqualTo("blue");
    }

    @Test
    public void aPlanTouchesNothing() throws Exception {
        CommandLineRun run = run(yaml("weights: [50, 100]"), "--set", "version=v2", "--plan");

        assertThat(run.exit()).as(run.err()).isZero();
        assertThat(run.out().lines())
                .startsWith("take the lock of " + app, "blue is live")
                .anyMatch(line -> line.startsWith("deploying: deploy green: run `"))
                .anyMatch(line -> line.startsWith("moving 50%: "))
                .endsWith("give the lock back");
        assertThat(consul.kv().list(keys.app(app))).isEmpty();
        assertThat(live()).isEqualTo("blue");
    }

    @Test
    public void aDeployerThatWasKilledIsGoneOnWithFromItsRecord() throws Exception {
        Path file = yaml("weights: [50, 100]", "bake: 5s");
        fleet.visit();
        Process deployer = child("switch", file.toString(), "--set", "version=v2", "--server", address);
        Awaitility.await()
                .atMost(CHILD_LIMIT)
                .until(() -> fleet.states().get("app2").startsWith("ready"));

        deployer.destroyForcibly().waitFor();

        ReleaseHead left = last();
        assertThat(left.state()).isEqualTo(ReleaseHead.State.RUNNING);
        expireLock();
        assertThat(releases()).contains("running", "nobody");

        CommandLineRun run = CommandLineRun.of("resume", left.id(), "--server", address);

        assertThat(fleet.failedVisits()).isZero();
        assertThat(run.exit()).as(run.err()).isZero();
        assertThat(run.out()).contains("of " + app + " to green succeeded (live is green, ");
        assertThat(live()).isEqualTo("green");
        assertThat(CommandLineRun.of("resume", left.id(), "--server", address).out())
                .contains("succeeded; it was over already");
    }

    @Test
    public void aWayBackThatAnotherSwitchLocksOutIsToldHowToGetIn() throws Exception {
        Holder holder = new Holder("ann@build7", "process 12", "release 20260301-123000-4f2a91c0", Instant.now());
        try (Lock lock = Lock.acquire(consul, keys.lock(app), holder, Duration.ofSeconds(10), Duration.ZERO)) {
            assertThat(lock.isHeld()).isTrue();
            CommandLineRun run = run(yaml(), "--set", "version=v2", "--back");

            assertThat(run.exit()).isEqualTo(Exit.LOCKED);
            assertThat(run.err())
                    .contains("locked by ann@build7")
                    .contains("To go back without waiting for it")
                    .contains("consul-deploy unlock --server " + address + " --app APP");
        }
    }

    @Test
    public void whatIsWrongIsNamedWithItsPlaceAndNothingIsTouched() throws Exception {
        refused(
                yaml("weights: [50, 20, 100]"),
                "column 10: weights '[50, 20, 100]': percentages",
                "--set",
                "version=v2");
        refused(yaml("wieghts: [100]"), "wieghts '[100]': no such field", "--set", "version=v2");
        refused(yaml("deploy: {body: true}"), "deploy is there twice");
        refused(
                write("app: a\nblue: {list: []}\ngreen: {list: [b]}\n"),
                "shop.yaml, line 2, column 14: blue.list '[]': it names no host; name at least one");
        refused(yaml(), "nobody set ${version}");
        refused(yaml(), "back: a switch that is gone on with keeps its course", "--back", "--resume", "r1");
        refused(yaml(), "live-is 'x': 'traffic' or 'record'", "--live-is", "x");
        refused(yaml(), "release 'r1': there is none on record", "--resume", "r1", "--set", "version=v2");
        assertThat(consul.kv().list(keys.app(app))).isEmpty();
    }

    // Private

    private void refused(Path file, String why, String... options) {
        CommandLineRun run = run(file, options);
        assertThat(run.exit()).as(run.err()).isEqualTo(Exit.BAD_INPUT);
        assertThat(run.err()).contains(why);
    }

    private CommandLineRun run(Path file, String... options) {
        return CommandLineRun.of(
                Stream.of(Stream.of("switch", file.toString()), Stream.of(options), Stream.of("--server", address))
                        .flatMap(words -> words)
                        .toArray(String[]::new));
    }

    private Path yaml(String... more) throws IOException {
        return write("""
                app: %s
                blue: {list: [{name: app1, address: 127.0.0.1, port: %d}]}
                green: {list: [{name: app2, address: 127.0.0.1, port: %d}]}
                traffic: {haproxy: {address: "%s", backend: b}}
                deploy: {command: "echo deploying ${version} to $COLOR on $PORT, live is $LIVE_COLOR; \
                [ $COLOR = blue ] && h=app1 || h=app2; printf %%s \\"${version}\\" >%s/$h", timeout: 20s}
                check: {http: {path: /, interval: 50ms}}
                healthTimeout: %s
                moveTimeout: 10s
                drainTimeout: 10s
                %s
                """.formatted(
                        app,
                        fleet.port("app1"),
                        fleet.port("app2"),
                        fleet.balancer(),
                        fleet.file("app1").getParent(),
                        healthTimeout,
                        String.join("\n", more)));
    }

    private Path write(String text) throws IOException {
        return Files.writeString(folder.getRoot().toPath().resolve("shop.yaml"), text);
    }

    private String live() {
        boolean blue = fleet.states().get("app1").startsWith("ready");
        boolean green = fleet.states().get("app2").startsWith("ready");
        return blue == green ? "neither or both: " + fleet.states() : blue ? "blue" : "green";
    }

    private ReleaseHead last() {
        return Journal.releases(consul, keys, app).get(0);
    }

    private String releases() {
        return CommandLineRun.of("releases", "--app", app, "--server", address).out();
    }

    /** As Consul does when the session's time is over. */
    private void expireLock() {
        consul.kv().get(keys.lock(app)).flatMap(lock -> lock.session()).ifPresent(consul.sessions()::destroy);
    }

    private Process child(String... args) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
        command.addAll(List.of(args));
        File output = folder.getRoot().toPath().resolve("child").toFile();
        Process child = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output)
                .start();
        children.add(child);
        return child;
    }
}
