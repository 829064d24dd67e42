package io.jenkins.plugins.consuldeploy.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.ConsulProcess;
import io.jenkins.plugins.consuldeploy.phase.Tree;
import io.jenkins.plugins.consuldeploy.phase.Version;
import java.time.Duration;
import java.util.Optional;
import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/**
 * A Consul that has lost its data, met by an agent whose watches have not heard of it yet: they come back from an outage
 * one by one, each after its pause.
 */
public class EmptiedConsulTest {

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    private Consul consul;
    private Host host;
    private Tree tree;
    private Store store;
    private Remains remains;
    private DeploymentConfig deployment;
    private Keeper keeper;

    @Before
    public void runTheSecondOfTwoVersions() throws Exception {
        consul = new Consul(ConsulProcess.shared().config());
        String prefix = ConsulProcess.uniquePrefix("emptied");
        host = new Host(folder.getRoot().toPath(), "n1", consul.config(), prefix);
        tree = host.tree();
        AgentConfig config = host.config();
        deployment = config.deployments().get(0);
        Disk disk = new Disk();
        store = Store.open(disk, deployment.directory());
        remains = new Remains(disk, store.own());
        Tries tries = new Tries(consul.time(), Tries.Pauses.DEFAULT);
        keeper = new Keeper(config, deployment, consul, store, remains, tries);
        consul.kv().put(tree.folder(new Version("v1")), "");
        consul.kv().put(tree.folder(new Version("v2")), "");
        consul.kv().put(tree.current(), "v2");
        keeper.open();
        keeper.rest();
        keeper.work();
        assertThat(host.versions()).containsExactly("v1", "v2");
        assertThat(host.current()).isEqualTo("v2");
    }

    @After
    public void leave() throws Exception {
        keeper.stopHearing();
        keeper.leave();
        store.close();
        consul.kv().deleteTree(tree.versions());
        consul.kv().deleteTree(tree.own());
        consul.close();
    }

    @Test(timeout = 60_000)
    public void isNotToldWhatItWantedBeforeAndNothingIsRemoved() throws Exception {
        keeper.stopHearing();
        empty();
        Optional<String> session = remains.session();
        consul.sessions().destroy(session.orElseThrow());

        while (remains.session().equals(session)) {
            keeper.rest(); // until the session is known to be lost
            keeper.work();
        }

        assertThat(consul.kv().list(tree.versions())).isEmpty();
        assertThat(host.versions()).containsExactly("v1", "v2");
    }

    @Test
    public void doesNotGetTheVersionBackThatRuns() throws Exception {
        try (Orders orders = new Orders(consul, tree, "n1")) {
            orders.open();
            orders.await(Duration.ZERO);
            orders.close();
            empty();

            Entries entries = new Entries(consul, tree, "n1", remains, () -> {});
            new Registry(deployment, consul, store, orders, entries).look();

            assertThat(consul.kv().list(tree.versions())).isEmpty();
            assertThat(orders.effective()).isEmpty();
        }
    }

    private void empty() {
        consul.kv().deleteTree(tree.versions());
        consul.kv().deleteTree(tree.own());
    }
}
