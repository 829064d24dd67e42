package io.jenkins.plugins.consuldeploy.phase;

import static io.jenkins.plugins.consuldeploy.phase.Fleet.LIMIT;
import static io.jenkins.plugins.consuldeploy.phase.Fleet.deployment;
import static io.jenkins.plugins.consuldeploy.phase.Fleet.inBackground;
import static io.jenkins.plugins.consuldeploy.phase.Fleet.version;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.Future;
import org.junit.Rule;
import org.junit.Test;

public class CleanTest {

    @Rule
    public final Fleet fleet = new Fleet();

    @Test
    public void theLastVersionsStayAndTheNodesFollow() throws Exception {
        List<ScriptedNode> nodes = fleet.nodes(2);
        deployAll("v1", "v2", "v3", "v4");

        assertThat(fleet.clean(2)).containsExactly("v2", "v1");

        assertThat(fleet.versions()).containsExactlyInAnyOrder("v3", "v4");
        assertThat(nodes).allSatisfy(node -> assertThat(node.deeds()).contains("clean v1", "clean v2"));
        assertThat(fleet.progress(Progress.Cleaned.class))
                .containsExactly(new Progress.Cleaned(version("v2")), new Progress.Cleaned(version("v1")));
        assertThat(fleet.current()).isEqualTo("v4");
        assertThat(fleet.clean(2)).isEmpty();
        assertThat(fleet.isLocked()).isFalse();
    }

    @Test
    public void whatIsCurrentStaysThoughItIsOld() throws Exception {
        fleet.nodes(2);
        deployAll("v1", "v2", "v3");
        fleet.rollback();
        fleet.rollback();
        assertThat(fleet.current()).isEqualTo("v1");

        assertThat(fleet.clean(1)).containsExactly("v2");
        assertThat(fleet.versions()).containsExactlyInAnyOrder("v1", "v3");
    }

    @Test
    public void whatARollbackGoesToStaysBehindDeploymentsThatFailed() throws Exception {
        fleet.nodes(2);
        deployAll("v1", "v2");
        fleet.consul().kv().put(fleet.tree().folder(version("v3")), "");
        fleet.consul().kv().put(fleet.tree().folder(version("v4")), "");

        assertThat(fleet.clean(2)).isEmpty();
        assertThat(fleet.clean(1)).containsExactly("v3", "v1");
    }

    @Test
    public void whatIsPinnedStays() throws Exception {
        fleet.nodes(2);
        deployAll("v1", "v2", "v3");
        fleet.consul().kv().put(fleet.tree().pin("n2"), "v1");

        assertThat(fleet.clean(1)).containsExactly("v2");
        assertThat(fleet.versions()).containsExactlyInAnyOrder("v1", "v3");
    }

    @Test
    public void olderIsWhatWasRegisteredEarlierWhateverItsName() throws Exception {
        fleet.nodes(2);
        deployAll("z", "a", "v10", "v9");
        assertThat(fleet.clean(2)).containsExactly("a", "z");
    }

    @Test
    public void versionsThatSomebodyElseRegisteredCountToo() throws Exception {
        fleet.nodes(2);
        deployAll("v1");
        fleet.consul().kv().put(fleet.tree().folder(version("v2")), "");
        fleet.consul().kv().put(fleet.tree().state(version("v3"), "old"), "available"); // without a folder key
        assertThat(fleet.clean(1)).containsExactly("v2");
        assertThat(fleet.versions()).containsExactlyInAnyOrder("v1", "v3");
    }

    @Test
    public void aDeploymentThatKeepsSomeCleansAfterItsEnd() throws Exception {
        List<ScriptedNode> nodes = fleet.nodes(2);
        deployAll("v1", "v2");
        DeploymentResult result = fleet.deploy(deployment("v3", 2).withKeep(2));

        assertThat(result.took()).containsKey(Phase.CLEAN);
        assertThat(fleet.versions()).containsExactlyInAnyOrder("v2", "v3");
        assertThat(nodes).allSatisfy(node -> assertThat(node.deeds()).endsWith("clean v1"));
    }

    @Test
    public void keepingNoneIsRefused() {
        assertThatThrownBy(() -> fleet.clean(0))
                .isInstanceOf(BadInputException.class)
                .hasMessageStartingWith("keep '0'");
        assertThatThrownBy(() -> deployment("v1", 1).withKeep(0)).isInstanceOf(BadInputException.class);
        assertThat(fleet.isLocked()).isFalse();
    }

    @Test
    public void aLivingNodeThatHasItStillIsWaitedFor() throws Exception {
        fleet.nodes(2);
        deployAll("v1", "v2");
        report("lazy", "v1", "v2");
        fleet.consul().kv().put(fleet.tree().state(version("v2"), "lazy"), "active");

        Future<List<String>> cleaning = inBackground(() -> fleet.clean(1));
        await().atMost(LIMIT).until(() -> fleet.versions().equals(List.of("v2")));
        await().during(Duration.ofMillis(600)).atMost(LIMIT).until(() -> !cleaning.isDone());
        report("lazy", "v2");

        assertThat(cleaning.get()).containsExactly("v1");
    }

    @Test
    public void aNodeThatIsGoneIsSaidAndNotWaitedFor() throws Exception {
        fleet.nodes(2);
        deployAll("v1", "v2");
        report("gone", "v1", "v2");

        assertThat(fleet.clean(1)).containsExactly("v1");
        assertThat(fleet.notes())
                .anyMatch(note -> note.startsWith("gone ") && note.contains("v1") && note.contains("when it is back"));
    }

    @Test
    public void whatALateWriteBringsBackIsRemovedAgain() throws Exception {
        fleet.nodes(2);
        deployAll("v1", "v2");
        report("lazy", "v1", "v2");
        fleet.consul().kv().put(fleet.tree().state(version("v2"), "lazy"), "active");
        Future<List<String>> cleaning = inBackground(() -> fleet.clean(1));
        await().atMost(LIMIT).until(() -> fleet.versions().equals(List.of("v2")));

        // An agent of Depro that was about to say something: the key comes back, and with it the version, for
        // everybody.
        fleet.consul().kv().put(fleet.tree().state(version("v1"), "lazy"), "available");
        await().atMost(LIMIT).until(() -> fleet.versions().equals(List.of("v2")));
        report("lazy", "v2");

        cleaning.get();
        assertThat(fleet.versions()).containsExactly("v2");
    }

    @Test
    public void agentsOfDeproSeeOneVersionGoAfterTheOther() throws Exception {
        fleet.node("n1");
        fleet.node("theirs", ScriptedNode.Words.DEPROS);
        deployAll("v1", "v2", "v3");
        List<List<String>> left = new ArrayList<>();

        fleet.deployer().clean(1, event -> {
            if (event instanceof Progress.Cleaned) {
                left.add(fleet.versions());
            }
        });

        assertThat(left).containsExactly(List.of("v1", "v3"), List.of("v3"));
    }

    @Test
    public void removingTheFolderOfWhatIsCurrentByMistakeIsMended() throws Exception {
        fleet.nodes(2);
        deployAll("v1");
        fleet.consul().kv().deleteTree(fleet.tree().folder(version("v1")));
        fleet.deploy(deployment("v1", 2)); // rings, for nodes that hear the bell alone
        await().atMost(LIMIT).until(() -> fleet.states("v1").equals(List.of("n1=active", "n2=active")));
    }

    private void deployAll(String... names) throws Exception {
        for (String name : names) {
            fleet.deploy(deployment(name, 2));
        }
    }

    private void report(String node, String... onDisk) {
        fleet.consul()
                .kv()
                .put(
                        fleet.tree().report(node),
                        new NodeReport(
                                        "v1",
                                        NodeState.READY,
                                        Instant.EPOCH,
                                        OptionalInt.empty(),
                                        List.of(),
                                        List.of(onDisk))
                                .toJson());
    }
}
