package io.jenkins.plugins.consuldeploy.spec;

import io.jenkins.plugins.consuldeploy.notify.Channel;
import io.jenkins.plugins.consuldeploy.notify.WebhookClient;
import java.util.Optional;

/**
 * The channels that a release's words may name. A release's record has such names only, and names of environment
 * variables: whoever can read it must not get what a channel needs to be secret.
 */
public interface Channels {

    /** Where there are none, and no secrets either. */
    Channels NONE = new Channels() {
        @Override
        public Optional<Channel> named(String name) {
            return Optional.empty();
        }

        @Override
        public String known() {
            return "no channels are set up here";
        }

        @Override
        public Optional<String> variable(String name) {
            return Optional.empty();
        }

        @Override
        public WebhookClient webhooks() {
            return WebhookClient.direct();
        }
    };

    /**
     * The channel of this name.
     *
     * @throws io.jenkins.plugins.consuldeploy.phase.BadInputException when it was set up with a mistake
     */
    Optional<Channel> named(String name);

    /** Which there are and where they are set up, for whoever named another one. */
    String known();

    /** An environment variable, for what a channel that is written out needs to be secret. */
    Optional<String> variable(String name);

    /** What posts to the webhooks that are written out. */
    WebhookClient webhooks();
}
