package io.jenkins.plugins.consuldeploy.phase;

import io.jenkins.plugins.consuldeploy.consul.KvEntry;
import io.jenkins.plugins.consuldeploy.phase.DeploymentFailedException.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The part of a rolling deployment in which one batch of nodes after the other is pinned to the version. */
final class Batches {

    private final Course course;
    private final Deployment deployment;
    private final Version version;
    private final Roster roster;
    private final Optional<Version> previous;

    Batches(Course course, Deployment deployment, Roster roster, Optional<Version> previous) {
        this.course = course;
        this.deployment = deployment;
        this.version = deployment.version();
        this.roster = roster;
        this.previous = previous;
    }

    /** Pins batch by batch, and waits each time until the batch runs the version. The pins stay. */
    void run(BatchSize size, Ledger.Current read)
            throws DeploymentFailedException, LockLostException, InterruptedException {
        Map<String, String> pins = course.ledger().pins().stream()
                .collect(Collectors.toMap(KvEntry::name, pin -> pin.value().strip()));
        checkPins(pins.keySet());
        List<String> nodes = roster.wanted().stream()
                .filter(node -> !isThere(node, pins.get(node), read))
                .toList();
        List<String> done = new ArrayList<>(pins.keySet());
        done.removeIf(node -> !pins.get(node).equals(version.name()));
        List<List<String>> batches = size.split(nodes);
        roster.begin();
        for (int i = 0; i < batches.size(); i++) {
            List<String> batch = batches.get(i);
            done.addAll(batch);
            course.leaves("Stopped in batch " + (i + 1) + " of " + batches.size() + ": " + version + " is pinned on "
                    + String.join(", ", new TreeSet<>(done))
                    + ", the others run what current says. Deploy again to go on, or roll back");
            course.ledger().pin(batch, Optional.of(version));
            course.tell(new Progress.Pinned(batch, i + 1, batches.size()));
            try {
                roster.await(Aim.RUNNING, deployment.activeTimeout(), Set.copyOf(batch), batch.size());
            } catch (NotReachedException e) {
                throw end(e, read.version());
            }
        }
    }

    /** An earlier run of this deployment may have brought it there already. */
    private boolean isThere(String node, String pin, Ledger.Current read) {
        boolean told =
                pin.equals(version.name()) || pin.isEmpty() && read.version().equals(Optional.of(version));
        return told && roster.having(Aim.RUNNING).contains(node);
    }

    /** An agent makes its pin, empty, when it starts; a node without one would never hear of it. */
    private void checkPins(Set<String> able) throws DeploymentFailedException {
        List<String> unable =
                roster.wanted().stream().filter(node -> !able.contains(node)).toList();
        if (!unable.isEmpty()) {
            throw new DeploymentFailedException(
                    Phase.COMMIT,
                    course.tree().prefix() + ": can't roll " + version + " node by node: the agents of "
                            + String.join(", ", unable) + " do not know pins (no key below "
                            + course.tree().pins()
                            + ").\nNothing was committed. Deploy without 'rolling', or run this project's agent there.",
                    new Outcome(course.ledger().current().version(), false, Map.of(), unable));
        }
    }

    private DeploymentFailedException end(NotReachedException e, Optional<Version> current)
            throws LockLostException, InterruptedException {
        if (deployment.onFailure() == OnFailure.ROLLBACK && previous.isPresent()) {
            return new WayBack(course)
                    .after(e, Phase.COMMIT, deployment, previous.get(), new TreeSet<>(roster.wanted()));
        }
        List<String> running = roster.having(Aim.RUNNING);
        return course.failed(
                Phase.COMMIT,
                version,
                e,
                current,
                false,
                (running.isEmpty() ? "No node runs it" : String.join(", ", running) + " run it")
                        + ", the others what current says ("
                        + current.map(Version::name).orElse("nothing")
                        + "). The pins stay: mend the node and deploy again, or run 'rollback'");
    }
}
