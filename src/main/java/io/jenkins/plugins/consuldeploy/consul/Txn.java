package io.jenkins.plugins.consuldeploy.consul;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * What is to happen to several keys at once, or not at all. Operations are carried out in their order; the first that
 * does not hold rolls all of them back.
 */
public final class Txn {

    /** How many operations Consul takes at once in every version that we support. */
    public static final int MAX_OPERATIONS = 64;

    private final String doing;
    private final List<JsonObject> operations = new ArrayList<>();
    private boolean repeatable = true;

    private Txn(String doing) {
        this.doing = doing;
    }

    /** @param doing what all of it is for, as in "could not <em>commit version v7</em>" */
    public static Txn to(String doing) {
        return new Txn(doing);
    }

    /** Writes a key. */
    public Txn set(String key, String value) {
        return add(operation("set", key, value));
    }

    /** Writes a key with a number beside it. */
    public Txn set(String key, String value, long flags) {
        JsonObject operation = operation("set", key, value);
        operation.addProperty("Flags", flags);
        return add(operation);
    }

    /** Writes a key that still has {@code index}; 0 when it must not exist. */
    public Txn setIfUnchanged(String key, String value, long flags, long index) {
        JsonObject operation = operation("cas", key, value);
        operation.addProperty("Flags", flags);
        operation.addProperty("Index", index);
        repeatable = false;
        return add(operation);
    }

    /** Writes a key and locks it with a session, which may hold it already. */
    public Txn lock(String key, String value, String session) {
        JsonObject operation = operation("lock", key, value);
        operation.addProperty("Session", session);
        return add(operation);
    }

    /** Holds only while the key is locked by this session: the fence in front of what a lock's holder writes. */
    public Txn checkSession(String key, String session) {
        JsonObject operation = operation("check-session", key);
        operation.addProperty("Session", session);
        return add(operation);
    }

    /** Holds only while the key exists, and reads it. */
    public Txn get(String key) {
        return add(operation("get", key));
    }

    /** Holds only while the key has {@code index}. */
    public Txn checkIndex(String key, long index) {
        JsonObject operation = operation("check-index", key);
        operation.addProperty("Index", index);
        repeatable = false;
        return add(operation);
    }

    /** Removes a key. */
    public Txn delete(String key) {
        return add(operation("delete", key));
    }

    /** Removes a key that still has {@code index}. */
    public Txn deleteIfUnchanged(String key, long index) {
        JsonObject operation = operation("delete-cas", key);
        operation.addProperty("Index", index);
        repeatable = false;
        return add(operation);
    }

    /** Removes every key that starts with {@code prefix}. */
    public Txn deleteTree(String prefix) {
        return add(operation("delete-tree", prefix));
    }

    public int size() {
        return operations.size();
    }

    // Private

    String doing() {
        return doing;
    }

    /** Whether doing it twice is the same as once. */
    boolean isRepeatable() {
        return repeatable;
    }

    String permission() {
        return operations.stream()
                .map(Txn::permission)
                .distinct()
                .reduce((a, b) -> a + ", " + b)
                .orElse("nothing");
    }

    String permission(int operation) {
        return operation >= 0 && operation < operations.size() ? permission(operations.get(operation)) : permission();
    }

    String toJson() {
        JsonArray all = new JsonArray();
        for (JsonObject operation : operations) {
            JsonObject one = new JsonObject();
            one.add("KV", operation);
            all.add(one);
        }
        return all.toString();
    }

    private static String permission(JsonObject operation) {
        String verb = operation.get("Verb").getAsString();
        String access = verb.startsWith("check") || verb.equals("get") ? "key:read" : "key:write";
        return (verb.equals("delete-tree") ? "key_prefix:write" : access) + " on \""
                + operation.get("Key").getAsString() + "\"";
    }

    private static JsonObject operation(String verb, String key) {
        JsonObject operation = new JsonObject();
        operation.addProperty("Verb", verb);
        operation.addProperty("Key", key);
        return operation;
    }

    private static JsonObject operation(String verb, String key, String value) {
        JsonObject operation = operation(verb, key);
        operation.addProperty("Value", Base64.getEncoder().encodeToString(value.getBytes(StandardCharsets.UTF_8)));
        return operation;
    }

    private Txn add(JsonObject operation) {
        if (operations.size() == MAX_OPERATIONS) {
            throw new IllegalStateException("a transaction takes at most " + MAX_OPERATIONS
                    + " operations, and this is one more: " + operation);
        }
        operations.add(operation);
        return this;
    }
}
