package io.jenkins.plugins.consuldeploy.jenkins;

import com.cloudbees.plugins.credentials.common.StandardUsernamePasswordCredentials;
import hudson.ProxyConfiguration;
import io.jenkins.plugins.consuldeploy.jenkins.channels.ChannelAccess;
import io.jenkins.plugins.consuldeploy.notify.Channel;
import io.jenkins.plugins.consuldeploy.notify.WebhookClient;
import io.jenkins.plugins.consuldeploy.spec.Channels;
import io.jenkins.plugins.consuldeploy.time.TimeSource;
import java.net.http.HttpClient;
import java.util.List;
import java.util.Optional;
import org.jenkinsci.plugins.plaincredentials.StringCredentials;

/** The channels that a build may name: those of the global configuration, with their secrets looked up. */
record BuildChannels(CredentialSource credentials, TimeSource time) implements Channels {

    @Override
    public Optional<Channel> named(String name) {
        return NotificationChannels.get().named(name).map(channel -> channel.open(access()));
    }

    @Override
    public String known() {
        return NotificationChannels.get().whatThereIs();
    }

    /** No release in Jenkins writes a channel out, so that none asks for a variable of the controller's. */
    @Override
    public Optional<String> variable(String name) {
        return Optional.empty();
    }

    /** Through the proxy of Jenkins. */
    @Override
    public WebhookClient webhooks() {
        HttpClient http = ProxyConfiguration.newHttpClientBuilder()
                .connectTimeout(WebhookClient.TIMEOUT)
                .followRedirects(HttpClient.Redirect.NEVER)
                .version(HttpClient.Version.HTTP_1_1)
                .build();
        return new WebhookClient(http, WebhookClient.TIMEOUT);
    }

    private ChannelAccess access() {
        return new ChannelAccess(
                id -> credentials.chosenByAdministrator(id, StringCredentials.class, List.of()),
                id -> credentials.chosenByAdministrator(id, StandardUsernamePasswordCredentials.class, List.of()),
                webhooks(),
                time);
    }
}
