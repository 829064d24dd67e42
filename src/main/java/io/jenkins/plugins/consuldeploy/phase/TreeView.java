package io.jenkins.plugins.consuldeploy.phase;

import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.Holder;
import io.jenkins.plugins.consuldeploy.consul.KvEntry;
import io.jenkins.plugins.consuldeploy.consul.Lock;
import java.time.Instant;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What stands in the tree of a prefix: for whoever looks, and changes nothing.
 *
 * @param current  what every node without a pin is to run; empty when nothing was ever deployed
 * @param versions those that are registered, the newest first
 * @param pins     the nodes that are to run another version than {@code current}
 * @param reports  what each node told last, those among them whose agent is gone
 * @param history  the versions that were current, oldest first, the present one last
 * @param holder   who is changing something here now
 */
public record TreeView(
        String prefix,
        Optional<Version> current,
        List<Registered> versions,
        SortedMap<String, Version> pins,
        SortedMap<String, NodeReport> reports,
        List<Version> history,
        Optional<Holder> holder) {

    public TreeView {
        versions = List.copyOf(versions);
        pins = Collections.unmodifiableSortedMap(new TreeMap<>(pins));
        reports = Collections.unmodifiableSortedMap(new TreeMap<>(reports));
        history = List.copyOf(history);
    }

    /**
     * A registered version.
     *
     * @param since when it was registered last; empty where a program did that who does not say
     * @param nodes what each living node says of it
     */
    public record Registered(Version version, Optional<Instant> since, SortedMap<String, NodeState> nodes) {

        public Registered {
            nodes = Collections.unmodifiableSortedMap(new TreeMap<>(nodes));
        }

        /** How many nodes say what; states that none says are left out. */
        public Map<NodeState, Integer> count() {
            Map<NodeState, Integer> count = new EnumMap<>(NodeState.class);
            nodes.values().forEach(state -> count.merge(state, 1, Integer::sum));
            return count;
        }
    }

    /**
     * Reads it, in three requests: so what changes meanwhile may be seen in one part and not yet in another.
     *
     * @throws io.jenkins.plugins.consuldeploy.consul.ConsulException when Consul can't be asked or forbids it
     */
    public static TreeView read(Consul consul, Tree tree) {
        Optional<Holder> holder = Lock.holder(consul, tree.lock());
        List<KvEntry> own = consul.kv().list(tree.own());
        List<KvEntry> entries = consul.kv().list(tree.versions());
        SortedMap<String, Version> pins = new TreeMap<>();
        below(tree.pins(), own).forEach((node, pin) -> Version.read(pin).ifPresent(version -> pins.put(node, version)));
        SortedMap<String, NodeReport> reports = new TreeMap<>();
        below(tree.reports(), own)
                .forEach((node, json) -> NodeReport.fromJson(json).ifPresent(report -> reports.put(node, report)));
        return new TreeView(
                tree.prefix(),
                value(tree.current(), entries).flatMap(Version::read),
                registered(tree, entries),
                pins,
                reports,
                value(tree.history(), own)
                        .map(History::fromJson)
                        .orElse(History.EMPTY)
                        .versions(),
                holder);
    }

    /** One of the registered versions. */
    public Optional<Registered> version(Version version) {
        return versions.stream().filter(one -> one.version().equals(version)).findFirst();
    }

    /** What a node told of a version: if that is what it told of last, or if it failed at it. */
    public Optional<NodeReport> report(String node, Version version) {
        return Optional.ofNullable(reports.get(node)).flatMap(report -> report.about(version));
    }

    // Private

    /** The registered versions by when they were first registered, the newest first. */
    static List<Registered> registered(Tree tree, List<KvEntry> entries) {
        Map<Version, Long> firstSeen = new HashMap<>();
        Map<Version, Instant> since = new HashMap<>();
        Map<Version, SortedMap<String, NodeState>> nodes = new HashMap<>();
        for (KvEntry entry : entries) {
            String below = entry.key().substring(tree.versions().length());
            int slash = below.indexOf('/');
            Optional<Version> found = slash > 0 ? tree.versionOf(below.substring(0, slash + 1)) : Optional.empty();
            if (found.isEmpty()) {
                continue;
            }
            Version version = found.get();
            firstSeen.merge(version, entry.createIndex(), Math::min);
            SortedMap<String, NodeState> states = nodes.computeIfAbsent(version, key -> new TreeMap<>());
            String node = below.substring(slash + 1);
            if (!node.isEmpty()) {
                states.put(node, NodeState.parse(entry.value()));
            } else if (entry.flags() > 0) {
                since.put(version, Instant.ofEpochMilli(entry.flags()));
            }
        }
        return firstSeen.entrySet().stream()
                .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
                .map(one -> new Registered(
                        one.getKey(), Optional.ofNullable(since.get(one.getKey())), nodes.get(one.getKey())))
                .toList();
    }

    private static Map<String, String> below(String folder, List<KvEntry> entries) {
        Map<String, String> values = new HashMap<>();
        for (KvEntry entry : entries) {
            if (entry.key().startsWith(folder) && entry.key().length() > folder.length()) {
                values.put(entry.key().substring(folder.length()), entry.value());
            }
        }
        return values;
    }

    private static Optional<String> value(String key, List<KvEntry> entries) {
        return entries.stream()
                .filter(entry -> entry.key().equals(key))
                .map(KvEntry::value)
                .findFirst();
    }
}
