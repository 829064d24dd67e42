package io.jenkins.plugins.consuldeploy.phase;

import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.ConsulException;
import io.jenkins.plugins.consuldeploy.consul.KeyValue;
import io.jenkins.plugins.consuldeploy.consul.KvEntry;
import io.jenkins.plugins.consuldeploy.consul.Lock;
import io.jenkins.plugins.consuldeploy.consul.Txn;
import io.jenkins.plugins.consuldeploy.consul.TxnResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Every write of a deployer, each behind the fence of its lock: a deployer that lost it is refused by Consul, whatever
 * it still believes.
 */
final class Ledger {

    private static final int FENCE = 0;
    private static final int MAX_TRIES = 20;
    private static final int CHUNK = Txn.MAX_OPERATIONS - 4;

    private final KeyValue kv;
    private final Tree tree;
    private final Lock lock;

    Ledger(Consul consul, Tree tree, Lock lock) {
        this.kv = consul.kv();
        this.tree = tree;
        this.lock = lock;
    }

    /** What {@code current} says, and at which index. */
    record Current(String text, long index, long flags) {

        static Current of(Optional<KvEntry> entry) {
            return new Current(
                    entry.map(KvEntry::value).orElse(""),
                    entry.map(KvEntry::modifyIndex).orElse(0L),
                    entry.map(KvEntry::flags).orElse(0L));
        }

        Optional<Version> version() {
            return Version.read(text);
        }

        /** Flags other than these: what a ring writes. */
        long otherFlags() {
            return (flags + 1) & Long.MAX_VALUE;
        }
    }

    Current current() {
        return Current.of(kv.get(tree.current()));
    }

    History history() {
        return kv.get(tree.history())
                .map(entry -> History.fromJson(entry.value()))
                .orElse(History.EMPTY);
    }

    /** The nodes that have a pin, with what it says; an empty one says that they follow {@code current}. */
    List<KvEntry> pins() {
        return kv.list(tree.pins());
    }

    /**
     * Registers a version and rings. What a node said of it at an earlier registration's failure goes, so that it does
     * not count for this one.
     *
     * @return {@code current} as the ring left it: what {@link #commit} compares with
     */
    Current register(Version version) throws LockLostException {
        List<KvEntry> stale = new ArrayList<>(kv.list(tree.folder(version)).stream()
                .filter(entry -> NodeState.parse(entry.value()) == NodeState.FAILED)
                .toList());
        while (stale.size() > CHUNK) {
            List<KvEntry> chunk = stale.subList(0, CHUNK);
            delete("forget earlier failures of version " + version, chunk);
            chunk.clear();
        }
        return ring("register version " + version, txn -> {
            txn.set(tree.folder(version), "", System.currentTimeMillis());
            stale.forEach(entry -> txn.delete(entry.key()));
        });
    }

    /** Wakes every agent to look at the versions again. */
    Current ring() throws LockLostException {
        return ring("ring", txn -> {});
    }

    /**
     * Makes a version current, if {@code current} still is as it was read.
     *
     * @throws ChangedMeanwhileException when somebody without the lock changed it
     */
    void commit(Current read, Version version, History history) throws LockLostException, ChangedMeanwhileException {
        Txn txn = lock.fence(Txn.to("commit version " + version))
                .setIfUnchanged(tree.current(), version.name(), read.otherFlags(), read.index())
                .set(tree.history(), history.toJson());
        for (int tries = 1; ; tries++) {
            try {
                TxnResult result = kv.commit(txn);
                if (result.committed()) {
                    return;
                }
                checkFence(txn, result);
                throw new ChangedMeanwhileException(current());
            } catch (ConsulException.Unreachable e) {
                // The answer got lost, perhaps not the write.
                Current now = current();
                if (now.text().equals(version.name()) && now.flags() == read.otherFlags()) {
                    return;
                }
                if (now.index() != read.index()) {
                    throw new ChangedMeanwhileException(now);
                }
                if (tries == MAX_TRIES) {
                    throw e;
                }
            }
        }
    }

    /** Somebody changed {@code current} without holding the lock. */
    static final class ChangedMeanwhileException extends Exception {
        private static final long serialVersionUID = 1L;
        private final transient Current now;

        ChangedMeanwhileException(Current now) {
            super("current was changed to '" + now.text() + "' by somebody without the lock");
            this.now = now;
        }

        Current now() {
            return now;
        }
    }

    /** Pins nodes to a version, or with an empty one lets them follow {@code current} again. */
    void pin(List<String> nodes, Optional<Version> version) throws LockLostException {
        String text = version.map(Version::name).orElse("");
        for (int from = 0; from < nodes.size(); from += CHUNK) {
            Txn txn = lock.fence(Txn.to(text.isEmpty() ? "take the pins away" : "pin nodes to version " + text));
            nodes.subList(from, Math.min(nodes.size(), from + CHUNK)).forEach(node -> txn.set(tree.pin(node), text));
            commitFenced(txn);
        }
    }

    /** Removes versions, and rings for the agents to follow. */
    void remove(List<Version> versions) throws LockLostException {
        for (int from = 0; from < versions.size(); from += CHUNK) {
            List<Version> chunk = versions.subList(from, Math.min(versions.size(), from + CHUNK));
            String names = chunk.stream().map(Version::name).collect(Collectors.joining(", "));
            ring("remove version " + names, txn -> chunk.forEach(version -> txn.deleteTree(tree.folder(version))));
        }
    }

    // Private

    private interface Addition {
        void to(Txn txn);
    }

    private Current ring(String doing, Addition addition) throws LockLostException {
        TxnResult result = null;
        for (int tries = 0; tries < MAX_TRIES; tries++) {
            Current read = current();
            Txn txn = lock.fence(Txn.to(doing))
                    .setIfUnchanged(tree.current(), read.text(), read.otherFlags(), read.index());
            addition.to(txn);
            try {
                result = kv.commit(txn);
            } catch (ConsulException.Unreachable e) {
                if (tries + 1 == MAX_TRIES) {
                    throw e;
                }
                continue; // ringing twice does no harm, and reading anew shows where we are
            }
            if (result.committed()) {
                return rung(read, result);
            }
            checkFence(txn, result);
        }
        throw new LockLostException("could not " + doing + ": " + tree.current() + " changed each of " + MAX_TRIES
                + " times in between" + (result == null ? "" : " (" + result.reason() + ")")
                + "; find out who writes it without the lock");
    }

    /** Consul answers a transaction's writes without their values. */
    private Current rung(Current read, TxnResult result) {
        Current written = Current.of(result.entries().stream()
                .filter(entry -> entry.key().equals(tree.current()))
                .findFirst());
        return new Current(read.text(), written.index(), written.flags());
    }

    private void delete(String doing, List<KvEntry> entries) throws LockLostException {
        Txn txn = lock.fence(Txn.to(doing));
        entries.forEach(entry -> txn.delete(entry.key()));
        commitFenced(txn);
    }

    private void commitFenced(Txn txn) throws LockLostException {
        TxnResult result = kv.commit(txn);
        if (!result.committed()) {
            checkFence(txn, result);
            throw new IllegalStateException("nothing but the lock was to be checked, yet: " + result.reason());
        }
    }

    private void checkFence(Txn txn, TxnResult result) throws LockLostException {
        if (result.refused(FENCE)) {
            throw new LockLostException("the lock " + lock.key() + " is not ours any more ("
                    + result.reason() + "); nothing was written by this transaction of "
                    + txn.size() + " operations. Look at who holds it now and at what state the nodes are in: "
                    + "consul-deploy query --prefix " + tree.prefix());
        }
    }
}
