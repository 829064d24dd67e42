package io.jenkins.plugins.consuldeploy.phase;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What happens in a deployment as lines of a log: one for each change, a node's name first where it is about one. */
public final class ProgressText {

    /** More names than this are counted instead. */
    private static final int MAX_NAMES = 20;

    private ProgressText() {}

    /** The line for it; empty for what is of no interest to a reader. */
    public static Optional<String> line(Progress progress) {
        if (progress instanceof Progress.PhaseStarted started) {
            return Optional.of(started.phase().word() + " " + started.version());
        } else if (progress instanceof Progress.Awaiting awaiting) {
            return Optional.of("waiting for " + awaiting.expected() + names(": ", awaiting.nodes()));
        } else if (progress instanceof Progress.NodeChanged changed) {
            return Optional.of(changed(changed));
        } else if (progress instanceof Progress.Pinned pinned) {
            return Optional.of("batch " + pinned.batch() + " of " + pinned.batches() + names(": ", pinned.nodes()));
        } else if (progress instanceof Progress.Committed committed) {
            return Optional.of("current is " + committed.version() + before(committed));
        } else if (progress instanceof Progress.PhaseDone done) {
            return Optional.of(done.phase().word() + " " + done.version() + ": done in " + Durations.show(done.took()));
        } else if (progress instanceof Progress.Cleaned cleaned) {
            return Optional.of("removed " + cleaned.version());
        } else if (progress instanceof Progress.Note note) {
            return Optional.of(note.text());
        }
        return Optional.empty();
    }

    // Private

    /** A rollback of a rolling deployment that stopped half-way commits what is current. */
    private static String before(Progress.Committed committed) {
        if (committed.previous().equals(Optional.of(committed.version()))) {
            return " still";
        }
        return committed.previous().map(previous -> ", was " + previous).orElse(", the first one");
    }

    private static String changed(Progress.NodeChanged changed) {
        String states = changed.to()
                .map(to -> changed.from().map(from -> from + " -> ").orElse("") + to)
                .orElseGet(() ->
                        "gone" + changed.from().map(from -> ", was " + from).orElse(""));
        return changed.node() + ": " + states + exitCode(changed.report()) + " (" + shown(changed.elapsed()) + ")";
    }

    private static String exitCode(Optional<NodeReport> report) {
        return report.filter(found -> found.exitCode().isPresent())
                .map(found -> " with exit code " + found.exitCode().getAsInt())
                .orElse("");
    }

    private static String shown(Duration elapsed) {
        return Durations.show(elapsed.isNegative() ? Duration.ZERO : elapsed);
    }

    private static String names(String before, List<String> names) {
        if (names.isEmpty()) {
            return "";
        }
        int more = names.size() - MAX_NAMES;
        return before
                + String.join(", ", more > 0 ? names.subList(0, MAX_NAMES) : names)
                + (more > 0 ? " and " + more + " more" : "");
    }
}
