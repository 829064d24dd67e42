package io.jenkins.plugins.consuldeploy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.consuldeploy.phase.Expected;
import io.jenkins.plugins.consuldeploy.phase.NodeState;
import io.jenkins.plugins.consuldeploy.phase.Phase;
import io.jenkins.plugins.consuldeploy.phase.Progress;
import io.jenkins.plugins.consuldeploy.phase.Version;
import io.jenkins.plugins.consuldeploy.time.TimeSource;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.Test;

/** What a terminal shows in the end, after all that was drawn and drawn over. */
public class LiveTableTest {

    private static final Version V1 = new Version("v1");

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final LiveTable table = new LiveTable(
            new PrintStream(bytes, true, StandardCharsets.UTF_8),
            new Terminal(new Terminal.Size(80, 24), false),
            TimeSource.system());

    @Test
    public void theTableIsRedrawnInItsPlaceAndThePhasesStayAboveIt() {
        prepare("a", "b");
        changed("a", null, NodeState.READY, 10);
        changed("b", null, NodeState.BUSY, 20);
        table.log("warning: something");
        changed("b", NodeState.BUSY, NodeState.READY, 30);
        table.happened(new Progress.PhaseDone(Phase.PREPARE, V1, Duration.ofMillis(30)));
        table.happened(new Progress.PhaseStarted(Phase.COMMIT, V1));
        table.happened(new Progress.Committed(V1, Optional.empty()));
        table.happened(new Progress.PhaseDone(Phase.COMMIT, V1, Duration.ofMillis(3)));
        table.close();

        assertThat(Screen.after(bytes))
                .usingElementComparator((shown, expected) -> shown.matches(expected) ? 0 : 1)
                .containsExactly(
                        "waiting for at least 2 nodes: a, b",
                        "warning: something",
                        "prepare v1  \\[#+\\]  2 of 2 ready  \\S+",
                        "  a  ready   10ms",
                        "  b  ready   30ms",
                        "prepare v1: done in 30ms",
                        "current is v1, the first one",
                        "commit v1: done in 3ms");
    }

    @Test
    public void whatFailedStaysInSightWhileTheRollbackGoesOn() {
        prepare("a");
        changed("a", null, NodeState.FAILED, 10);
        table.happened(new Progress.PhaseStarted(Phase.ROLLBACK, new Version("v0")));
        table.happened(new Progress.Awaiting(new Expected.AtLeast(1), List.of("a")));
        changed("a", null, NodeState.ACTIVE, 20);
        table.close();

        assertThat(Screen.after(bytes))
                .usingElementComparator((shown, expected) -> shown.matches(expected) ? 0 : 1)
                .containsExactly(
                        "waiting for at least 1 node: a",
                        "prepare v1  \\[\\.+\\]  0 of 1 ready, 1 failed  \\S+",
                        "  a  failed  10ms",
                        "waiting for at least 1 node: a",
                        "rollback v0  \\[#+\\]  1 of 1 active  \\S+",
                        "  a  active  20ms");
    }

    @Test
    public void aThousandNodesDoNotScroll() {
        String[] names = IntStream.range(0, 1000).mapToObj(i -> "n" + i).toArray(String[]::new);
        prepare(names);
        for (String name : names) {
            changed(name, null, NodeState.READY, 10);
        }
        table.close();

        assertThat(Screen.after(bytes)).hasSizeLessThanOrEqualTo(24).last().isEqualTo("  ... 980 more ready");
    }

    private void prepare(String... nodes) {
        table.happened(new Progress.PhaseStarted(Phase.PREPARE, V1));
        table.happened(new Progress.Awaiting(new Expected.AtLeast(nodes.length), List.of(nodes)));
    }

    private void changed(String node, NodeState from, NodeState to, long millis) {
        table.happened(new Progress.NodeChanged(
                node, Optional.ofNullable(from), Optional.ofNullable(to), Duration.ofMillis(millis), Optional.empty()));
    }
}
