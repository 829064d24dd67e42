package io.jenkins.plugins.consuldeploy.jenkins.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import hudson.model.FreeStyleProject;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.Rule;
import org.junit.Test;
import org.jvnet.hudson.test.JenkinsSessionRule;

public class WebhookRestartTest {

    @Rule
    public final JenkinsSessionRule sessions = new JenkinsSessionRule();

    @Test
    public void whatWasDeliveredAndWhereStaysKnown() throws Throwable {
        RuleId rule = RuleId.global("images");
        RuleId own = new RuleId("app", "own");
        String body = Sender.plain("acme/web", "v1", "a");
        AtomicReference<String> addresses = new AtomicReference<>();
        sessions.then(r -> {
            r.jenkins.setSecurityRealm(r.createDummySecurityRealm());
            FreeStyleProject job = r.createFreeStyleProject("app");
            JobWebhook webhook = new JobWebhook("own", "**");
            webhook.setRunAs("deploy");
            job.addProperty(new WebhookJobProperty(List.of(webhook)));
            Webhooks.get().setWebhooks(List.of(new GlobalWebhook("images", "**", new StartJob("app", "deploy"))));
            Sender registry = new Sender(r);
            assertThat(registry.delivered(rule, body)).endsWith(": started");
            assertThat(registry.delivered(own, body)).endsWith(": started");
            r.waitUntilNoActivity();
            addresses.set(WebhookAddress.of(rule) + " " + WebhookAddress.of(own));
        });
        sessions.then(r -> {
            FreeStyleProject job = r.jenkins.getItemByFullName("app", FreeStyleProject.class);
            int before = job.getLastBuild().getNumber();
            Sender registry = new Sender(r);
            assertThat(WebhookAddress.of(rule) + " " + WebhookAddress.of(own)).isEqualTo(addresses.get());
            assertThat(Deliveries.get().recent())
                    .extracting(Delivery::getPushed)
                    .contains("acme/web:v1");
            assertThat(registry.delivered(rule, body)).endsWith(": repeated");
            assertThat(registry.delivered(own, body)).endsWith(": repeated");
            assertThat(registry.delivered(own, Sender.plain("acme/web", "v2", "a")))
                    .endsWith(": started");
            r.waitUntilNoActivity();
            assertThat(job.getLastBuild().getNumber()).isEqualTo(before + 1);
            assertThat(job.getLastBuild().getCause(WebhookCause.class).getPushed())
                    .isEqualTo("acme/web:v2");
        });
    }

    @Test
    public void whatIsKeptIsBounded() throws Throwable {
        RuleId rule = RuleId.global("images");
        sessions.then(r -> {
            Deliveries deliveries = Deliveries.get();
            for (int i = 0; i <= Deliveries.MAX_REMEMBERED; i++) {
                assertThat(deliveries.begin(rule, "push " + i)).isTrue();
                deliveries.end(rule, "push " + i, true);
            }
            assertThat(deliveries.begin(rule, "push 1")).isFalse();
            assertThat(deliveries.begin(rule, "push 0")).as("the oldest").isTrue();
            assertThat(deliveries.begin(rule, "push 0")).as("in progress").isFalse();
            Delivery delivery = new Delivery(
                    java.time.Instant.EPOCH, rule, "", "", "", new Outcome(Outcome.Kind.REJECTED, "because"));
            deliveries.add(java.util.Collections.nCopies(Deliveries.MAX_RECENT + 50, delivery));
            assertThat(deliveries.recent()).hasSize(Deliveries.MAX_RECENT);
            assertThat(delivery.getAt()).isEqualTo("1970-01-01T00:00:00Z");
        });
        sessions.then(r -> {
            assertThat(Deliveries.get().recent()).hasSize(Deliveries.MAX_RECENT);
            assertThat(Deliveries.get().begin(rule, "push 1")).isFalse();
        });
    }
}
