package io.jenkins.plugins.consuldeploy.jenkins.webhook;

import hudson.model.Items;
import hudson.model.Job;
import hudson.security.ACL;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import jenkins.model.Jenkins;

/** A rule where it stands, with what it does. */
record Rule(RuleId id, Webhook webhook, WebhookAction action) {

    /** All there are: those of Jenkins' configuration, and every job's. */
    static List<Rule> all() {
        List<Rule> rules = new ArrayList<>();
        for (GlobalWebhook webhook : Webhooks.get().getWebhooks()) {
            rules.add(new Rule(RuleId.global(webhook.getName()), webhook, webhook.getAction()));
        }
        for (Job<?, ?> job : Items.allItems2(ACL.SYSTEM2, Jenkins.get(), Job.class)) {
            rules.addAll(ofJob(job));
        }
        return rules;
    }

    /** Those of a job alone. */
    static List<Rule> ofJob(Job<?, ?> job) {
        WebhookJobProperty property = job.getProperty(WebhookJobProperty.class);
        if (property == null) {
            return List.of();
        }
        return property.getWebhooks().stream()
                .map(webhook -> new Rule(
                        new RuleId(job.getFullName(), webhook.getName()),
                        webhook,
                        new StartJob(job.getFullName(), webhook.getRunAs())))
                .toList();
    }

    /**
     * The rule whose address has this secret. It compares with every rule's, in a time that does not depend on where they
     * differ or on which it is.
     */
    static Optional<Rule> ofSecret(String secret) {
        Rule found = null;
        for (Rule rule : all()) {
            found = WebhookSecrets.get().isOf(rule.id(), secret) ? rule : found;
        }
        return Optional.ofNullable(found);
    }
}
