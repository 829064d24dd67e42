package io.jenkins.plugins.consuldeploy.agent;

import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.KvEntry;
import io.jenkins.plugins.consuldeploy.consul.Session;
import io.jenkins.plugins.consuldeploy.consul.Txn;
import io.jenkins.plugins.consuldeploy.consul.TxnResult;
import io.jenkins.plugins.consuldeploy.phase.NodeReport;
import io.jenkins.plugins.consuldeploy.phase.NodeState;
import io.jenkins.plugins.consuldeploy.phase.Tree;
import io.jenkins.plugins.consuldeploy.phase.Version;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What this node says of itself in Consul: an entry for each version, held by a session that takes them along when the
 * agent dies, and its report. Only what has changed since it was last said is written, all of it in one transaction;
 * when the session is lost, everything is said anew in the next one.
 *
 * <p>A version's entry is written only while the version's folder exists, so that a word that comes late does not bring
 * back what was removed. The version that the node is to run is the exception.
 */
final class Entries {

    private static final Duration TTL = Duration.ofSeconds(15);
    private static final int MAX_TRIES = 10;

    private final Consul consul;
    private final Tree tree;
    private final String node;
    private final Remains remains;
    private final Runnable onLost;
    private final Map<Version, NodeState> told = new HashMap<>();
    private Optional<NodeReport> toldReport = Optional.empty();
    private Optional<Session> session = Optional.empty();

    /** @param onLost called from a background thread when the session was lost and everything has to be said anew */
    Entries(Consul consul, Tree tree, String node, Remains remains, Runnable onLost) {
        this.consul = consul;
        this.tree = tree;
        this.node = node;
        this.remains = remains;
        this.onLost = onLost;
    }

    /** Whether what was said in the session has gone with it. */
    boolean isSessionLost() {
        return session.filter(Session::isLost).isPresent();
    }

    /** Opens a session where there is none, or none any more: everything has to be said in it. */
    void openSession() throws IOException {
        if (session.isPresent() && !session.get().isLost()) {
            return;
        }
        // One that was lost for want of renewals may live on at Consul for a while; so may a killed agent's.
        Optional<String> former = remains.session();
        if (former.isPresent()) {
            consul.sessions().destroy(former.get());
        }
        Session opened = consul.sessions()
                .create("consul-deploy agent " + node + ", " + tree, TTL, Session.Behavior.DELETE, Duration.ZERO);
        session = Optional.of(opened);
        told.clear();
        toldReport = Optional.empty();
        remains.rememberSession(opened.id());
        opened.onLost(onLost);
    }

    /**
     * What came of telling.
     *
     * @param folders the index of each folder whose version was told of
     * @param gone    the versions that are registered no more: nothing was said of them
     */
    record Told(Map<Version, Long> folders, Set<Version> gone) {}

    /**
     * Says what has changed.
     *
     * @param states    of every version that the node has a word for; the entries of others go
     * @param effective what is said of even without a folder
     * @throws RivalException when another session holds one of the entries; nothing was written
     * @throws IOException    when the session is lost, and has to be opened anew
     */
    Told tell(Map<Version, NodeState> states, Optional<Version> effective, Optional<NodeReport> report)
            throws RivalException, IOException {
        Told result = new Told(new HashMap<>(), new HashSet<>());
        Set<Version> withoutFolder = new HashSet<>();
        for (int tries = 0; tries < MAX_TRIES; ) {
            if (isSessionLost()) {
                throw new IOException("the session was lost in the middle; everything is said anew");
            }
            Batch batch = new Batch(report);
            told.keySet().stream()
                    .filter(version -> !states.containsKey(version))
                    .forEach(batch::remove);
            states.forEach((version, state) -> {
                if (state != told.get(version) && !result.gone().contains(version)) {
                    batch.write(version, state, !withoutFolder.contains(version));
                }
            });
            if (batch.isEmpty()) {
                return result;
            }
            TxnResult answer = consul.kv().commit(batch.txn());
            if (answer.committed()) {
                batch.committed(answer, result.folders());
                continue;
            }
            tries++;
            for (TxnResult.Refusal refusal : answer.refusals()) {
                Version version = batch.operations.get(refusal.operation()).version();
                if (!batch.operations.get(refusal.operation()).isFolder()) {
                    checkHolder(version);
                } else if (effective.equals(Optional.of(version))) {
                    withoutFolder.add(version);
                } else {
                    result.gone().add(version);
                    told.remove(version);
                }
            }
        }
        throw new IOException(
                "Consul refused " + MAX_TRIES + " times in a row what is to be said of " + states.keySet());
    }

    /**
     * Looks whether what was said still stands; what does not is said again next time.
     *
     * @param failed the versions that stay failed, each with its folder's index when that was said, 0 when not known
     * @return those of them that were registered anew since
     */
    Set<Version> check(Map<Version, Long> failed) {
        List<String> keys = new ArrayList<>();
        told.keySet().forEach(version -> keys.add(tree.state(version, node)));
        failed.keySet().forEach(version -> keys.add(tree.folder(version)));
        Map<String, KvEntry> found = read(keys);
        Set<Version> anew = new HashSet<>();
        failed.forEach((version, index) -> {
            KvEntry folder = found.get(tree.folder(version));
            boolean moved = folder != null && index != 0 && folder.modifyIndex() != index;
            boolean removed = told.containsKey(version) && !found.containsKey(tree.state(version, node));
            // An entry goes with its session too, and that says nothing of the version.
            if (moved || removed && session.isPresent() && session.get().confirm()) {
                anew.add(version);
            }
        });
        told.entrySet().removeIf(entry -> {
            KvEntry stands = found.get(tree.state(entry.getKey(), node));
            return stands == null || !stands.value().equals(entry.getValue().word());
        });
        return anew;
    }

    /** Ends the session, and with it every entry. */
    void close() {
        session.ifPresent(Session::close);
    }

    // Private

    private record Operation(Version version, boolean isFolder) {}

    /** The operations of one transaction, and what each is for. */
    private final class Batch {
        private final Txn entries = Txn.to("say what this node has of " + tree);
        private final List<Operation> operations = new ArrayList<>();
        private final Map<Version, NodeState> written = new HashMap<>();
        private final List<Version> removed = new ArrayList<>();
        private final Optional<NodeReport> report;

        Batch(Optional<NodeReport> report) {
            this.report = report.filter(text -> !toldReport.equals(report));
        }

        /** Whoever comes too late for this transaction comes into the next. */
        private boolean isFull() {
            return operations.size() > Txn.MAX_OPERATIONS - 3;
        }

        void remove(Version version) {
            if (!isFull()) {
                entries.delete(tree.state(version, node));
                operations.add(new Operation(version, false));
                removed.add(version);
            }
        }

        void write(Version version, NodeState state, boolean ifFolder) {
            if (!isFull()) {
                if (ifFolder) {
                    entries.get(tree.folder(version));
                    operations.add(new Operation(version, true));
                }
                entries.lock(
                        tree.state(version, node),
                        state.word(),
                        session.orElseThrow().id());
                operations.add(new Operation(version, false));
                written.put(version, state);
            }
        }

        boolean isEmpty() {
            return operations.isEmpty() && report.isEmpty();
        }

        Txn txn() {
            report.ifPresent(text -> entries.set(tree.report(node), text.toJson()));
            return entries;
        }

        void committed(TxnResult answer, Map<Version, Long> folders) {
            told.putAll(written);
            removed.forEach(told::remove);
            if (report.isPresent()) {
                toldReport = report;
            }
            for (Version version : written.keySet()) {
                for (KvEntry entry : answer.entries()) {
                    if (entry.key().equals(tree.folder(version))) {
                        folders.put(version, entry.modifyIndex());
                    }
                }
            }
        }
    }

    private void checkHolder(Version version) throws RivalException {
        String key = tree.state(version, node);
        Session ours = session.orElseThrow();
        Optional<String> holder = consul.kv().get(key).flatMap(KvEntry::session);
        if (holder.isPresent() && !holder.get().equals(ours.id())) {
            throw new RivalException(key, holder.get());
        }
        ours.confirm(); // else it was let go of meanwhile, or it is our session that is none any more
    }

    /** Reads many keys in one request; those that are not there are left out. */
    private Map<String, KvEntry> read(List<String> keys) {
        Map<String, KvEntry> found = new HashMap<>();
        for (int from = 0; from < keys.size(); from += Txn.MAX_OPERATIONS) {
            List<String> wanted = new ArrayList<>(keys.subList(from, Math.min(keys.size(), from + Txn.MAX_OPERATIONS)));
            while (!wanted.isEmpty()) {
                Txn txn = Txn.to("look what stands of this node's entries of " + tree);
                wanted.forEach(txn::get);
                TxnResult answer = consul.kv().commit(txn);
                if (answer.committed()) {
                    answer.entries().forEach(entry -> found.put(entry.key(), entry));
                    break;
                }
                wanted.removeAll(answer.refusals().stream()
                        .map(refusal -> wanted.get(refusal.operation()))
                        .toList());
            }
        }
        return found;
    }
}
