package io.jenkins.plugins.consuldeploy.cli;

import io.jenkins.plugins.consuldeploy.phase.Expected;
import io.jenkins.plugins.consuldeploy.phase.NodeState;
import io.jenkins.plugins.consuldeploy.phase.Progress;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Where the nodes of a deployment are, as its progress tells. Not safe for several threads at once. */
final class Fleet implements Progress.Listener {

    private final Map<String, Row> rows = new TreeMap<>();
    private final Set<String> turn = new HashSet<>();
    private String title = "";
    private Aim aim = Aim.READY;
    private int expected;
    private boolean waits;

    /** What the phase is to bring each node to. */
    enum Aim {
        READY,
        ACTIVE;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        boolean isMetBy(NodeState state) {
            return this == READY ? state.isPrepared() : state == NodeState.ACTIVE;
        }
    }

    /** How far a node is, the worst first. */
    enum Standing {
        FAILED,
        GONE,
        PENDING,
        /** Of a later batch. */
        LATER,
        DONE
    }

    /**
     * A node of the table.
     *
     * @param word what it said last
     * @param at   when it said that, since the phase began; empty where it was before, or has still to come
     */
    record Row(String node, String word, Standing standing, Optional<Duration> at) {}

    /**
     * The table's contents.
     *
     * @param title    what happens
     * @param aim      the word for a node that is done
     * @param expected how many nodes there are to be at least
     * @param rows     each node, by its name
     */
    record Picture(String title, String aim, int expected, List<Row> rows) {

        long count(Standing standing) {
            return rows.stream().filter(row -> row.standing() == standing).count();
        }
    }

    /** What there is to see; empty while no node is waited for. */
    Optional<Picture> picture() {
        return waits && (expected > 0 || !rows.isEmpty())
                ? Optional.of(
                        new Picture(title, aim.word(), Math.max(expected, rows.size()), List.copyOf(rows.values())))
                : Optional.empty();
    }

    @Override
    public void happened(Progress progress) {
        if (progress instanceof Progress.PhaseStarted started) {
            begin(started);
        } else if (progress instanceof Progress.Awaiting awaiting) {
            expected = awaiting.expected() instanceof Expected.AtLeast least ? least.nodes() : 0;
            awaiting.nodes().forEach(node -> rows.putIfAbsent(node, silent(node)));
        } else if (progress instanceof Progress.NodeChanged changed) {
            Standing standing =
                    changed.to().map(state -> standing(changed.node(), state)).orElse(Standing.GONE);
            String word = changed.to().map(NodeState::word).orElse("gone");
            rows.put(changed.node(), new Row(changed.node(), word, standing, Optional.of(changed.elapsed())));
        } else if (progress instanceof Progress.Pinned pinned) {
            if (pinned.batch() == 1) {
                turn.clear();
            }
            turn.addAll(pinned.nodes());
            title = "batch " + pinned.batch() + " of " + pinned.batches();
            aimAt(Aim.ACTIVE, true);
        } else if (progress instanceof Progress.PhaseDone) {
            waits = false;
        }
    }

    // Private

    private void begin(Progress.PhaseStarted started) {
        title = started.phase().word() + " " + started.version();
        switch (started.phase()) {
            case PREPARE -> {
                rows.clear();
                expected = 0;
                aimAt(Aim.READY, false);
            }
            case ROLLBACK -> {
                expected = 0;
                rows.clear(); // another version, of which each node tells anew
                aimAt(Aim.ACTIVE, false);
            }
            case CONFIRM -> aimAt(Aim.ACTIVE, false);
            case COMMIT, CLEAN -> waits = false;
        }
    }

    private void aimAt(Aim next, boolean batches) {
        aim = next;
        waits = true;
        if (!batches) {
            turn.clear();
        }
        rows.replaceAll((node, row) -> {
            Optional<NodeState> state = row.word().equals("gone") || row.word().isEmpty()
                    ? Optional.empty()
                    : Optional.of(NodeState.parse(row.word()));
            Standing standing = state.map(known -> standing(node, known)).orElse(row.standing());
            return new Row(node, row.word(), standing, standing == Standing.DONE ? row.at() : Optional.empty());
        });
    }

    private Standing standing(String node, NodeState state) {
        if (state == NodeState.FAILED) {
            return Standing.FAILED;
        }
        if (aim.isMetBy(state)) {
            return Standing.DONE;
        }
        return turn.isEmpty() || turn.contains(node) ? Standing.PENDING : Standing.LATER;
    }

    private static Row silent(String node) {
        return new Row(node, "", Standing.PENDING, Optional.empty());
    }
}
