package io.jenkins.plugins.consuldeploy.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.ConsulProcess;
import io.jenkins.plugins.consuldeploy.consul.Txn;
import io.jenkins.plugins.consuldeploy.phase.NodeState;
import io.jenkins.plugins.consuldeploy.phase.Tree;
import io.jenkins.plugins.consuldeploy.phase.Version;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** A node that had a pin follows what is current again. */
public class AgentPinTest {

    private static final int TIMES = 12;

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    private final Consul consul = ConsulProcess.shared().client();
    private Host host;
    private Tree tree;

    @Before
    public void start() throws InterruptedException {
        String prefix = ConsulProcess.uniquePrefix("pin");
        tree = Tree.of(prefix);
        host = new Host(folder.getRoot().toPath(), "n1", ConsulProcess.shared().config(), prefix);
        consul.kv().put(tree.folder(new Version("v0")), "");
        consul.kv().put(tree.current(), "v0");
        host.start();
    }

    @After
    public void close() {
        host.close();
        consul.close();
    }

    @Test
    public void aPinThatGoesWhenItsVersionBecomesCurrentChangesNothing() {
        List<String> expected = new ArrayList<>(List.of("deploy v0", "rollout v0 after nothing"));
        Awaitility.await().pollInterval(Duration.ofMillis(20)).until(() -> host.done()
                .equals(expected));
        for (int i = 1; i <= TIMES; i++) {
            String version = "v" + i;
            consul.kv().put(tree.folder(new Version(version)), "");
            consul.kv().put(tree.pin("n1"), version);
            awaitActive(version);
            // At the same moment, so that either may be heard first.
            consul.kv()
                    .commit(Txn.to("end the pin").set(tree.current(), version).set(tree.pin("n1"), ""));
            expected.add("deploy " + version);
            expected.add("rollout " + version + " after v" + (i - 1));
        }
        // What comes after the last one tells that nothing else came before it.
        consul.kv().put(tree.folder(new Version("last")), "");
        consul.kv().put(tree.current(), "last");
        awaitActive("last");
        expected.add("deploy last");
        expected.add("rollout last after v" + TIMES);

        assertThat(host.done()).isEqualTo(expected);
    }

    private void awaitActive(String version) {
        Awaitility.await().pollInterval(Duration.ofMillis(20)).until(() -> host.says(consul, version)
                .equals(Optional.of(NodeState.ACTIVE)));
    }
}
