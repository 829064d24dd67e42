package io.jenkins.plugins.consuldeploy.phase;

import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.KvEntry;
import io.jenkins.plugins.consuldeploy.consul.LockHeldException;
import io.jenkins.plugins.consuldeploy.consul.Session;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A version that goes to its nodes one at a time, when somebody else says so: a rolling release moves each node's pin
 * while the node is out of its load balancers, and commits when all are through.
 *
 * <p>It holds the prefix's lock until it is closed. Every call may be repeated, also by another process after this one
 * died. Each throws {@link LockLostException} when the lock was lost, and nothing is written after that.
 */
public final class NodeByNode implements AutoCloseable {

    /** As short as that of the release which this is a part of: whoever goes on with it must not wait for longer. */
    private static final Duration TTL = Session.SHORTEST_TTL;

    private final Consul consul;
    private final Tree tree;
    private final Version version;
    private final Turn turn;
    private final Roster roster;
    private boolean isRegistered;

    private NodeByNode(Consul consul, Tree tree, Version version, Turn turn, Roster roster) {
        this.consul = consul;
        this.tree = tree;
        this.version = version;
        this.turn = turn;
        this.roster = roster;
    }

    /** Takes the prefix's lock. */
    public static NodeByNode open(Consul consul, Tree tree, Version version, Caller caller, Progress.Listener listener)
            throws LockHeldException, InterruptedException {
        String what = "deploy " + version + " to " + tree.prefix() + " node by node";
        Turn turn = Turn.take(consul, tree, caller, what, Optional.empty(), TTL, listener);
        Roster roster = new Roster(consul, tree, version, new Expected.AtLeast(1), listener);
        return new NodeByNode(consul, tree, version, turn, roster);
    }

    /**
     * Registers the version and waits until these nodes have prepared it; what runs is not changed.
     *
     * @return why they have not; empty when they have
     */
    public Optional<String> prepare(Set<String> nodes, Duration timeout)
            throws LockLostException, InterruptedException {
        Set<String> able = turn.ledger().pins().stream().map(KvEntry::name).collect(Collectors.toSet());
        List<String> unable =
                nodes.stream().filter(node -> !able.contains(node)).sorted().toList();
        if (!unable.isEmpty()) {
            return Optional.of("no agent that knows pins runs on " + String.join(", ", unable) + " (no key below "
                    + tree.pins() + ")");
        }
        register();
        return reached(Aim.PREPARED, nodes, timeout);
    }

    /**
     * Pins a node to the version and waits until it runs it.
     *
     * @return why it does not; empty when it does
     */
    public Optional<String> activate(String node, Duration timeout) throws LockLostException, InterruptedException {
        register();
        turn.ledger().pin(List.of(node), Optional.of(version));
        return reached(Aim.RUNNING, Set.of(node), timeout);
    }

    /**
     * Lets a node go back to what is current, and waits until it runs that.
     *
     * @return why it does not; empty when it does
     */
    public Optional<String> release(String node, Duration timeout) throws LockLostException, InterruptedException {
        turn.ledger().pin(List.of(node), Optional.empty());
        Optional<Version> current = turn.ledger().current().version();
        if (current.isEmpty()) {
            return Optional.of("there is no current version to go back to");
        }
        try (Roster back = new Roster(consul, tree, current.get(), new Expected.AtLeast(1), progress -> {})) {
            back.open(turn.lock());
            back.await(Aim.RUNNING, timeout, Set.of(node), 1);
            return Optional.empty();
        } catch (NotReachedException e) {
            return Optional.of(e.getMessage());
        }
    }

    /**
     * Makes the version current and takes the pins away: every node is through.
     *
     * @return why it can't be; empty when it is
     */
    public Optional<String> commit() throws LockLostException {
        Ledger ledger = turn.ledger();
        Ledger.Current read = ledger.current();
        if (!read.version().equals(Optional.of(version))) {
            try {
                ledger.commit(read, version, ledger.history().committed(read.version(), version));
            } catch (Ledger.ChangedMeanwhileException e) {
                return Optional.of(e.getMessage());
            }
        }
        List<String> pinned = ledger.pins().stream()
                .filter(pin -> !pin.value().isBlank())
                .map(KvEntry::name)
                .toList();
        if (!pinned.isEmpty()) {
            ledger.pin(pinned, Optional.empty());
        }
        return Optional.empty();
    }

    /** Gives the lock back. Pins stay as they are. */
    @Override
    public void close() {
        roster.close();
        turn.close();
    }

    // Private

    private void register() throws LockLostException {
        if (!isRegistered) {
            turn.ledger().register(version);
            roster.open(turn.lock());
            isRegistered = true;
        }
    }

    private Optional<String> reached(Aim aim, Set<String> nodes, Duration timeout)
            throws LockLostException, InterruptedException {
        try {
            roster.await(aim, timeout, nodes, nodes.size());
            return Optional.empty();
        } catch (NotReachedException e) {
            return Optional.of(e.getMessage());
        }
    }
}
