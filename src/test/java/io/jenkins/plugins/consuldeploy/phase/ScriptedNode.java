package io.jenkins.plugins.consuldeploy.phase;

import io.jenkins.plugins.consuldeploy.consul.BlockingQuery;
import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.ConsulConfig;
import io.jenkins.plugins.consuldeploy.consul.ConsulException;
import io.jenkins.plugins.consuldeploy.consul.KvEntry;
import io.jenkins.plugins.consuldeploy.consul.Pace;
import io.jenkins.plugins.consuldeploy.consul.Session;
import io.jenkins.plugins.consuldeploy.consul.Txn;
import io.jenkins.plugins.consuldeploy.consul.Watch;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * A node as the protocol wants it, in as few lines as that takes, and with a script for what goes wrong on it. It hears
 * of versions by the bell alone: what it gets to know, any agent gets to know.
 */
public final class ScriptedNode implements AutoCloseable {

    /** What preparing or activating comes to. */
    public interface Script {
        void run(Version version) throws FailedException, InterruptedException;
    }

    /** It did not work, and said this. */
    public static final class FailedException extends Exception {
        private static final long serialVersionUID = 1L;
        private final int exitCode;
        private final transient List<String> output;

        public FailedException(int exitCode, String... output) {
            super("exit code " + exitCode);
            this.exitCode = exitCode;
            this.output = List.of(output);
        }
    }

    /** In which words it speaks. */
    public enum Words {
        OURS("busy", "ready", "busy"),
        /** An agent of Depro knows neither pins nor reports, and begins with an empty value. */
        DEPROS("", "available", "starting");

        private final String preparing;
        private final String ready;
        private final String activating;

        Words(String preparing, String ready, String activating) {
            this.preparing = preparing;
            this.ready = ready;
            this.activating = activating;
        }
    }

    private static final Script WORKS = version -> {};

    private final Tree tree;
    private final String name;
    private final Words words;
    private final Consul consul;
    private final Session session;
    private final LinkedBlockingQueue<Boolean> wakes = new LinkedBlockingQueue<>();
    private final List<Watch<?>> watches = new ArrayList<>();
    private final Thread thread;
    private final Set<String> prepared = new TreeSet<>();
    private final List<String> deeds = new CopyOnWriteArrayList<>();
    private volatile Script preparing = WORKS;
    private volatile Script activating = WORKS;
    private volatile String running = "";
    private String failedToActivate = "";

    private ScriptedNode(ConsulConfig config, Tree tree, String name, Words words) {
        this.tree = tree;
        this.name = name;
        this.words = words;
        this.consul = new Consul(config);
        this.session = consul.sessions()
                .create("node " + name, Duration.ofSeconds(10), Session.Behavior.DELETE, Duration.ofMillis(1));
        if (words == Words.OURS) {
            consul.kv().putIfUnchanged(tree.pin(name), "", 0);
            watch(tree.pin(name));
        }
        watch(tree.current());
        thread = new Thread(this::live, "node " + name);
        thread.setDaemon(true);
    }

    public static ScriptedNode start(ConsulConfig config, Tree tree, String name) {
        return start(config, tree, name, Words.OURS);
    }

    static ScriptedNode start(ConsulConfig config, Tree tree, String name, Script preparing) {
        ScriptedNode node = new ScriptedNode(config, tree, name, Words.OURS).onPrepare(preparing);
        node.thread.start();
        return node;
    }

    static ScriptedNode start(ConsulConfig config, Tree tree, String name, Words words) {
        ScriptedNode node = new ScriptedNode(config, tree, name, words);
        node.thread.start();
        return node;
    }

    public ScriptedNode onPrepare(Script script) {
        preparing = script;
        return this;
    }

    public ScriptedNode onActivate(Script script) {
        activating = script;
        return this;
    }

    /** What it did so far, as in "prepare v1". */
    List<String> deeds() {
        return List.copyOf(deeds);
    }

    String running() {
        return running;
    }

    String name() {
        return name;
    }

    /** It is gone from one moment to the other, with all that it said. */
    @Override
    public void close() {
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        watches.forEach(Watch::close);
        session.close();
        consul.close();
    }

    // Private

    private void watch(String key) {
        watches.add(Watch.start(
                consul,
                key + " for " + name,
                from -> consul.kv().get(key, from),
                Pace.unlimited(),
                new Watch.Listener<Optional<KvEntry>>() {
                    @Override
                    public void changed(Optional<KvEntry> value) {
                        wakes.add(true);
                    }

                    @Override
                    public void failed(ConsulException failure, Duration outage) {}
                }));
    }

    private void live() {
        try {
            while (true) {
                wakes.take();
                wakes.clear();
                try {
                    look();
                } catch (ConsulException.Interrupted e) {
                    return;
                } catch (ConsulException e) {
                    wakes.add(true); // it looks again, as an agent does
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void look() throws InterruptedException {
        Map<String, Optional<String>> said = said();
        for (String gone : List.copyOf(prepared)) {
            if (!said.containsKey(gone) && !gone.equals(running)) {
                prepared.remove(gone);
                deeds.add("clean " + gone);
                report(gone, NodeState.READY, OptionalInt.empty(), List.of());
            }
        }
        if (!running.isEmpty() && !said.containsKey(running)) {
            say(running, "active"); // the folder of what runs was removed by mistake
        }
        for (Map.Entry<String, Optional<String>> version : said.entrySet()) {
            if (version.getValue().isEmpty()) {
                failedToActivate = failedToActivate.equals(version.getKey()) ? "" : failedToActivate;
                prepare(version.getKey());
            }
        }
        String wanted = wanted();
        if (!wanted.isEmpty() && !wanted.equals(running) && !wanted.equals(failedToActivate)) {
            if (!prepared.contains(wanted)) {
                prepare(wanted);
            }
            if (prepared.contains(wanted)) {
                activate(wanted);
            }
        }
    }

    /** Each registered version, with what this node has said of it. */
    private Map<String, Optional<String>> said() {
        Map<String, Optional<String>> said = new TreeMap<>();
        for (KvEntry entry : consul.kv().list(tree.versions())) {
            String below = entry.key().substring(tree.versions().length());
            int slash = below.indexOf('/');
            if (slash > 0) {
                said.putIfAbsent(below.substring(0, slash), Optional.empty());
                if (below.substring(slash + 1).equals(name)) {
                    said.put(below.substring(0, slash), Optional.of(entry.value()));
                }
            }
        }
        return said;
    }

    private String wanted() {
        String pin = words == Words.OURS
                ? consul.kv().get(tree.pin(name)).map(KvEntry::value).orElse("")
                : "";
        return pin.isEmpty()
                ? consul.kv()
                        .get(tree.current(), BlockingQuery.NOW)
                        .value()
                        .map(KvEntry::value)
                        .orElse("")
                : pin;
    }

    private void prepare(String version) throws InterruptedException {
        if (prepared.contains(version)) {
            say(version, version.equals(running) ? "active" : words.ready);
            return;
        }
        say(version, words.preparing);
        deeds.add("prepare " + version);
        try {
            preparing.run(new Version(version));
            prepared.add(version);
            report(version, NodeState.READY, OptionalInt.of(0), List.of());
            say(version, words.ready);
        } catch (FailedException e) {
            report(version, NodeState.FAILED, OptionalInt.of(e.exitCode), e.output);
            say(version, "failed");
        }
    }

    private void activate(String version) throws InterruptedException {
        say(version, words.activating);
        deeds.add("activate " + version);
        try {
            activating.run(new Version(version));
            String before = running;
            running = version;
            report(version, NodeState.ACTIVE, OptionalInt.of(0), List.of());
            if (words == Words.OURS && !before.isEmpty()) {
                say(before, words.ready);
            }
            say(version, "active");
            if (words == Words.DEPROS && !before.isEmpty()) {
                say(before, words.ready); // afterwards, as Depro's does
            }
        } catch (FailedException e) {
            failedToActivate = version;
            report(version, NodeState.FAILED, OptionalInt.of(e.exitCode), e.output);
            say(version, "failed");
        }
    }

    private void say(String version, String word) {
        consul.kv().commit(Txn.to("say " + word).lock(tree.state(new Version(version), name), word, session.id()));
    }

    private void report(String version, NodeState state, OptionalInt exitCode, List<String> output) {
        if (words == Words.OURS) {
            consul.kv()
                    .put(
                            tree.report(name),
                            new NodeReport(version, state, Instant.now(), exitCode, output, List.copyOf(prepared))
                                    .toJson());
        }
    }
}
