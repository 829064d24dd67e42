package io.jenkins.plugins.consuldeploy.agent;

import static io.jenkins.plugins.consuldeploy.agent.Host.soon;
import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.ConsulProcess;
import io.jenkins.plugins.consuldeploy.consul.KvEntry;
import io.jenkins.plugins.consuldeploy.phase.NodeState;
import io.jenkins.plugins.consuldeploy.phase.Tree;
import io.jenkins.plugins.consuldeploy.phase.Version;
import java.nio.file.Files;
import java.time.Duration;
import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** An agent whose Consul goes away and comes back: here one that has forgotten everything. */
public class AgentOutageTest {

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    private final Tree tree = Tree.of("api/version");
    private ConsulProcess process;
    private Consul consul;
    private Host host;

    @Before
    public void startConsul() {
        process = ConsulProcess.start();
        consul = process.client();
        host = new Host(folder.getRoot().toPath(), "n1", process.config(), tree.prefix());
    }

    @After
    public void stopConsul() {
        host.grace(Duration.ZERO).close();
        consul.close();
        process.close();
    }

    @Test
    public void keepsWhatRunsAndSaysItAnewWhenConsulIsBack() throws Exception {
        put(tree.folder(new Version("v1")), "");
        put(tree.folder(new Version("v2")), "");
        put(tree.current(), "v1");
        host.start();

        process.kill();
        process.restart();
        put(tree.folder(new Version("v1")), "");
        put(tree.folder(new Version("v2")), "");
        put(tree.current(), "v1");

        soon().untilAsserted(() -> {
            assertThat(host.says(consul, "v1")).contains(NodeState.ACTIVE);
            assertThat(host.says(consul, "v2")).contains(NodeState.READY);
            assertThat(consul.kv().get(tree.pin("n1")).map(KvEntry::value)).contains("");
        });
        assertThat(host.done()).filteredOn("deploy v1"::equals).hasSize(1);
        assertThat(host.done()).filteredOn(line -> line.startsWith("rollout")).hasSize(1);
    }

    @Test
    public void doesNotRemoveWhatRunsWhenConsulComesBackEmpty() throws Exception {
        put(tree.folder(new Version("v1")), "");
        put(tree.current(), "v1");
        host.start();

        process.kill();
        process.restart();
        put(tree.folder(new Version("v9")), "");

        soon().untilAsserted(() -> assertThat(host.says(consul, "v9")).contains(NodeState.READY));
        assertThat(host.versions()).containsExactly("v1", "v9");
        assertThat(host.current()).isEqualTo("v1");
    }

    @Test
    public void endsAScriptThatWasBegunBeforeConsulWentAway() throws Exception {
        host.deploy("while [ ! -e ../../go ]; do sleep 0.01; done");
        put(tree.folder(new Version("v1")), "");
        host.begin();
        soon().until(() -> host.done().contains("deploy v1"));

        process.kill();
        Files.createFile(folder.getRoot().toPath().resolve("go"));
        soon().until(() -> Files.readString(host.own().resolve("versions/v1")).contains("PREPARED"));
        process.restart();
        put(tree.folder(new Version("v1")), "");

        soon().untilAsserted(() -> assertThat(host.says(consul, "v1")).contains(NodeState.READY));
        assertThat(host.done()).containsExactly("deploy v1");
    }

    @Test
    public void waitsForAConsulThatIsNotThereYet() throws Exception {
        process.kill();
        Agent agent = host.begin();
        assertThat(agent.awaitReady(Duration.ofMillis(500))).isFalse();

        process.restart();
        put(tree.folder(new Version("v1")), "");

        soon().untilAsserted(() -> assertThat(host.says(consul, "v1")).contains(NodeState.READY));
    }

    @Test
    public void stopsWithinItsGraceThoughConsulDoesNotAnswer() throws Exception {
        put(tree.folder(new Version("v1")), "");
        put(tree.current(), "v1");
        host.start();
        process.kill();

        long start = System.nanoTime();
        host.close();

        assertThat(Duration.ofNanos(System.nanoTime() - start))
                .as("its grace of 5 s and a few more, and not the minute of an outage")
                .isLessThan(Duration.ofSeconds(40));
    }

    private void put(String key, String value) {
        consul.kv().put(key, value);
    }
}
