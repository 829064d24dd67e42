package io.jenkins.plugins.consuldeploy.agent;

import static io.jenkins.plugins.consuldeploy.agent.Host.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.Assume.assumeTrue;

import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.ConsulProcess;
import io.jenkins.plugins.consuldeploy.consul.KvEntry;
import io.jenkins.plugins.consuldeploy.phase.NodeState;
import io.jenkins.plugins.consuldeploy.phase.Tree;
import io.jenkins.plugins.consuldeploy.phase.Version;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.logging.Logger;
import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/**
 * Our agents do what Depro's tool asks for: as it was recorded, everywhere; itself, where {@code DEPRO} names its program.
 */
public class DeproToolTest {

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    private final Tree tree = Tree.of("api/version");
    private final List<Host> hosts = new ArrayList<>();
    private final List<Process> theirs = new ArrayList<>();
    private ConsulProcess process;
    private Consul consul;

    @Before
    public void startConsul() {
        process = ConsulProcess.start();
        consul = process.client();
    }

    @After
    public void stop() throws InterruptedException {
        for (Process agent : theirs) {
            agent.destroyForcibly().waitFor();
        }
        hosts.forEach(Host::close);
        consul.close();
        process.close();
    }

    @Test
    public void answersTheToolAsItWasRecordedWithConsul1129() throws Exception {
        answersTheToolAsItWasRecorded("consul-1.12.9");
    }

    @Test
    public void answersTheToolAsItWasRecordedWithConsul187() throws Exception {
        answersTheToolAsItWasRecorded("consul-1.8.7");
    }

    private void answersTheToolAsItWasRecorded(String recording) throws Exception {
        ours("n1").start();
        ours("n2").start();
        ReplayedTool tool = new ReplayedTool(process.address(), recording);

        assertThat(tool.deploy("v1", 2)).isTrue();
        awaitRunning("v1", "n1", "n2");
        assertThat(tool.deploy("v2", 2)).isTrue();
        awaitRunning("v2", "n1", "n2");
        assertThat(state("v1", "n1")).isEqualTo("ready");

        // What comes next in the recording's story: somebody removes v1 by hand.
        consul.kv().deleteTree(tree.folder(new Version("v1")));
        soon().untilAsserted(() ->
                assertThat(hosts).allSatisfy(host -> assertThat(host.versions()).containsExactly("v2")));
        assertThat(hosts.get(0).done())
                .containsExactly(
                        "deploy v1", "rollout v1 after nothing", "deploy v2", "rollout v2 after v1", "clean v1");
    }

    @Test
    public void finishesPreparingFirstWhereTheToolCommitsTooEarly() throws Exception {
        ours("n1").start();
        Host slow = ours("n2");
        slow.deploy("while [ ! -e ../../go ]; do sleep 0.01; done", slow.logging("ready $VERSION"))
                .start();
        ReplayedTool tool = new ReplayedTool(process.address(), "early-commit");

        assertThat(tool.deploy("v1", 2)).as("it does not see that n2 is busy").isTrue();
        awaitRunning("v1", "n1");
        Files.createFile(folder.getRoot().toPath().resolve("n2/go"));

        awaitRunning("v1", "n2");
        assertThat(slow.done()).containsExactly("deploy v1", "ready v1", "rollout v1 after nothing");
    }

    @Test
    public void letsTheToolSeeThatANodeFailed() throws Exception {
        ours("n1").deploy("exit 1").start();
        ReplayedTool tool = new ReplayedTool(process.address(), "consul-1.12.9");

        assertThat(tool.deploy("v1", 1)).isFalse();
        assertThat(consul.kv().get(tree.current())).isEmpty();
    }

    @Test
    public void answersTheToolItselfWithinItsOneSecond() throws Exception {
        String depro = depro();
        ours("one").start();
        ours("two").start();

        assertThat(tool(depro, "deploy", "-nodes=2", "v1")).isZero();
        awaitRunning("v1", "one", "two");
        assertThat(tool(depro, "deploy", "-nodes=2", "v2")).isZero();
        awaitRunning("v2", "one", "two");
        assertThat(tool(depro, "deploy", "-nodes=2", "v1")).as("back").isZero();
        awaitRunning("v1", "one", "two");
        assertThat(tool(depro, "query", "v1")).isZero();
        assertThat(output()).contains("Version 'v1' (active)").containsPattern("active \\| one");
    }

    @Test
    public void failsTheToolItselfWhenANodeFails() throws Exception {
        String depro = depro();
        ours("one").start();
        ours("two").deploy("exit 1").start();

        assertThat(tool(depro, "deploy", "-nodes=2", "v1")).isEqualTo(2);
        assertThat(output()).contains("Failed to deploy 'v1'");
        assertThat(consul.kv().get(tree.current())).isEmpty();
    }

    @Test
    public void standsBesideDeprosAgentsUnderDeprosTool() throws Exception {
        String depro = depro();
        assumeTrue(
                "Depro's agents can read their own scripts as root alone",
                System.getProperty("user.name").equals("root"));
        ours("ours").start();
        theirs(depro, "theirs");

        for (String version : List.of("v1", "v2")) {
            assertThat(tool(depro, "deploy", "-nodes=2", version)).as(version).isZero();
            awaitRunning(version, "ours", "theirs");
        }
        consul.kv().deleteTree(tree.folder(new Version("v1")));
        soon().until(() -> !Files.exists(folder.getRoot().toPath().resolve("theirs/app/v1"))
                && !Files.exists(folder.getRoot().toPath().resolve("ours/app/v1")));
    }

    // What the tests share

    private static String depro() {
        String depro = System.getenv("DEPRO");
        boolean named = depro != null && !depro.isBlank();
        if (!named) {
            Logger.getLogger(DeproToolTest.class.getName())
                    .info("not run: the variable DEPRO does not name Depro's program");
        }
        assumeTrue("the variable DEPRO does not name Depro's program", named);
        return depro;
    }

    private Host ours(String name) throws IOException {
        Path home = Files.createDirectories(folder.getRoot().toPath().resolve(name));
        Host host = new Host(home, name, process.config(), tree.prefix());
        hosts.add(host);
        return host;
    }

    private void theirs(String depro, String name) throws IOException {
        Path home = Files.createDirectories(folder.getRoot().toPath().resolve(name + "/app"))
                .getParent();
        String config = "{\"name\": \"" + name + "\", \"server\": \"" + process.address()
                + "\", \"deployments\": [{\"id\": \"app\", \"path\": \"" + home.resolve("app")
                + "\", \"prefix\": \"" + tree.prefix()
                + "\", \"shell\": \"bash\", \"deploy\": [\"true\"], \"rollout\": [\"true\"], \"clean\": [\"true\"]}]}";
        Path log = home.resolve("log");
        theirs.add(new ProcessBuilder(
                        depro, "agent", "-config-file=" + Files.writeString(home.resolve("app.json"), config))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start());
        // It is there once its session is: it makes that before it watches.
        soon().until(() -> process.http("GET", "/v1/session/list", "").contains("\"app\""));
    }

    private int tool(String depro, String command, String... words) throws IOException, InterruptedException {
        List<String> all =
                new ArrayList<>(List.of(depro, command, "-server=" + process.address(), "-prefix=" + tree.prefix()));
        Collections.addAll(all, words);
        Process tool = new ProcessBuilder(all)
                .redirectErrorStream(true)
                .redirectOutput(folder.getRoot().toPath().resolve("tool.log").toFile())
                .start();
        if (!tool.waitFor(10, TimeUnit.SECONDS)) {
            tool.destroyForcibly();
            throw new IOException("Depro's tool hangs");
        }
        return tool.exitValue();
    }

    private String output() throws IOException {
        return Files.readString(folder.getRoot().toPath().resolve("tool.log"), StandardCharsets.UTF_8);
    }

    private void awaitRunning(String version, String... nodes) {
        soon().untilAsserted(() -> {
            for (String node : nodes) {
                assertThat(state(version, node)).as(node).isEqualTo(NodeState.ACTIVE.word());
            }
        });
    }

    private String state(String version, String node) {
        return consul.kv()
                .get(tree.state(new Version(version), node))
                .map(KvEntry::value)
                .orElse("nothing");
    }
}
