package io.jenkins.plugins.consuldeploy.phase;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What happens in a deployment, as it happens: the command line's table, a build's log and a page all show these. */
public sealed interface Progress {

    /** Hears of it, on the deploying thread. It must not throw and should be quick. */
    @FunctionalInterface
    interface Listener {
        void happened(Progress progress);
    }

    /** The lock is ours. A later run of the same build takes over by naming the session. */
    record Locked(String session) implements Progress {}

    /** A phase begins, for this version. */
    record PhaseStarted(Phase phase, Version version) implements Progress {}

    /** Who is waited for in the phase that began; with {@link Expected.AtLeast}, those that are known so far. */
    record Awaiting(Expected expected, List<String> nodes) implements Progress {}

    /**
     * A node said something new.
     *
     * @param from    empty for a node that was not there
     * @param to      empty for a node that is gone
     * @param elapsed since the phase began
     * @param report  what it has to tell, where its state is {@code failed}
     */
    record NodeChanged(
            String node,
            Optional<NodeState> from,
            Optional<NodeState> to,
            Duration elapsed,
            Optional<NodeReport> report)
            implements Progress {}

    /** From now on these nodes are to run it: a batch of a rolling deployment. */
    record Pinned(List<String> nodes, int batch, int batches) implements Progress {}

    /** From now on every node is to run it. */
    record Committed(Version version, Optional<Version> previous) implements Progress {}

    /** A phase ended well. */
    record PhaseDone(Phase phase, Version version, Duration took) implements Progress {}

    /** A version was removed. */
    record Cleaned(Version version) implements Progress {}

    /** Something that whoever is on call should know, in a sentence. */
    record Note(String text) implements Progress {}
}
