package io.jenkins.plugins.consuldeploy.agent;

import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.ConsulException;
import io.jenkins.plugins.consuldeploy.consul.KvEntry;
import io.jenkins.plugins.consuldeploy.phase.Tree;
import io.jenkins.plugins.consuldeploy.phase.Version;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.logging.Logger;

/** The versions that are registered, as far as this node has heard. */
final class Registry {

    private static final Logger LOG = Logger.getLogger(Registry.class.getName());

    private final String id;
    private final Consul consul;
    private final Tree tree;
    private final Store store;
    private final Orders orders;
    private final Entries entries;
    private List<Version> versions = List.of();
    /** What is listed, but had no folder. */
    private final Set<Version> doubtful = new HashSet<>();
    /** What is to run here although nobody has registered it. */
    private Optional<Version> unregistered = Optional.empty();

    Registry(DeploymentConfig deployment, Consul consul, Store store, Orders orders, Entries entries) {
        this.id = deployment.id();
        this.consul = consul;
        this.tree = deployment.tree();
        this.store = store;
        this.orders = orders;
        this.entries = entries;
    }

    /** All that this node is to have on its disk, in the order of their turn: of those that it lacks, the newest first. */
    List<Version> versions() {
        return versions;
    }

    /**
     * These turned out to be registered no more, though they were when they were listed. It is looked again; one that is
     * listed for nothing but other nodes' late words is left alone until it has a folder.
     */
    void remove(Set<Version> gone) {
        if (!gone.isEmpty()) {
            versions =
                    versions.stream().filter(version -> !gone.contains(version)).toList();
            doubtful.addAll(gone);
            orders.lookAgain();
        }
    }

    /**
     * Lists the versions, and looks whether what this node has said still stands. When the version that runs here and
     * is to run here was removed, that was a mistake: it is registered again.
     *
     * @return the versions that had failed here and were registered anew
     */
    Set<Version> look() {
        Optional<Version> effective = orders.effective();
        List<Version> listed = new ArrayList<>(orders.look());
        try {
            doubtful.removeIf(version -> !listed.contains(version)
                    || consul.kv().get(tree.folder(version)).isPresent());
            listed.removeAll(doubtful);
            if (effective.isPresent() && !listed.contains(effective.get())) {
                orders.askAgain(); // or a Consul that has lost its data gets a version back that it does not want
                effective = orders.effective();
            }
            Set<Version> anew = entries.check(failed(listed, effective));
            unregistered = effective.filter(version -> !listed.contains(version));
            if (unregistered.isPresent() && store.running().equals(effective)) {
                LOG.warning(id + ": " + effective.get() + ": was removed, but is what is to run; it is put back");
                registerIfNobodyHas(effective.get());
            }
            versions = inTurn(listed);
            return anew;
        } catch (ConsulException e) {
            orders.lookAgain();
            throw e;
        }
    }

    /** A version that is to run and runs, but is not registered, gets its folder. */
    void registerIfNobodyHas(Version version) {
        if (unregistered.equals(Optional.of(version))) {
            consul.kv().putIfUnchanged(tree.folder(version), "", 0);
            unregistered = Optional.empty();
        }
    }

    // Private

    private Map<Version, Long> failed(List<Version> listed, Optional<Version> effective) {
        Map<Version, Long> failed = new HashMap<>();
        for (Version version : store.versions()) {
            boolean wanted = listed.contains(version) || effective.equals(Optional.of(version));
            if (wanted && store.marker(version).failed()) {
                failed.put(version, store.marker(version).registration());
            }
        }
        return failed;
    }

    private List<Version> inTurn(List<Version> listed) {
        Map<Version, Long> created = new HashMap<>();
        for (Version version : listed) {
            if (!store.isPrepared(version)) {
                created.put(version, 0L);
            }
        }
        if (created.size() > 1) {
            created.replaceAll((version, index) -> consul.kv()
                    .get(tree.folder(version))
                    .map(KvEntry::createIndex)
                    .orElse(0L));
        }
        List<Version> turns = new ArrayList<>(listed);
        turns.sort(Comparator.comparing((Version version) -> created.getOrDefault(version, 0L))
                .reversed());
        return turns;
    }
}
