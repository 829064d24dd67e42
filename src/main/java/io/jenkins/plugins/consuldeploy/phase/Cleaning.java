package io.jenkins.plugins.consuldeploy.phase;

import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.KvEntry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Removes old versions: from the tree, and then from the nodes' disks, for which it waits. */
final class Cleaning {

    /** How long the nodes get to remove what was removed; one that needs longer is told of, and does it later. */
    private static final Duration FOLLOW_TIMEOUT = Duration.ofSeconds(60);

    private static final Duration ASK_AGAIN = Duration.ofMillis(250);

    private final Consul consul;
    private final Tree tree;
    private final Ledger ledger;
    private final Progress.Listener listener;

    Cleaning(Consul consul, Tree tree, Turn turn, Progress.Listener listener) {
        this.consul = consul;
        this.tree = tree;
        this.ledger = turn.ledger();
        this.listener = listener;
    }

    static void checkKeep(int keep) {
        if (keep < 1) {
            throw new BadInputException("keep", Integer.toString(keep), "at least the last version has to stay");
        }
    }

    List<Version> keep(int keep) throws LockLostException, InterruptedException {
        List<Version> newestFirst = TreeView.registered(tree, consul.kv().list(tree.versions())).stream()
                .map(TreeView.Registered::version)
                .toList();
        Set<Version> stay = new HashSet<>(newestFirst.subList(0, Math.min(keep, newestFirst.size())));
        ledger.current().version().ifPresent(stay::add);
        ledger.pins().forEach(pin -> Version.read(pin.value()).ifPresent(stay::add));
        List<Version> removed = new ArrayList<>();
        for (Version version : newestFirst) {
            if (!stay.contains(version)) {
                ledger.removeFolder(version);
                listener.happened(new Progress.Cleaned(version));
                removed.add(version);
            }
        }
        if (!removed.isEmpty()) {
            awaitNodes(removed);
        }
        return List.copyOf(removed);
    }

    // Private

    private void awaitNodes(List<Version> removed) throws InterruptedException {
        List<String> names = removed.stream().map(Version::name).toList();
        long start = consul.time().nanoTime();
        while (true) {
            List<String> behind = consul.kv().list(tree.reports()).stream()
                    .filter(entry -> NodeReport.fromJson(entry.value())
                            .map(report -> report.versions().stream().anyMatch(names::contains))
                            .orElse(false))
                    .map(KvEntry::name)
                    .toList();
            if (behind.isEmpty()) {
                return;
            }
            if (consul.time().since(start).compareTo(FOLLOW_TIMEOUT) > 0) {
                listener.happened(new Progress.Note(String.join(", ", behind) + " had not removed "
                        + String.join(", ", names) + " after " + Durations.show(FOLLOW_TIMEOUT)
                        + "; an agent that is down does so when it is back"));
                return;
            }
            consul.time().sleep(ASK_AGAIN);
        }
    }
}
