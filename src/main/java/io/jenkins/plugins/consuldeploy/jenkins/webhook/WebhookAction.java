package io.jenkins.plugins.consuldeploy.jenkins.webhook;

import hudson.ExtensionPoint;
import hudson.model.Describable;
import io.jenkins.plugins.consuldeploy.registry.Push;

/** What a rule does when an image was pushed. */
public abstract class WebhookAction implements Describable<WebhookAction>, ExtensionPoint {

    /**
     * Does it, on the thread of the request: within seconds.
     *
     * @param cause which webhook it was, and what was pushed
     */
    abstract Outcome carryOut(WebhookCause cause, Push push);

    /**
     * Checks the fields.
     *
     * @throws IllegalArgumentException for the first that can't be used
     */
    abstract void check();
}
