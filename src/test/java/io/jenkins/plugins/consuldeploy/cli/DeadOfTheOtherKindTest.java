package io.jenkins.plugins.consuldeploy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.ConsulProcess;
import io.jenkins.plugins.consuldeploy.journal.Journal;
import io.jenkins.plugins.consuldeploy.journal.ReleaseHead;
import io.jenkins.plugins.consuldeploy.journal.ReleaseKeys;
import io.jenkins.plugins.consuldeploy.rolling.RolledFleet;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/**
 * An application that is released by rolling as well as by switching: whoever comes second finds what a killed deployer
 * of the other kind left, puts it in order, and goes on with its own work. Visitors notice none of it.
 */
public class DeadOfTheOtherKindTest {

    private static final List<String> BLUE = List.of("app1", "app2");
    private static final List<String> GREEN = List.of("app3", "app4");
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    private final Consul consul = ConsulProcess.shared().client();
    private final String address = ConsulProcess.shared().address();
    private final ReleaseKeys keys = new ReleaseKeys("consul-deploy");
    private final String app = ConsulProcess.uniquePrefix("other-kind");
    private final List<Process> children = new ArrayList<>();
    private RolledFleet fleet;

    @Before
    public void blueIsLive() throws IOException {
        fleet = RolledFleet.start(folder.newFolder("apps").toPath(), 4);
        GREEN.forEach(fleet::drain);
    }

    @After
    public void close() {
        children.forEach(Process::destroyForcibly);
        fleet.close();
        consul.close();
    }

    @Test
    public void aSwitchPutsInOrderWhatADeadReleaseLeftAndSucceeds() throws Exception {
        Path begun = folder.getRoot().toPath().resolve("begun");
        fleet.visit();
        ReleaseHead dead =
                killedWhen(() -> Files.exists(begun), "roll", roll("{command: \"touch " + begun + "; sleep 100\"}"));
        assertThat(states(BLUE)).as("one is out, in its update").containsExactly("drain 10", "ready UP 10");
        expireLock();

        CommandLineRun run = run("switch", colors());

        assertThat(fleet.failedVisits()).isZero();
        assertThat(run.exit()).as(run.err()).isZero();
        assertThat(run.out())
                .contains("the release " + dead.id() + " of ", "was left running: putting it in order first")
                .contains("of " + app + " to green succeeded (live is green, ");
        assertThat(on(dead.id()).state().isOver()).isTrue();
        assertThat(states(GREEN)).containsOnly("ready UP 10");
        assertThat(states(BLUE)).allMatch(state -> state.startsWith("drain"));
        assertThat(last().progress()).contains("\"live\":\"green\"");
    }

    @Test
    public void aReleasePutsInOrderWhatADeadSwitchLeftAndSucceeds() throws Exception {
        fleet.visit();
        ReleaseHead dead = killedWithHalfOfTheTraffic();
        expireLock();

        comesSecond(dead);
    }

    @Test
    public void aReleasePutsInOrderASwitchWhoseLockWasTakenFromItsDeadHolder() throws Exception {
        fleet.visit();
        ReleaseHead dead = killedWithHalfOfTheTraffic();
        CommandLineRun unlock = CommandLineRun.of("unlock", "--app", app, "--server", address);
        assertThat(unlock.exit()).as(unlock.err()).isZero();

        comesSecond(dead);
    }

    // Private

    private ReleaseHead killedWithHalfOfTheTraffic() throws Exception {
        ReleaseHead dead = killedWhen(
                () -> states(GREEN).stream().allMatch(state -> state.startsWith("ready UP")),
                "switch",
                colors(),
                "bake: 1h");
        assertThat(fleet.states().values()).as("traffic goes to both").allMatch(state -> state.startsWith("ready UP"));
        return dead;
    }

    /** A release of what the switch found live. */
    private void comesSecond(ReleaseHead dead) throws Exception {
        CommandLineRun run = run("roll", roll("{command: \"printf v3 >" + dir() + "/$HOST\"}"));

        assertThat(fleet.failedVisits()).isZero();
        assertThat(run.exit()).as(run.err()).isZero();
        assertThat(run.out())
                .contains("the switch " + dead.id() + " of ", "was left running: putting it in order first")
                .contains("the release " + last().id() + " of " + app + " succeeded (2 hosts done, ");
        ReleaseHead settled = on(dead.id());
        assertThat(settled.state()).isEqualTo(ReleaseHead.State.ABORTED);
        assertThat(settled.reason().orElseThrow()).contains("left by its holder, put in order by");
        assertThat(settled.progress()).contains("\"live\":\"blue\"");
        assertThat(states(BLUE)).containsOnly("ready UP 10");
        assertThat(states(GREEN)).allMatch(state -> state.startsWith("drain"));
        assertThat(BLUE).allMatch(host -> fleet.version(host).equals("v3"));
    }

    private interface Seen {
        boolean isSo();
    }

    /** What it left on record, which nobody has ended. */
    private ReleaseHead killedWhen(Seen seen, String command, String... words) throws Exception {
        Process deployer = child(command, file(words).toString(), "--set", "version=v2", "--server", address);
        Awaitility.await().atMost(LIMIT).until(seen::isSo);
        deployer.destroyForcibly().waitFor();
        ReleaseHead left = last();
        assertThat(left.state()).isEqualTo(ReleaseHead.State.RUNNING);
        return left;
    }

    private CommandLineRun run(String command, String... words) throws IOException {
        return CommandLineRun.of(command, file(words).toString(), "--set", "version=v2", "--server", address);
    }

    private String roll(String update) {
        return fleet.yaml(app, BLUE, update);
    }

    private String colors() {
        return """
                app: %s
                blue: %s
                green: %s
                traffic: {haproxy: {address: "%s", backend: b}}
                weights: [50, 100]
                deploy: {command: "for h in app3 app4; do printf v2 >%s/$h; done"}
                check: {http: {path: /, interval: 50ms}}
                """.formatted(app, fleet.list(BLUE), fleet.list(GREEN), fleet.balancer(), dir());
    }

    private Path file(String... words) throws IOException {
        return Files.writeString(folder.getRoot().toPath().resolve("shop.yaml"), String.join("", words));
    }

    private Path dir() {
        return fleet.file("app1").getParent();
    }

    private List<String> states(List<String> hosts) {
        return hosts.stream().map(fleet.states()::get).toList();
    }

    private ReleaseHead last() {
        return Journal.releases(consul, keys, app).get(0);
    }

    private ReleaseHead on(String id) {
        return Journal.find(consul, keys, id).orElseThrow();
    }

    /** As Consul does when the session's time is over. */
    private void expireLock() {
        consul.kv().get(keys.lock(app)).flatMap(lock -> lock.session()).ifPresent(consul.sessions()::destroy);
    }

    private Process child(String... args) throws IOException {
        List<String> command = Stream.concat(
                        Stream.of(
                                Path.of(System.getProperty("java.home"), "bin", "java")
                                        .toString(),
                                "-cp",
                                System.getProperty("java.class.path"),
                                Main.class.getName()),
                        Stream.of(args))
                .toList();
        File output = folder.getRoot().toPath().resolve("child").toFile();
        Process child = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output)
                .start();
        children.add(child);
        return child;
    }
}
