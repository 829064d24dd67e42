package io.jenkins.plugins.consuldeploy.phase;

import io.jenkins.plugins.consuldeploy.consul.BlockingQuery;
import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.KvEntry;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Removes old versions: from the tree, and then from the nodes' disks, for which it waits. */
final class Cleaning {

    /** How long the nodes get to remove what was removed; one that needs longer is told of, and does it later. */
    private static final Duration FOLLOW_TIMEOUT = Duration.ofSeconds(60);

    private static final Duration ASK_AGAIN = Duration.ofMillis(250);
    /** An agent of Depro that finds two versions gone at once panics; and it says nothing when it is done with one. */
    private static final Duration APART = Duration.ofMillis(500);

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
        Optional<Version> current = ledger.current().version();
        current.ifPresent(stay::add);
        if (keep > 1) { // of the last ones all may have failed
            ledger.history().previous(current).ifPresent(stay::add);
        }
        ledger.pins().forEach(pin -> Version.read(pin.value()).ifPresent(stay::add));
        List<Version> old =
                newestFirst.stream().filter(version -> !stay.contains(version)).toList();
        if (!old.isEmpty()) {
            Set<String> living = living();
            remove(old, hasForeign(living));
            awaitNodes(old, living);
        }
        return old;
    }

    /**
     * Removes one version that is not current.
     *
     * @return the living nodes that still have it, after the time that nodes get for it
     */
    List<String> forget(Version version) throws LockLostException, InterruptedException {
        Set<String> living = living();
        remove(List.of(version), hasForeign(living));
        return awaitNodes(List.of(version), living);
    }

    // Private

    private void remove(List<Version> old, boolean foreign) throws LockLostException, InterruptedException {
        for (List<Version> portion : foreign ? BatchSize.ONE.split(old) : List.of(old)) {
            ledger.remove(portion);
            portion.forEach(version -> listener.happened(new Progress.Cleaned(version)));
            if (foreign) {
                consul.time().sleep(APART);
            }
        }
    }

    /** Whether agents of another kind are among them: those of ours report. */
    private boolean hasForeign(Set<String> living) {
        Set<String> reporting = consul.kv().list(tree.reports()).stream()
                .map(entry -> entry.key().substring(tree.reports().length()))
                .collect(Collectors.toSet());
        return !reporting.containsAll(living);
    }

    /** The nodes that have anything to say: what one says goes with its session. */
    private Set<String> living() {
        Set<String> nodes = new HashSet<>();
        for (KvEntry entry : consul.kv().list(tree.versions())) {
            String below = entry.key().substring(tree.versions().length());
            int slash = below.indexOf('/');
            if (slash > 0 && slash + 1 < below.length()) {
                nodes.add(below.substring(slash + 1));
            }
        }
        return nodes;
    }

    /** @return the living ones among them that did not follow in time */
    private List<String> awaitNodes(List<Version> removed, Set<String> living)
            throws LockLostException, InterruptedException {
        long start = consul.time().nanoTime();
        while (true) {
            removeAgain(removed);
            Map<Boolean, List<String>> behind =
                    behind(removed).stream().collect(Collectors.partitioningBy(living::contains));
            boolean over = consul.time().since(start).compareTo(FOLLOW_TIMEOUT) > 0;
            if (behind.get(true).isEmpty() || over) {
                say(behind.get(true), "had not removed", removed, "after " + Durations.show(FOLLOW_TIMEOUT));
                say(behind.get(false), "has", removed, "and is down: an agent removes it when it is back");
                return behind.get(true);
            }
            consul.time().sleep(ASK_AGAIN);
        }
    }

    /** The nodes whose disk has one of these, as they told last. */
    private List<String> behind(List<Version> removed) {
        Set<String> names = removed.stream().map(Version::name).collect(Collectors.toSet());
        return consul.kv().list(tree.reports()).stream()
                .filter(entry -> NodeReport.fromJson(entry.value())
                        .map(report -> report.versions().stream().anyMatch(names::contains))
                        .orElse(false))
                .map(entry -> entry.key().substring(tree.reports().length()))
                .toList();
    }

    /** An agent of Depro that was about to say something brings a key back, and with it the version, for everybody. */
    private void removeAgain(List<Version> removed) throws LockLostException {
        List<String> children =
                consul.kv().children(tree.versions(), BlockingQuery.NOW).value();
        List<Version> back = removed.stream()
                .filter(version -> children.contains(version.name() + "/"))
                .filter(version -> consul.kv().get(tree.folder(version)).isEmpty()) // else somebody registered it anew
                .toList();
        if (!back.isEmpty()) {
            ledger.remove(back);
        }
    }

    private void say(List<String> nodes, String what, List<Version> removed, String when) {
        if (!nodes.isEmpty()) {
            String names = removed.stream().map(Version::name).collect(Collectors.joining(", "));
            listener.happened(new Progress.Note(String.join(", ", nodes) + " " + what + " " + names + " " + when));
        }
    }
}
