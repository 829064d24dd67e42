package io.jenkins.plugins.consuldeploy.agent;

import static io.jenkins.plugins.consuldeploy.agent.Host.soon;
import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.ConsulProcess;
import io.jenkins.plugins.consuldeploy.phase.NodeState;
import io.jenkins.plugins.consuldeploy.phase.Tree;
import io.jenkins.plugins.consuldeploy.phase.Version;
import io.jenkins.plugins.consuldeploy.process.ProcessTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/**
 * An agent that dies at each point of prepare, rollout and clean, and another that is started after it. Every step at
 * Consul stands between two at the disk, so that dying right before and right after each of these meets them all.
 */
public class AgentCrashTest {

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    private Consul consul;

    @Before
    public void connect() {
        consul = ConsulProcess.shared().client();
    }

    @After
    public void disconnect() {
        consul.close();
    }

    @Test
    public void finishesAVersionWhereverTheAgentBeforeDied() throws Exception {
        int points = 0;
        for (boolean after : new boolean[] {false, true}) {
            int point = 0;
            while (diesAt(++point, after)) {
                points++;
            }
        }
        assertThat(points).as("points at which the agent was made to die").isGreaterThan(20);
    }

    /** @return whether the agent got as far as that point */
    private boolean diesAt(int point, boolean after) throws Exception {
        String name = String.format(Locale.ROOT, "%s-%d", after ? "after" : "before", point);
        Tree tree = Tree.of(ConsulProcess.uniquePrefix("crash-" + name));
        try (Host host = new Host(
                folder.newFolder(name).toPath(), "n1", ConsulProcess.shared().config(), tree.prefix())) {
            for (String version : List.of("v0", "v1")) {
                consul.kv().put(tree.folder(new Version(version)), "");
            }
            consul.kv().put(tree.current(), "v1");
            host.start();
            host.close();

            consul.kv().deleteTree(tree.folder(new Version("v0")));
            consul.kv().put(tree.folder(new Version("v2")), "");
            consul.kv().put(tree.current(), "v2");
            DyingDisk disk = new DyingDisk(point, after);
            Agent dying = host.disk(disk).begin();
            soon().until(() -> disk.isDead() || host.versions().equals(List.of("v1", "v2")) && isReady(dying));
            dying.bury();
            if (!disk.isDead()) {
                return false;
            }
            List<String> before = host.done();

            host.disk(new Disk()).start();

            assertThat(host.says(consul, "v2")).as(name).contains(NodeState.ACTIVE);
            assertThat(host.says(consul, "v1")).as(name).contains(NodeState.READY);
            assertThat(host.current()).as(name).isEqualTo("v2");
            assertThat(host.versions()).as(name).containsExactly("v1", "v2");
            assertThat(host.path().resolve("v2/content")).as(name).hasContent("v2");
            assertThat(host.report(consul).orElseThrow().versions()).as(name).containsExactly("v1", "v2");
            List<String> done = host.done();
            assertThat(done.lastIndexOf("rollout v2 after v1"))
                    .as("%s: the rollout is after the directory was made anew: %s", name, done)
                    .isGreaterThan(done.lastIndexOf("deploy v2"));
            if (disk.wasPrepared()) {
                assertThat(done).as("%s: prepared once", name).containsOnlyOnce("deploy v2");
            }
            assertThat(done.stream().filter(line -> line.contains("v1")).toList())
                    .as("%s: nobody touches what runs: %s after %s", name, done, before)
                    .filteredOn(line -> !line.startsWith("rollout v2"))
                    .containsExactly("deploy v1", "rollout v1 after nothing");
            return true;
        }
    }

    @Test
    public void preparesAnewWhatAKilledAgentHadHalfPrepared() throws Exception {
        Killed killed = new Killed("deploy");

        killed.run();

        assertThat(killed.host.says(consul, "v1")).contains(NodeState.ACTIVE);
        assertThat(killed.host.done()).containsExactly("deploy v1", "deploy v1", "rollout v1 after nothing");
        assertThat(killed.host.path().resolve("v1/half")).doesNotExist();
        killed.host.close();
    }

    @Test
    public void rollsOutAgainWhatAKilledAgentHadHalfRolledOut() throws Exception {
        Killed killed = new Killed("rollout");

        killed.run();

        assertThat(killed.host.says(consul, "v1")).contains(NodeState.ACTIVE);
        assertThat(killed.host.done())
                .containsExactly("deploy v1", "rollout v1 after nothing", "rollout v1 after nothing");
        killed.host.close();
    }

    /** A real process, killed by the script that it runs; the script goes on, as nobody's child. */
    private final class Killed {
        final Tree tree = Tree.of(ConsulProcess.uniquePrefix("killed"));
        final Host host =
                new Host(folder.getRoot().toPath(), "n1", ConsulProcess.shared().config(), tree.prefix());
        private final String script;

        Killed(String script) {
            this.script = script;
        }

        void run() throws Exception {
            Path home = folder.getRoot().toPath();
            String kill = "[ -e ../../killed ] || { touch ../../killed half; echo $$ > ../../orphan; kill -9 $PPID;"
                    + " exec sleep 60; }";
            if (script.equals("deploy")) {
                host.deploy(kill);
            } else {
                host.rollout(kill);
            }
            consul.kv().put(tree.folder(new Version("v1")), "");
            consul.kv().put(tree.current(), "v1");
            Path config = Files.writeString(home.resolve("agent.json"), host.json());
            Path log = home.resolve("agent.log");

            Process agent = AgentMain.start(config, log);
            try {
                assertThat(agent.waitFor(2, TimeUnit.MINUTES)).as("%s", log).isTrue();
            } finally {
                agent.destroyForcibly();
            }

            assertThat(agent.exitValue()).as(Files.readString(log)).isEqualTo(128 + 9);
            long orphan =
                    Long.parseLong(Files.readString(home.resolve("orphan")).strip());
            assertThat(isAlive(orphan)).isTrue();
            assertThat(host.says(consul, "v1")).as("its session outlives it").contains(NodeState.BUSY);
            host.start();
            assertThat(isAlive(orphan)).as("the script that went on is ended").isFalse();
        }
    }

    private static boolean isAlive(long pid) {
        return ProcessHandle.of(pid).map(ProcessTree::isAlive).orElse(false);
    }

    private static boolean isReady(Agent agent) {
        try {
            return agent.awaitReady(java.time.Duration.ZERO);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Dies at one operation that changes something, as a process does that is killed there. */
    private static final class DyingDisk extends Disk {
        private final int point;
        private final boolean after;
        private int count;
        private volatile boolean dead;
        private volatile boolean prepared;

        DyingDisk(int point, boolean after) {
            this.point = point;
            this.after = after;
        }

        boolean isDead() {
            return dead;
        }

        boolean wasPrepared() {
            return prepared;
        }

        @Override
        void replace(Path file, String text, Path draft) throws IOException {
            change(() -> {
                super.replace(file, text, draft);
                prepared |= file.endsWith("versions/v2") && text.contains("PREPARED");
            });
        }

        @Override
        void replaceDurably(Path file, String text, Path draft) throws IOException {
            change(() -> super.replaceDurably(file, text, draft));
        }

        @Override
        void mark(Path file, String text) throws IOException {
            change(() -> super.mark(file, text));
        }

        @Override
        void delete(Path file) throws IOException {
            change(() -> super.delete(file));
        }

        @Override
        void makeAnew(Path directory) throws IOException {
            change(() -> super.makeAnew(directory));
        }

        @Override
        void removeTree(Path directory) throws IOException {
            change(() -> super.removeTree(directory));
        }

        private interface Operation {
            void happen() throws IOException;
        }

        private void change(Operation operation) throws IOException {
            int number = ++count;
            if (number == point && !after) {
                die();
            }
            operation.happen();
            if (number == point) {
                die();
            }
        }

        private void die() {
            dead = true;
            throw new Death();
        }
    }

    /** Not to be survived, and not to be logged with a stack. */
    private static final class Death extends Error {
        private static final long serialVersionUID = 1L;

        Death() {
            super("made to die here", null, false, false);
        }
    }
}
