package io.jenkins.plugins.consuldeploy.phase;

import static io.jenkins.plugins.consuldeploy.phase.Fleet.LIMIT;
import static io.jenkins.plugins.consuldeploy.phase.Fleet.deployment;
import static io.jenkins.plugins.consuldeploy.phase.Fleet.version;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.Rule;
import org.junit.Test;

public class RollbackTest {

    @Rule
    public final Fleet fleet = new Fleet();

    @Test
    public void itGoesToThePreviousVersionAndWaitsUntilThatRuns() throws Exception {
        List<ScriptedNode> nodes = fleet.nodes(2);
        fleet.deploy(deployment("v1", 2));
        fleet.deploy(deployment("v2", 2));

        DeploymentResult result = fleet.rollback();

        assertThat(result.version()).isEqualTo(version("v1"));
        assertThat(result.previous()).contains(version("v2"));
        assertThat(result.nodes()).containsExactly("n1", "n2");
        assertThat(result.took()).containsOnlyKeys(Phase.ROLLBACK);
        assertThat(fleet.current()).isEqualTo("v1");
        assertThat(nodes).extracting(ScriptedNode::running).containsOnly("v1");
        assertThat(nodes.get(0).deeds()).endsWith("activate v2", "activate v1"); // prepared it still is
        assertThat(fleet.isLocked()).isFalse();
    }

    @Test
    public void twiceGoesTwoVersionsBackAndAThirdTimeIsRefused() throws Exception {
        fleet.nodes(1);
        for (String name : List.of("v1", "v2", "v3")) {
            fleet.deploy(deployment(name, 1));
        }
        assertThat(fleet.rollback().version()).isEqualTo(version("v2"));
        assertThat(fleet.rollback().version()).isEqualTo(version("v1"));
        assertThat(fleet.history()).containsExactly("v1");
        assertThatThrownBy(fleet::rollback)
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("no version before the current one is on record");
        assertThat(fleet.current()).isEqualTo("v1");
        assertThat(fleet.isLocked()).isFalse();
    }

    @Test
    public void aVersionCanBeNamed() throws Exception {
        fleet.nodes(1);
        for (String name : List.of("v1", "v2", "v3")) {
            fleet.deploy(deployment(name, 1));
        }
        assertThat(to("v1").version()).isEqualTo(version("v1"));
        assertThat(fleet.history()).containsExactly("v1");
    }

    @Test
    public void aVersionThatWasCleanedAwayIsRefusedBeforeAnythingIsTouched() throws Exception {
        fleet.nodes(1);
        for (String name : List.of("v1", "v2", "v3")) {
            fleet.deploy(deployment(name, 1));
        }
        fleet.clean(1);
        assertThatThrownBy(fleet::rollback)
                .isInstanceOf(BadInputException.class)
                .hasMessageContainingAll(
                        "version 'v2'",
                        "it is not registered, or not any more; registered are: v3",
                        "Deploy it instead");
        assertThatThrownBy(() -> to("v9")).isInstanceOf(BadInputException.class).hasMessageContaining("version 'v9'");
        assertThat(fleet.current()).isEqualTo("v3");
        assertThat(fleet.versions()).containsExactly("v3");
    }

    @Test
    public void whereNothingWasEverDeployedItIsRefused() {
        assertThatThrownBy(fleet::rollback)
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("prefix '" + fleet.tree().prefix() + "'");
        assertThatThrownBy(() -> to("v1"))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("registered are: none");
    }

    @Test
    public void aNodeThatIsDownDoesNotKeepTheOthersOnABadVersion() throws Exception {
        List<ScriptedNode> nodes = fleet.nodes(2);
        fleet.deploy(deployment("v1", 2));
        fleet.deploy(deployment("v2", 2));
        nodes.get(1).close();
        await().atMost(LIMIT).until(() -> fleet.states("v2").equals(List.of("n1=active")));

        assertThat(fleet.rollback().nodes()).containsExactly("n1");
        assertThat(nodes.get(0).running()).isEqualTo("v1");
    }

    @Test
    public void anExpectedNumberOfNodesIsWaitedFor() throws Exception {
        fleet.nodes(2);
        fleet.deploy(deployment("v1", 2));
        fleet.deploy(deployment("v2", 2));
        Rollback three = new Rollback(Optional.empty(), Optional.of(new Expected.AtLeast(3)), Duration.ofSeconds(5));

        assertThatThrownBy(() -> fleet.deployer().rollback(three, Optional.empty(), fleet::note))
                .isInstanceOf(DeploymentFailedException.class)
                .hasMessageContainingAll("2 of at least 3", "Rolled back in Consul");
        assertThat(fleet.current()).isEqualTo("v1");
    }

    @Test
    public void whereNoNodeIsThereNobodyIsWaitedFor() throws Exception {
        List<ScriptedNode> nodes = fleet.nodes(1);
        fleet.deploy(deployment("v1", 1));
        fleet.deploy(deployment("v2", 1));
        nodes.get(0).close();

        assertThat(fleet.rollback().nodes()).isEmpty();
        assertThat(fleet.notes()).anyMatch(note -> note.contains("nobody is waited for"));
        assertThat(fleet.current()).isEqualTo("v1");
    }

    @Test
    public void whatSomebodyElseMadeCurrentIsLeftForWhatWasSoBefore() throws Exception {
        List<ScriptedNode> nodes = fleet.nodes(1);
        fleet.deploy(deployment("v1", 1));
        fleet.consul().kv().put(fleet.tree().folder(version("v9")), "");
        fleet.consul().kv().put(fleet.tree().current(), "v9"); // as Depro's tool does
        await().atMost(LIMIT).until(() -> nodes.get(0).running().equals("v9"));

        assertThat(fleet.rollback().version()).isEqualTo(version("v1"));
        assertThat(nodes.get(0).running()).isEqualTo("v1");
        assertThat(fleet.history()).containsExactly("v1");
    }

    @Test
    public void goingBackToWhatIsCurrentFindsTheWorkDone() throws Exception {
        List<ScriptedNode> nodes = fleet.nodes(1);
        fleet.deploy(deployment("v1", 1));
        assertThat(to("v1").nodes()).containsExactly("n1");
        assertThat(nodes.get(0).deeds()).containsExactly("prepare v1", "activate v1");
    }

    @Test
    public void deployingAfterARollbackGoesOnFromThere() throws Exception {
        fleet.nodes(1);
        fleet.deploy(deployment("v1", 1));
        fleet.deploy(deployment("v2", 1));
        fleet.rollback();
        fleet.deploy(deployment("v3", 1));
        assertThat(fleet.history()).containsExactly("v1", "v3");
        assertThat(fleet.rollback().version()).isEqualTo(version("v1"));
    }

    private DeploymentResult to(String name) throws Exception {
        return fleet.deployer()
                .rollback(
                        new Rollback(Optional.of(version(name)), Optional.empty(), LIMIT),
                        Optional.empty(),
                        fleet::note);
    }
}
