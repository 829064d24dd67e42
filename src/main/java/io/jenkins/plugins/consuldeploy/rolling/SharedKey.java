package io.jenkins.plugins.consuldeploy.rolling;

import com.google.gson.JsonArray;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.ConsulException;
import io.jenkins.plugins.consuldeploy.consul.KvEntry;
import io.jenkins.plugins.consuldeploy.consul.Txn;
import io.jenkins.plugins.consuldeploy.phase.BadInputException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A key that a whole fleet renders from, with the values that it had before, newest last. They stand under a key of our
 * own, which is written in the same transaction.
 */
public final class SharedKey {

    private static final int MAX_HISTORY = 20;
    private static final int MAX_VALUE_BYTES = 512 * 1024;

    private final Consul consul;
    private final String key;
    private final String history;

    /**
     * @param root below which our own keys stand
     * @throws BadInputException when it is no key, or one of our own
     */
    public SharedKey(Consul consul, String root, String key) {
        this.consul = consul;
        this.key = checked(key, root);
        this.history =
                root + "/key/" + URLEncoder.encode(key, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** A key that people mean: without what HTTP or our own keys would make another of. */
    public static String checked(String key, String root) {
        if (key.isBlank()
                || key.startsWith("/")
                || key.endsWith("/")
                || key.contains("//")
                || ("/" + key + "/").matches(".*/\\.{1,2}/.*")
                || key.codePoints().anyMatch(Character::isISOControl)) {
            throw new BadInputException(
                    "key",
                    key,
                    "a key such as configs/web/IMAGE_TAG: without a slash at either end or two in a row, and without"
                            + " the parts '.' and '..'");
        }
        if (key.equals(root) || key.startsWith(root + "/")) {
            throw new BadInputException("key", key, "it is inside '" + root + "/', where our own keys are");
        }
        return key;
    }

    /**
     * The key of a node: a folder of its name before the last part, {@code configs/web/node1/IMAGE_TAG} for
     * {@code configs/web/IMAGE_TAG}.
     */
    public static String ofNode(String key, String node) {
        int slash = key.lastIndexOf('/') + 1;
        return key.substring(0, slash) + node + "/" + key.substring(slash);
    }

    /** Somebody else changed the key between the look at it and the write; nothing was written. */
    public static final class ChangedMeanwhileException extends Exception {
        private static final long serialVersionUID = 1L;

        ChangedMeanwhileException(String key, String now) {
            super("the key " + key + " was changed to '" + now + "' by somebody else at the same moment; nothing was"
                    + " written. Find out who that was, then set it again");
        }
    }

    public String key() {
        return key;
    }

    /** Its value; empty when it does not exist. */
    public Optional<String> value() {
        return consul.kv().get(key).map(KvEntry::value);
    }

    /**
     * What it had before the value that it has now, as far as we have set both. Key and history are written in one
     * transaction, so they have the same index unless somebody else has set the key since.
     */
    public Optional<String> previous() {
        Optional<KvEntry> past = consul.kv().get(history);
        List<String> values = read(past);
        boolean isOurs = consul.kv().get(key).map(KvEntry::modifyIndex).equals(past.map(KvEntry::modifyIndex));
        return values.isEmpty() || !isOurs ? Optional.empty() : Optional.of(values.get(values.size() - 1));
    }

    /**
     * Sets it, if nobody else does at the same moment. Setting what it had before goes a step back in its history.
     *
     * @return what it had; empty when it did not exist
     */
    public Optional<String> set(String value) throws ChangedMeanwhileException {
        if (value.getBytes(StandardCharsets.UTF_8).length > MAX_VALUE_BYTES) {
            throw new BadInputException("value", value, "a Consul value has at most 512 KiB");
        }
        Optional<KvEntry> before = consul.kv().get(key);
        Optional<String> had = before.map(KvEntry::value);
        if (had.equals(Optional.of(value))) {
            return had;
        }
        Optional<KvEntry> past = consul.kv().get(history);
        Txn txn = Txn.to("set the key " + key)
                .setIfUnchanged(
                        key,
                        value,
                        before.map(KvEntry::flags).orElse(0L),
                        before.map(KvEntry::modifyIndex).orElse(0L))
                .setIfUnchanged(
                        history,
                        after(read(past), had, value),
                        0,
                        past.map(KvEntry::modifyIndex).orElse(0L));
        boolean committed;
        try {
            committed = consul.kv().commit(txn).committed();
        } catch (ConsulException.Unreachable e) { // the answer got lost, perhaps not the write
            committed = value().equals(Optional.of(value));
            if (!committed && value().equals(had)) {
                throw e;
            }
        }
        if (!committed) {
            throw new ChangedMeanwhileException(key, value().orElse(""));
        }
        return had;
    }

    /**
     * The keys of nodes that have a value of their own and another one: they do not follow this key.
     *
     * @param pattern their keys, with {@code *} for the node's name
     */
    public List<KvEntry> notFollowing(String pattern, String value) {
        int star = pattern.indexOf('*');
        if (star < 0) {
            return List.of();
        }
        String folder = pattern.substring(0, star);
        String rest = pattern.substring(star + 1);
        return consul.kv().list(folder).stream()
                .filter(entry -> entry.key().endsWith(rest)
                        && entry.key().length() > folder.length() + rest.length()
                        && !entry.key()
                                .substring(folder.length(), entry.key().length() - rest.length())
                                .contains("/")
                        && !entry.value().equals(value))
                .toList();
    }

    // Private

    /**
     * Sets it after every host had its turn, and the keys of nodes that had none: one that is away must not come back
     * with an old value.
     *
     * @return why it could not be
     */
    Optional<String> finish(String value, String ownKeys) {
        try {
            notFollowing(ownKeys, value).forEach(entry -> consul.kv().put(entry.key(), value));
            set(value);
            return Optional.empty();
        } catch (ChangedMeanwhileException e) {
            return Optional.of(e.getMessage());
        }
    }

    private static String after(List<String> values, Optional<String> had, String value) {
        List<String> next = new ArrayList<>(values);
        if (!next.isEmpty() && next.get(next.size() - 1).equals(value)) {
            next.remove(next.size() - 1);
        } else {
            had.ifPresent(next::add);
        }
        JsonArray json = new JsonArray();
        next.subList(Math.max(0, next.size() - MAX_HISTORY), next.size()).forEach(json::add);
        return json.toString();
    }

    private static List<String> read(Optional<KvEntry> entry) {
        List<String> values = new ArrayList<>();
        try {
            entry.ifPresent(found -> JsonParser.parseString(found.value())
                    .getAsJsonArray()
                    .forEach(one -> values.add(one.getAsString())));
        } catch (JsonParseException | IllegalStateException | UnsupportedOperationException e) {
            values.clear();
        }
        return values;
    }
}
