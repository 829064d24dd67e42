package io.jenkins.plugins.consuldeploy.rolling;

import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.LockHeldException;
import io.jenkins.plugins.consuldeploy.fleet.FleetException;
import io.jenkins.plugins.consuldeploy.fleet.Host;
import io.jenkins.plugins.consuldeploy.phase.Caller;
import io.jenkins.plugins.consuldeploy.phase.LockLostException;
import io.jenkins.plugins.consuldeploy.phase.NodeByNode;
import io.jenkins.plugins.consuldeploy.phase.Tree;
import io.jenkins.plugins.consuldeploy.phase.Version;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Updates a host through its agent: prepared beforehand, pinned to the version at its turn, and committed for all when
 * every host is through. The agents go by their hosts' ids.
 */
public final class AgentUpdate implements Update {

    private static final Duration DEAD_HOLDER_LIMIT = Duration.ofSeconds(35);
    private static final Duration ASK_AGAIN = Duration.ofMillis(500);

    private final Consul consul;
    private final Tree tree;
    private final Version version;
    private final Caller caller;
    private Optional<NodeByNode> rollout = Optional.empty();

    public AgentUpdate(Consul consul, Tree tree, Version version, Caller caller) {
        this.consul = consul;
        this.tree = tree;
        this.version = version;
        this.caller = caller;
    }

    @Override
    public Optional<String> prepare(List<Host> hosts, Duration timeout) throws InterruptedException {
        Set<String> nodes = new TreeSet<>();
        hosts.forEach(host -> nodes.add(host.id()));
        return asking(rollout -> rollout.prepare(nodes, timeout));
    }

    /** One host after the other: they share the lock's transactions. */
    @Override
    public synchronized Optional<String> run(Turn turn, Duration timeout) throws InterruptedException {
        String node = turn.host().id();
        return asking(rollout -> turn.back() ? rollout.release(node, timeout) : rollout.activate(node, timeout));
    }

    @Override
    public Optional<String> finish(boolean back) throws InterruptedException {
        return back ? Optional.empty() : asking(NodeByNode::commit);
    }

    @Override
    public boolean canGoBack() {
        return true;
    }

    @Override
    public void close() {
        rollout.ifPresent(NodeByNode::close);
        rollout = Optional.empty();
    }

    @Override
    public String describe() {
        return "let its agent activate " + version + " of " + tree.prefix();
    }

    @Override
    public Optional<String> describePreparation() {
        return Optional.of("take the lock of " + tree.prefix() + ", register " + version + " there, and wait until the"
                + " agent of every host has prepared it");
    }

    @Override
    public Optional<String> describeFinish() {
        return Optional.of("make " + version + " current at " + tree.prefix() + ", and take the pins away");
    }

    // Private

    private interface Asking {
        Optional<String> of(NodeByNode rollout) throws LockLostException, InterruptedException;
    }

    private Optional<String> asking(Asking asking) throws InterruptedException {
        try {
            if (rollout.isEmpty()) {
                rollout = Optional.of(open());
            }
            return asking.of(rollout.get());
        } catch (LockHeldException | LockLostException e) {
            throw new FleetException("the agents of " + tree.prefix() + " can't be told: " + e.getMessage(), e);
        }
    }

    /** Who resumes a release may come while the dead one's lock has not expired yet. */
    private NodeByNode open() throws LockHeldException, InterruptedException {
        long start = consul.time().nanoTime();
        while (true) {
            try {
                return NodeByNode.open(consul, tree, version, caller, progress -> {});
            } catch (LockHeldException e) {
                if (consul.time().since(start).compareTo(DEAD_HOLDER_LIMIT) > 0) {
                    throw e;
                }
                consul.time().sleep(ASK_AGAIN);
            }
        }
    }
}
