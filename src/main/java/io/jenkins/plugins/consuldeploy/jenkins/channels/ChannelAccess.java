package io.jenkins.plugins.consuldeploy.jenkins.channels;

import com.cloudbees.plugins.credentials.common.StandardUsernamePasswordCredentials;
import hudson.Util;
import hudson.util.Secret;
import io.jenkins.plugins.consuldeploy.notify.WebhookClient;
import io.jenkins.plugins.consuldeploy.phase.BadInputException;
import io.jenkins.plugins.consuldeploy.time.TimeSource;
import java.util.Optional;
import java.util.function.Function;
import org.jenkinsci.plugins.plaincredentials.StringCredentials;

/** What a channel takes to be opened: its secrets, and what carries its messages. */
public record ChannelAccess(
        Function<String, Optional<StringCredentials>> texts,
        Function<String, Optional<StandardUsernamePasswordCredentials>> logins,
        WebhookClient webhooks,
        TimeSource time) {

    /** A secret text, read by something that shows nothing of it when it can't be. */
    <T> T secret(String channel, String field, String id, Function<String, T> reading) {
        String text = texts.apply(Util.fixNull(id))
                .map(found -> Secret.toString(found.getSecret()).strip())
                .orElseThrow(() -> missing(channel, field, id, "secret text"));
        try {
            return reading.apply(text);
        } catch (IllegalArgumentException e) {
            throw new BadInputException(field, id, e.getMessage());
        }
    }

    StandardUsernamePasswordCredentials login(String channel, String field, String id) {
        return logins.apply(id).orElseThrow(() -> missing(channel, field, id, "user name with password"));
    }

    private static BadInputException missing(String channel, String field, String id, String kind) {
        return new BadInputException(
                field,
                Util.fixNull(id),
                "there is no " + kind + " of that ID that can be used here; an administrator chooses another for the"
                        + " channel '" + channel + "'");
    }
}
