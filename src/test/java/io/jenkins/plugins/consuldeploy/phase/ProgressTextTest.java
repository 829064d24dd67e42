package io.jenkins.plugins.consuldeploy.phase;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.junit.Test;

public class ProgressTextTest {

    private static final Version V7 = new Version("v7");

    @Test
    public void aNodeIsNamedFirst() {
        assertThat(line(changed(Optional.of(NodeState.BUSY), Optional.of(NodeState.READY))))
                .hasValue("web1: busy -> ready (1.2s)");
    }

    @Test
    public void aNodeThatComesOrGoesIsToldOf() {
        assertThat(line(changed(Optional.empty(), Optional.of(NodeState.BUSY)))).hasValue("web1: busy (1.2s)");
        assertThat(line(changed(Optional.of(NodeState.READY), Optional.empty())))
                .hasValue("web1: gone, was ready (1.2s)");
    }

    @Test
    public void aFailureShowsItsExitCode() {
        NodeReport report = new NodeReport(
                "v7", NodeState.FAILED, Instant.EPOCH, OptionalInt.of(3), List.of("no space left"), List.of());
        assertThat(line(new Progress.NodeChanged(
                        "web1",
                        Optional.of(NodeState.BUSY),
                        Optional.of(NodeState.FAILED),
                        Duration.ofMillis(1200),
                        Optional.of(report))))
                .hasValue("web1: busy -> failed with exit code 3 (1.2s)");
    }

    @Test
    public void phasesAndCommitsAreToldOf() {
        assertThat(line(new Progress.PhaseStarted(Phase.PREPARE, V7))).hasValue("prepare v7");
        assertThat(line(new Progress.PhaseDone(Phase.PREPARE, V7, Duration.ofSeconds(75))))
                .hasValue("prepare v7: done in 1m15s");
        assertThat(line(new Progress.Committed(V7, Optional.of(new Version("v6")))))
                .hasValue("current is v7, was v6");
        assertThat(line(new Progress.Committed(V7, Optional.of(V7)))).hasValue("current is v7 still");
        assertThat(line(new Progress.Committed(V7, Optional.empty()))).hasValue("current is v7, the first one");
        assertThat(line(new Progress.Pinned(List.of("web1", "web2"), 1, 3))).hasValue("batch 1 of 3: web1, web2");
        assertThat(line(new Progress.Cleaned(V7))).hasValue("removed v7");
        assertThat(line(new Progress.Note("as it is"))).hasValue("as it is");
    }

    @Test
    public void whoIsWaitedForIsToldOf() {
        assertThat(line(new Progress.Awaiting(new Expected.AtLeast(2), List.of("web1"))))
                .hasValue("waiting for at least 2 nodes: web1");
        assertThat(line(new Progress.Awaiting(new Expected.AtLeast(2), List.of())))
                .hasValue("waiting for at least 2 nodes");
    }

    @Test
    public void aThousandNamesDoNotFillALine() {
        List<String> names = IntStream.range(0, 1000).mapToObj(i -> "n" + i).toList();
        assertThat(line(new Progress.Pinned(names, 1, 1)).orElseThrow()).endsWith("n18, n19 and 980 more");
    }

    @Test
    public void aLocksSessionIsOfNoInterest() {
        assertThat(line(new Progress.Locked("a-session"))).isEmpty();
    }

    private static Progress changed(Optional<NodeState> from, Optional<NodeState> to) {
        return new Progress.NodeChanged("web1", from, to, Duration.ofMillis(1200), Optional.empty());
    }

    private static Optional<String> line(Progress progress) {
        return ProgressText.line(progress);
    }
}
