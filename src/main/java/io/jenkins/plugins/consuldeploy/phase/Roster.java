package io.jenkins.plugins.consuldeploy.phase;

import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.ConsulException;
import io.jenkins.plugins.consuldeploy.consul.KvEntry;
import io.jenkins.plugins.consuldeploy.consul.Lock;
import io.jenkins.plugins.consuldeploy.consul.Pace;
import io.jenkins.plugins.consuldeploy.consul.ServiceInstance;
import io.jenkins.plugins.consuldeploy.consul.Watch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * The nodes of one version: who is waited for, and what each says. It watches the version's folder (and the service, if
 * one says who is expected), and tells the listener of every change.
 */
final class Roster implements AutoCloseable {

    /** What is waited for. */
    enum Aim {
        PREPARED,
        RUNNING;

        boolean isMetBy(NodeState state) {
            return state != null && (this == PREPARED ? state.isPrepared() : state == NodeState.ACTIVE);
        }
    }

    /** The first change is heard at once, and then all nodes' answers of this time cost one list. */
    private static final Duration LIST_INTERVAL = Duration.ofMillis(100);

    private static final int MAX_REPORTS = 20;

    private final Consul consul;
    private final Tree tree;
    private final Version version;
    private final Expected expected;
    private final Progress.Listener listener;
    private final LinkedBlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private final List<Watch<?>> watches = new ArrayList<>();
    private final Map<String, NodeState> states = new TreeMap<>();
    private Set<String> passing = Set.of();
    private Set<String> catalogued = Set.of();
    private Optional<Set<String>> frozen = Optional.empty();
    private long phaseStart;

    Roster(Consul consul, Tree tree, Version version, Expected expected, Progress.Listener listener) {
        this.consul = consul;
        this.tree = tree;
        this.version = version;
        this.expected = expected;
        this.listener = listener;
        this.phaseStart = consul.time().nanoTime();
    }

    /** Starts to watch. The lock's loss ends whatever is awaited. */
    void open(Lock lock) {
        lock.onLost(() -> events.add(new LockLost()));
        watches.add(Watch.start(
                consul,
                tree.folder(version),
                from -> consul.kv().list(tree.folder(version), from),
                Pace.every(LIST_INTERVAL),
                new Mail<>(FolderChanged::new)));
        if (expected instanceof Expected.OfService of) {
            watches.add(Watch.start(
                    consul,
                    "the service " + of.service(),
                    from -> consul.services().instances(of.service(), of.tag(), false, from),
                    Pace.every(LIST_INTERVAL),
                    new Mail<>(InstancesChanged::new)));
        }
    }

    /** A phase begins: elapsed times count from here. */
    void begin() {
        phaseStart = consul.time().nanoTime();
    }

    /** From here on those are waited for that are there now, and nobody who comes later. */
    void freeze() {
        frozen = Optional.of(Set.copyOf(wanted()));
    }

    /** From here on exactly these are waited for. */
    void freeze(Set<String> nodes) {
        frozen = Optional.of(Set.copyOf(nodes));
    }

    /** Those that are waited for, as far as they are known. */
    Set<String> wanted() {
        if (frozen.isPresent()) {
            Set<String> still = new TreeSet<>(frozen.get());
            still.removeIf(node -> !states.containsKey(node) && !catalogued.contains(node));
            return still;
        }
        return new TreeSet<>(expected instanceof Expected.OfService ? passing : states.keySet());
    }

    /** The nodes that have what is aimed at. */
    List<String> having(Aim aim) {
        return states.entrySet().stream()
                .filter(node -> aim.isMetBy(node.getValue()))
                .map(Map.Entry::getKey)
                .toList();
    }

    /** Waits until every wanted node has it, and as many as are expected at least. */
    List<String> await(Aim aim, Duration timeout) throws NotReachedException, LockLostException, InterruptedException {
        return await(aim, timeout, Optional.empty());
    }

    /** Waits until these nodes have it, whatever the others do. */
    List<String> await(Aim aim, Duration timeout, Set<String> only)
            throws NotReachedException, LockLostException, InterruptedException {
        return await(aim, timeout, Optional.of(only));
    }

    /** A node failed, or time ran out. */
    static final class NotReachedException extends Exception {
        private static final long serialVersionUID = 1L;
        private final transient Map<String, Optional<NodeReport>> failed;
        private final transient List<String> missing;

        NotReachedException(String message, Map<String, Optional<NodeReport>> failed, List<String> missing) {
            super(message);
            this.failed = failed;
            this.missing = missing;
        }

        Map<String, Optional<NodeReport>> failed() {
            return failed;
        }

        List<String> missing() {
            return missing;
        }
    }

    @Override
    public void close() {
        watches.forEach(Watch::close);
    }

    // Private

    private List<String> await(Aim aim, Duration timeout, Optional<Set<String>> only)
            throws NotReachedException, LockLostException, InterruptedException {
        long deadline = System.nanoTime() + timeout.toNanos();
        while (true) {
            Set<String> names = only.orElseGet(this::wanted);
            checkNobodyFailed(names);
            boolean all = names.stream().allMatch(node -> aim.isMetBy(states.get(node)));
            if (all && (only.isPresent() || having(aim).size() >= atLeast())) {
                return having(aim);
            }
            Event event = events.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
            if (event == null) {
                throw timedOut(aim, names, timeout);
            }
            event.happen(this);
        }
    }

    private int atLeast() {
        return expected instanceof Expected.AtLeast least ? least.nodes() : 1;
    }

    private void checkNobodyFailed(Set<String> names) throws NotReachedException {
        Map<String, Optional<NodeReport>> failed = new TreeMap<>();
        for (String node : names) {
            if (states.get(node) == NodeState.FAILED) {
                failed.put(node, failed.size() < MAX_REPORTS ? report(node) : Optional.empty());
            }
        }
        if (!failed.isEmpty()) {
            throw new NotReachedException(
                    "failed on " + String.join(", ", failed.keySet()) + firstLines(failed), failed, List.of());
        }
    }

    private static String firstLines(Map<String, Optional<NodeReport>> failed) {
        return failed.entrySet().stream()
                .filter(node -> node.getValue().isPresent())
                .map(node -> {
                    NodeReport report = node.getValue().get();
                    List<String> output = report.output();
                    String last = String.join("\n    ", output.subList(Math.max(0, output.size() - 10), output.size()));
                    return "\n  " + node.getKey()
                            + (report.exitCode().isPresent()
                                    ? ": exit code " + report.exitCode().getAsInt()
                                    : ":")
                            + (last.isEmpty() ? "" : "\n    " + last);
                })
                .limit(3)
                .collect(Collectors.joining());
    }

    private NotReachedException timedOut(Aim aim, Set<String> names, Duration timeout) {
        List<String> missing =
                names.stream().filter(node -> !aim.isMetBy(states.get(node))).toList();
        int enough = atLeast();
        int have = having(aim).size();
        String word = aim == Aim.PREPARED ? "ready" : "active";
        String message = missing.isEmpty()
                ? have + " of at least " + enough + " expected nodes were " + word + " after " + Durations.show(timeout)
                        + (have == 0
                                ? "; no agent has answered: check that they run, that they watch this prefix, and that"
                                        + " the token may read what is below " + tree.folder(version)
                                : "")
                : String.join(", ", missing) + (missing.size() == 1 ? " was" : " were") + " not " + word + " after "
                        + Durations.show(timeout) + " ("
                        + missing.stream()
                                .map(node -> states.containsKey(node)
                                        ? states.get(node).word()
                                        : "no answer")
                                .distinct()
                                .collect(Collectors.joining(", "))
                        + ")";
        return new NotReachedException(message, Map.of(), missing);
    }

    private Optional<NodeReport> report(String node) {
        return consul.kv()
                .get(tree.report(node))
                .flatMap(entry -> NodeReport.fromJson(entry.value()))
                .filter(report -> report.version().equals(version.name()));
    }

    private sealed interface Event {
        void happen(Roster roster) throws LockLostException;
    }

    private record FolderChanged(List<KvEntry> entries) implements Event {
        @Override
        public void happen(Roster roster) {
            Map<String, NodeState> seen = new HashMap<>();
            for (KvEntry entry : entries) {
                if (!entry.name().isEmpty()) {
                    seen.put(entry.name(), NodeState.parse(entry.value()));
                }
            }
            Set<String> all = new TreeSet<>(roster.states.keySet());
            all.addAll(seen.keySet());
            for (String node : all) {
                roster.update(node, Optional.ofNullable(seen.get(node)));
            }
        }
    }

    private void update(String node, Optional<NodeState> now) {
        Optional<NodeState> before = Optional.ofNullable(states.get(node));
        if (before.equals(now)) {
            return;
        }
        if (now.isPresent()) {
            states.put(node, now.get());
        } else {
            states.remove(node);
        }
        Optional<NodeReport> report = now.equals(Optional.of(NodeState.FAILED)) ? report(node) : Optional.empty();
        listener.happened(
                new Progress.NodeChanged(node, before, now, consul.time().since(phaseStart), report));
    }

    private record InstancesChanged(List<ServiceInstance> instances) implements Event {
        @Override
        public void happen(Roster roster) {
            Set<String> passing = new TreeSet<>();
            Set<String> catalogued = new TreeSet<>();
            for (ServiceInstance instance : instances) {
                catalogued.add(instance.node());
                if (instance.isPassing()) {
                    passing.add(instance.node());
                }
            }
            if (roster.frozen.isEmpty()) {
                roster.say(passing, roster.passing, "has a passing instance now and is waited for too");
                roster.say(roster.passing, passing, "has no passing instance any more and is not waited for");
            } else {
                roster.say(roster.catalogued, catalogued, "is gone from the catalog");
            }
            roster.passing = passing;
            roster.catalogued = catalogued;
        }
    }

    private void say(Set<String> these, Set<String> butNotThose, String what) {
        if (passing.isEmpty() && catalogued.isEmpty()) {
            return; // the first answer is no change
        }
        these.stream()
                .filter(node -> !butNotThose.contains(node))
                .forEach(node -> listener.happened(new Progress.Note(node + " " + what)));
    }

    private record WatchFailed(ConsulException failure, Duration outage) implements Event {
        @Override
        public void happen(Roster roster) {
            if (!(failure instanceof ConsulException.Unreachable)
                    || outage.compareTo(roster.consul.config().outageLimit()) > 0) {
                throw failure;
            }
        }
    }

    private record LockLost() implements Event {
        @Override
        public void happen(Roster roster) throws LockLostException {
            throw new LockLostException("the lock " + roster.tree.lock()
                    + " was lost while waiting for nodes: its session expired or was ended by somebody. Look at"
                    + " what state the nodes are in: consul-deploy query --prefix " + roster.tree.prefix());
        }
    }

    /** Puts what a watch hears into the queue. */
    private final class Mail<T> implements Watch.Listener<T> {
        private final java.util.function.Function<T, Event> envelope;

        Mail(java.util.function.Function<T, Event> envelope) {
            this.envelope = envelope;
        }

        @Override
        public void changed(T value) {
            events.add(envelope.apply(value));
        }

        @Override
        public void failed(ConsulException failure, Duration outage) {
            events.add(new WatchFailed(failure, outage));
        }
    }
}
