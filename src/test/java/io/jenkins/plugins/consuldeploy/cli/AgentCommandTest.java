package io.jenkins.plugins.consuldeploy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.ConsulProcess;
import io.jenkins.plugins.consuldeploy.phase.NodeState;
import io.jenkins.plugins.consuldeploy.phase.Tree;
import io.jenkins.plugins.consuldeploy.phase.TreeView;
import io.jenkins.plugins.consuldeploy.phase.Version;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** The agent as a process of its own, and what it does with its words. */
public class AgentCommandTest {

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    private final Consul consul = ConsulProcess.shared().client();
    private final String prefix = ConsulProcess.uniquePrefix("agent");
    private final Tree tree = Tree.of(prefix);
    private final List<Process> agents = new ArrayList<>();

    @Before
    public void writeConfiguration() throws IOException {
        Files.writeString(
                new File(folder.newFolder("conf"), "app.json").toPath(),
                "{\"name\": \"n1\", \"server\": \"" + ConsulProcess.shared().address() + "\", \"deployments\": [{"
                        + "\"id\": \"app\", \"prefix\": \"" + prefix + "\", \"shell\": \"bash\", \"path\": \""
                        + folder.getRoot()
                        + "/app\", \"deploy\": [\"true\"], \"rollout\": [\"echo $VERSION > ../live\"]"
                        + "}]}");
    }

    @After
    public void close() throws InterruptedException {
        for (Process agent : agents) {
            agent.destroyForcibly().waitFor();
        }
        consul.close();
    }

    @Test
    public void aHostFollowsWhatIsDeployedUntilItIsStopped() throws Exception {
        Process agent = agent("-config-dir=" + folder.getRoot() + "/conf");

        CommandLineRun deploy = CommandLineRun.of(
                "deploy",
                "v1",
                "-prefix",
                prefix,
                "-nodes",
                "1",
                "-server",
                ConsulProcess.shared().address());
        assertThat(deploy.exit()).as(deploy.err()).isZero();
        assertThat(folder.getRoot().toPath().resolve("app/live")).hasContent("v1");
        assertThat(TreeView.read(consul, tree)
                        .version(new Version("v1"))
                        .orElseThrow()
                        .nodes())
                .containsEntry("n1", NodeState.ACTIVE);

        agent.destroy(); // SIGTERM

        assertThat(agent.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(agent.exitValue()).as("asked to stop, it ends well").isZero();
        assertThat(TreeView.read(consul, tree)
                        .version(new Version("v1"))
                        .orElseThrow()
                        .nodes())
                .as("its session is gone, and its entries with it")
                .isEmpty();
        assertThat(Files.readAllLines(log().toPath()))
                .as("a line an event, with its time")
                .isNotEmpty()
                .allSatisfy(line -> assertThat(line).matches("\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d \\w+ .*"));
    }

    @Test
    public void whatItDoesWhenItIsStoppedIsInItsLog() throws Exception {
        Path configuration = folder.getRoot().toPath().resolve("conf/app.json");
        Files.writeString(
                configuration,
                Files.readString(configuration).replace("\"deploy\": [\"true\"]", "\"deploy\": [\"sleep 1000\"]"));
        Process agent = agent("--config-dir", folder.getRoot() + "/conf");
        Awaitility.await().until(() -> Files.readString(log().toPath()).contains("ready after"));
        consul.kv().put(tree.folder(new Version("v1")), "");
        Path script = folder.getRoot().toPath().resolve("app/.consul-deploy/script");
        Awaitility.await().until(() -> Files.exists(script));

        agent.destroy();

        assertThat(agent.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(log()).content().contains("deploy was ended, for the agent is stopping");
    }

    @Test
    public void theWordsOfAServiceNeedNoPicocli() throws Exception {
        Process agent = agent("-verbose:class", "--config-dir", folder.getRoot() + "/conf");
        Awaitility.await().until(() -> Files.readString(log().toPath()).contains("ready after"));
        agent.destroy();
        assertThat(agent.waitFor(60, TimeUnit.SECONDS)).isTrue();

        assertThat(Files.readAllLines(log().toPath()))
                .anyMatch(line -> line.contains("consuldeploy.agent.Agent "))
                .noneMatch(line -> line.contains("picocli"));
    }

    @Test
    public void wordsAreReadAlikeWithAndWithoutPicocli() {
        assertThat(new AgentCommand().readQuickly(List.of("--config-dir", "a", "-config-file", "b")))
                .isTrue();
        for (List<String> words : List.of(
                List.of("--help"),
                List.of("--config-dir"),
                List.of("--config-dir", "--help"),
                List.of("--config-dir=a"),
                List.of("--config-dir", "a", "--name", "n"),
                List.of("a"))) {
            assertThat(new AgentCommand().readQuickly(words))
                    .as(words.toString())
                    .isFalse();
        }
    }

    @Test
    public void badConfigurationsEndWithTwo() throws Exception {
        refused("config-dir: it is missing", "agent");
        refused("/no/such/directory", "agent", "--config-dir", "/no/such/directory");
        refused("Missing required parameter for option '--config", "agent", "--config-dir");
        refused("did you mean '--config-dir'?", "agent", "--config-dri", "x");
        Path broken = folder.newFile("broken.json").toPath();
        Files.writeString(broken, "{\n  nonsense");
        refused("line 2", "agent", "--config-file", broken.toString());
        refused(broken.toString(), "agent", "-config=" + broken);
    }

    private static void refused(String what, String... args) {
        CommandLineRun run = CommandLineRun.of(args);
        assertThat(run.exit()).as(run.err()).isEqualTo(Exit.BAD_INPUT);
        assertThat(run.err()).startsWith("consul-deploy agent: ").contains(what).doesNotContain("\tat ");
    }

    private Process agent(String... args) throws IOException {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        List<String> words = new ArrayList<>(List.of(args));
        if (words.remove("-verbose:class")) {
            command.add("-verbose:class");
        }
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName(), "agent"));
        command.addAll(words);
        Process agent = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log())
                .start();
        agents.add(agent);
        return agent;
    }

    private File log() {
        return new File(folder.getRoot(), "log");
    }
}
