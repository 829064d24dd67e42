package io.jenkins.plugins.consuldeploy.jenkins.webhook;

import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import jenkins.model.Jenkins;
import org.kohsuke.stapler.HttpResponse;
import org.kohsuke.stapler.HttpResponses;

/** What the pages of Jenkins and of a job show: the rules with their addresses, and what was delivered to them. */
public final class WebhookView {

    private final Supplier<List<Rule>> rules;

    WebhookView(Supplier<List<Rule>> rules) {
        this.rules = rules;
    }

    public List<Row> getRows() {
        return rules.get().stream().map(Row::new).toList();
    }

    public List<Delivery> getDeliveries() {
        List<RuleId> shown = rules.get().stream().map(Rule::id).toList();
        return Deliveries.get().recent().stream()
                .filter(delivery -> shown.contains(new RuleId(delivery.getJob(), delivery.getRule())))
                .toList();
    }

    /** Gives a rule another address, if it is one of those that are shown here. */
    HttpResponse rotate(String job, String name) {
        Stream<RuleId> shown = rules.get().stream().map(Rule::id);
        RuleId rule =
                shown.filter(id -> id.equals(new RuleId(job, name))).findFirst().orElseThrow(HttpResponses::notFound);
        WebhookSecrets.get().rotate(rule);
        return HttpResponses.redirectToDot();
    }

    /** A rule as it is shown to those who may configure it. */
    public static final class Row {

        private final Rule rule;

        Row(Rule rule) {
            this.rule = rule;
        }

        public String getName() {
            return rule.id().name();
        }

        public String getJob() {
            return rule.id().job();
        }

        /** The whole address, or as much as Jenkins knows of its own. */
        public String getAddress() {
            String root = Jenkins.get().getRootUrl();
            return (root == null ? "/" : root) + WebhookAddress.of(rule.id());
        }

        public String getPushes() {
            return rule.webhook().getRepository() + ":" + rule.webhook().getTag();
        }
    }
}
