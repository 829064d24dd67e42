package io.jenkins.plugins.consuldeploy.journal;

import io.jenkins.plugins.consuldeploy.consul.BlockingQuery;
import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.ConsulException;
import io.jenkins.plugins.consuldeploy.consul.KeyValue;
import io.jenkins.plugins.consuldeploy.consul.KvEntry;
import io.jenkins.plugins.consuldeploy.consul.Lock;
import io.jenkins.plugins.consuldeploy.consul.Txn;
import io.jenkins.plugins.consuldeploy.consul.TxnResult;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The record of one release, open for writing by whoever holds the application's lock.
 *
 * <p>Each write is one transaction: the lock is still ours, the record still is as we know it, the record becomes this.
 * A write whose answer got lost is looked up before it is taken for failed. Throws {@link JournalException} when the
 * lock is not ours any more, and {@link ConsulException} when Consul stays away; in both cases the caller must not act.
 */
public final class Journal {

    /** How many releases of an application are kept on record. */
    public static final int KEPT_RELEASES = 20;

    private static final int FENCE = 0;
    private static final int CHUNK = Txn.MAX_OPERATIONS - 2;

    private final KeyValue kv;
    private final ReleaseKeys keys;
    private final Lock lock;
    private ReleaseHead head;
    private long headIndex;
    private final Map<String, Entry> hosts = new TreeMap<>();

    private record Entry(String json, long index) {}

    private Journal(Consul consul, ReleaseKeys keys, Lock lock, ReleaseHead head, long headIndex) {
        this.kv = consul.kv();
        this.keys = keys;
        this.lock = lock;
        this.head = head;
        this.headIndex = headIndex;
    }

    /**
     * Begins a record. The hosts' records come first, so that a head that is there has all of them.
     *
     * @param hosts each host's first record, as JSON, in their order
     */
    public static Journal begin(
            Consul consul, ReleaseKeys keys, Lock lock, ReleaseHead head, Map<String, String> hosts) {
        Journal journal = new Journal(consul, keys, lock, head, 0);
        List<String> names = new ArrayList<>(hosts.keySet());
        for (int from = 0; from < names.size(); from += CHUNK) {
            Map<String, String> chunk = new LinkedHashMap<>();
            names.subList(from, Math.min(names.size(), from + CHUNK)).forEach(name -> chunk.put(name, hosts.get(name)));
            journal.write(Optional.empty(), chunk);
        }
        journal.write(head);
        journal.prune();
        return journal;
    }

    /** Opens a record that is there, to go on with it; empty when it is not. */
    public static Optional<Journal> open(Consul consul, ReleaseKeys keys, Lock lock, String app, String id) {
        return consul.kv().get(keys.head(app, id)).map(entry -> {
            Journal journal = new Journal(consul, keys, lock, ReleaseHead.fromJson(entry.value()), entry.modifyIndex());
            for (KvEntry host : consul.kv().list(keys.hosts(app, id))) {
                journal.hosts.put(
                        URLDecoder.decode(host.name(), StandardCharsets.UTF_8),
                        new Entry(host.value(), host.modifyIndex()));
            }
            return journal;
        });
    }

    /** The releases of an application, the newest first. */
    public static List<ReleaseHead> releases(Consul consul, ReleaseKeys keys, String app) {
        return newestFirst(heads(consul.kv(), keys.app(app)));
    }

    /** The releases of all applications, the newest first. */
    public static List<ReleaseHead> releases(Consul consul, ReleaseKeys keys) {
        List<ReleaseHead> heads = new ArrayList<>();
        for (String app : folders(consul.kv(), keys.all())) {
            heads.addAll(heads(consul.kv(), keys.all() + app));
        }
        return newestFirst(heads);
    }

    /** The release with this id, of whichever application; empty when there is none. */
    public static Optional<ReleaseHead> find(Consul consul, ReleaseKeys keys, String id) {
        return folders(consul.kv(), keys.all()).stream()
                .map(app -> URLDecoder.decode(app.substring(0, app.length() - 1), StandardCharsets.UTF_8))
                .flatMap(app -> consul.kv().get(keys.head(app, id)).flatMap(Journal::read).stream())
                .findFirst();
    }

    /** The hosts' records of a release, as JSON by the hosts' names, without opening it. */
    public static Map<String, String> hosts(Consul consul, ReleaseKeys keys, String app, String id) {
        Map<String, String> records = new TreeMap<>();
        for (KvEntry host : consul.kv().list(keys.hosts(app, id))) {
            records.put(URLDecoder.decode(host.name(), StandardCharsets.UTF_8), host.value());
        }
        return records;
    }

    public ReleaseHead head() {
        return head;
    }

    /** The hosts' records, as JSON by the hosts' names. */
    public Map<String, String> hosts() {
        Map<String, String> records = new TreeMap<>();
        hosts.forEach((name, entry) -> records.put(name, entry.json()));
        return Collections.unmodifiableMap(records);
    }

    /** Writes the head. */
    public void write(ReleaseHead newHead) {
        write(Optional.of(newHead), Map.of());
    }

    /** Writes one host's record. */
    public void write(String host, String json) {
        write(Optional.empty(), Map.of(host, json));
    }

    /** Writes these in one transaction: at most {@link Txn#MAX_OPERATIONS} less two hosts. */
    public void write(Optional<ReleaseHead> newHead, Map<String, String> records) {
        Txn txn = lock.fence(Txn.to("record the release " + head.id() + " of " + head.app()));
        newHead.ifPresent(next -> txn.setIfUnchanged(keys.head(head.app(), head.id()), next.toJson(), 0, headIndex));
        records.forEach((host, json) -> txn.setIfUnchanged(
                keys.host(head.app(), head.id(), host),
                json,
                0,
                hosts.containsKey(host) ? hosts.get(host).index() : 0));
        remember(newHead, records, commit(txn, newHead, records));
    }

    /** Throws {@link JournalException} when the lock is known to be lost: to be called before each act. */
    public void checkOurs() {
        if (!lock.isHeld()) {
            throw new JournalException("the lock " + lock.key() + " of the release " + head.id() + " of " + head.app()
                    + " was lost: its session expired or was ended. Nothing more is done here; whoever takes the lock"
                    + " next goes on from the record");
        }
    }

    // Private

    private List<KvEntry> commit(Txn txn, Optional<ReleaseHead> newHead, Map<String, String> records) {
        try {
            TxnResult result = kv.commit(txn);
            if (result.committed()) {
                return result.entries();
            }
            throw new JournalException("could not record the release " + head.id() + " of " + head.app() + ": "
                    + (result.refused(FENCE) ? "the lock " + lock.key() + " is not ours any more" : result.reason())
                    + ". Somebody else has taken it over; nothing more is done here");
        } catch (ConsulException.Unreachable e) {
            return written(newHead, records).orElseThrow(() -> e);
        }
    }

    /** What is in Consul, if it is what was to be written. */
    private Optional<List<KvEntry>> written(Optional<ReleaseHead> newHead, Map<String, String> records) {
        Map<String, String> wanted = new TreeMap<>();
        newHead.ifPresent(next -> wanted.put(keys.head(head.app(), head.id()), next.toJson()));
        records.forEach((host, json) -> wanted.put(keys.host(head.app(), head.id(), host), json));
        List<KvEntry> found = new ArrayList<>();
        for (Map.Entry<String, String> want : wanted.entrySet()) {
            Optional<KvEntry> entry = kv.get(want.getKey());
            if (entry.isEmpty() || !entry.get().value().equals(want.getValue())) {
                return Optional.empty();
            }
            found.add(entry.get());
        }
        return Optional.of(found);
    }

    private void remember(Optional<ReleaseHead> newHead, Map<String, String> records, List<KvEntry> entries) {
        Map<String, Long> indexes = new TreeMap<>();
        entries.forEach(entry -> indexes.put(entry.key(), entry.modifyIndex()));
        newHead.ifPresent(next -> {
            head = next;
            headIndex = indexes.get(keys.head(head.app(), head.id()));
        });
        records.forEach(
                (host, json) -> hosts.put(host, new Entry(json, indexes.get(keys.host(head.app(), head.id(), host)))));
    }

    private void prune() {
        List<String> names =
                kv.children(keys.app(head.app()), BlockingQuery.NOW).value();
        names.stream() // whoever began these died before their heads were written
                .filter(name -> name.endsWith("/") && !names.contains(name.substring(0, name.length() - 1)))
                .forEach(folder -> kv.commit(
                        lock.fence(Txn.to("forget what was never begun")).deleteTree(keys.app(head.app()) + folder)));
        newestFirst(heads(kv, keys.app(head.app()))).stream()
                .skip(KEPT_RELEASES)
                .filter(old -> old.state().isOver())
                .forEach(old -> {
                    Txn txn = lock.fence(Txn.to("forget the release " + old.id()))
                            .deleteTree(keys.hosts(old.app(), old.id()))
                            .delete(keys.head(old.app(), old.id()));
                    kv.commit(txn);
                });
    }

    private static List<ReleaseHead> newestFirst(List<ReleaseHead> heads) {
        return heads.stream()
                .sorted(Comparator.comparing(ReleaseHead::started).reversed())
                .toList();
    }

    /** Heads alone: the hosts' records of all releases can be megabytes. */
    private static List<ReleaseHead> heads(KeyValue kv, String folder) {
        return kv.children(folder, BlockingQuery.NOW).value().stream()
                .filter(name -> !name.endsWith("/"))
                .flatMap(name -> kv.get(folder + name).flatMap(Journal::read).stream())
                .toList();
    }

    private static List<String> folders(KeyValue kv, String folder) {
        return kv.children(folder, BlockingQuery.NOW).value().stream()
                .filter(name -> name.endsWith("/"))
                .toList();
    }

    private static Optional<ReleaseHead> read(KvEntry entry) {
        try {
            return Optional.of(ReleaseHead.fromJson(entry.value()));
        } catch (RuntimeException e) { // the lock, or what somebody else put there: not a head
            return Optional.empty();
        }
    }
}
