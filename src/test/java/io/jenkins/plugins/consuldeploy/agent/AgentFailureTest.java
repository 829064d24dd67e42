package io.jenkins.plugins.consuldeploy.agent;

import static io.jenkins.plugins.consuldeploy.agent.Host.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.ConsulProcess;
import io.jenkins.plugins.consuldeploy.consul.KvEntry;
import io.jenkins.plugins.consuldeploy.consul.Session;
import io.jenkins.plugins.consuldeploy.consul.Txn;
import io.jenkins.plugins.consuldeploy.phase.BadInputException;
import io.jenkins.plugins.consuldeploy.phase.NodeReport;
import io.jenkins.plugins.consuldeploy.phase.NodeState;
import io.jenkins.plugins.consuldeploy.phase.Tree;
import io.jenkins.plugins.consuldeploy.phase.Version;
import io.jenkins.plugins.consuldeploy.process.ProcessTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** What an agent does when something fails: its scripts, its host, its Consul, or another agent. */
public class AgentFailureTest {

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    private final String prefix = ConsulProcess.uniquePrefix("agent");
    private final Tree tree = Tree.of(prefix);
    private Consul consul;
    private Host host;

    @Before
    public void connect() {
        consul = ConsulProcess.shared().client();
        host = new Host(folder.getRoot().toPath(), "n1", ConsulProcess.shared().config(), prefix);
    }

    @After
    public void disconnect() {
        host.close();
        consul.close();
    }

    @Test
    public void saysThatAVersionFailedWithWhatItsScriptSaid() throws Exception {
        host.pauses(Duration.ofMinutes(1))
                .deploy("echo one; echo two >&2; exit 3", "echo never")
                .start();

        register("v1", 1);

        awaitSaying("v1", NodeState.FAILED);
        NodeReport report = host.report(consul).orElseThrow();
        assertThat(report.version()).isEqualTo("v1");
        assertThat(report.state()).isEqualTo(NodeState.FAILED);
        assertThat(report.exitCode()).hasValue(3);
        assertThat(report.output()).containsExactly("one", "two");
        assertThat(report.versions()).containsExactly("v1");
    }

    @Test
    public void triesAgainUntilItSucceeds() throws Exception {
        host.deploy("[ $(grep -c . ../../scripts.log) -ge 3 ]").start();

        register("v1", 1);

        awaitSaying("v1", NodeState.READY);
        assertThat(host.done()).containsExactly("deploy v1", "deploy v1", "deploy v1");
    }

    @Test
    public void putsAVersionInQuarantineAfterThreeFailures() throws Exception {
        host.deploy("echo broken; exit 1").start();
        register("v1", 1);

        soon().until(() -> failures("v1") == 3);
        awaitSaying("v1", NodeState.FAILED);

        ring();
        register("v2", 2);
        soon().until(() -> failures("v2") == 3);
        assertThat(failures("v1")).isEqualTo(3);
        assertThat(host.says(consul, "v1")).contains(NodeState.FAILED);
    }

    @Test
    public void beginsWhenItCanReadWhatAFormerAgentLeft() throws Exception {
        AtomicBoolean hasFailed = new AtomicBoolean();
        host.disk(new Disk() {
            @Override
            Optional<String> read(Path file) throws IOException {
                if (file.endsWith(".consul-deploy/script") && hasFailed.compareAndSet(false, true)) {
                    throw new IOException("Permission denied");
                }
                return super.read(file);
            }
        });

        host.start();

        assertThat(hasFailed).isTrue();
    }

    @Test
    public void beginsThoughWhatAFormerAgentLeftIsNoNumber() throws Exception {
        Path own = Files.createDirectories(folder.getRoot().toPath().resolve("app/.consul-deploy"));
        Files.writeString(own.resolve("script"), "123-456 12x 99");

        host.start();

        assertThat(own.resolve("script")).doesNotExist();
    }

    @Test
    public void keepsTheQuarantineAndItsReasonOverARestart() throws Exception {
        host.deploy("echo broken; exit 4").start();
        register("v1", 1);
        soon().until(() -> failures("v1") == 3);
        awaitSaying("v1", NodeState.FAILED);
        host.close();

        host.start();

        assertThat(failures("v1")).isEqualTo(3);
        assertThat(host.says(consul, "v1")).contains(NodeState.FAILED);
        NodeReport report = host.report(consul).orElseThrow();
        assertThat(report.state()).isEqualTo(NodeState.FAILED);
        assertThat(report.exitCode()).hasValue(4);
        assertThat(report.output()).containsExactly("broken");
    }

    @Test
    public void countsFailuresOverARestart() throws Exception {
        host.pauses(Duration.ofMinutes(1)).deploy("exit 1").start();
        register("v1", 1);
        awaitSaying("v1", NodeState.FAILED);
        host.close();

        host.start();
        soon().until(() -> failures("v1") == 2);
        awaitSaying("v1", NodeState.FAILED);
        host.close();
        host.start();
        soon().until(() -> failures("v1") == 3);
        awaitSaying("v1", NodeState.FAILED);
        host.close();
        host.start();

        assertThat(failures("v1")).isEqualTo(3);
    }

    @Test
    public void givesAVersionANewChanceThatIsRegisteredAnew() throws Exception {
        host.deploy("test -e ../../mended").start();
        register("v1", 1);
        soon().until(() -> failures("v1") == 3);
        awaitSaying("v1", NodeState.FAILED);
        touch("mended");

        // As the deployer does it: what the node said of the failure goes, and the folder is written again.
        consul.kv()
                .commit(Txn.to("register anew")
                        .set(tree.current(), "", 5)
                        .set(tree.folder(new Version("v1")), "", 2)
                        .delete(tree.state(new Version("v1"), "n1")));

        awaitSaying("v1", NodeState.READY);
        assertThat(failures("v1")).isEqualTo(4);
    }

    @Test
    public void givesAVersionANewChanceThatWasRegisteredAnewWhileItWasDown() throws Exception {
        host.deploy("test -e ../../mended").start();
        register("v1", 1);
        soon().until(() -> failures("v1") == 3);
        awaitSaying("v1", NodeState.FAILED);
        host.close();
        touch("mended");
        register("v1", 2);

        host.start();

        assertThat(host.says(consul, "v1")).contains(NodeState.READY);
    }

    @Test
    public void givesAVersionANewChanceWhoseEntryIsRemovedByHand() throws Exception {
        host.deploy("test -e ../../mended").start();
        register("v1", 1);
        soon().until(() -> failures("v1") == 3);
        awaitSaying("v1", NodeState.FAILED);
        touch("mended");

        consul.kv().delete(tree.state(new Version("v1"), "n1"));
        ring();

        awaitSaying("v1", NodeState.READY);
    }

    @Test
    public void keepsTheQuarantineWhenItsSessionIsDestroyed() throws Exception {
        host.deploy("exit 1").start();
        register("v1", 1);
        soon().until(() -> failures("v1") == 3);
        awaitSaying("v1", NodeState.FAILED);

        destroySession("v1");
        ring();

        awaitSaying("v1", NodeState.FAILED);
        assertThat(failures("v1")).isEqualTo(3);
    }

    @Test
    public void goesBackToTheFormerVersionByItsRolloutAfterAFailedOne() throws Exception {
        host.rollout("[ $VERSION != v2 ]");
        runs("v1");
        register("v2", 1);
        awaitSaying("v2", NodeState.READY);

        setCurrent("v2");
        awaitSaying("v2", NodeState.FAILED);
        assertThat(host.says(consul, "v1")).as("it is not certain that it runs").contains(NodeState.READY);
        assertThat(host.current()).isEqualTo("v1");

        setCurrent("v1");
        awaitSaying("v1", NodeState.ACTIVE);
        assertThat(host.done()).last().isEqualTo("rollout v1 after v1");
        assertThat(host.says(consul, "v2")).contains(NodeState.FAILED);
    }

    @Test
    public void triesAFailedRolloutOnlyWhileItIsToRun() throws Exception {
        host.pauses(Duration.ofMillis(300)).rollout("[ $VERSION != v2 ]");
        runs("v1");
        register("v2", 1);
        awaitSaying("v2", NodeState.READY);
        setCurrent("v2");
        awaitSaying("v2", NodeState.FAILED);
        setCurrent("v1");
        awaitSaying("v1", NodeState.ACTIVE);
        long rollouts = count("rollout v2 after v1");

        register("v3", 1);
        awaitSaying("v3", NodeState.READY);
        setCurrent("v3");
        awaitSaying("v3", NodeState.ACTIVE);

        assertThat(count("rollout v2 after v1")).isEqualTo(rollouts);
        assertThat(host.says(consul, "v2")).contains(NodeState.FAILED);
    }

    @Test
    public void rollsOutAgainAfterARestartWhatWasNotCertain() throws Exception {
        host.pauses(Duration.ofMinutes(1)).rollout("[ $VERSION != v2 ]");
        runs("v1");
        register("v2", 1);
        setCurrent("v2");
        awaitSaying("v2", NodeState.FAILED);
        host.close();
        setCurrent("v1");

        host.start();

        assertThat(host.says(consul, "v1")).contains(NodeState.ACTIVE);
        assertThat(host.done()).last().isEqualTo("rollout v1 after v1");
    }

    @Test
    public void endsAScriptAfterItsTimeout() throws Exception {
        host.pauses(Duration.ofMinutes(1))
                .timeout(Duration.ofSeconds(5))
                .deploy("echo hangs", "sleep 60")
                .start();

        register("v1", 1);

        awaitSaying("v1", NodeState.FAILED);
        NodeReport report = host.report(consul).orElseThrow();
        assertThat(report.exitCode()).isEmpty();
        assertThat(report.output()).containsExactly("hangs", "deploy was ended after its timeout of 5.0s");
    }

    @Test
    public void failsWithWhatTheDiskSays() throws Exception {
        host.pauses(Duration.ofMinutes(1)).start();
        Files.writeString(host.path().resolve("v1"), "a file where a directory is to be");
        host.disk(new Disk() {
            @Override
            void makeAnew(Path directory) throws IOException {
                throw new IOException("No space left on device");
            }
        });
        host.close();
        host.start();

        register("v1", 1);

        awaitSaying("v1", NodeState.FAILED);
        assertThat(host.report(consul).orElseThrow().output())
                .singleElement()
                .asString()
                .contains("could not prepare v1 in " + host.path(), "No space left on device");
    }

    @Test
    public void endsARunningScriptWhenItIsStopped() throws Exception {
        host.deploy("sleep 60 & echo $! > ../../child", "wait").start();
        register("v1", 1);
        Path child = folder.getRoot().toPath().resolve("child");
        soon().until(() -> Files.exists(child) && Files.size(child) > 1);
        long pid = Long.parseLong(Files.readString(child).strip());

        host.close();

        assertThat(ProcessHandle.of(pid).map(ProcessTree::isAlive).orElse(false))
                .isFalse();
        assertThat(host.says(consul, "v1"))
                .as("its entries vanish with its session")
                .isEmpty();
    }

    @Test
    public void killsAScriptThatDoesNotEndWithinTheGrace() throws Exception {
        host.grace(Duration.ofMillis(200))
                .deploy("trap '' TERM", "echo $$ > ../../child", "while :; do sleep 0.1; done")
                .start();
        register("v1", 1);
        Path child = folder.getRoot().toPath().resolve("child");
        soon().until(() -> Files.exists(child) && Files.size(child) > 1);
        long pid = Long.parseLong(Files.readString(child).strip());

        host.close();

        assertThat(ProcessHandle.of(pid).map(ProcessTree::isAlive).orElse(false))
                .isFalse();
    }

    @Test
    public void preparesAnewWhatItWasStoppedAtWithoutCountingAFailure() throws Exception {
        host.deploy("[ -e ../../go ] || sleep 60").start();
        register("v1", 1);
        soon().until(() -> host.done().size() == 1);
        host.close();
        touch("go");

        host.start();

        assertThat(host.says(consul, "v1")).contains(NodeState.READY);
        assertThat(host.done()).containsExactly("deploy v1", "deploy v1");
        assertThat(Files.readString(host.own().resolve("versions/v1"))).contains("\"failures\":0");
    }

    @Test
    public void saysEverythingAnewWhenItsSessionIsDestroyed() throws Exception {
        runs("v1");
        register("v2", 1);
        awaitSaying("v2", NodeState.READY);

        destroySession("v1");
        ring(); // else it is noticed at the next renewal

        awaitSaying("v1", NodeState.ACTIVE);
        awaitSaying("v2", NodeState.READY);
        assertThat(host.done()).containsExactly("deploy v1", "rollout v1 after nothing", "deploy v2");
    }

    @Test
    public void keepsItsHandsOffWhileAnotherLivingAgentHasItsName() throws Exception {
        Session rival =
                consul.sessions().create("a rival", Session.SHORTEST_TTL, Session.Behavior.DELETE, Duration.ZERO);
        consul.kv()
                .commit(Txn.to("be there first")
                        .set(tree.folder(new Version("v1")), "")
                        .lock(tree.state(new Version("v1"), "n1"), "ready", rival.id()));

        Agent agent = host.begin();
        register("v2", 1);
        soon().until(() -> Files.exists(host.own().resolve("session")));
        ring();

        assertThat(agent.awaitReady(Duration.ofMillis(300))).isFalse();
        assertThat(host.done()).isEmpty();
        assertThat(consul.kv()
                        .get(tree.state(new Version("v1"), "n1"))
                        .orElseThrow()
                        .session())
                .contains(rival.id());

        rival.close();
        awaitSaying("v1", NodeState.READY);
    }

    @Test
    public void refusesToStartWhereAnotherAgentWorks() throws Exception {
        host.start();
        Host other =
                new Host(folder.getRoot().toPath(), "n2", ConsulProcess.shared().config(), prefix);

        assertThatThrownBy(other::begin)
                .isInstanceOf(BadInputException.class)
                .hasMessage("path '" + host.path()
                        + "': another agent works there already; stop it, or give each a path of its own");
    }

    @Test
    public void refusesToStartWhereItCantWrite() throws IOException {
        Files.writeString(host.path(), "a file");

        assertThatThrownBy(host::begin)
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("path '" + host.path() + "': it can't be used: ");
    }

    // What the tests share

    private void runs(String version) throws InterruptedException {
        register(version, 1);
        setCurrent(version);
        host.start();
        awaitSaying(version, NodeState.ACTIVE);
    }

    private long failures(String version) {
        return count("deploy " + version);
    }

    private long count(String line) {
        List<String> done = host.done();
        return done.stream().filter(line::equals).count();
    }

    private void touch(String name) throws IOException {
        Files.createFile(folder.getRoot().toPath().resolve(name));
    }

    /** As a tool does; other flags make it another registration. */
    private void register(String version, long flags) {
        consul.kv().commit(Txn.to("register").set(tree.folder(new Version(version)), "", flags));
    }

    private void setCurrent(String version) {
        consul.kv().put(tree.current(), version);
    }

    private void ring() {
        Optional<KvEntry> current = consul.kv().get(tree.current());
        consul.kv()
                .commit(Txn.to("ring")
                        .set(
                                tree.current(),
                                current.map(KvEntry::value).orElse(""),
                                current.map(KvEntry::flags).orElse(0L) + 1));
    }

    private void destroySession(String version) {
        consul.sessions()
                .destroy(consul.kv()
                        .get(tree.state(new Version(version), "n1"))
                        .flatMap(KvEntry::session)
                        .orElseThrow());
    }

    private void awaitSaying(String version, NodeState state) {
        soon().untilAsserted(
                        () -> assertThat(host.says(consul, version)).as(version).isEqualTo(Optional.of(state)));
    }
}
