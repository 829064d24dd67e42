package io.jenkins.plugins.consuldeploy.jenkins.webhook;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** One push that was delivered, or a request that was turned away, with what became of it. */
public final class Delivery {

    private final long at;
    private final String rule;
    private final String job;
    private final String sender;
    private final String pushed;
    private final String digest;
    private final String outcome;
    private final String detail;

    Delivery(Instant at, RuleId rule, String sender, String pushed, String digest, Outcome outcome) {
        this.at = at.toEpochMilli();
        this.rule = rule.name();
        this.job = rule.job();
        this.sender = sender;
        this.pushed = pushed;
        this.digest = digest;
        this.outcome = outcome.kind().word();
        this.detail = outcome.detail();
    }

    /** When, to the second, in UTC. */
    public String getAt() {
        return Instant.ofEpochMilli(at).truncatedTo(ChronoUnit.SECONDS).toString();
    }

    public String getRule() {
        return rule;
    }

    /** The full name of the job whose rule it is; empty for one of Jenkins' configuration. */
    public String getJob() {
        return job;
    }

    public String getSender() {
        return sender;
    }

    public String getPushed() {
        return pushed;
    }

    public String getDigest() {
        return digest;
    }

    public String getOutcome() {
        return outcome;
    }

    public String getDetail() {
        return detail;
    }
}
