package io.jenkins.plugins.consuldeploy.phase;

import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.ConsulException;
import io.jenkins.plugins.consuldeploy.consul.Holder;
import io.jenkins.plugins.consuldeploy.consul.Lock;
import io.jenkins.plugins.consuldeploy.consul.LockHeldException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Changes what the nodes of a prefix run: the deployer's side of the protocol.
 *
 * <p>Each call takes the prefix's lock, blocks until it is done, and gives the lock back. Each may be made again after it
 * was cut off anywhere: it finds what is done already and does the rest. All of them throw
 * {@link ConsulException} when Consul stays away longer than
 * {@link io.jenkins.plugins.consuldeploy.consul.ConsulConfig#outageLimit()} or forbids something,
 * {@link LockHeldException} when somebody else is at it, and {@link LockLostException} when the lock's session was lost
 * in the middle: nothing is written after that. An interrupt ends a wait at once; the listener is told what state was
 * left.
 */
public final class Deployer {

    private final Consul consul;
    private final Tree tree;
    private final Caller caller;

    public Deployer(Consul consul, Tree tree, Caller caller) {
        this.consul = consul;
        this.tree = tree;
        this.caller = caller;
    }

    /**
     * Deploys a version: prepare, commit, confirm, clean.
     *
     * @param former the session of an earlier run of the same call, which died and whose lock is taken over
     * @throws DeploymentFailedException when nodes failed or did not answer; what followed is as
     *                                   {@link Deployment#onFailure()} says
     */
    public DeploymentResult deploy(Deployment deployment, Optional<String> former, Progress.Listener listener)
            throws DeploymentFailedException, LockHeldException, LockLostException, InterruptedException {
        Instances.checkSomebodyPasses(consul, deployment.expected());
        String what = "deploy " + deployment.version() + " to " + tree.prefix();
        return inTurn(what, former, listener, course -> new Roll(course, deployment).deploy());
    }

    /**
     * Prepares a version anew, and commits nothing: what the nodes have of it is removed first, so that what its name stands
     * for may be another thing each time. A version that is current is left as it is.
     *
     * @return the nodes that have it; none when it is current
     * @throws DeploymentFailedException when nodes failed or did not answer in time
     */
    public List<String> prepareAnew(
            Version version, Expected expected, Duration timeout, Optional<String> former, Progress.Listener listener)
            throws DeploymentFailedException, LockHeldException, LockLostException, InterruptedException {
        Instances.checkSomebodyPasses(consul, expected);
        String what = "prepare " + version + " for " + tree.prefix();
        return inTurn(what, former, listener, course -> new Preparation(course, version).run(expected, timeout));
    }

    /**
     * Goes back to a version: commits it and waits until it runs. It does not wait for nodes to prepare it first, so
     * that a node that is down can't keep the others on a version that is bad.
     *
     * @throws DeploymentFailedException when nodes do not run it in time
     * @throws BadInputException         when there is no version to go back to
     */
    public DeploymentResult rollback(Rollback rollback, Optional<String> former, Progress.Listener listener)
            throws DeploymentFailedException, LockHeldException, LockLostException, InterruptedException {
        rollback.expected().ifPresent(expected -> Instances.checkSomebodyIsThere(consul, expected));
        return inTurn("roll back " + tree.prefix(), former, listener, course -> new WayBack(course).run(rollback));
    }

    /**
     * Removes old versions and waits for the nodes to follow.
     *
     * @param keep how many of the last versions stay; whatever is current and pinned stays too, and with two or more the
     *             version that a rollback goes to
     * @return the versions that were removed
     */
    public List<Version> clean(int keep, Progress.Listener listener)
            throws LockHeldException, LockLostException, InterruptedException {
        Cleaning.checkKeep(keep);
        return inTurn("clean " + tree.prefix(), Optional.empty(), listener, course -> {
            course.leaves("Stopped while old versions are removed: no node's current version was changed");
            return new Cleaning(consul, tree, course.turn(), listener).keep(keep);
        });
    }

    /** Takes the lock from whoever has it, who is refused at its next write; empty when nobody had it. */
    public Optional<Holder> unlock() {
        return Lock.breakLock(consul, tree.lock());
    }

    // Private

    private interface Work<T, E extends Exception> {
        T in(Course course) throws E, LockLostException, InterruptedException;
    }

    private <T, E extends Exception> T inTurn(
            String what, Optional<String> former, Progress.Listener listener, Work<T, E> work)
            throws E, LockHeldException, LockLostException, InterruptedException {
        try (Turn turn = Turn.take(consul, tree, caller, what, former, listener)) {
            Course course = new Course(consul, tree, turn, listener);
            try {
                return work.in(course);
            } catch (InterruptedException | ConsulException.Interrupted e) {
                // The lock can only be given back by a thread that is not interrupted any more.
                Thread.interrupted();
                listener.happened(new Progress.Note(course.left()));
                throw interrupted(e);
            }
        } catch (ConsulException.Interrupted e) {
            Thread.interrupted();
            throw interrupted(e);
        }
    }

    private static InterruptedException interrupted(Exception e) {
        return e instanceof InterruptedException interruption
                ? interruption
                : (InterruptedException) new InterruptedException(e.getMessage()).initCause(e);
    }
}
