package io.jenkins.plugins.consuldeploy.jenkins;

import org.jenkinsci.plugins.workflow.steps.BodyExecutionCallback;
import org.jenkinsci.plugins.workflow.steps.StepContext;

/** Tells a release of its step's body, run for one host. It is kept through a restart along with the body. */
final class HostBody extends BodyExecutionCallback {

    private static final long serialVersionUID = 1L;

    private final RollingExecution execution;
    private final String host;

    HostBody(RollingExecution execution, String host) {
        this.execution = execution;
        this.host = host;
    }

    @Override
    public void onStart(StepContext context) {
        execution.bodyBegins(host);
    }

    @Override
    public void onSuccess(StepContext context, Object result) {
        execution.bodyEnded(host, null);
    }

    @Override
    public void onFailure(StepContext context, Throwable failure) {
        execution.bodyEnded(host, failure);
    }
}
