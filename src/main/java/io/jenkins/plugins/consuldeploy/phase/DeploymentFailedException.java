package io.jenkins.plugins.consuldeploy.phase;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A deployment did not get where it should. The message says which nodes failed and why, what every node is told to run
 * now, and what to do next.
 */
public final class DeploymentFailedException extends Exception {

    private static final long serialVersionUID = 1L;

    private final Phase phase;
    private final transient Outcome outcome;

    /**
     * @param current    what every node is told to run now; empty when nothing was ever deployed
     * @param rolledBack whether the previous version was committed and seen to run
     * @param failed     the nodes that said so, with their reports
     * @param missing    the nodes that had not answered in time
     */
    public record Outcome(
            Optional<Version> current,
            boolean rolledBack,
            Map<String, Optional<NodeReport>> failed,
            List<String> missing) {}

    DeploymentFailedException(Phase phase, String message, Outcome outcome) {
        super(message);
        this.phase = phase;
        this.outcome = outcome;
    }

    /** The phase that failed. */
    public Phase phase() {
        return phase;
    }

    public Outcome outcome() {
        return outcome;
    }
}
