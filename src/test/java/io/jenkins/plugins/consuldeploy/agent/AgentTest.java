package io.jenkins.plugins.consuldeploy.agent;

import static io.jenkins.plugins.consuldeploy.agent.Host.soon;
import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.ConsulProcess;
import io.jenkins.plugins.consuldeploy.consul.KvEntry;
import io.jenkins.plugins.consuldeploy.consul.Txn;
import io.jenkins.plugins.consuldeploy.phase.NodeReport;
import io.jenkins.plugins.consuldeploy.phase.NodeState;
import io.jenkins.plugins.consuldeploy.phase.Tree;
import io.jenkins.plugins.consuldeploy.phase.Version;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Optional;
import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** What an agent does with what it finds in Consul, written there by hand as any tool may. */
public class AgentTest {

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
    public void preparesAVersionThatIsRegistered() throws Exception {
        host.start();

        register("v1");

        awaitSaying("v1", NodeState.READY);
        assertThat(host.done()).containsExactly("deploy v1");
        assertThat(host.path().resolve("v1/content")).hasContent("v1");
        assertThat(host.current()).isEmpty();
    }

    @Test
    public void activatesWhatBecomesCurrent() throws Exception {
        host.start();
        register("v1");
        awaitSaying("v1", NodeState.READY);

        setCurrent("v1");

        awaitSaying("v1", NodeState.ACTIVE);
        assertThat(host.done()).containsExactly("deploy v1", "rollout v1 after nothing");
        assertThat(host.current()).isEqualTo("v1");
    }

    @Test
    public void saysOfTheFormerVersionThatItIsReady() throws Exception {
        runs("v1");
        register("v2");
        awaitSaying("v2", NodeState.READY);

        setCurrent("v2");

        awaitSaying("v2", NodeState.ACTIVE);
        // In the same transaction, so there is no moment with two active ones.
        assertThat(host.says(consul, "v1")).contains(NodeState.READY);
        assertThat(host.done()).last().isEqualTo("rollout v2 after v1");
        NodeReport report = host.report(consul).orElseThrow();
        assertThat(report.version()).isEqualTo("v2");
        assertThat(report.state()).isEqualTo(NodeState.ACTIVE);
        assertThat(report.versions()).containsExactly("v1", "v2");
        assertThat(host.current()).isEqualTo("v2");
    }

    @Test
    public void saysBusyWhileItPreparesAndWhileItActivates() throws Exception {
        host.deploy("while [ ! -e ../../prepare ]; do sleep 0.01; done")
                .rollout("while [ ! -e ../../activate ]; do sleep 0.01; done")
                .start();

        register("v1");
        soon().until(() -> host.done().contains("deploy v1"));
        assertThat(host.says(consul, "v1")).contains(NodeState.BUSY);
        touch("prepare");
        awaitSaying("v1", NodeState.READY);

        setCurrent("v1");
        soon().until(() -> host.done().size() == 2);
        assertThat(host.says(consul, "v1")).contains(NodeState.BUSY);
        touch("activate");
        awaitSaying("v1", NodeState.ACTIVE);
    }

    @Test
    public void saysOfTheVersionBeforeThatItIsReadyAsSoonAsARolloutBegins() throws Exception {
        host = host.rollout("until [ $VERSION = v1 ] || [ -e ../../go ]; do sleep 0.02; done");
        runs("v1");
        setCurrent("v2");
        awaitSaying("v2", NodeState.BUSY);
        Host.soon().until(() -> host.done().contains("rollout v2 after v1"));

        setCurrent("v1"); // back again: nobody may take it for active before it is

        assertThat(host.says(consul, "v1")).contains(NodeState.READY);
        touch("go");
        awaitSaying("v1", NodeState.ACTIVE);
        assertThat(host.done()).endsWith("rollout v2 after v1", "rollout v1 after v2");
    }

    @Test
    public void givesTheScriptsWhatTheyNeedToKnow() throws Exception {
        host.add("other", prefix + "-other")
                .deploy(host.logging("$VERSION,$PREVIOUS_VERSION,$DEPLOYMENT_ID,$AGENT_NAME,${PWD##*/}"))
                .rollout(host.logging("$DEPLOYMENT_PATH $DEPLOYMENT_PREFIX"));
        Tree other = Tree.of(prefix + "-other");
        host.start();

        consul.kv().put(other.folder(new Version("v1")), "");
        consul.kv().put(other.current(), "v1");

        soon().untilAsserted(() ->
                assertThat(host.done()).contains("v1,,other,n1,v1", folder.getRoot() + "/other " + prefix + "-other"));
    }

    @Test
    public void isActiveOnlyAfterItsChecks() throws Exception {
        host.check("test -e ../../healthy", host.logging("check $VERSION")).start();
        register("v1");

        setCurrent("v1");

        awaitSaying("v1", NodeState.FAILED);
        assertThat(host.current()).isEmpty();
        assertThat(host.done())
                .startsWith("deploy v1", "rollout v1 after nothing")
                .doesNotContain("check v1");

        touch("healthy");
        register("v1", 7);
        ring();

        awaitSaying("v1", NodeState.ACTIVE);
        assertThat(host.current()).isEqualTo("v1");
        assertThat(host.done()).last().isEqualTo("check v1");
    }

    @Test
    public void runsItsPinOverWhatIsCurrentUntilThePinIsGone() throws Exception {
        runs("v1");
        register("v2");
        awaitSaying("v2", NodeState.READY);
        assertThat(consul.kv().get(tree.pin("n1")).orElseThrow().value())
                .as("an agent makes its pin")
                .isEmpty();

        consul.kv().put(tree.pin("n1"), "v2");
        awaitSaying("v2", NodeState.ACTIVE);
        assertThat(host.says(consul, "v1")).contains(NodeState.READY);

        consul.kv().put(tree.pin("n1"), "");
        awaitSaying("v1", NodeState.ACTIVE);
        assertThat(host.done()).endsWith("rollout v2 after v1", "rollout v1 after v2");
    }

    @Test
    public void makesItsPinAgainWhenSomebodyRemovesIt() throws Exception {
        runs("v1");

        consul.kv().delete(tree.pin("n1"));

        soon().until(() -> consul.kv().get(tree.pin("n1")).isPresent());
        assertThat(host.says(consul, "v1")).contains(NodeState.ACTIVE);
    }

    @Test
    public void bootstrapsANewHostFromWhatIsCurrent() throws Exception {
        register("v1");
        register("v2");
        setCurrent("v1");

        host.start();

        assertThat(host.says(consul, "v1")).contains(NodeState.ACTIVE);
        assertThat(host.says(consul, "v2")).contains(NodeState.READY);
        assertThat(host.done()).containsExactly("deploy v1", "rollout v1 after nothing", "deploy v2");
    }

    @Test
    public void preparesTheNewestFirstOfWhatItLacks() throws Exception {
        register("v2");
        register("v3");
        register("v1");

        host.start();

        assertThat(host.done()).containsExactly("deploy v1", "deploy v3", "deploy v2");
    }

    @Test
    public void registersWhatIsToRunAndRunsThoughNobodyHas() throws Exception {
        setCurrent("v1");

        host.start();

        assertThat(host.says(consul, "v1")).contains(NodeState.ACTIVE);
        soon().until(() -> consul.kv().get(tree.folder(new Version("v1"))).isPresent());
    }

    @Test
    public void removesAVersionThatWasRemoved() throws Exception {
        runs("v1");
        register("v2");
        awaitSaying("v2", NodeState.READY);

        consul.kv().deleteTree(tree.folder(new Version("v2")));

        soon().untilAsserted(() ->
                assertThat(host.report(consul).orElseThrow().versions()).containsExactly("v1"));
        assertThat(host.done()).last().isEqualTo("clean v2");
        assertThat(host.versions()).containsExactly("v1");
        assertThat(consul.kv().list(tree.folder(new Version("v2")))).isEmpty();
    }

    @Test
    public void removesADirectoryAlsoWhenTheCleanScriptFails() throws Exception {
        host.clean("exit 1");
        runs("v1");
        register("v2");
        awaitSaying("v2", NodeState.READY);

        consul.kv().deleteTree(tree.folder(new Version("v2")));

        soon().untilAsserted(() -> assertThat(host.versions()).containsExactly("v1"));
    }

    @Test
    public void removesWhatWasRemovedWhileItWasDown() throws Exception {
        runs("v1");
        register("v2");
        awaitSaying("v2", NodeState.READY);
        host.close();
        consul.kv().deleteTree(tree.folder(new Version("v2")));

        host.start();

        assertThat(host.versions()).containsExactly("v1");
        assertThat(host.says(consul, "v1")).contains(NodeState.ACTIVE);
        assertThat(host.report(consul).orElseThrow().versions()).containsExactly("v1");
    }

    @Test
    public void preparesAVersionAnewThatWasRemovedAndPutBack() throws Exception {
        runs("v1");
        register("v2");
        awaitSaying("v2", NodeState.READY);
        consul.kv().deleteTree(tree.folder(new Version("v2")));
        soon().until(() -> host.done().contains("clean v2"));

        register("v2");

        awaitSaying("v2", NodeState.READY);
        assertThat(host.done()).endsWith("deploy v2", "clean v2", "deploy v2");
    }

    @Test
    public void putsTheVersionBackThatItIsToRunAndRuns() throws Exception {
        runs("v1");

        consul.kv().deleteTree(tree.folder(new Version("v1")));

        awaitSaying("v1", NodeState.ACTIVE);
        soon().until(() -> consul.kv().get(tree.folder(new Version("v1"))).isPresent());
        assertThat(host.done()).containsExactly("deploy v1", "rollout v1 after nothing");
    }

    @Test
    public void doesNotPutAVersionBackThatItIsNotToRun() throws Exception {
        runs("v1");
        register("v2");
        awaitSaying("v2", NodeState.READY);
        setCurrent("v2");
        awaitSaying("v2", NodeState.ACTIVE);

        consul.kv().deleteTree(tree.folder(new Version("v1")));

        soon().untilAsserted(() -> assertThat(host.versions()).containsExactly("v2"));
        assertThat(consul.kv().list(tree.folder(new Version("v1")))).isEmpty();
    }

    @Test
    public void neverRemovesWhatRunsWhenNothingIsToRun() throws Exception {
        runs("v1");

        consul.kv().deleteTree(prefix + "/");
        register("v2");

        awaitSaying("v2", NodeState.READY);
        assertThat(host.versions()).containsExactly("v1", "v2");
        setCurrent("v2");
        soon().untilAsserted(() -> assertThat(host.versions()).containsExactly("v2"));
        assertThat(host.done()).endsWith("rollout v2 after v1", "clean v1");
    }

    @Test
    public void saysItsEntryAnewAfterItWasRemovedAndRegisteredBetweenTwoLooks() throws Exception {
        runs("v1");
        register("v2");
        awaitSaying("v2", NodeState.READY);
        consul.kv().delete(tree.state(new Version("v2"), "n1"));

        ring();

        awaitSaying("v2", NodeState.READY);
        assertThat(host.done()).filteredOn("deploy v2"::equals).hasSize(1);
    }

    @Test
    public void doesNotBringAVersionBackThatWasRemovedWhileItPreparedIt() throws Exception {
        runs("v1");
        host.close();
        host.deploy("while [ ! -e ../../go ]; do sleep 0.01; done").start();
        register("v2");
        soon().until(() -> host.done().contains("deploy v2"));

        consul.kv().deleteTree(tree.folder(new Version("v2")));
        touch("go");

        soon().untilAsserted(() -> assertThat(host.versions()).containsExactly("v1"));
        assertThat(consul.kv().list(tree.folder(new Version("v2")))).isEmpty();
    }

    @Test
    public void takesAStrayKeyForNoVersion() throws Exception {
        host.start();
        consul.kv().put(prefix + "/stray", "");
        consul.kv().put(prefix + "/.hidden/", "");

        register("v1");

        awaitSaying("v1", NodeState.READY);
        assertThat(host.done()).containsExactly("deploy v1");
    }

    @Test
    public void takesAnUnsafeVersionForNone() throws Exception {
        runs("v1");

        setCurrent("../v2");
        register("v3");

        awaitSaying("v3", NodeState.READY);
        assertThat(host.current()).isEqualTo("v1");
    }

    @Test
    public void staysActiveOverARestartWithoutRunningItsRolloutAgain() throws Exception {
        runs("v1");
        host.close();
        assertThat(host.says(consul, "v1")).isEmpty();

        host.start();

        assertThat(host.says(consul, "v1")).contains(NodeState.ACTIVE);
        assertThat(host.done()).containsExactly("deploy v1", "rollout v1 after nothing");
    }

    @Test
    public void catchesUpWithWhatBecameCurrentWhileItWasDown() throws Exception {
        runs("v1");
        host.close();
        register("v2");
        setCurrent("v2");

        host.start();

        assertThat(host.says(consul, "v2")).contains(NodeState.ACTIVE);
        assertThat(host.says(consul, "v1")).contains(NodeState.READY);
    }

    @Test
    public void preparesAVersionAnewWhoseDirectoryIsGone() throws Exception {
        runs("v1");
        host.close();
        new Disk().removeTree(host.path().resolve("v1"));

        host.start();

        assertThat(host.says(consul, "v1")).contains(NodeState.ACTIVE);
        assertThat(host.done())
                .containsExactly("deploy v1", "rollout v1 after nothing", "deploy v1", "rollout v1 after v1");
    }

    @Test
    public void letsWhatIsToRunNotWaitForOthersToBePrepared() throws Exception {
        runs("v1");
        host.close();
        host.deploy("case $VERSION in v3) sleep 60;; esac").start();
        register("v2");
        awaitSaying("v2", NodeState.READY);
        register("v3");
        soon().until(() -> host.done().contains("deploy v3"));

        setCurrent("v2");

        awaitSaying("v2", NodeState.ACTIVE);
        soon().until(() -> host.done().stream().filter("deploy v3"::equals).count() == 2);
        assertThat(host.says(consul, "v3")).as("it is no failure").contains(NodeState.BUSY);
    }

    @Test
    public void finishesARolloutBeforeTheNextOne() throws Exception {
        host.rollout("while [ -e ../../wait ]; do sleep 0.01; done", host.logging("end $VERSION"))
                .start();
        register("v1");
        register("v2");
        awaitSaying("v1", NodeState.READY);
        awaitSaying("v2", NodeState.READY);
        touch("wait");
        setCurrent("v1");
        soon().until(() -> host.done().contains("rollout v1 after nothing"));

        setCurrent("v2");
        Files.delete(folder.getRoot().toPath().resolve("wait"));

        awaitSaying("v2", NodeState.ACTIVE);
        assertThat(host.done()).endsWith("rollout v1 after nothing", "end v1", "rollout v2 after v1", "end v2");
    }

    @Test
    public void keepsDeploymentsSideBySide() throws Exception {
        Tree other = Tree.of(prefix + "-other");
        host.deploy("while [ ! -e ../../go ]; do sleep 0.01; done");
        host.add("other", other.prefix()).start();

        register("v1");
        soon().until(() -> host.done().contains("deploy v1"));
        consul.kv().put(other.folder(new Version("w1")), "");
        consul.kv().put(other.current(), "w1");

        soon().until(() -> consul.kv()
                .get(other.state(new Version("w1"), "n1"))
                .map(entry -> entry.value().equals("active"))
                .orElse(false));
        assertThat(host.says(consul, "v1")).contains(NodeState.BUSY);
        touch("go");
        awaitSaying("v1", NodeState.READY);
    }

    @Test
    public void leavesACurrentAloneThatAScriptHasMadeALink() throws Exception {
        host.rollout("ln -sfn $PWD ../current");
        runs("v1");
        register("v2");
        setCurrent("v2");
        awaitSaying("v2", NodeState.ACTIVE);
        host.close();

        host.start();

        assertThat(host.says(consul, "v2")).contains(NodeState.ACTIVE);
        assertThat(host.path().resolve("current")).isSymbolicLink();
        assertThat(host.path().resolve("current/content")).hasContent("v2");
        assertThat(host.done())
                .filteredOn(line -> line.startsWith("rollout v2"))
                .hasSize(1);
    }

    // What the tests share

    private void touch(String name) throws IOException {
        Files.createFile(folder.getRoot().toPath().resolve(name));
    }

    private void register(String version, long flags) {
        consul.kv().commit(Txn.to("register").set(tree.folder(new Version(version)), "", flags));
    }

    private void ring() {
        KvEntry current = consul.kv().get(tree.current()).orElseThrow();
        consul.kv().commit(Txn.to("ring").set(tree.current(), current.value(), current.flags() + 1));
    }

    private void runs(String version) throws InterruptedException {
        register(version);
        setCurrent(version);
        host.start();
        awaitSaying(version, NodeState.ACTIVE);
    }

    private void register(String version) {
        consul.kv().put(tree.folder(new Version(version)), "");
    }

    private void setCurrent(String version) {
        consul.kv().put(tree.current(), version);
    }

    private void awaitSaying(String version, NodeState state) {
        soon().untilAsserted(
                        () -> assertThat(host.says(consul, version)).as(version).isEqualTo(Optional.of(state)));
    }
}
