package io.jenkins.plugins.consuldeploy.phase;

import io.jenkins.plugins.consuldeploy.consul.BlockingQuery;
import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.KvEntry;
import io.jenkins.plugins.consuldeploy.consul.ServiceInstance;
import io.jenkins.plugins.consuldeploy.phase.DeploymentFailedException.Outcome;
import io.jenkins.plugins.consuldeploy.phase.Roster.Aim;
import io.jenkins.plugins.consuldeploy.phase.Roster.NotReachedException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** One deployment or rollback from its first phase to its last, under a lock that is held. */
final class Roll {

    private final Consul consul;
    private final Tree tree;
    private final Turn turn;
    private final Ledger ledger;
    private final Progress.Listener listener;
    private final Map<Phase, Duration> took = new EnumMap<>(Phase.class);

    Roll(Consul consul, Tree tree, Turn turn, Progress.Listener listener) {
        this.consul = consul;
        this.tree = tree;
        this.turn = turn;
        this.ledger = turn.ledger();
        this.listener = listener;
    }

    /** Refuses a deployment that could only wait for nobody, before anything is touched. */
    static void checkExpected(Consul consul, Expected expected) {
        if (expected instanceof Expected.OfService of
                && passingNodes(consul, of).isEmpty()) {
            throw new BadInputException(
                    "service",
                    of.service(),
                    "Consul knows no passing instance of it"
                            + of.tag().map(tag -> " with the tag '" + tag + "'").orElse("")
                            + "; give a service that runs, or the number of nodes instead");
        }
    }

    DeploymentResult deploy(Deployment deployment)
            throws DeploymentFailedException, LockLostException, InterruptedException {
        Version version = deployment.version();
        try (Roster roster = new Roster(consul, tree, version, deployment.expected(), listener)) {
            Ledger.Current read = prepare(roster, deployment);
            Optional<Version> previous = previous(read, version);
            roster.freeze();
            if (deployment.rolling().isPresent()) {
                pinBatchByBatch(roster, deployment, previous);
            }
            commit(read, version, previous);
            List<String> active = confirm(roster, deployment, previous);
            if (deployment.keep().isPresent()) {
                timed(Phase.CLEAN, version, () -> new Cleaning(consul, tree, turn, listener)
                        .keep(deployment.keep().get()));
            }
            return new DeploymentResult(version, previous, active, Map.copyOf(took));
        }
    }

    DeploymentResult rollback(Rollback rollback)
            throws DeploymentFailedException, LockLostException, InterruptedException {
        Ledger.Current read = ledger.current();
        Version target = target(rollback, read);
        Set<String> nodes = nodesOf(read.version(), target, rollback.expected());
        Expected expected = rollback.expected().orElse(new Expected.AtLeast(Math.max(1, nodes.size())));
        try {
            List<String> active = goBack(target, expected, nodes, rollback.activeTimeout());
            return new DeploymentResult(target, read.version(), active, Map.copyOf(took));
        } catch (NotReachedException e) {
            throw failed(
                    Phase.ROLLBACK,
                    target,
                    e,
                    Optional.of(target),
                    false,
                    "Rolled back in Consul, but not every" + " node runs it: look at its agent's log");
        }
    }

    // The phases

    private Ledger.Current prepare(Roster roster, Deployment deployment)
            throws DeploymentFailedException, LockLostException, InterruptedException {
        Version version = deployment.version();
        return timed(Phase.PREPARE, version, () -> {
            Ledger.Current read = ledger.register(version);
            roster.open(turn.lock());
            listener.happened(new Progress.Awaiting(
                    deployment.expected(),
                    List.copyOf(nodesOf(read.version(), version, Optional.of(deployment.expected())))));
            try {
                roster.await(Aim.PREPARED, deployment.readyTimeout());
            } catch (NotReachedException e) {
                throw failed(
                        Phase.PREPARE,
                        version,
                        e,
                        read.version(),
                        false,
                        "No node's current version was changed."
                                + " Mend what failed and deploy again, or remove the version with 'clean'");
            } catch (InterruptedException e) {
                throw stopped(e, "Stopped while nodes prepare " + version + ": no node's current version was changed");
            }
            return read;
        });
    }

    private void pinBatchByBatch(Roster roster, Deployment deployment, Optional<Version> previous)
            throws DeploymentFailedException, LockLostException, InterruptedException {
        Version version = deployment.version();
        List<String> nodes = List.copyOf(roster.wanted());
        checkPins(nodes, version);
        List<List<String>> batches = deployment.rolling().orElseThrow().split(nodes);
        roster.begin();
        for (int i = 0; i < batches.size(); i++) {
            List<String> batch = batches.get(i);
            ledger.pin(batch, Optional.of(version));
            listener.happened(new Progress.Pinned(batch, i + 1, batches.size()));
            try {
                roster.await(Aim.RUNNING, deployment.activeTimeout(), Set.copyOf(batch));
            } catch (NotReachedException e) {
                throw endRolling(roster, deployment, previous, e);
            } catch (InterruptedException e) {
                throw stopped(
                        e,
                        "Stopped in batch " + (i + 1) + " of " + batches.size() + ": " + version + " is pinned on "
                                + String.join(
                                        ", ",
                                        nodes.subList(
                                                0,
                                                batches.stream()
                                                        .limit(i + 1L)
                                                        .mapToInt(List::size)
                                                        .sum()))
                                + ", the others run what current says. Deploy again to go on, or roll back");
            }
        }
    }

    private void commit(Ledger.Current read, Version version, Optional<Version> previous)
            throws DeploymentFailedException, LockLostException, InterruptedException {
        timed(Phase.COMMIT, version, () -> {
            if (read.version().equals(Optional.of(version))) {
                listener.happened(new Progress.Note(version + " is current already"));
            } else {
                try {
                    ledger.commit(read, version, ledger.history().committed(read.version(), version));
                } catch (Ledger.ChangedMeanwhileException e) {
                    throw new DeploymentFailedException(
                            Phase.COMMIT,
                            "could not commit " + version + ": " + e.getMessage() + " while nodes prepared it. Nothing"
                                    + " was committed. Find out who did that, then deploy again",
                            new Outcome(e.now().version(), false, Map.of(), List.of()));
                }
                listener.happened(new Progress.Committed(version, previous));
            }
            takePinsAway();
            return null;
        });
    }

    private List<String> confirm(Roster roster, Deployment deployment, Optional<Version> previous)
            throws DeploymentFailedException, LockLostException, InterruptedException {
        Version version = deployment.version();
        roster.begin();
        return timed(Phase.CONFIRM, version, () -> {
            try {
                return roster.await(Aim.RUNNING, deployment.activeTimeout());
            } catch (NotReachedException e) {
                if (deployment.onFailure() == OnFailure.STOP || previous.isEmpty()) {
                    throw failed(
                            Phase.CONFIRM,
                            version,
                            e,
                            Optional.of(version),
                            false,
                            "current is " + version + " and stays so"
                                    + (previous.isEmpty()
                                            ? "; there is no previous version to go back to"
                                            : ": mend the nodes and deploy again, or run 'rollback'"));
                }
                throw rollBackAfter(e, Phase.CONFIRM, roster, deployment, previous.get());
            } catch (InterruptedException e) {
                throw stopped(
                        e,
                        "Stopped after the commit: current is " + version
                                + " and nodes go on activating it. Deploy again to see it confirmed, or roll back");
            }
        });
    }

    private List<String> goBack(Version target, Expected expected, Set<String> nodes, Duration timeout)
            throws NotReachedException, LockLostException, InterruptedException {
        return timed(Phase.ROLLBACK, target, () -> {
            try (Roster roster = new Roster(consul, tree, target, expected, listener)) {
                while (true) {
                    Ledger.Current read = ledger.register(target);
                    History history = ledger.history().rolledBackTo(read.version(), target);
                    try {
                        ledger.commit(read, target, history);
                        listener.happened(new Progress.Committed(target, read.version()));
                        break;
                    } catch (Ledger.ChangedMeanwhileException e) {
                        listener.happened(new Progress.Note(e.getMessage() + "; going back all the same"));
                    }
                }
                takePinsAway();
                if (nodes.isEmpty() && expected instanceof Expected.AtLeast) {
                    listener.happened(
                            new Progress.Note("no node has said anything of these versions: nobody is waited for"));
                    return List.of();
                }
                roster.freeze(nodes);
                roster.open(turn.lock());
                listener.happened(new Progress.Awaiting(expected, List.copyOf(nodes)));
                return roster.await(Aim.RUNNING, timeout, nodes);
            } catch (InterruptedException e) {
                throw stopped(
                        e,
                        "Stopped after the rollback was committed: current is " + target
                                + " and nodes go on activating it");
            }
        });
    }

    // What the phases share

    private DeploymentFailedException endRolling(
            Roster roster, Deployment deployment, Optional<Version> previous, NotReachedException e)
            throws LockLostException, InterruptedException {
        if (deployment.onFailure() == OnFailure.ROLLBACK && previous.isPresent()) {
            return rollBackAfter(e, Phase.COMMIT, roster, deployment, previous.get());
        }
        List<String> running = roster.having(Aim.RUNNING);
        return failed(
                Phase.COMMIT,
                deployment.version(),
                e,
                previous,
                false,
                (running.isEmpty() ? "No node runs it" : String.join(", ", running) + " run it")
                        + ", the others what current says ("
                        + previous.map(Version::name).orElse("nothing")
                        + "). The pins stay: mend the node and deploy again, or run 'rollback'");
    }

    private DeploymentFailedException rollBackAfter(
            NotReachedException cause, Phase phase, Roster roster, Deployment deployment, Version previous)
            throws LockLostException, InterruptedException {
        String why = cause.getMessage().lines().findFirst().orElse("");
        listener.happened(new Progress.Note(deployment.version() + " " + why + "; going back to " + previous));
        Set<String> nodes = new TreeSet<>(roster.wanted());
        try {
            goBack(previous, deployment.expected(), nodes, deployment.activeTimeout());
            return failed(
                    phase,
                    deployment.version(),
                    cause,
                    Optional.of(previous),
                    true,
                    "Rolled back: " + previous + " is current and runs on " + nodes.size() + " nodes");
        } catch (NotReachedException e) {
            return failed(
                    phase,
                    deployment.version(),
                    cause,
                    Optional.of(previous),
                    false,
                    "Going back to " + previous + " is committed, but " + e.getMessage()
                            + ". Look at those nodes' agents");
        }
    }

    private DeploymentFailedException failed(
            Phase phase, Version version, NotReachedException e, Optional<Version> current, boolean back, String next) {
        return new DeploymentFailedException(
                phase,
                tree.prefix() + ": " + phase.word() + " of " + version + ": " + e.getMessage() + "\n" + next + ".",
                new Outcome(current, back, e.failed(), e.missing()));
    }

    private InterruptedException stopped(InterruptedException e, String left) {
        listener.happened(new Progress.Note(left));
        return e;
    }

    private void takePinsAway() throws LockLostException {
        List<String> pinned = ledger.pins().stream()
                .filter(pin -> !pin.value().isBlank())
                .map(KvEntry::name)
                .toList();
        if (!pinned.isEmpty()) {
            ledger.pin(pinned, Optional.empty());
        }
    }

    /** An agent makes its pin, empty, when it starts; a node without one would never hear of it. */
    private void checkPins(List<String> nodes, Version version) throws DeploymentFailedException {
        Set<String> able = ledger.pins().stream().map(KvEntry::name).collect(Collectors.toSet());
        List<String> unable =
                nodes.stream().filter(node -> !able.contains(node)).toList();
        if (!unable.isEmpty()) {
            throw new DeploymentFailedException(
                    Phase.COMMIT,
                    "can't roll " + version + " node by node: the agents of " + String.join(", ", unable)
                            + " do not know pins (no key below " + tree.pins()
                            + "). Nothing was committed. Deploy without"
                            + " 'rolling', or run this project's agent there",
                    new Outcome(ledger.current().version(), false, Map.of(), unable));
        }
    }

    private Optional<Version> previous(Ledger.Current read, Version version) {
        return read.version().equals(Optional.of(version)) ? ledger.history().previous(read.version()) : read.version();
    }

    private Version target(Rollback rollback, Ledger.Current read) {
        Version target = rollback.to()
                .or(() -> stoppedRolling(read))
                .or(() -> ledger.history().previous(read.version()))
                .orElseThrow(() -> new BadInputException(
                        "prefix",
                        tree.prefix(),
                        "no version before the current one is on record; name one, or deploy one"));
        List<String> registered = consul.kv().children(tree.versions(), BlockingQuery.NOW).value().stream()
                .flatMap(child -> tree.versionOf(child).stream())
                .map(Version::name)
                .toList();
        if (!registered.contains(target.name())) {
            throw new BadInputException(
                    "version",
                    target.name(),
                    "it was cleaned away; registered are: "
                            + (registered.isEmpty() ? "none" : String.join(", ", registered)) + ". Deploy it instead");
        }
        return target;
    }

    /** Pins show a rolling deployment that stopped half-way: going back from it means to what is current still. */
    private Optional<Version> stoppedRolling(Ledger.Current read) {
        return read.version().filter(current -> ledger.pins().stream()
                .anyMatch(pin -> !pin.value().isBlank() && !pin.value().equals(current.name())));
    }

    private Set<String> nodesOf(Optional<Version> current, Version version, Optional<Expected> expected) {
        if (expected.isPresent() && expected.get() instanceof Expected.OfService of) {
            return passingNodes(consul, of);
        }
        Set<String> nodes = new TreeSet<>();
        consul.kv().list(tree.folder(version)).forEach(entry -> nodes.add(entry.name()));
        current.ifPresent(now -> consul.kv().list(tree.folder(now)).forEach(entry -> nodes.add(entry.name())));
        nodes.remove("");
        return nodes;
    }

    private static Set<String> passingNodes(Consul consul, Expected.OfService of) {
        return consul.services().instances(of.service(), of.tag(), true, BlockingQuery.NOW).value().stream()
                .map(ServiceInstance::node)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private interface Step<T, E extends Exception> {
        T take() throws E, LockLostException, InterruptedException;
    }

    private <T, E extends Exception> T timed(Phase phase, Version version, Step<T, E> step)
            throws E, LockLostException, InterruptedException {
        long start = consul.time().nanoTime();
        listener.happened(new Progress.PhaseStarted(phase, version));
        T result = step.take();
        Duration duration = consul.time().since(start);
        took.put(phase, duration);
        listener.happened(new Progress.PhaseDone(phase, version, duration));
        return result;
    }
}
