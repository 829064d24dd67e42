package io.jenkins.plugins.consuldeploy.phase;

import io.jenkins.plugins.consuldeploy.consul.BlockingQuery;
import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.ConsulConfig;
import io.jenkins.plugins.consuldeploy.consul.ConsulProcess;
import io.jenkins.plugins.consuldeploy.consul.KvEntry;
import io.jenkins.plugins.consuldeploy.consul.Txn;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.rules.ExternalResource;

/** A prefix of its own on a real Consul, scripted nodes, and a deployer whose progress is noted. */
final class Fleet extends ExternalResource {

    static final Duration LIMIT = Duration.ofSeconds(60);
    static final Caller ALICE = new Caller("alice", "https://ci/job/api/7/");
    static final Caller BOB = new Caller("bob", "https://ci/job/api/8/");

    private final List<ScriptedNode> nodes = new ArrayList<>();
    private final List<String> catalogued = new ArrayList<>();
    private final List<Progress> progress = new CopyOnWriteArrayList<>();
    private Tree tree;
    private Consul consul;

    @Override
    protected void before() {
        tree = Tree.of(ConsulProcess.uniquePrefix("phase"));
        consul = new Consul(config());
    }

    @Override
    protected void after() {
        nodes.forEach(ScriptedNode::close);
        catalogued.forEach(this::deregister);
        consul.kv().deleteTree(tree.versions());
        consul.kv().deleteTree(tree.lock().replaceFirst("lock$", ""));
        consul.close();
    }

    static Version version(String name) {
        return new Version(name);
    }

    static Deployment deployment(String version, int nodes) {
        return Deployment.of(version(version), new Expected.AtLeast(nodes)).withTimeouts(LIMIT, LIMIT);
    }

    ConsulConfig config() {
        return ConsulProcess.shared().config();
    }

    Tree tree() {
        return tree;
    }

    Consul consul() {
        return consul;
    }

    Deployer deployer() {
        return new Deployer(consul, tree, ALICE);
    }

    ScriptedNode node(String name) {
        return node(name, ScriptedNode.Words.OURS);
    }

    ScriptedNode node(String name, ScriptedNode.Words words) {
        ScriptedNode node = ScriptedNode.start(config(), tree, name, words);
        nodes.add(node);
        return node;
    }

    /** One that has this script from its first look on, for what is registered already. */
    ScriptedNode node(String name, ScriptedNode.Script preparing) {
        ScriptedNode node = ScriptedNode.start(config(), tree, name, preparing);
        nodes.add(node);
        return node;
    }

    /** Several, {@code n1} and so on. */
    List<ScriptedNode> nodes(int count) {
        List<ScriptedNode> started = new ArrayList<>();
        for (int i = 1; i <= count; i++) {
            started.add(node("n" + i));
        }
        return started;
    }

    /** Has the nodes prepare a version before it is deployed: their time for that is not the deployment's. */
    void register(String version) {
        consul.kv()
                .commit(Txn.to("register")
                        .set(tree.folder(version(version)), "")
                        .set(tree.current(), current(), System.nanoTime()));
    }

    /** Deploys as Alice. */
    DeploymentResult deploy(Deployment deployment) throws Exception {
        return deployer().deploy(deployment, Optional.empty(), this::note);
    }

    /** The same with one node more, which says that it failed at the version, and that it runs what is gone back to. */
    DeploymentResult deployWithFailing(String node, Deployment deployment) throws Exception {
        forgetProgress();
        return deployer().deploy(deployment, Optional.empty(), event -> {
            note(event);
            if (event instanceof Progress.PhaseStarted begun && begun.phase() == Phase.ROLLBACK) {
                consul.kv().put(tree.state(begun.version(), node), "active");
            } else if (event instanceof Progress.Awaiting
                    && progress(Progress.PhaseStarted.class).size() == 1) {
                consul.kv().put(tree.state(deployment.version(), node), "failed");
            }
        });
    }

    DeploymentResult rollback() throws Exception {
        return deployer()
                .rollback(new Rollback(Optional.empty(), Optional.empty(), LIMIT), Optional.empty(), this::note);
    }

    List<String> clean(int keep) throws Exception {
        return deployer().clean(keep, this::note).stream().map(Version::name).toList();
    }

    void note(Progress event) {
        progress.add(event);
    }

    List<Progress> progress() {
        return List.copyOf(progress);
    }

    /** The events of one kind. */
    <T extends Progress> List<T> progress(Class<T> kind) {
        return progress.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    List<String> notes() {
        return progress(Progress.Note.class).stream().map(Progress.Note::text).toList();
    }

    void forgetProgress() {
        progress.clear();
    }

    /** What {@code current} says; empty where there is none. */
    String current() {
        return value(tree.current());
    }

    String value(String key) {
        return consul.kv().get(key).map(KvEntry::value).orElse("");
    }

    List<String> history() {
        return History.fromJson(value(tree.history())).versions().stream()
                .map(Version::name)
                .toList();
    }

    /** Each pin that says something, as {@code n1=v2}. */
    List<String> pins() {
        return consul.kv().list(tree.pins()).stream()
                .filter(pin -> !pin.value().isEmpty())
                .map(pin -> pin.name() + "=" + pin.value())
                .toList();
    }

    /** What the nodes say of a version, as {@code n1=ready}. */
    List<String> states(String version) {
        return consul.kv().list(tree.folder(version(version))).stream()
                .filter(entry -> !entry.name().isEmpty())
                .map(entry -> entry.name() + "=" + entry.value())
                .toList();
    }

    List<String> versions() {
        return consul.kv().children(tree.versions(), BlockingQuery.NOW).value().stream()
                .flatMap(child -> tree.versionOf(child).stream())
                .map(Version::name)
                .toList();
    }

    /** Starts a task on a thread of its own; cancelling it with an interrupt interrupts the task. */
    static <T> Future<T> inBackground(Callable<T> task) {
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try {
            return thread.submit(task);
        } finally {
            thread.shutdown();
        }
    }

    /** Puts a node of the catalog, with an instance of a service that has this health. */
    void instance(String service, String node, String status, String... tags) {
        String tagList = Stream.of(tags).map(tag -> "\"" + tag + "\"").collect(Collectors.joining(", "));
        ConsulProcess.shared().http("PUT", "/v1/catalog/register", """
                        {"Node": "%1$s", "Address": "127.0.0.1",
                         "Service": {"ID": "%2$s", "Service": "%2$s", "Tags": [%4$s]},
                         "Check": {"CheckID": "%2$s", "Name": "%2$s", "Status": "%3$s", "ServiceID": "%2$s"}}
                        """.formatted(node, service, status, tagList));
        catalogued.add(node);
    }

    void deregister(String node) {
        ConsulProcess.shared().http("PUT", "/v1/catalog/deregister", "{\"Node\": \"" + node + "\"}");
    }

    /** A name that no other test uses. */
    String unique(String name) {
        return name + tree.prefix().substring(tree.prefix().lastIndexOf('-'));
    }

    boolean isLocked() {
        return consul.kv().get(tree.lock()).isPresent();
    }
}
