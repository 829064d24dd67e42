package io.jenkins.plugins.consuldeploy.agent;

import io.jenkins.plugins.consuldeploy.phase.NodeReport;
import io.jenkins.plugins.consuldeploy.phase.NodeState;
import io.jenkins.plugins.consuldeploy.phase.Version;
import io.jenkins.plugins.consuldeploy.time.TimeSource;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** Writes a node's report: about the version that was worked on last, with what its script said. */
final class Reporter {

    private final TimeSource time;
    private final Store store;
    private Optional<Version> about = Optional.empty();
    private ScriptResult result = ScriptResult.NOTHING_TO_DO;
    private Optional<NodeReport> last = Optional.empty();

    Reporter(TimeSource time, Store store) {
        this.time = time;
        this.store = store;
    }

    /** From here on it is about this version. */
    void begin(Version version) {
        about = Optional.of(version);
        result = ScriptResult.NOTHING_TO_DO;
    }

    /** A version is removed; when there is nothing else to report of, it is about that. */
    void beginRemoving(Version version) {
        about = about.or(() -> Optional.of(version));
    }

    /** How the work on it ended. */
    void ended(ScriptResult how) {
        result = how;
    }

    /**
     * The report as it is now.
     *
     * @param states what the node has to say of each version
     */
    Optional<NodeReport> report(Map<Version, NodeState> states, Optional<Version> effective) {
        List<String> versions = new ArrayList<>();
        store.versions().forEach(version -> versions.add(version.name()));
        Optional<Version> subject = about.filter(states::containsKey)
                .or(() -> effective.filter(states::containsKey))
                .or(() -> states.keySet().stream().findFirst());
        if (subject.isPresent()) {
            last = Optional.of(write(subject.get(), states.get(subject.get()), versions));
        } else {
            // Nothing is registered any more; whoever waits for it to be cleaned looks at the versions.
            last = last.or(() -> about.map(version -> write(version, NodeState.BUSY, versions)))
                    .map(report -> new NodeReport(
                            report.version(),
                            report.state(),
                            report.since(),
                            report.exitCode(),
                            report.output(),
                            versions,
                            report.failures()));
        }
        return last;
    }

    // Private

    private NodeReport write(Version version, NodeState state, List<String> versions) {
        OptionalInt exitCode = OptionalInt.empty();
        List<String> output = List.of();
        if (store.marker(version).failed()) {
            exitCode = store.marker(version).exitCode();
            output = store.marker(version).output();
        } else if (about.equals(Optional.of(version))) {
            exitCode = result.exitCode();
            output = result.output();
        }
        boolean same = last.isPresent()
                && last.get().version().equals(version.name())
                && last.get().state() == state;
        return new NodeReport(
                version.name(),
                state,
                same ? last.get().since() : time.now(),
                exitCode,
                output,
                versions,
                failuresBut(version));
    }

    private List<NodeReport.Failure> failuresBut(Version subject) {
        return store.versions().stream()
                .filter(version ->
                        !version.equals(subject) && store.marker(version).failed())
                .map(version -> {
                    Marker marker = store.marker(version);
                    return new NodeReport.Failure(
                            version.name(), marker.since().orElse(Instant.EPOCH), marker.exitCode(), marker.output());
                })
                .toList();
    }
}
