package io.jenkins.plugins.consuldeploy.phase;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The first phase alone, under a lock that is held: every node gets a version onto its disk, whatever it had of it. */
final class Preparation {

    private final Course course;
    private final Version version;

    Preparation(Course course, Version version) {
        this.course = course;
        this.version = version;
    }

    List<String> run(Expected expected, Duration timeout)
            throws DeploymentFailedException, LockLostException, InterruptedException {
        Ledger.Current read = course.ledger().current();
        if (read.version().equals(Optional.of(version))) {
            course.note(version + " is current: it is not prepared anew");
            return List.of();
        }
        return course.timed(Phase.PREPARE, version, () -> {
            course.leaves("Stopped while nodes prepare " + version + ": no node's current version was changed");
            try (Roster roster = course.roster(version, expected)) {
                forget();
                course.ledger().register(version);
                roster.open(course.turn().lock());
                course.tell(new Progress.Awaiting(expected, List.copyOf(course.nodesOf(version))));
                return roster.await(Aim.PREPARED, timeout);
            } catch (NotReachedException e) {
                throw course.failed(
                        Phase.PREPARE,
                        version,
                        e,
                        read.version(),
                        false,
                        "No node's current version was changed. Mend what failed and prepare it again");
            }
        });
    }

    // Private

    /** An agent prepares a version once: one that it is to prepare anew has to be gone from its disk first. */
    private void forget() throws NotReachedException, LockLostException, InterruptedException {
        List<String> behind =
                new Cleaning(course.consul(), course.tree(), course.turn(), course.listener()).forget(version);
        if (!behind.isEmpty()) {
            throw NotReachedException.timedOut(
                    String.join(", ", behind) + " did not remove what was prepared of " + version + " before", behind);
        }
    }
}
