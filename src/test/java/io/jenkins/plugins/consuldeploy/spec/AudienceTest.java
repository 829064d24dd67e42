package io.jenkins.plugins.consuldeploy.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.ConsulConfig;
import io.jenkins.plugins.consuldeploy.fleet.AwsConfig;
import io.jenkins.plugins.consuldeploy.notify.Channel;
import io.jenkins.plugins.consuldeploy.notify.LogChannel;
import io.jenkins.plugins.consuldeploy.notify.WebhookClient;
import io.jenkins.plugins.consuldeploy.phase.BadInputException;
import io.jenkins.plugins.consuldeploy.phase.Caller;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.After;
import org.junit.Test;

/** The word {@code notify}. Nothing is asked of anybody here. */
public class AudienceTest {

    private static final String SECRET = "https://hooks.example.com/services/s3cr3tt0ken";

    private final Consul consul = new Consul(ConsulConfig.at("127.0.0.1:1"));
    private final Channel deploys = new LogChannel((level, line) -> {});
    private final RollingWords here = words(new Channels() {
        @Override
        public Optional<Channel> named(String name) {
            return name.equals("deploys") ? Optional.of(deploys) : Optional.empty();
        }

        @Override
        public String known() {
            return "there is deploys";
        }

        @Override
        public Optional<String> variable(String name) {
            return Optional.ofNullable(Map.of("HOOK", SECRET, "KEY", "a signing key", "EMPTY", "", "BAD", "s3cr3t url")
                    .get(name));
        }

        @Override
        public WebhookClient webhooks() {
            return WebhookClient.direct();
        }
    });
    private final RollingWords elsewhere = words(Channels.NONE);

    @After
    public void close() {
        consul.close();
    }

    @Test
    public void channelsAreNamedOrWrittenOut() {
        assertThat(here.read(release(Optional.empty()), Map.of(), Words.Places.UNKNOWN)
                        .audience())
                .isEqualTo(Audience.NOBODY);
        assertThat(read("deploys").channels()).containsExactly(deploys);
        assertThat(read(List.of(
                                "deploys",
                                "log",
                                Map.of("slack", Map.of("url", "${env:HOOK}")),
                                Map.of("slack", "${env:HOOK}"),
                                Map.of("webhook", Map.of("url", "${env:HOOK}", "key", "${env:KEY}")),
                                mail("security", "starttls", "user", "u", "password", "${env:KEY}")))
                        .channels())
                .extracting(Channel::describe)
                .containsExactly(
                        "the log",
                        "the log",
                        "Slack at https://hooks.example.com/…",
                        "Slack at https://hooks.example.com/…",
                        "the webhook at https://hooks.example.com/…",
                        "mail to ops@example.com by smtp.example.com:587");
        assertThat(read(mail("security", "none")).channels().get(0).describe()).endsWith(":25");
        assertThat(read(mail("security", "tls")).channels().get(0).describe()).endsWith(":465");
        assertThat(read(mail("port", "2525")).channels().get(0).describe()).endsWith(":2525");
    }

    @Test
    public void whatIsWrongIsNamedBeforeTheReleaseBegins() {
        refused("nobody", "notify.name 'nobody': no channel of this name; there is deploys");
        refused(List.of("log", Map.of("pigeon", "x")), "notify[1].pigeon 'x': no such field; there are");
        refused(Map.of("slack", "${env:NOWHERE}"), "'${env:NOWHERE}': this environment variable is not set here");
        refused(Map.of("slack", "${env:EMPTY}"), "'${env:EMPTY}': this environment variable is not set here");
        refused(Map.of("slack", "${env:BAD}"), "the webhook's URL can't be read");
        refused(Map.of("webhook", Map.of("url", "${env:HOOK}")), "notify.webhook.key: it is missing");
        refused(mail("security", "some"), "notify.mail.security 'some': 'none', 'starttls' or 'tls'");
        refused(mail("user", "u"), "notify.mail.password: it is missing");
        refused(mail("password", "${env:KEY}"), "notify.mail.user: it is missing");
        refused(mail("to", "no one"), "notify.mail.to");
        refused(List.of(List.of("log")), "notify[0]");
    }

    @Test
    public void aSecretInTheWordsIsRefusedAndNotShown() {
        refused(Map.of("slack", SECRET), "notify.slack.url '(not shown)'", "${env:URL}");
        refused(Map.of("webhook", Map.of("url", "${env:HOOK}", "key", "s3cr3t")), "notify.webhook.key '(not shown)'");
        refused(mail("user", "u", "password", "s3cr3t"), "notify.mail.password '(not shown)'");
        assertThatThrownBy(() -> here.read(
                        release(Optional.of(Map.of("slack", "${hook}"))), Map.of("hook", SECRET), Words.Places.UNKNOWN))
                .hasMessageContaining("notify.slack.url '(not shown)'");
    }

    @Test
    public void theRecordHasNoSecretAndIsReadWhereTheChannelsAreNotKnown() {
        String record = here.read(
                        release(Optional.of(List.of("deploys", "log", Map.of("slack", "${env:HOOK}")))),
                        Map.of(),
                        Words.Places.UNKNOWN)
                .spec()
                .text();
        assertThat(record).contains("deploys", "${env:HOOK}").doesNotContain(SECRET);

        assertThat(here.readRecord(record).audience().channels()).hasSize(3);
        Audience there = elsewhere.readRecord(record).audience();
        assertThat(there.channels()).extracting(Channel::describe).containsExactly("the log");
        assertThat(there.missing())
                .containsExactly(
                        "notify[0].name 'deploys': no channel of this name; no channels are set up here",
                        "notify[2].slack.url '${env:HOOK}': this environment variable is not set here");
    }

    // Private

    private RollingWords words(Channels channels) {
        return new RollingWords(new Surroundings(
                consul,
                "consul-deploy",
                new Caller("test", "build 1"),
                words -> AwsConfig.fromEnvironment(),
                (host, line) -> {},
                channels));
    }

    private Audience read(Object notify) {
        return here.read(release(Optional.of(notify)), Map.of(), Words.Places.UNKNOWN)
                .audience();
    }

    private void refused(Object notify, String... said) {
        assertThatThrownBy(() -> read(notify))
                .isInstanceOf(BadInputException.class)
                .hasMessageContainingAll(said)
                .hasMessageNotContaining("s3cr3t");
    }

    private static Map<String, Object> release(Optional<Object> notify) {
        Map<String, Object> words = new LinkedHashMap<>();
        words.put("app", "web");
        words.put("hosts", Map.of("list", "10.0.0.1:80"));
        words.put("update", Map.of("command", "./restart"));
        notify.ifPresent(value -> words.put("notify", value));
        return words;
    }

    private static Map<String, Object> mail(String... more) {
        Map<String, Object> mail = new LinkedHashMap<>();
        mail.put("server", "smtp.example.com");
        mail.put("from", "deploys@example.com");
        mail.put("to", List.of("ops@example.com"));
        for (int i = 0; i < more.length; i += 2) {
            mail.put(more[i], more[i + 1]);
        }
        return Map.of("mail", mail);
    }
}
