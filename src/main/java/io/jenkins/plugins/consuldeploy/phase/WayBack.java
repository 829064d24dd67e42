package io.jenkins.plugins.consuldeploy.phase;

import io.jenkins.plugins.consuldeploy.consul.BlockingQuery;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Going back to a version: commits it and waits until it runs, without waiting for nodes to prepare it first. */
final class WayBack {

    private final Course course;
    private final Ledger ledger;

    WayBack(Course course) {
        this.course = course;
        this.ledger = course.ledger();
    }

    /** What the command does. */
    DeploymentResult run(Rollback rollback) throws DeploymentFailedException, LockLostException, InterruptedException {
        Ledger.Current read = ledger.current();
        Version target = target(rollback, read);
        Set<String> nodes = nodes(rollback, read, target);
        Expected expected = rollback.expected().orElse(new Expected.AtLeast(Math.max(1, nodes.size())));
        try {
            List<String> active = go(target, expected, nodes, enough(rollback, nodes), rollback.activeTimeout());
            return new DeploymentResult(target, read.version(), active, course.took());
        } catch (NotReachedException e) {
            throw course.failed(
                    Phase.ROLLBACK,
                    target,
                    e,
                    Optional.of(target),
                    false,
                    "Rolled back in Consul, but not every node runs it: look at its agent's log");
        }
    }

    /**
     * What follows a deployment's failure, where its caller wants that.
     *
     * @param nodes those that the deployment waited for
     * @return the failure to throw, which says how the way back went
     */
    DeploymentFailedException after(
            NotReachedException cause, Phase phase, Deployment deployment, Version previous, Set<String> nodes)
            throws LockLostException, InterruptedException {
        Version version = deployment.version();
        String why = cause.getMessage().lines().findFirst().orElse("");
        course.note(version + " " + why + "; going back to " + previous);
        try {
            go(previous, deployment.expected(), nodes, nodes.size(), deployment.activeTimeout());
            return course.failed(
                    phase,
                    version,
                    cause,
                    Optional.of(previous),
                    true,
                    "Rolled back: " + previous + " is current and runs on " + nodes.size()
                            + (nodes.size() == 1 ? " node" : " nodes"));
        } catch (NotReachedException e) {
            return course.failed(
                    phase,
                    version,
                    cause,
                    Optional.of(previous),
                    false,
                    "Going back to " + previous + " is committed, but " + e.getMessage()
                            + ". Look at those nodes' agents");
        }
    }

    // Private

    private List<String> go(Version target, Expected expected, Set<String> nodes, int enough, Duration timeout)
            throws NotReachedException, LockLostException, InterruptedException {
        return course.timed(Phase.ROLLBACK, target, () -> {
            try (Roster roster = course.roster(target, expected)) {
                commit(target);
                course.takePinsAway();
                if (nodes.isEmpty() && enough == 0) {
                    course.note("no node has said anything of these versions: nobody is waited for");
                    return List.of();
                }
                roster.freeze(nodes);
                roster.open(course.turn().lock());
                course.tell(new Progress.Awaiting(expected, List.copyOf(nodes)));
                return expected instanceof Expected.OfService
                        ? roster.await(Aim.RUNNING, timeout)
                        : roster.await(Aim.RUNNING, timeout, nodes, enough);
            }
        });
    }

    private void commit(Version target) throws LockLostException {
        while (true) {
            Ledger.Current read = ledger.register(target);
            try {
                ledger.commit(read, target, ledger.history().rolledBackTo(read.version(), target));
                course.leaves("Stopped after the rollback was committed: current is " + target
                        + " and nodes go on activating it");
                course.tell(new Progress.Committed(target, read.version()));
                return;
            } catch (Ledger.ChangedMeanwhileException e) {
                course.note(e.getMessage() + "; going back all the same");
            }
        }
    }

    private Version target(Rollback rollback, Ledger.Current read) {
        Version target = rollback.to()
                .or(() -> stoppedRolling(read))
                .or(() -> ledger.history().previous(read.version()))
                .orElseThrow(() -> new BadInputException(
                        "prefix",
                        course.tree().prefix(),
                        "no version before the current one is on record; name one, or deploy one"));
        List<String> registered =
                course.consul().kv().children(course.tree().versions(), BlockingQuery.NOW).value().stream()
                        .flatMap(child -> course.tree().versionOf(child).stream())
                        .map(Version::name)
                        .toList();
        if (!registered.contains(target.name())) {
            throw new BadInputException(
                    "version",
                    target.name(),
                    "it is not registered, or not any more; registered are: "
                            + (registered.isEmpty() ? "none" : String.join(", ", registered)) + ". Deploy it instead");
        }
        return target;
    }

    /** Pins show a rolling deployment that stopped half-way: going back from it means to what is current still. */
    private Optional<Version> stoppedRolling(Ledger.Current read) {
        return read.version().filter(current -> ledger.pins().stream()
                .anyMatch(pin -> !pin.value().isBlank() && !pin.value().strip().equals(current.name())));
    }

    private Set<String> nodes(Rollback rollback, Ledger.Current read, Version target) {
        if (rollback.expected().isPresent() && rollback.expected().get() instanceof Expected.OfService of) {
            return Instances.of(course.consul(), of).all();
        }
        Set<String> nodes = new TreeSet<>(course.nodesOf(target));
        read.version().ifPresent(current -> nodes.addAll(course.nodesOf(current)));
        return nodes;
    }

    private static int enough(Rollback rollback, Set<String> nodes) {
        return rollback.expected()
                .map(expected -> expected instanceof Expected.AtLeast least ? least.nodes() : 1)
                .orElse(nodes.size());
    }
}
