package io.jenkins.plugins.consuldeploy.event;

import io.jenkins.plugins.consuldeploy.consul.BlockingQuery;
import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.KvEntry;
import io.jenkins.plugins.consuldeploy.consul.Snapshot;
import io.jenkins.plugins.consuldeploy.phase.NodeReport;
import io.jenkins.plugins.consuldeploy.phase.NodeState;
import io.jenkins.plugins.consuldeploy.phase.Tree;
import io.jenkins.plugins.consuldeploy.phase.Version;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** A key for each node, {@code <prefix>/<version>/<node>}, as agents and {@code ack} write it. */
record TreeAnswers(Tree tree, Version version) implements Acknowledgement {

    /** Consul's indexes grow with each write: whatever is written from here on has a higher one. */
    @Override
    public long before(Consul consul) {
        return consul.kv().list(tree.folder(version), BlockingQuery.NOW).value().stream()
                .mapToLong(KvEntry::modifyIndex)
                .max()
                .orElse(0);
    }

    @Override
    public Snapshot<Map<String, Answer>> ask(Consul consul, Set<String> nodes, long since, BlockingQuery from) {
        Snapshot<List<KvEntry>> entries = consul.kv().list(tree.folder(version), from);
        Map<String, KvEntry> byNode = new TreeMap<>();
        entries.value().forEach(entry -> tree.nodeOf(version, entry.key()).ifPresent(node -> byNode.put(node, entry)));
        Map<String, Answer> answers = new TreeMap<>();
        for (String node : nodes) {
            answers.put(node, answer(consul, node, Optional.ofNullable(byNode.get(node)), since));
        }
        return new Snapshot<>(answers, entries.index());
    }

    @Override
    public String describe() {
        return "the keys below " + tree.folder(version);
    }

    @Override
    public String advice() {
        return "Look there whether its Consul agent's watch ran 'consul-deploy ack', and with which words";
    }

    // Private

    private Answer answer(Consul consul, String node, Optional<KvEntry> entry, long since) {
        if (entry.isEmpty()) {
            return Answer.none("no answer");
        }
        NodeState state = NodeState.parse(entry.get().value());
        if (entry.get().modifyIndex() <= since) {
            return Answer.none("no answer but '" + state + "' from before");
        }
        return switch (state) {
            case ACTIVE, READY -> new Answer(Answer.Kind.DONE, state.word());
            case BUSY -> new Answer(Answer.Kind.BUSY, state.word());
            case FAILED -> new Answer(Answer.Kind.FAILED, state + report(consul, node));
        };
    }

    private String report(Consul consul, String node) {
        return consul.kv()
                .get(tree.report(node))
                .flatMap(entry -> NodeReport.fromJson(entry.value()))
                .filter(report -> report.version().equals(version.name()))
                .map(report -> (report.exitCode().isPresent()
                                ? ", exit code " + report.exitCode().getAsInt()
                                : "")
                        + report.output().stream()
                                .filter(line -> !line.isBlank())
                                .reduce((first, second) -> second)
                                .map(line -> " (last line: " + line.strip() + ")")
                                .orElse(""))
                .orElse("");
    }
}
