package io.jenkins.plugins.consuldeploy.consul;

import java.util.List;
import java.util.stream.Collectors;

/**
 * Whether a transaction happened.
 *
 * @param entries  the keys with their new indices, in the order of the operations that leave one; Consul does not
 *                 repeat the values that were written
 * @param refusals why it was rolled back
 */
public record TxnResult(boolean committed, List<KvEntry> entries, List<Refusal> refusals) {

    /** An operation that did not hold, counted from 0, and Consul's words for it. */
    public record Refusal(int operation, String what) {}

    static TxnResult committed(List<KvEntry> entries) {
        return new TxnResult(true, List.copyOf(entries), List.of());
    }

    static TxnResult rolledBack(List<Refusal> refusals) {
        return new TxnResult(false, List.of(), List.copyOf(refusals));
    }

    /** Whether the operation with this number is what rolled it back. */
    public boolean refused(int operation) {
        return refusals.stream().anyMatch(refusal -> refusal.operation() == operation);
    }

    /** Consul's words for why it was rolled back. */
    public String reason() {
        return refusals.stream().map(Refusal::what).collect(Collectors.joining("; "));
    }
}
