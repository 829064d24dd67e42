package io.jenkins.plugins.consuldeploy.phase;

import io.jenkins.plugins.consuldeploy.phase.DeploymentFailedException.Outcome;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** One deployment from its first phase to its last, under a lock that is held. */
final class Roll {

    private final Course course;
    private final Ledger ledger;
    private final Deployment deployment;
    private final Version version;

    Roll(Course course, Deployment deployment) {
        this.course = course;
        this.ledger = course.ledger();
        this.deployment = deployment;
        this.version = deployment.version();
    }

    DeploymentResult deploy() throws DeploymentFailedException, LockLostException, InterruptedException {
        try (Roster roster = course.roster(version, deployment.expected())) {
            Ledger.Current read = prepare(roster);
            Optional<Version> previous = previous(read);
            roster.freeze();
            commit(roster, read, previous);
            List<String> active = confirm(roster, previous);
            if (deployment.keep().isPresent()) {
                clean(deployment.keep().get());
            }
            return new DeploymentResult(version, previous, active, course.took());
        }
    }

    // The phases

    private Ledger.Current prepare(Roster roster)
            throws DeploymentFailedException, LockLostException, InterruptedException {
        return course.timed(Phase.PREPARE, version, () -> {
            course.leaves("Stopped while nodes prepare " + version + ": no node's current version was changed");
            Ledger.Current read = ledger.register(version);
            roster.open(course.turn().lock());
            course.tell(new Progress.Awaiting(deployment.expected(), List.copyOf(expectedNow(read))));
            try {
                roster.await(Aim.PREPARED, deployment.readyTimeout());
            } catch (NotReachedException e) {
                throw notPrepared(roster, read, e);
            }
            return read;
        });
    }

    /** Where an earlier run of this deployment has told nodes already to run it, one that fails fails at that. */
    private DeploymentFailedException notPrepared(Roster roster, Ledger.Current read, NotReachedException e)
            throws LockLostException, InterruptedException {
        boolean isCurrent = read.version().equals(Optional.of(version));
        boolean isPinned =
                ledger.pins().stream().anyMatch(pin -> pin.value().strip().equals(version.name()));
        Optional<Version> previous = previous(read);
        boolean isToGoBack = deployment.onFailure() == OnFailure.ROLLBACK && previous.isPresent();
        // A node that is down, or late, has not said that the version is bad.
        if ((isCurrent || isPinned) && isToGoBack && !e.failed().isEmpty()) {
            return new WayBack(course)
                    .after(e, Phase.PREPARE, deployment, previous.get(), new TreeSet<>(roster.wanted()));
        }
        String next = isCurrent
                ? staysCurrent(previous)
                : isPinned
                        ? "The pins that an earlier deployment has set stay: mend the node and deploy again, or run"
                                + " 'rollback'"
                        : "No node's current version was changed. Mend what failed and deploy again";
        return course.failed(Phase.PREPARE, version, e, read.version(), false, next);
    }

    private void commit(Roster roster, Ledger.Current read, Optional<Version> previous)
            throws DeploymentFailedException, LockLostException, InterruptedException {
        course.timed(Phase.COMMIT, version, () -> {
            if (deployment.rolling().isPresent()) {
                new Batches(course, deployment, roster, previous)
                        .run(deployment.rolling().get(), read);
            }
            course.leaves("Stopped while " + version + " was committed: consul-deploy query --prefix "
                    + course.tree().prefix() + " shows whether it was");
            if (read.version().equals(Optional.of(version))) {
                course.note(version + " is current already");
            } else {
                makeCurrent(read);
                course.tell(new Progress.Committed(version, previous));
            }
            course.leaves("Stopped after the commit: current is " + version
                    + " and nodes go on activating it. Deploy again to see it confirmed, or roll back");
            course.takePinsAway();
            return null;
        });
    }

    private void makeCurrent(Ledger.Current read) throws DeploymentFailedException, LockLostException {
        try {
            ledger.commit(read, version, ledger.history().committed(read.version(), version));
        } catch (Ledger.ChangedMeanwhileException e) {
            throw new DeploymentFailedException(
                    Phase.COMMIT,
                    course.tree().prefix() + ": could not commit " + version + ": " + e.getMessage()
                            + " while nodes prepared it.\nNothing was committed. Find out who did that, then deploy again.",
                    new Outcome(e.now().version(), false, Map.of(), List.of()));
        }
    }

    private List<String> confirm(Roster roster, Optional<Version> previous)
            throws DeploymentFailedException, LockLostException, InterruptedException {
        roster.begin();
        return course.timed(Phase.CONFIRM, version, () -> {
            try {
                return roster.await(Aim.RUNNING, deployment.activeTimeout());
            } catch (NotReachedException e) {
                if (deployment.onFailure() == OnFailure.STOP || previous.isEmpty()) {
                    throw course.failed(Phase.CONFIRM, version, e, Optional.of(version), false, staysCurrent(previous));
                }
                throw new WayBack(course)
                        .after(e, Phase.CONFIRM, deployment, previous.get(), new TreeSet<>(roster.wanted()));
            }
        });
    }

    private void clean(int keep) throws LockLostException, InterruptedException {
        course.leaves("Stopped while old versions are removed: current is " + version + " and runs everywhere");
        course.timed(Phase.CLEAN, version, () -> new Cleaning(
                        course.consul(), course.tree(), course.turn(), course.listener())
                .keep(keep));
    }

    // What they share

    private String staysCurrent(Optional<Version> previous) {
        return "current is " + version + " and stays so"
                + (previous.isEmpty()
                        ? "; there is no previous version to go back to"
                        : ": mend the nodes and deploy again, or run 'rollback'");
    }

    /** What to go back to; for a version that is current already, what was so before it. */
    private Optional<Version> previous(Ledger.Current read) {
        return read.version().equals(Optional.of(version)) ? ledger.history().previous(read.version()) : read.version();
    }

    private Set<String> expectedNow(Ledger.Current read) {
        if (deployment.expected() instanceof Expected.OfService of) {
            return Instances.of(course.consul(), of).passing();
        }
        Set<String> nodes = course.nodesOf(version);
        read.version().ifPresent(current -> nodes.addAll(course.nodesOf(current)));
        return nodes;
    }
}
