package io.jenkins.plugins.consuldeploy.agent;

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.ConsulConfig;
import io.jenkins.plugins.consuldeploy.phase.NodeReport;
import io.jenkins.plugins.consuldeploy.phase.NodeState;
import io.jenkins.plugins.consuldeploy.phase.Tree;
import io.jenkins.plugins.consuldeploy.phase.Version;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;

/**
 * A host of a test: a directory, an agent that comes and goes, and what its scripts have written to {@code scripts.log},
 * one line each, such as {@code rollout v2 after v1}.
 */
final class Host implements AutoCloseable {

    private static final Tries.Pauses SHORT_PAUSES = new Tries.Pauses(Duration.ofMillis(30), Duration.ofMillis(100));

    private final Path home;
    private final String name;
    private final ConsulConfig consul;
    private final List<DeploymentConfig> deployments = new ArrayList<>();
    private Disk disk = new Disk();
    private Tries.Pauses pauses = SHORT_PAUSES;
    private Duration grace = Duration.ofSeconds(5);
    private Optional<Agent> agent = Optional.empty();

    /** A host with one deployment, whose scripts write what they do to the log. */
    Host(Path home, String name, ConsulConfig consul, String prefix) {
        this.home = home;
        this.name = name;
        this.consul = consul;
        add("app", prefix);
    }

    Host add(String id, String prefix) {
        deployments.add(new DeploymentConfig(
                id,
                home.resolve(id).toString(),
                Tree.of(prefix),
                Shell.SH,
                List.of(logging("deploy $VERSION"), "echo $VERSION > content"),
                List.of(logging("rollout $VERSION after ${PREVIOUS_VERSION:-nothing}")),
                List.of(),
                List.of(logging("clean $VERSION")),
                Duration.ofMinutes(1),
                3,
                Map.of()));
        return this;
    }

    /** Waits for what comes within moments, and hardly longer than it takes. */
    static ConditionFactory soon() {
        return Awaitility.await()
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(10))
                .atMost(Duration.ofSeconds(60));
    }

    /** A command that writes a line to the log in one piece. */
    String logging(String line) {
        return "echo \"" + line + "\" >> " + home.resolve("scripts.log");
    }

    Host deploy(String... commands) {
        return change(d -> copy(d, with(d.deploy(), commands), d.rollout(), d.check(), d.clean(), d.timeout()));
    }

    Host rollout(String... commands) {
        return change(d -> copy(d, d.deploy(), with(d.rollout(), commands), d.check(), d.clean(), d.timeout()));
    }

    Host check(String... commands) {
        return change(d -> copy(d, d.deploy(), d.rollout(), with(d.check(), commands), d.clean(), d.timeout()));
    }

    Host clean(String... commands) {
        return change(d -> copy(d, d.deploy(), d.rollout(), d.check(), with(d.clean(), commands), d.timeout()));
    }

    Host timeout(Duration timeout) {
        return change(d -> copy(d, d.deploy(), d.rollout(), d.check(), d.clean(), timeout));
    }

    Host grace(Duration time) {
        grace = time;
        return this;
    }

    Host disk(Disk other) {
        disk = other;
        return this;
    }

    Host pauses(Duration first) {
        pauses = new Tries.Pauses(first, first);
        return this;
    }

    AgentConfig config() {
        return new AgentConfig(name, consul.withMaxConnections(64), grace, deployments, List.of());
    }

    /** The same configuration as a file has it. */
    String json() {
        JsonObject json = new JsonObject();
        json.addProperty("name", name);
        json.addProperty("server", consul.address().toString());
        JsonArray all = new JsonArray();
        for (DeploymentConfig deployment : deployments) {
            JsonObject one = new JsonObject();
            one.addProperty("id", deployment.id());
            one.addProperty("path", deployment.path());
            one.addProperty("prefix", deployment.tree().prefix());
            one.add("deploy", new Gson().toJsonTree(deployment.deploy()));
            one.add("rollout", new Gson().toJsonTree(deployment.rollout()));
            one.add("check", new Gson().toJsonTree(deployment.check()));
            one.add("clean", new Gson().toJsonTree(deployment.clean()));
            all.add(one);
        }
        json.add("deployments", all);
        return json.toString();
    }

    /** Starts the agent, and waits until it has said what it has. */
    Host start() throws InterruptedException {
        if (!begin().awaitReady(Duration.ofSeconds(60))) {
            throw new AssertionError("the agent " + name + " was not ready in time");
        }
        return this;
    }

    /** Starts the agent. */
    Agent begin() {
        AgentConfig config = config();
        Agent started = new Agent(config, new Consul(config.consul()), true, disk, pauses);
        started.start();
        agent = Optional.of(started);
        return started;
    }

    Agent agent() {
        return agent.orElseThrow();
    }

    /** Ends the agent as SIGTERM does. */
    @Override
    public void close() {
        agent.ifPresent(Agent::close);
        agent = Optional.empty();
    }

    Path path() {
        return deployments.get(0).directory();
    }

    Path home() {
        return home;
    }

    Path own() {
        return path().resolve(Store.OWN_DIRECTORY);
    }

    String name() {
        return name;
    }

    /** What its scripts have done, in their order. */
    List<String> done() {
        return read(home.resolve("scripts.log"))
                .map(text -> text.lines().toList())
                .orElse(List.of());
    }

    /** What {@code <path>/current} says. */
    String current() {
        return read(path().resolve("current")).orElse("");
    }

    List<String> versions() {
        String[] names = path().toFile()
                .list((directory, file) ->
                        new java.io.File(directory, file).isDirectory() && !file.equals(Store.OWN_DIRECTORY));
        return names == null ? List.of() : List.of(names).stream().sorted().toList();
    }

    /** What the node says of a version in Consul; empty when it says nothing. */
    Optional<NodeState> says(Consul client, String version) {
        return client.kv()
                .get(tree().state(new Version(version), name))
                .filter(entry -> entry.session().isPresent())
                .map(entry -> NodeState.parse(entry.value()));
    }

    Optional<NodeReport> report(Consul client) {
        return client.kv().get(tree().report(name)).flatMap(entry -> NodeReport.fromJson(entry.value()));
    }

    Tree tree() {
        return deployments.get(0).tree();
    }

    // Private

    private interface Change {
        DeploymentConfig of(DeploymentConfig deployment);
    }

    private Host change(Change change) {
        deployments.set(deployments.size() - 1, change.of(deployments.get(deployments.size() - 1)));
        return this;
    }

    private static DeploymentConfig copy(
            DeploymentConfig d,
            List<String> deploy,
            List<String> rollout,
            List<String> check,
            List<String> clean,
            Duration timeout) {
        return new DeploymentConfig(
                d.id(),
                d.path(),
                d.tree(),
                d.shell(),
                deploy,
                rollout,
                check,
                clean,
                timeout,
                d.quarantineAfter(),
                d.env());
    }

    private static List<String> with(List<String> commands, String... more) {
        List<String> all = new ArrayList<>(commands);
        all.addAll(List.of(more));
        return all;
    }

    private static Optional<String> read(Path file) {
        try {
            return Files.exists(file) ? Optional.of(Files.readString(file)) : Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
