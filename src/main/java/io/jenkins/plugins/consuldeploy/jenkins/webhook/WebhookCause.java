package io.jenkins.plugins.consuldeploy.jenkins.webhook;

import hudson.model.Cause;
import io.jenkins.plugins.consuldeploy.registry.Push;
import java.util.Optional;
import org.kohsuke.stapler.export.Exported;

/** An image was pushed, and a webhook told of it. */
public final class WebhookCause extends Cause {

    private final String webhook;
    private final String sender;
    private final String pushed;
    private final String digest;
    private final String runAs;

    WebhookCause(RuleId rule, String sender, Push push, String runAs) {
        this.webhook = rule.name();
        this.sender = sender;
        this.pushed = push.toString();
        this.digest = push.digest().orElse("");
        this.runAs = runAs;
    }

    @Exported(visibility = 3)
    public String getWebhook() {
        return webhook;
    }

    @Exported(visibility = 3)
    public String getPushed() {
        return pushed;
    }

    @Exported(visibility = 3)
    public String getDigest() {
        return digest;
    }

    /** The user in whose name the build runs; empty when it is none of ours to say. */
    Optional<String> runAs() {
        return Optional.ofNullable(runAs);
    }

    @Override
    public String getShortDescription() {
        return "Started by the webhook " + webhook + ": " + sender + " got " + pushed
                + (digest.isEmpty() ? "" : " (" + digest + ")");
    }
}
