package io.jenkins.plugins.consuldeploy.consul;

/** How fresh a read has to be ("Consistency Modes" of Consul's HTTP API). */
public enum Consistency {
    /** The leader answers; only during a change of leader can it be a moment old. */
    DEFAULT,
    /** The leader asks its peers first. */
    CONSISTENT,
    /** Any server answers, also without a leader; usually some milliseconds old. */
    STALE
}
