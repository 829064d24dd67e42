package io.jenkins.plugins.consuldeploy.cli;

import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.ConsulException;
import io.jenkins.plugins.consuldeploy.consul.KvEntry;
import io.jenkins.plugins.consuldeploy.consul.Pace;
import io.jenkins.plugins.consuldeploy.consul.Watch;
import io.jenkins.plugins.consuldeploy.phase.NodeReport;
import io.jenkins.plugins.consuldeploy.phase.NodeState;
import io.jenkins.plugins.consuldeploy.phase.Tree;
import io.jenkins.plugins.consuldeploy.phase.TreeView;
import io.jenkins.plugins.consuldeploy.phase.Version;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Nodes that answer a deployer as agents do, without doing anything: what to fail at can be told. */
final class PlayedNodes implements AutoCloseable {

    private final Consul consul;
    private final Tree tree;
    private final List<String> names;
    private final Watch<List<KvEntry>> states;
    private final Watch<List<KvEntry>> pins;
    private final Set<String> cantPrepare = ConcurrentHashMap.newKeySet();
    private final Set<String> cantActivate = ConcurrentHashMap.newKeySet();
    private final Set<String> silent = ConcurrentHashMap.newKeySet();

    PlayedNodes(Consul consul, String prefix, String... names) {
        this.consul = consul;
        this.tree = Tree.of(prefix);
        this.names = List.of(names);
        this.names.forEach(node -> consul.kv().put(tree.pin(node), ""));
        this.states = watch(tree.versions());
        this.pins = watch(tree.pins());
    }

    /** From now on the node fails to prepare that version. */
    PlayedNodes cantPrepare(String node, String version) {
        cantPrepare.add(node + "/" + version);
        return this;
    }

    /** From now on the node fails to activate that version. */
    PlayedNodes cantActivate(String node, String version) {
        cantActivate.add(node + "/" + version);
        return this;
    }

    /** From now on the node gets stuck while it prepares that version. */
    PlayedNodes getsStuck(String node, String version) {
        silent.add(node + "/" + version);
        return this;
    }

    /** It does not any more. */
    void getsUnstuck(String node, String version) {
        silent.remove(node + "/" + version);
        act();
    }

    @Override
    public void close() {
        states.close();
        pins.close();
    }

    // Private

    private Watch<List<KvEntry>> watch(String prefix) {
        return Watch.start(
                consul,
                prefix,
                from -> consul.kv().list(prefix, from),
                Pace.every(Duration.ofMillis(5)),
                new Watch.Listener<>() {
                    @Override
                    public void changed(List<KvEntry> entries) {
                        act();
                    }

                    @Override
                    public void failed(ConsulException failure, Duration outage) {
                        // the watch goes on
                    }
                });
    }

    private synchronized void act() {
        TreeView view = TreeView.read(consul, tree);
        for (TreeView.Registered version : view.versions()) {
            for (String node : names) {
                Version wanted = view.pins().getOrDefault(node, view.current().orElse(new Version("none")));
                answer(node, version, wanted);
            }
        }
    }

    private void answer(String node, TreeView.Registered registered, Version wanted) {
        Version version = registered.version();
        NodeState state = registered.nodes().get(node);
        String both = node + "/" + version;
        if (state == null && cantPrepare.contains(both)) {
            fail(node, version, 7, "cannot fetch " + version);
        } else if (state == null || state == NodeState.BUSY) {
            say(node, version, silent.contains(both) ? NodeState.BUSY : NodeState.READY);
        } else if (state == NodeState.READY && wanted.equals(version)) {
            if (cantActivate.contains(both)) {
                fail(node, version, 3, version + " does not start");
            } else {
                say(node, version, NodeState.ACTIVE);
            }
        } else if (state == NodeState.ACTIVE && !wanted.equals(version)) {
            say(node, version, NodeState.READY);
        }
    }

    private void say(String node, Version version, NodeState state) {
        String key = tree.state(version, node);
        if (consul.kv()
                .get(key)
                .filter(entry -> entry.value().equals(state.word()))
                .isEmpty()) {
            consul.kv().put(key, state.word());
        }
    }

    private void fail(String node, Version version, int exitCode, String output) {
        NodeReport report = new NodeReport(
                version.name(),
                NodeState.FAILED,
                Instant.now(),
                OptionalInt.of(exitCode),
                List.of("working on it", output),
                List.of(version.name()));
        consul.kv().put(tree.report(node), report.toJson());
        say(node, version, NodeState.FAILED);
    }
}
