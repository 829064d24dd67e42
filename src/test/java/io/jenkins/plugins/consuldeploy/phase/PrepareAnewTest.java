package io.jenkins.plugins.consuldeploy.phase;

import static io.jenkins.plugins.consuldeploy.phase.Fleet.version;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.Rule;
import org.junit.Test;

public class PrepareAnewTest {

    @Rule
    public final Fleet fleet = new Fleet();

    @Test
    public void aNameMayStandForAnotherThingEachTime() throws Exception {
        List<ScriptedNode> nodes = fleet.nodes(2);
        assertThat(prepareAnew("green")).containsExactly("n1", "n2");
        assertThat(prepareAnew("green")).containsExactly("n1", "n2");

        assertThat(nodes).allSatisfy(node -> assertThat(node.deeds())
                .containsExactly("prepare green", "clean green", "prepare green"));
        assertThat(fleet.current()).isEmpty();
        assertThat(fleet.isLocked()).isFalse();
        assertThat(fleet.states("green")).containsExactly("n1=ready", "n2=ready");
    }

    @Test
    public void whatIsCurrentStaysAsItIs() throws Exception {
        List<ScriptedNode> nodes = fleet.nodes(2);
        fleet.deploy(Fleet.deployment("blue", 2));

        assertThat(prepareAnew("blue")).isEmpty();

        assertThat(nodes).allSatisfy(node -> assertThat(node.deeds()).doesNotContain("clean blue"));
        assertThat(fleet.notes()).contains("blue is current: it is not prepared anew");
    }

    @Test
    public void nodesThatDoNotAnswerAreMissedAndNothingIsCommitted() throws Exception {
        fleet.nodes(1);
        assertThatThrownBy(() -> fleet.deployer()
                        .prepareAnew(
                                version("green"),
                                new Expected.AtLeast(2),
                                Duration.ofSeconds(5),
                                Optional.empty(),
                                fleet::note))
                .isInstanceOf(DeploymentFailedException.class)
                .hasMessageContaining("1 of at least 2 expected nodes were ready")
                .hasMessageContaining("No node's current version was changed");
        assertThat(fleet.current()).isEmpty();
        assertThat(fleet.isLocked()).isFalse();
    }

    private List<String> prepareAnew(String name) throws Exception {
        return fleet.deployer()
                .prepareAnew(version(name), new Expected.AtLeast(2), Fleet.LIMIT, Optional.empty(), fleet::note);
    }
}
