package io.jenkins.plugins.consuldeploy.jenkins;

import org.jenkinsci.plugins.workflow.steps.BodyExecutionCallback;
import org.jenkinsci.plugins.workflow.steps.StepContext;

/** Tells a release of its step's block, run for one turn. It is kept through a restart along with the block. */
final class ReleaseBlock extends BodyExecutionCallback {

    private static final long serialVersionUID = 1L;

    private final ReleaseExecution execution;
    private final String turn;

    ReleaseBlock(ReleaseExecution execution, String turn) {
        this.execution = execution;
        this.turn = turn;
    }

    @Override
    public void onStart(StepContext context) {
        execution.blockBegins(turn);
    }

    @Override
    public void onSuccess(StepContext context, Object result) {
        execution.blockEnded(turn, null);
    }

    @Override
    public void onFailure(StepContext context, Throwable failure) {
        execution.blockEnded(turn, failure);
    }
}
