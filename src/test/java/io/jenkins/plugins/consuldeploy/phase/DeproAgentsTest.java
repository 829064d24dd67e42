package io.jenkins.plugins.consuldeploy.phase;

import static io.jenkins.plugins.consuldeploy.phase.Fleet.deployment;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.Assume.assumeTrue;

import com.google.gson.Gson;
import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.ConsulProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Logger;
import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** Our deployer with Depro's own agents, alone and beside nodes of ours; runs where {@code DEPRO} names its program. */
public class DeproAgentsTest {

    @Rule
    public final TemporaryFolder files = new TemporaryFolder();

    private final List<Process> agents = new ArrayList<>();
    private final List<ScriptedNode> nodes = new ArrayList<>();
    private final Tree tree = Tree.of("api/version");
    private String depro;
    private ConsulProcess process;
    private Consul consul;
    private Deployer deployer;

    @Before
    public void start() {
        depro = System.getenv("DEPRO");
        String why = depro == null || depro.isBlank()
                ? "the variable DEPRO does not name Depro's program"
                : System.getProperty("user.name").equals("root")
                        ? ""
                        : "Depro's agents can read their own scripts as root alone";
        if (!why.isEmpty()) {
            Logger.getLogger(DeproAgentsTest.class.getName()).info("not run: " + why);
        }
        assumeTrue(why, why.isEmpty());
        process = ConsulProcess.start();
        consul = process.client();
        deployer = new Deployer(consul, tree, Fleet.ALICE);
    }

    @After
    public void stop() throws Exception {
        nodes.forEach(ScriptedNode::close);
        for (Process agent : agents) {
            agent.destroyForcibly().waitFor();
        }
        if (process != null) {
            consul.close();
            process.close();
        }
    }

    @Test
    public void versionsAreDeployedRolledBackAndCleaned() throws Exception {
        agent("one", "true");
        agent("two", "true");

        assertThat(deploy("v1", 2).nodes()).containsExactly("one", "two");
        assertThat(live("one")).isEqualTo("v1");
        assertThat(deploy("v2", 2).previous()).contains(new Version("v1"));
        assertThat(live("two")).isEqualTo("v2");
        deployer.rollback(new Rollback(Optional.empty(), Optional.empty(), Fleet.LIMIT), Optional.empty(), event -> {});
        await().atMost(Fleet.LIMIT)
                .until(() -> live("one").equals("v1") && live("two").equals("v1"));
        deploy("v3", 2);
        deploy("v4", 2);

        assertThat(deployer.clean(2, event -> {})).containsExactly(new Version("v2"), new Version("v1"));
        await().atMost(Fleet.LIMIT)
                .until(() -> !Files.exists(home("one").resolve("v1"))
                        && !Files.exists(home("two").resolve("v1")));
        assertThat(home("two").resolve("v3")).exists();
        assertThat(live("one")).isEqualTo("v4");
    }

    @Test
    public void aSlowAgentIsWaitedForAsItsOwnToolDoesNot() throws Exception {
        agent("quick", "true");
        agent("slow", "sleep 1");
        assertThat(deploy("v1", 2).nodes()).containsExactly("quick", "slow");
        assertThat(live("slow")).isEqualTo("v1");
    }

    @Test
    public void oneThatFailsEndsThePreparation() throws Exception {
        agent("good", "true");
        agent("bad", "false");
        assertThatThrownBy(() -> deploy("v1", 2))
                .isInstanceOf(DeploymentFailedException.class)
                .hasMessageContaining("failed on bad");
        assertThat(live("good")).isEmpty();
    }

    @Test
    public void mixedWithOursTheySwitchTogether() throws Exception {
        agent("theirs", "true");
        ScriptedNode ours = ScriptedNode.start(process.config(), tree, "ours");
        nodes.add(ours);
        for (String version : List.of("v1", "v2", "v3")) {
            assertThat(deploy(version, 2).nodes()).containsExactly("ours", "theirs");
            assertThat(live("theirs")).isEqualTo(version);
            assertThat(ours.running()).isEqualTo(version);
        }
    }

    @Test
    public void rollingIsRefusedBecauseTheyDoNotKnowPins() throws Exception {
        agent("theirs", "true");
        deploy("v1", 1);
        assertThatThrownBy(() ->
                        deployer.deploy(deployment("v2", 1).withRolling(BatchSize.ONE), Optional.empty(), event -> {}))
                .hasMessageContaining("the agents of theirs do not know pins");
        assertThat(live("theirs")).isEqualTo("v1");
    }

    private DeploymentResult deploy(String version, int count) throws Exception {
        return deployer.deploy(deployment(version, count), Optional.empty(), event -> {});
    }

    /** They have to watch before anything is registered, see what Depro does with a {@code current} at its start. */
    private void agent(String name, String prepare) throws Exception {
        Path home = Files.createDirectories(home(name));
        Path config = files.newFolder(name + "-config").toPath();
        Files.writeString(
                config.resolve("agent.json"),
                new Gson()
                        .toJson(Map.of(
                                "name", name,
                                "server", process.address(),
                                "deployments",
                                        List.of(Map.of(
                                                "id", "api",
                                                "path", home.toString(),
                                                "prefix", tree.prefix(),
                                                "shell", "bash",
                                                "deploy", List.of(prepare),
                                                "rollout", List.of("printf %s \"$VERSION\" > ../live"),
                                                "clean", List.of("true"))))));
        agents.add(new ProcessBuilder(depro, "agent", "-config-dir=" + config)
                .redirectErrorStream(true)
                .redirectOutput(files.newFile())
                .start());
        int sessions = agents.size();
        await().atMost(Fleet.LIMIT)
                .until(() -> process.http("GET", "/v1/session/list", "").split("\"ID\"", -1).length > sessions);
    }

    private Path home(String name) {
        return files.getRoot().toPath().resolve(name);
    }

    private String live(String name) throws IOException {
        Path live = home(name).resolve("live");
        return Files.exists(live) ? Files.readString(live) : "";
    }
}
