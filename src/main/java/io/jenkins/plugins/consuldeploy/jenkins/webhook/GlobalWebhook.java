package io.jenkins.plugins.consuldeploy.jenkins.webhook;

import hudson.Extension;
import hudson.util.Secret;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;

/** A rule that an administrator has set up: it starts any job, or sets a key in Consul. */
public final class GlobalWebhook extends Webhook {

    private final WebhookAction action;

    /** As configuration gives it, until {@link Webhooks} has put it away. */
    private transient Secret secret;

    @DataBoundConstructor
    public GlobalWebhook(String name, String repository, WebhookAction action) {
        super(name, repository);
        this.action = action;
    }

    public WebhookAction getAction() {
        return action;
    }

    /** Nothing once it is configured: the secret is only ever given, never shown here. */
    public Secret getSecret() {
        return secret;
    }

    /** For configuration as code, where an address is to be the same again. Without it Jenkins makes one. */
    @DataBoundSetter
    public void setSecret(Secret secret) {
        this.secret = secret;
    }

    /** See {@link WebhookDescriptor}. */
    @Extension
    public static final class DescriptorImpl extends WebhookDescriptor {}
}
