package io.jenkins.plugins.consuldeploy.jenkins.webhook;

import hudson.Extension;
import hudson.model.CauseAction;
import hudson.model.Queue;
import java.util.List;
import jenkins.model.Jenkins;
import jenkins.security.QueueItemAuthenticator;
import jenkins.security.QueueItemAuthenticatorProvider;
import org.springframework.security.core.Authentication;

/** Lets the builds that webhooks start run as the user that the rule names, and not as Jenkins itself. */
@Extension
public final class WebhookIdentity extends QueueItemAuthenticatorProvider {

    private static final QueueItemAuthenticator BY_CAUSE = new ByCause();

    /** None as long as no rule is configured, so that Jenkins does not take it for one that is for all builds. */
    @Override
    public List<QueueItemAuthenticator> getAuthenticators() {
        return WebhookSecrets.get().areThereAny() ? List.of(BY_CAUSE) : List.of();
    }

    private static final class ByCause extends QueueItemAuthenticator {

        /** The build of a user who is gone meanwhile is nobody's, and never Jenkins' own. */
        @Override
        public Authentication authenticate2(Queue.Item item) {
            return item.getActions(CauseAction.class).stream()
                    .map(causes -> causes.findCause(WebhookCause.class))
                    .filter(cause -> cause != null)
                    .findFirst()
                    .flatMap(WebhookCause::runAs)
                    .map(user -> Identity.of(user).orElse(Jenkins.ANONYMOUS2))
                    .orElse(null);
        }
    }
}
