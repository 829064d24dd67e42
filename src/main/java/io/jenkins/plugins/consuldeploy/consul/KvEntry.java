package io.jenkins.plugins.consuldeploy.consul;

import java.util.Optional;

/**
 * One key of the tree as Consul has it.
 *
 * @param value       its text, UTF-8; empty for a key without a value
 * @param flags       the number stored beside the value, an unsigned 64-bit integer
 * @param modifyIndex of its last change: what a compare-and-set compares
 * @param session     the session that holds its lock
 */
public record KvEntry(
        String key, String value, long flags, long createIndex, long modifyIndex, Optional<String> session) {

    /** The last part of the key, behind its last slash. */
    public String name() {
        return key.substring(key.lastIndexOf('/') + 1);
    }
}
