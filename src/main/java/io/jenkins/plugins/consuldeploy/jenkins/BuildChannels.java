package io.jenkins.plugins.consuldeploy.jenkins;

import io.jenkins.plugins.consuldeploy.notify.Channel;
import io.jenkins.plugins.consuldeploy.notify.WebhookClient;
import io.jenkins.plugins.consuldeploy.spec.Channels;
import java.util.Optional;

/** The channels that a build may name: those of the global configuration, with their secrets looked up. */
record BuildChannels(CredentialSource credentials) implements Channels {

    @Override
    public Optional<Channel> named(String name) {
        return Optional.empty();
    }

    @Override
    public String known() {
        return "no channels are configured";
    }

    /** A record's words name no variable of the controller's. */
    @Override
    public Optional<String> variable(String name) {
        return Optional.empty();
    }

    @Override
    public WebhookClient webhooks() {
        return WebhookClient.direct();
    }
}
