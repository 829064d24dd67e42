package io.jenkins.plugins.consuldeploy.phase;

import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.KvEntry;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** What the phases of one deployment or rollback share: where it takes place, how long each took, and where it stands. */
final class Course {

    private final Consul consul;
    private final Tree tree;
    private final Turn turn;
    private final Progress.Listener listener;
    private final Map<Phase, Duration> took = new EnumMap<>(Phase.class);
    private String left = "Stopped before anything was changed";

    Course(Consul consul, Tree tree, Turn turn, Progress.Listener listener) {
        this.consul = consul;
        this.tree = tree;
        this.turn = turn;
        this.listener = listener;
    }

    /** A part of a phase. */
    interface Step<T, E extends Exception> {
        T take() throws E, LockLostException, InterruptedException;
    }

    Consul consul() {
        return consul;
    }

    Tree tree() {
        return tree;
    }

    Turn turn() {
        return turn;
    }

    Ledger ledger() {
        return turn.ledger();
    }

    Progress.Listener listener() {
        return listener;
    }

    Roster roster(Version version, Expected expected) {
        return new Roster(consul, tree, version, expected, listener);
    }

    void tell(Progress progress) {
        listener.happened(progress);
    }

    void note(String text) {
        tell(new Progress.Note(text));
    }

    Map<Phase, Duration> took() {
        return Map.copyOf(took);
    }

    /** What is to be said when it is interrupted from here on. */
    void leaves(String state) {
        left = state;
    }

    /** What was left behind, for whoever interrupted it. */
    String left() {
        return left;
    }

    <T, E extends Exception> T timed(Phase phase, Version version, Step<T, E> step)
            throws E, LockLostException, InterruptedException {
        long start = consul.time().nanoTime();
        tell(new Progress.PhaseStarted(phase, version));
        T result = step.take();
        Duration duration = consul.time().since(start);
        took.put(phase, duration);
        tell(new Progress.PhaseDone(phase, version, duration));
        return result;
    }

    DeploymentFailedException failed(
            Phase phase,
            Version version,
            NotReachedException e,
            Optional<Version> current,
            boolean rolledBack,
            String next) {
        return new DeploymentFailedException(
                phase,
                tree.prefix() + ": " + phase.word() + " of " + version + ": " + e.getMessage() + "\n" + next + ".",
                new DeploymentFailedException.Outcome(current, rolledBack, e.failed(), e.missing()));
    }

    /** The nodes that have said something of a version. */
    Set<String> nodesOf(Version version) {
        Set<String> nodes = new TreeSet<>();
        consul.kv().list(tree.folder(version)).forEach(entry -> tree.nodeOf(version, entry.key())
                .ifPresent(nodes::add));
        return nodes;
    }

    void takePinsAway() throws LockLostException {
        List<String> pinned = ledger().pins().stream()
                .filter(pin -> !pin.value().isBlank())
                .map(KvEntry::name)
                .toList();
        if (!pinned.isEmpty()) {
            ledger().pin(pinned, Optional.empty());
        }
    }
}
