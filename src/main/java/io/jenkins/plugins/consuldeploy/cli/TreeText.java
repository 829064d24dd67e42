package io.jenkins.plugins.consuldeploy.cli;

import io.jenkins.plugins.consuldeploy.phase.Durations;
import io.jenkins.plugins.consuldeploy.phase.NodeReport;
import io.jenkins.plugins.consuldeploy.phase.NodeState;
import io.jenkins.plugins.consuldeploy.phase.TreeView;
import io.jenkins.plugins.consuldeploy.phase.Version;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** A tree as lines for people: what needs a look comes first, and a thousand nodes are no more lines than ten. */
final class TreeText {

    /** The order in which states are shown. */
    private static final List<NodeState> WORST_FIRST =
            List.of(NodeState.FAILED, NodeState.BUSY, NodeState.READY, NodeState.ACTIVE);

    private static final int MAX_GROUPS = 3;
    private static final int MAX_LINES = 5;
    private static final int MAX_HISTORY = 5;

    private final TreeView view;
    private final Instant now;

    TreeText(TreeView view, Instant now) {
        this.view = view;
        this.now = now;
    }

    /** Everything, shortened. */
    List<String> overview() {
        List<String> lines = new ArrayList<>();
        lines.add("prefix   " + view.prefix());
        lines.add("current  " + view.current().map(Version::name).orElse("none: nothing was ever deployed here")
                + before());
        lines.add("lock     " + lock());
        view.pins().entrySet().stream()
                .collect(Collectors.groupingBy(
                        Map.Entry::getValue,
                        LinkedHashMap::new,
                        Collectors.mapping(Map.Entry::getKey, Collectors.toList())))
                .forEach((version, nodes) -> lines.add("pinned   " + version + ": " + Names.of(nodes)));
        List<String> gone = gone();
        if (!gone.isEmpty()) {
            lines.add("silent   " + Names.of(gone) + " (no agent has the node's session now)");
        }
        for (TreeView.Registered version : view.versions()) {
            lines.add("");
            addOverview(version, lines);
        }
        return lines;
    }

    /** Each node of one version. */
    List<String> version(Version name) {
        TreeView.Registered version = view.version(name).orElseThrow();
        List<String> lines = new ArrayList<>();
        lines.add(heading(version));
        int widest =
                version.nodes().keySet().stream().mapToInt(String::length).max().orElse(0);
        for (NodeState state : WORST_FIRST) {
            for (String node : with(state, version)) {
                Optional<NodeReport> report = view.report(node, name).filter(one -> one.state() == state);
                lines.add(String.format(
                                "  %-6s  %-" + Math.max(1, widest) + "s  %s",
                                state,
                                node,
                                report.map(one -> ago(one.since()) + exitCode(one))
                                        .orElse(""))
                        .stripTrailing());
                if (state == NodeState.FAILED) {
                    report.ifPresent(one -> one.output().forEach(line -> lines.add("      " + line)));
                }
            }
        }
        return lines;
    }

    // Private

    private String before() {
        List<Version> history = new ArrayList<>(view.history());
        view.current().ifPresent(current -> {
            if (!history.isEmpty() && history.get(history.size() - 1).equals(current)) {
                history.remove(history.size() - 1);
            }
        });
        java.util.Collections.reverse(history);
        String names = history.stream().limit(MAX_HISTORY).map(Version::name).collect(Collectors.joining(", "));
        return names.isEmpty() ? "" : " (before it: " + names + ")";
    }

    private String lock() {
        return view.holder()
                .map(holder ->
                        holder.who() + " (" + holder.build() + "), " + holder.what() + ", since " + ago(holder.since()))
                .orElse("free");
    }

    private void addOverview(TreeView.Registered version, List<String> lines) {
        lines.add(heading(version));
        addFailed(version, lines);
        for (NodeState state : WORST_FIRST) {
            List<String> nodes = with(state, version);
            if (!nodes.isEmpty() && state != NodeState.FAILED) {
                lines.add(String.format("  %-6s  %s", state, Names.of(nodes)) + since(nodes, version.version(), state));
            }
        }
        if (view.current().equals(Optional.of(version.version()))) {
            Set<String> others = new TreeSet<>(view.pins().keySet());
            view.versions().forEach(one -> others.addAll(one.nodes().keySet()));
            others.removeAll(version.nodes().keySet());
            others.removeIf(node -> view.pins().containsKey(node) || gone().contains(node));
            if (!others.isEmpty()) {
                lines.add("  no word of it from " + Names.of(List.copyOf(others)));
            }
        }
    }

    /** A mistake in a version fails alike on many nodes, so what they said is shown once. */
    private void addFailed(TreeView.Registered version, List<String> lines) {
        record Saying(String exitCode, List<String> output) {}
        Map<Saying, List<String>> groups = new LinkedHashMap<>();
        for (String node : with(NodeState.FAILED, version)) {
            Saying saying = view.report(node, version.version())
                    .map(report -> new Saying(exitCode(report), last(report.output())))
                    .orElseGet(() -> new Saying("", List.of()));
            groups.computeIfAbsent(saying, key -> new ArrayList<>()).add(node);
        }
        groups.entrySet().stream().limit(MAX_GROUPS).forEach(group -> {
            lines.add("  failed  " + Names.of(group.getValue()) + group.getKey().exitCode()
                    + since(group.getValue(), version.version(), NodeState.FAILED));
            group.getKey().output().forEach(line -> lines.add("      " + line));
        });
        if (groups.size() > MAX_GROUPS) {
            List<String> rest = groups.values().stream()
                    .skip(MAX_GROUPS)
                    .flatMap(List::stream)
                    .toList();
            lines.add("  failed  " + Names.of(rest) + ", each in another way; see query " + version.version());
        }
    }

    private String heading(TreeView.Registered version) {
        String counts = WORST_FIRST.stream()
                .filter(version.count()::containsKey)
                .map(state -> version.count().get(state) + " " + state)
                .collect(Collectors.joining(", "));
        return version.version()
                + (view.current().equals(Optional.of(version.version())) ? " (current)" : "")
                + version.since().map(time -> ", registered " + ago(time)).orElse("")
                + ": "
                + (counts.isEmpty() ? "no node has said anything" : counts);
    }

    /** Nodes that told something once and have no word in any version: their agents are down. */
    private List<String> gone() {
        Set<String> silent = new TreeSet<>(view.reports().keySet());
        view.versions().forEach(version -> silent.removeAll(version.nodes().keySet()));
        return List.copyOf(silent);
    }

    private static List<String> with(NodeState state, TreeView.Registered version) {
        return version.nodes().entrySet().stream()
                .filter(node -> node.getValue() == state)
                .map(Map.Entry::getKey)
                .toList();
    }

    private static List<String> last(List<String> output) {
        return output.subList(Math.max(0, output.size() - MAX_LINES), output.size());
    }

    /** For how long these have been in that state, as far as they told. */
    private String since(List<String> nodes, Version version, NodeState state) {
        List<Instant> told = nodes.stream()
                .flatMap(node -> view.report(node, version).stream())
                .filter(report -> report.state() == state)
                .map(NodeReport::since)
                .sorted()
                .toList();
        if (told.isEmpty()) {
            return "";
        }
        String first = ago(told.get(0));
        String last = ago(told.get(told.size() - 1));
        return first.equals(last) ? " (" + first + ")" : " (" + last.replace(" ago", "") + " to " + first + ")";
    }

    private static String exitCode(NodeReport report) {
        return report.exitCode().orElse(0) != 0
                ? ", exit code " + report.exitCode().getAsInt()
                : "";
    }

    private String ago(Instant time) {
        Duration age = Duration.between(time, now);
        return age.isNegative() ? "just now" : Durations.show(age) + " ago";
    }
}
