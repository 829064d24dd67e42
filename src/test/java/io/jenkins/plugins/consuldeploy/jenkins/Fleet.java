package io.jenkins.plugins.consuldeploy.jenkins;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.ConsulProcess;
import io.jenkins.plugins.consuldeploy.consul.Holder;
import io.jenkins.plugins.consuldeploy.consul.KvEntry;
import io.jenkins.plugins.consuldeploy.consul.Lock;
import io.jenkins.plugins.consuldeploy.phase.Caller;
import io.jenkins.plugins.consuldeploy.phase.Deployer;
import io.jenkins.plugins.consuldeploy.phase.Deployment;
import io.jenkins.plugins.consuldeploy.phase.Expected;
import io.jenkins.plugins.consuldeploy.phase.NodeState;
import io.jenkins.plugins.consuldeploy.phase.ScriptedNode;
import io.jenkins.plugins.consuldeploy.phase.Tree;
import io.jenkins.plugins.consuldeploy.phase.Version;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.junit.rules.ExternalResource;

/** Nodes that wait for versions below a prefix of their own at a real Consul. */
public final class Fleet extends ExternalResource {

    private final Supplier<ConsulProcess> where;
    private final Map<String, ScriptedNode> nodes = new TreeMap<>();
    private final Map<String, CountDownLatch> held = new ConcurrentHashMap<>();
    private final Set<String> failing = ConcurrentHashMap.newKeySet();
    private final Set<String> dying = ConcurrentHashMap.newKeySet();
    private ConsulProcess process;
    private Consul consul;
    private Tree tree;

    /** At the Consul that the tests share. */
    public Fleet() {
        this(ConsulProcess::shared);
    }

    public Fleet(Supplier<ConsulProcess> where) {
        this.where = where;
    }

    @Override
    protected void before() {
        process = where.get();
        consul = process.client();
        tree = Tree.of(ConsulProcess.uniquePrefix("jenkins"));
    }

    @Override
    protected void after() {
        nodes.values().forEach(ScriptedNode::close);
        consul.close();
    }

    /** Starts nodes of these names. */
    Fleet with(String... names) {
        for (String name : names) {
            nodes.put(
                    name,
                    ScriptedNode.start(process.config(), tree, name)
                            .onPrepare(version -> prepare(name, version.name()))
                            .onActivate(version -> activate(name, version.name())));
        }
        return this;
    }

    /** The node can't prepare the version. */
    Fleet failing(String node, String version) {
        failing.add(node + " " + version);
        return this;
    }

    /** The node prepares the version, and then can't run it. */
    Fleet dying(String node, String version) {
        dying.add(node + " " + version);
        return this;
    }

    /** The node takes its time with the version, to prepare it and to run it, until it is released. */
    Fleet holding(String node, String version) {
        held.put(node + " " + version, new CountDownLatch(1));
        return this;
    }

    void release(String node, String version) {
        held.get(node + " " + version).countDown();
    }

    String prefix() {
        return tree.prefix();
    }

    Consul consul() {
        return consul;
    }

    /** The server as an administrator would set it up. */
    ConsulServer server(String name) {
        return new ConsulServer(name, process.address());
    }

    /** Makes it the only server of Jenkins. */
    void configure() {
        ConsulServers.get().setServers(List.of(server("main")));
    }

    /** What every node is told to run. */
    String current() {
        return consul.kv().get(tree.current()).map(KvEntry::value).orElse("");
    }

    /** What each node says of a version. */
    Map<String, NodeState> states(String version) {
        return consul.kv().list(tree.folder(new Version(version))).stream()
                .filter(entry -> !entry.name().isEmpty())
                .collect(Collectors.toMap(KvEntry::name, entry -> NodeState.parse(entry.value())));
    }

    Optional<Holder> lockHolder() {
        return Lock.holder(consul, tree.lock());
    }

    Optional<String> lockSession() {
        return consul.kv().get(tree.lock()).flatMap(KvEntry::session);
    }

    /** Renews a session once, as if its owner lived; nobody owns one that is gone. */
    void renew(String session) {
        try {
            process.http("PUT", "/v1/session/renew/" + session, "");
        } catch (IllegalStateException e) {
            assertThat(e).hasMessageContaining("404");
        }
    }

    Lock lock(String who) throws Exception {
        return Lock.acquire(
                consul,
                tree.lock(),
                new Holder(who, "by hand", "hold on", consul.time().now()),
                Duration.ofSeconds(10),
                Duration.ZERO);
    }

    /** Deploys without Jenkins. */
    void deploy(String version) throws Exception {
        new Deployer(consul, tree, new Caller("a test", "by hand"))
                .deploy(
                        Deployment.of(new Version(version), new Expected.AtLeast(nodes.size())),
                        Optional.empty(),
                        progress -> {});
    }

    // Private

    private void prepare(String node, String version) throws ScriptedNode.FailedException, InterruptedException {
        await(node, version);
        if (failing.contains(node + " " + version)) {
            throw new ScriptedNode.FailedException(3, "no space left on " + node);
        }
    }

    private void activate(String node, String version) throws ScriptedNode.FailedException, InterruptedException {
        await(node, version);
        if (dying.contains(node + " " + version)) {
            throw new ScriptedNode.FailedException(4, "port 80 is taken on " + node);
        }
    }

    private void await(String node, String version) throws InterruptedException {
        if (held.containsKey(node + " " + version)) {
            held.get(node + " " + version).await();
        }
    }
}
