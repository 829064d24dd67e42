package io.jenkins.plugins.consuldeploy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.consuldeploy.phase.Expected;
import io.jenkins.plugins.consuldeploy.phase.NodeState;
import io.jenkins.plugins.consuldeploy.phase.Phase;
import io.jenkins.plugins.consuldeploy.phase.Progress;
import io.jenkins.plugins.consuldeploy.phase.Version;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.Test;

public class FleetTableTest {

    private static final Version V2 = new Version("v2");

    private final Fleet fleet = new Fleet();

    @Test
    public void everyNodeHasALineWithItsStateAndTime() {
        prepare(4, "host1", "host2", "host3");
        changed("host1", null, NodeState.READY, 340);
        changed("host2", null, NodeState.BUSY, 500);
        changed("host4", null, NodeState.FAILED, 1200);

        assertThat(table(80, 24, 2500))
                .containsExactly(
                        "prepare v2  [#####...............]  1 of 4 ready, 1 failed  2.5s",
                        "  host1  ready   340ms",
                        "  host2  busy    2.0s",
                        "  host3  -       2.5s",
                        "  host4  failed  1.2s");
    }

    @Test
    public void aNodeThatIsNotThereIsCountedWhereSoManyAreExpected() {
        prepare(3);
        changed("host1", null, NodeState.READY, 5);

        assertThat(table(80, 24, 100)).first().asString().contains("1 of 3 ready");
    }

    @Test
    public void aThousandNodesFitTheScreenThoseThatAreNotDoneFirst() {
        prepare(1000, names(1000));
        IntStream.range(0, 990).forEach(i -> changed(names(1000)[i], null, NodeState.READY, 100));
        changed("host0995", null, NodeState.FAILED, 200);
        changed("host0991", null, NodeState.BUSY, 200);

        assertThat(table(80, 10, 3000))
                .containsExactly(
                        "prepare v2  [###################.]  990 of 1000 ready, 1 failed  3.0s",
                        "  host0995  failed  200ms",
                        "  host0990  -       3.0s",
                        "  host0991  busy    2.8s",
                        "  host0992  -       3.0s",
                        "  host0993  -       3.0s",
                        "  host0994  -       3.0s",
                        "  ... 4 more not done, 990 more ready");
    }

    @Test
    public void aNarrowTerminalCutsNamesInTheirMiddleAndLeavesTheBarOut() {
        prepare(1, "web-frontend-eu-west-1a-production-0001.example.com");
        changed("web-frontend-eu-west-1a-production-0001.example.com", null, NodeState.READY, 340);

        assertThat(table(40, 24, 1000))
                .containsExactly("prepare v2  1 of 1 ready  1.0s", "  web-front..ample.com  ready   340ms")
                .allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(40));
    }

    @Test
    public void noLineIsLongerThanEvenTheNarrowestTerminal() {
        prepare(2, "a-name-of-some-length", "b");
        for (int columns = 1; columns < 60; columns++) {
            int width = columns;
            assertThat(table(columns, 5, 1000)).hasSizeLessThanOrEqualTo(5).allSatisfy(line -> assertThat(line.length())
                    .isLessThanOrEqualTo(width));
        }
    }

    @Test
    public void colorsMarkTheStateAloneAndTakeNoRoom() {
        prepare(2, "host1", "host2");
        changed("host1", null, NodeState.READY, 340);
        changed("host2", null, NodeState.FAILED, 10);

        List<String> lines = new FleetTable(new Terminal.Size(80, 24), true)
                .lines(fleet.picture().orElseThrow(), Duration.ofSeconds(1));

        assertThat(lines.get(1)).isEqualTo("  host1  \u001b[32mready\u001b[0m   340ms");
        assertThat(lines.get(2)).isEqualTo("  host2  \u001b[31mfailed\u001b[0m  10ms");
    }

    @Test
    public void confirmStartsWithWhatIsPreparedAndEndsWithWhatRuns() {
        prepare(2, "host1", "host2");
        changed("host1", null, NodeState.READY, 340);
        changed("host2", null, NodeState.READY, 350);
        fleet.happened(new Progress.PhaseDone(Phase.PREPARE, V2, Duration.ofSeconds(1)));
        assertThat(fleet.picture()).isEmpty();
        fleet.happened(new Progress.PhaseStarted(Phase.COMMIT, V2));
        assertThat(fleet.picture()).isEmpty();
        fleet.happened(new Progress.PhaseStarted(Phase.CONFIRM, V2));
        changed("host2", NodeState.READY, NodeState.ACTIVE, 40);

        assertThat(table(80, 24, 900))
                .containsExactly(
                        "confirm v2  [##########..........]  1 of 2 active  900ms",
                        "  host1  ready   900ms",
                        "  host2  active  40ms");
    }

    @Test
    public void nodesOfLaterBatchesWaitTheirTurn() {
        prepare(3, "host1", "host2", "host3");
        List.of("host1", "host2", "host3").forEach(node -> changed(node, null, NodeState.READY, 100));
        fleet.happened(new Progress.Pinned(List.of("host1"), 1, 3));
        changed("host1", NodeState.READY, NodeState.ACTIVE, 50);
        fleet.happened(new Progress.Pinned(List.of("host2"), 2, 3));

        assertThat(table(80, 24, 700))
                .containsExactly(
                        "batch 2 of 3  [######..............]  1 of 3 active  700ms",
                        "  host1  active  50ms",
                        "  host2  ready   700ms",
                        "  host3  ready");
    }

    @Test
    public void aRollbackBeginsAnew() {
        prepare(1, "host1");
        changed("host1", null, NodeState.FAILED, 100);
        fleet.happened(new Progress.PhaseStarted(Phase.ROLLBACK, new Version("v1")));
        fleet.happened(new Progress.Awaiting(new Expected.AtLeast(1), List.of("host1")));
        changed("host1", null, NodeState.READY, 3);

        assertThat(table(80, 24, 10))
                .containsExactly("rollback v1  [....................]  0 of 1 active  10ms", "  host1  ready   7ms");
    }

    @Test
    public void aNodeThatVanishesIsShownAsGone() {
        prepare(1, "host1");
        changed("host1", null, NodeState.READY, 100);
        changed("host1", NodeState.READY, null, 200);

        assertThat(table(80, 24, 300)).last().isEqualTo("  host1  gone    200ms");
    }

    private void prepare(int expected, String... nodes) {
        fleet.happened(new Progress.PhaseStarted(Phase.PREPARE, V2));
        fleet.happened(new Progress.Awaiting(new Expected.AtLeast(expected), List.of(nodes)));
    }

    private void changed(String node, NodeState from, NodeState to, long millis) {
        fleet.happened(new Progress.NodeChanged(
                node, Optional.ofNullable(from), Optional.ofNullable(to), Duration.ofMillis(millis), Optional.empty()));
    }

    private List<String> table(int columns, int rows, long millis) {
        return new FleetTable(new Terminal.Size(columns, rows), false)
                .lines(fleet.picture().orElseThrow(), Duration.ofMillis(millis));
    }

    private static String[] names(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> String.format("host%04d", i))
                .toArray(String[]::new);
    }
}
