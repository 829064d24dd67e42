package io.jenkins.plugins.consuldeploy.consul;

import java.time.Duration;

/**
 * From where a blocking query goes on ("Blocking Queries" of Consul's HTTP API).
 *
 * @param index   the index of the answer that is known already; 0 asks for what is there now
 * @param maxWait how long Consul holds an unchanged answer back; it adds up to a sixteenth by itself
 */
public record BlockingQuery(long index, Duration maxWait) {

    /**
     * Answered at once with what is there. An outage is ridden out; for any other query, also one from index 0, the
     * caller hears of it at the first failure, for it asks again by itself.
     */
    public static final BlockingQuery NOW = new BlockingQuery(0, Duration.ZERO);
}
