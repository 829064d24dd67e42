package io.jenkins.plugins.consuldeploy.phase;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.junit.Test;

public class NodeReportTest {

    private static final Instant SINCE = Instant.parse("2025-03-04T05:06:07.123Z");

    @Test
    public void itIsWrittenAsJsonAndReadAgain() {
        NodeReport report = new NodeReport(
                "v1", NodeState.FAILED, SINCE, OptionalInt.of(3), List.of("öutput \"1\"", ""), List.of("v0", "v1"));
        assertThat(NodeReport.fromJson(report.toJson())).contains(report);
        NodeReport after = new NodeReport(
                "v0",
                NodeState.ACTIVE,
                SINCE,
                OptionalInt.of(0),
                List.of(),
                List.of("v0", "v1"),
                List.of(new NodeReport.Failure("v1", SINCE, OptionalInt.of(3), List.of("why"))));
        assertThat(NodeReport.fromJson(after.toJson())).contains(after);
        NodeReport without = new NodeReport("v1", NodeState.READY, SINCE, OptionalInt.empty(), List.of(), List.of());
        assertThat(NodeReport.fromJson(without.toJson())).contains(without);
    }

    @Test
    public void theLastFiftyLinesAreKeptAndEachIsCut() {
        List<String> lines = IntStream.range(0, 80).mapToObj(i -> "line " + i).toList();
        NodeReport report = new NodeReport("v1", NodeState.FAILED, SINCE, OptionalInt.empty(), lines, List.of());
        assertThat(report.output()).hasSize(50).startsWith("line 30").endsWith("line 79");
        NodeReport wide = new NodeReport(
                "v1", NodeState.FAILED, SINCE, OptionalInt.empty(), List.of("x".repeat(5000)), List.of());
        assertThat(NodeReport.fromJson(wide.toJson()).orElseThrow().output().get(0))
                .hasSizeLessThan(1010);
    }

    @Test
    public void whatAnotherVersionFailedOfIsNotLostWhenItIsAboutTheNext() {
        List<NodeReport.Failure> failures = IntStream.range(1, 6)
                .mapToObj(i -> new NodeReport.Failure(
                        "v" + i, SINCE.plusSeconds(i), OptionalInt.of(i), List.of("reason " + i)))
                .toList();
        NodeReport report = new NodeReport(
                "v0", NodeState.ACTIVE, SINCE, OptionalInt.of(0), List.of("fine"), List.of("v0", "v5"), failures);

        assertThat(report.about(new Version("v0"))).contains(report);
        assertThat(report.about(new Version("v5")))
                .contains(new NodeReport(
                        "v5",
                        NodeState.FAILED,
                        SINCE.plusSeconds(5),
                        OptionalInt.of(5),
                        List.of("reason 5"),
                        List.of("v0", "v5")));
        assertThat(report.about(new Version("v3"))).isPresent();
        assertThat(report.about(new Version("v2"))).as("one of more than three").isEmpty();
    }

    @Test
    public void theLongestReportFitsIntoAKey() {
        List<String> lines =
                IntStream.range(0, 50).mapToObj(i -> "\u0001".repeat(2000)).toList();
        NodeReport report = new NodeReport(
                "v1",
                NodeState.FAILED,
                SINCE,
                OptionalInt.of(1),
                lines,
                List.of(),
                IntStream.range(0, 9)
                        .mapToObj(i -> new NodeReport.Failure("v" + i, SINCE, OptionalInt.of(1), lines))
                        .toList());
        assertThat(report.toJson().length()).isLessThan(512 * 1024);
    }

    @Test
    public void anUnknownStateCountsAsBusyAndUnknownFieldsDoNotCount() {
        assertThat(NodeReport.fromJson(
                                "{\"version\": \"v1\", \"state\": \"dancing\", \"since\": \"2025-01-01T00:00:00Z\","
                                        + " \"output\": [], \"versions\": [], \"new\": {}}")
                        .orElseThrow()
                        .state())
                .isEqualTo(NodeState.BUSY);
    }

    @Test
    public void whatIsNoReportCountsAsNone() {
        for (String text : List.of(
                "",
                "ready",
                "[]",
                "null",
                "{}",
                "{\"version\": {}, \"state\": \"ready\", \"since\": \"2025-01-01T00:00:00Z\", \"output\": [], \"versions\": []}",
                "{\"version\": \"v\", \"state\": \"ready\", \"since\": \"yesterday\", \"output\": [], \"versions\": []}",
                "{\"version\": \"v\", \"state\": \"ready\", \"since\": \"2025-01-01T00:00:00Z\", \"output\": 1, \"versions\": []}",
                "{\"version\": \"v\", \"state\": \"ready\", \"since\": \"2025-01-01T00:00:00Z\", \"output\": [{}], \"versions\": []}",
                "{\"version\": \"v\", \"state\": \"ready\", \"since\": \"2025-01-01T00:00:00Z\", \"exitCode\": \"x\","
                        + " \"output\": [], \"versions\": []}")) {
            assertThat(NodeReport.fromJson(text)).as(text).isEmpty();
        }
    }

    @Test
    public void everyWordOfOursAndOfDeprosIsAState() {
        assertThat(List.of("busy", "deploying", "starting", "", "dancing", "READY"))
                .allSatisfy(word -> assertThat(NodeState.parse(word)).isEqualTo(NodeState.BUSY));
        assertThat(List.of("ready", "available"))
                .allSatisfy(word -> assertThat(NodeState.parse(word)).isEqualTo(NodeState.READY));
        assertThat(NodeState.parse("active")).isEqualTo(NodeState.ACTIVE);
        assertThat(NodeState.parse("failed")).isEqualTo(NodeState.FAILED);
        for (NodeState state : NodeState.values()) {
            assertThat(NodeState.parse(state.word())).isEqualTo(state);
        }
        assertThat(NodeState.values())
                .filteredOn(NodeState::isPrepared)
                .containsExactly(NodeState.READY, NodeState.ACTIVE);
    }
}
