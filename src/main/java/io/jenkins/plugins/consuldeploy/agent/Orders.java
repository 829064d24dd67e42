package io.jenkins.plugins.consuldeploy.agent;

import io.jenkins.plugins.consuldeploy.consul.BlockingQuery;
import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.ConsulException;
import io.jenkins.plugins.consuldeploy.consul.KvEntry;
import io.jenkins.plugins.consuldeploy.consul.Pace;
import io.jenkins.plugins.consuldeploy.consul.Snapshot;
import io.jenkins.plugins.consuldeploy.consul.Watch;
import io.jenkins.plugins.consuldeploy.phase.Tree;
import io.jenkins.plugins.consuldeploy.phase.Version;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.logging.Logger;

/**
 * What Consul wants of this node: which version it is to run, and whether there is news among the registered ones.
 *
 * <p>{@code current} and the node's own pin are heard at once, always: nobody else's writes wake these. The listing of
 * the versions, which everybody's writes wake, is for tools that do not ring; who rings changes {@code current}, if only
 * its flags, and then the versions are listed without waiting for their watch.
 */
final class Orders implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(Orders.class.getName());
    private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

    private final Consul consul;
    private final Tree tree;
    private final String node;
    private final List<Watch<?>> watches = new ArrayList<>();

    // Empty until it was heard for the first time.
    private Optional<Optional<KvEntry>> current = Optional.empty();
    private Optional<Optional<KvEntry>> pin = Optional.empty();
    private List<String> listed = List.of();
    private Optional<Watch<?>> versions = Optional.empty();
    private boolean outage;
    private long newestCurrent;
    private boolean closed;
    private boolean mustLook = true;
    private boolean woken;

    Orders(Consul consul, Tree tree, String node) {
        this.consul = consul;
        this.tree = tree;
        this.node = node;
    }

    /** Starts to listen. */
    synchronized void open() {
        watches.add(watch(tree.current(), Pace.unlimited(), this::askCurrent, this::ring));
        watches.add(watch(tree.pin(node), Pace.unlimited(), this::askForPin, this::pinned));
        watchVersions();
    }

    /** Waits until there is something new, or the time is over; at first, until it is known what to run. */
    synchronized void await(Duration limit) throws InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        while (!woken || !isKnown()) {
            long left = isKnown() ? deadline - System.nanoTime() : Long.MAX_VALUE;
            if (left <= 0) {
                break;
            }
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
        woken = false;
    }

    /** Makes {@link #await} return: there is something new that did not come from here. */
    synchronized void wake() {
        woken = true;
        notifyAll();
    }

    /** The version that this node is to run: its pin's, or else the current one. */
    synchronized Optional<Version> effective() {
        Optional<Version> pinned = pin.flatMap(entry -> entry).flatMap(entry -> Version.read(entry.value()));
        return pinned.isPresent()
                ? pinned
                : current.flatMap(entry -> entry).flatMap(entry -> Version.read(entry.value()));
    }

    /** Whether the node's pin is missing. One that does not exist would be woken by its neighbors, and can't be set. */
    synchronized boolean isPinMissing() {
        return pin.isPresent() && pin.get().isEmpty();
    }

    /** Whether the registered versions may have changed since they were last listed. */
    synchronized boolean mustLook() {
        return mustLook;
    }

    synchronized void lookAgain() {
        mustLook = true;
    }

    /** Lists the registered versions. */
    List<Version> look() {
        synchronized (this) {
            mustLook = false;
        }
        List<String> names;
        try {
            names = consul.kv().children(tree.versions(), BlockingQuery.NOW).value();
        } catch (ConsulException e) {
            lookAgain();
            throw e;
        }
        synchronized (this) {
            listed = names;
        }
        List<Version> versions = new ArrayList<>();
        for (String name : names) {
            tree.versionOf(name).ifPresent(versions::add);
        }
        return versions;
    }

    /** Reads what this node is to run without waiting for the watches, which come back from an outage one by one. */
    void askAgain() {
        pinned(consul.kv().get(tree.pin(node)));
        ring(consul.kv().get(tree.current()));
    }

    @Override
    public synchronized void close() {
        closed = true;
        watches.forEach(Watch::close);
        versions.ifPresent(Watch::close);
    }

    // Private

    private void watchVersions() {
        versions = Optional.of(watch(
                tree.versions(),
                Pace.backingOff(FIRST_PAUSE, LONGEST_PAUSE, consul.time()),
                from -> {
                    Snapshot<List<String>> snapshot = consul.kv().children(tree.versions(), from);
                    // Each answer, not each change of them: the versions may have been listed in between.
                    listed(snapshot.value());
                    return snapshot;
                },
                names -> {}));
    }

    private Snapshot<Optional<KvEntry>> askCurrent(BlockingQuery from) {
        try {
            Snapshot<Optional<KvEntry>> snapshot = consul.kv().get(tree.current(), from);
            answered(snapshot.value());
            return snapshot;
        } catch (ConsulException e) {
            outage();
            throw e;
        }
    }

    private synchronized void outage() {
        outage = true;
        newestCurrent = 0;
    }

    /**
     * The watch of the versions may have slept through an outage, and ask a Consul that has lost its data for an index
     * far ahead; then it would hear nothing for minutes.
     */
    private synchronized void answered(Optional<KvEntry> entry) {
        if (outage && !closed) {
            outage = false;
            ring(entry);
            versions.ifPresent(Watch::close);
            watchVersions();
            mustLook = true;
            wake();
        }
    }

    private boolean isKnown() {
        return current.isPresent() && pin.isPresent();
    }

    /**
     * A deployer changes {@code current} and takes the pins away after that; but two watches may be heard in the other
     * order. So {@code current} is read after a pin that says nothing, or a node would go back for a moment to what was
     * current before its pin.
     */
    private Snapshot<Optional<KvEntry>> askForPin(BlockingQuery from) {
        Snapshot<Optional<KvEntry>> answer = consul.kv().get(tree.pin(node), from);
        if (answer.value().flatMap(entry -> Version.read(entry.value())).isEmpty()) {
            ring(consul.kv().get(tree.current()));
        }
        return answer;
    }

    private synchronized void ring(Optional<KvEntry> entry) {
        // Two watches read it; whoever is late must not bring back what was current before. An outage may end with a
        // Consul that has lost its data and counts anew.
        boolean late = entry.isPresent() && entry.get().modifyIndex() < newestCurrent;
        if (late || current.equals(Optional.of(entry))) {
            return;
        }
        newestCurrent = entry.map(KvEntry::modifyIndex).orElse(newestCurrent);
        warnOfNoVersion(tree.current(), entry);
        current = Optional.of(entry);
        mustLook = true;
        wake();
    }

    private synchronized void pinned(Optional<KvEntry> entry) {
        warnOfNoVersion(tree.pin(node), entry);
        pin = Optional.of(entry);
        wake();
    }

    private synchronized void listed(List<String> names) {
        if (!new HashSet<>(names).equals(new HashSet<>(listed))) {
            mustLook = true;
            wake();
        }
    }

    private static void warnOfNoVersion(String key, Optional<KvEntry> entry) {
        if (entry.isPresent()
                && !entry.get().value().isBlank()
                && Version.read(entry.get().value()).isEmpty()) {
            LOG.warning("the key " + key + " holds what can't be a version's name; it is taken for empty");
        }
    }

    private interface News<T> {
        void heard(T value);
    }

    private <T> Watch<T> watch(String name, Pace pace, Watch.Query<T> query, News<T> news) {
        return Watch.start(consul, name, query, pace, new Watch.Listener<>() {
            @Override
            public void changed(T value) {
                news.heard(value);
            }

            @Override
            public void failed(ConsulException failure, Duration outage) {
                // What runs keeps running; the watch says in the log how long it has been.
            }
        });
    }
}
