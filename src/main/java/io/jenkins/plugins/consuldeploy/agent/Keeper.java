package io.jenkins.plugins.consuldeploy.agent;

import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.phase.Durations;
import io.jenkins.plugins.consuldeploy.phase.NodeState;
import io.jenkins.plugins.consuldeploy.phase.Tree;
import io.jenkins.plugins.consuldeploy.phase.Version;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Logger;

/**
 * Keeps one deployment as Consul wants it: compares what is wanted with what is here, does the next thing, says what
 * came of it, and compares again. One thread does all of it, one thing at a time.
 */
final class Keeper {

    private static final Logger LOG = Logger.getLogger(Keeper.class.getName());
    /** What changes is heard of; this is for what nobody has thought of. */
    private static final Duration LONGEST_REST = Duration.ofHours(1);

    private final String node;
    private final DeploymentConfig deployment;
    private final Consul consul;
    private final Tree tree;
    private final Store store;
    private final Work work;
    private final Orders orders;
    private final Entries entries;
    private final Reporter reporter;
    private final Tries tries;
    private final Registry registry;
    private final Here here = new Here();
    /** What is done right now. */
    private Step doing = Step.REST;

    Keeper(AgentConfig agent, DeploymentConfig deployment, Consul consul, Store store, Remains remains, Tries tries) {
        this.node = agent.name();
        this.deployment = deployment;
        this.consul = consul;
        this.tree = deployment.tree();
        this.store = store;
        this.work = new Work(agent, deployment, store, remains);
        this.orders = new Orders(consul, tree, node);
        this.entries = new Entries(consul, tree, node, remains, orders::wake);
        this.registry = new Registry(deployment, consul, store, orders, entries);
        this.reporter = new Reporter(consul.time(), store);
        this.tries = tries;
    }

    /** Starts to hear what is wanted. */
    void open() {
        orders.open();
    }

    /** Hears nothing any more; what is under way goes on. */
    void stopHearing() {
        orders.close();
    }

    /** Lets this node's entries vanish. */
    void leave() {
        entries.close();
    }

    /** Waits until there may be something to do: news, or time for another try of what has failed. */
    void rest() throws InterruptedException {
        orders.await(tries.untilNext(LONGEST_REST));
    }

    /**
     * Does all that there is to do. Whatever it throws, it may be called again.
     *
     * @throws RivalException when another agent has this node's name
     * @throws IOException    when what has to be known of this host's disk can't be read or written
     */
    void work() throws RivalException, IOException, InterruptedException {
        store.adopt(orders.effective());
        if (orders.isPinMissing()) {
            consul.kv().putIfUnchanged(tree.pin(node), "", 0);
        }
        while (true) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            Step step = Step.next(orders.effective(), registry.versions(), here);
            if (orders.mustLook() && step.kind() != Step.Kind.ACTIVATE) { // which nothing may keep waiting
                look();
            } else if (step.kind() != Step.Kind.REST) {
                take(step);
            } else if (say()) {
                return;
            }
        }
    }

    // Private

    private void look() throws IOException {
        for (Version version : registry.look()) {
            LOG.info(name(version) + ": registered anew");
            store.forgive(version);
            tries.forget(version);
        }
    }

    private void take(Step step) throws RivalException, IOException {
        Version version = step.version().orElseThrow();
        doing = step;
        try {
            if (step.kind() == Step.Kind.CLEAN) {
                reporter.beginRemoving(version);
            } else {
                reporter.begin(version);
            }
            if (!say()) {
                return; // it may be this version that is registered no more
            }
            perform(step.kind(), version);
        } finally {
            doing = Step.REST;
        }
        if (!Thread.currentThread().isInterrupted()) {
            say();
        }
    }

    private void perform(Step.Kind kind, Version version) throws IOException {
        long start = consul.time().nanoTime();
        switch (kind) {
            case PREPARE -> {
                LOG.info(name(version) + ": preparing");
                ended(version, "deploy", work.prepare(version, () -> isInTheWay(version)), "ready", start);
            }
            case ACTIVATE -> {
                LOG.info(name(version) + ": activating, after "
                        + store.lastActive().map(Version::name).orElse("nothing"));
                ScriptResult result = work.activate(version);
                ended(version, "rollout", result, "active", start);
                if (result.isDone()) {
                    registry.registerIfNobodyHas(version);
                }
            }
            case CLEAN -> {
                ScriptResult result = work.clean(version);
                if (result.ending() == ScriptResult.Ending.FAILED) {
                    tries.failed(version, 1);
                } else if (result.isDone()) {
                    tries.forget(version);
                    LOG.info(name(version) + ": removed");
                }
            }
            default -> throw new IllegalStateException("nothing to do for " + kind);
        }
    }

    private void ended(Version version, String script, ScriptResult result, String word, long start)
            throws IOException {
        reporter.ended(result);
        switch (result.ending()) {
            case DONE -> {
                tries.forget(version);
                LOG.info(name(version) + ": " + word + " after "
                        + Durations.show(consul.time().since(start)));
            }
            case STOPPED -> LOG.info(name(version) + ": " + script + " was ended; it is done anew later");
            default -> failed(version, script, result);
        }
    }

    private void failed(Version version, String script, ScriptResult result) throws IOException {
        try {
            store.failed(version, result, consul.time().now());
        } finally {
            int failures = store.marker(version).failures();
            Duration pause = tries.failed(version, failures);
            LOG.warning(name(version) + ": " + script + " failed"
                    + (result.exitCode().isPresent()
                            ? " with exit code " + result.exitCode().getAsInt()
                            : "") + ", failure " + failures + " of " + deployment.quarantineAfter()
                    + (failures < deployment.quarantineAfter()
                            ? "; again in " + Durations.show(pause)
                            : "; it is not tried again before it is registered anew"));
        }
    }

    /** @return whether everything was said, and nothing new was learned by it */
    private boolean say() throws RivalException, IOException {
        if (entries.isSessionLost()) {
            orders.askAgain(); // a Consul that has lost its data must not be told what it wanted before
        }
        entries.openSession();
        Optional<Version> effective = orders.effective();
        Map<Version, NodeState> states = new LinkedHashMap<>();
        effective.ifPresent(version -> states.put(version, state(version)));
        registry.versions().forEach(version -> states.put(version, state(version)));
        Entries.Told told = entries.tell(states, effective, reporter.report(states, effective));
        for (Map.Entry<Version, Long> folder : told.folders().entrySet()) {
            if (store.marker(folder.getKey()).failed()
                    && store.marker(folder.getKey()).registration() == 0) {
                store.failedAt(folder.getKey(), folder.getValue());
            }
        }
        registry.remove(told.gone());
        return told.gone().isEmpty();
    }

    private NodeState state(Version version) {
        if (doing.version().equals(Optional.of(version))) {
            return NodeState.BUSY;
        }
        if (store.marker(version).failed()) {
            return NodeState.FAILED;
        }
        // From a rollout's begin on: who goes back then has to see it run again.
        if (here.isRunning(version) && doing.kind() != Step.Kind.ACTIVATE) {
            return NodeState.ACTIVE;
        }
        return here.isPrepared(version) ? NodeState.READY : NodeState.BUSY;
    }

    /** Whether preparing one version keeps the one that is to run from what it needs. */
    private boolean isInTheWay(Version preparing) {
        Optional<Version> effective = orders.effective();
        return effective.isPresent()
                && !effective.get().equals(preparing)
                && Step.next(effective, List.of(), here).version().equals(effective);
    }

    private String name(Version version) {
        return deployment.id() + ": " + version;
    }

    /** What is here, for the next step. */
    private final class Here implements Step.Here {
        @Override
        public List<Version> versions() {
            return store.versions();
        }

        @Override
        public boolean isPrepared(Version version) {
            return store.isPrepared(version);
        }

        @Override
        public boolean isRunning(Version version) {
            return store.running().equals(Optional.of(version));
        }

        @Override
        public boolean isInUse(Version version) {
            return store.isInUse(version);
        }

        @Override
        public boolean mayTry(Version version) {
            return store.marker(version).failures() < deployment.quarantineAfter() && tries.isDue(version);
        }

        @Override
        public boolean mayRemove(Version version) {
            return tries.isDue(version);
        }
    }
}
