package io.jenkins.plugins.consuldeploy.phase;

import io.jenkins.plugins.consuldeploy.consul.BlockingQuery;
import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.ConsulException;
import io.jenkins.plugins.consuldeploy.consul.KvEntry;
import io.jenkins.plugins.consuldeploy.consul.Lock;
import io.jenkins.plugins.consuldeploy.consul.Pace;
import io.jenkins.plugins.consuldeploy.consul.ServiceInstance;
import io.jenkins.plugins.consuldeploy.consul.Snapshot;
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
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The nodes of one version: who is waited for, and what each says. It watches the version's folder (and the service, if
 * one says who is expected), and tells the listener of every change.
 */
final class Roster implements AutoCloseable {

    /**
     * The first change is heard at once, and then all nodes' answers of this time cost one list: the longer the list, the
     * longer the time, so that what it costs a node is the same in a large fleet as in a small one.
     */
    private static final Duration LIST_INTERVAL = Duration.ofMillis(100);

    private static final Duration SHORTEST_LIST_INTERVAL = Duration.ofMillis(20);
    private static final int NODES_FOR_LIST_INTERVAL = 1000;

    private static final int MAX_REPORTS = 20;

    private final Consul consul;
    private final Tree tree;
    private final Version version;
    private final Expected expected;
    private final Progress.Listener listener;
    private final LinkedBlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private final List<Watch<?>> watches = new ArrayList<>();
    private final Map<String, NodeState> states = new TreeMap<>();
    private Optional<Instances> instances = Optional.empty();
    private Optional<Set<String>> frozen = Optional.empty();
    private long phaseStart;
    private volatile int listed;

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
                this::list,
                (changed, held) -> listInterval(),
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
        freeze(wanted());
    }

    /** From here on exactly these are waited for. */
    void freeze(Set<String> nodes) {
        frozen = Optional.of(Set.copyOf(nodes));
    }

    /** Those that are waited for, as far as they are known. */
    Set<String> wanted() {
        Instances known = instances.orElse(Instances.NONE);
        if (frozen.isPresent()) {
            Set<String> still = new TreeSet<>(frozen.get());
            still.removeIf(node -> !states.containsKey(node) && !known.all().contains(node));
            return still;
        }
        return new TreeSet<>(expected instanceof Expected.OfService ? known.passing() : states.keySet());
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
        return await(aim, timeout, Optional.empty(), atLeast());
    }

    /** Waits until these nodes have it, whatever the others do, and {@code enough} in all. */
    List<String> await(Aim aim, Duration timeout, Set<String> only, int enough)
            throws NotReachedException, LockLostException, InterruptedException {
        return await(aim, timeout, Optional.of(only), enough);
    }

    @Override
    public void close() {
        watches.forEach(Watch::close);
    }

    // Private

    private Snapshot<List<KvEntry>> list(BlockingQuery from) {
        Snapshot<List<KvEntry>> snapshot = consul.kv().list(tree.folder(version), from);
        listed = snapshot.value().size();
        return snapshot;
    }

    private Duration listInterval() {
        Duration interval = LIST_INTERVAL.multipliedBy(listed).dividedBy(NODES_FOR_LIST_INTERVAL);
        return interval.compareTo(SHORTEST_LIST_INTERVAL) < 0
                ? SHORTEST_LIST_INTERVAL
                : interval.compareTo(LIST_INTERVAL) > 0 ? LIST_INTERVAL : interval;
    }

    private List<String> await(Aim aim, Duration timeout, Optional<Set<String>> only, int enough)
            throws NotReachedException, LockLostException, InterruptedException {
        long deadline = System.nanoTime() + timeout.toNanos();
        while (true) {
            Set<String> names = only.orElseGet(this::wanted);
            checkNobodyFailed(names);
            boolean known = only.isPresent() || !(expected instanceof Expected.OfService) || instances.isPresent();
            boolean all = !names.isEmpty() && names.stream().allMatch(node -> aim.isMetBy(states.get(node)));
            if (known && all && having(aim).size() >= enough) {
                return having(aim);
            }
            Event event = events.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
            if (event == null) {
                throw timedOut(aim, names, enough, Durations.show(timeout));
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
            throw NotReachedException.failed(failed);
        }
    }

    private NotReachedException timedOut(Aim aim, Set<String> names, int enough, String time) {
        List<String> missing =
                names.stream().filter(node -> !aim.isMetBy(states.get(node))).toList();
        if (!missing.isEmpty()) {
            String states = missing.stream().map(this::lastWord).distinct().collect(Collectors.joining(", "));
            return NotReachedException.timedOut(
                    String.join(", ", missing) + (missing.size() == 1 ? " was" : " were") + " not " + aim.word()
                            + " after " + time + " (" + states + ")" + strangers(missing),
                    missing);
        }
        if (expected instanceof Expected.OfService of && names.isEmpty()) {
            return NotReachedException.timedOut(
                    "there was no passing instance of the service " + of.service() + " any more after " + time,
                    List.of());
        }
        int have = having(aim).size();
        return NotReachedException.timedOut(
                have + " of at least " + enough + " expected nodes were " + aim.word() + " after " + time
                        + (states.isEmpty()
                                ? "; no agent has answered: check that they run, that they watch this prefix, and that"
                                        + " the token may read what is below " + tree.folder(version)
                                : ""),
                List.of());
    }

    private String lastWord(String node) {
        return states.containsKey(node) ? states.get(node).word() : "no answer";
    }

    /** A service's nodes and the agents' names that do not match are the usual mistake of the first deployment. */
    private String strangers(List<String> missing) {
        if (!(expected instanceof Expected.OfService) || missing.stream().allMatch(states::containsKey)) {
            return "";
        }
        Set<String> others = new TreeSet<>(states.keySet());
        others.removeAll(instances.orElse(Instances.NONE).all());
        return others.isEmpty()
                ? ""
                : "; agents that are no instances of it answered: " + String.join(", ", others)
                        + ". An agent has to go by its Consul node's name";
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
                roster.tree
                        .nodeOf(roster.version, entry.key())
                        .ifPresent(node -> seen.put(node, NodeState.parse(entry.value())));
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
            Instances now = Instances.of(instances);
            roster.instances.ifPresent(
                    before -> { // the first answer is no change
                        if (roster.frozen.isEmpty()) {
                            roster.say(
                                    now.passing(),
                                    before.passing(),
                                    "has a passing instance now and is waited for too");
                            roster.say(
                                    before.passing(),
                                    now.passing(),
                                    "has no passing instance any more and is not waited for");
                        } else {
                            roster.say(before.all(), now.all(), "is gone from the catalog");
                        }
                    });
            roster.instances = Optional.of(now);
        }
    }

    private void say(Set<String> these, Set<String> butNotThose, String what) {
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
        private final Function<T, Event> envelope;

        Mail(Function<T, Event> envelope) {
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
