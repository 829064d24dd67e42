package io.jenkins.plugins.consuldeploy.consul;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * Consul's key-value tree. Every method throws {@link ConsulException} when Consul can't be asked or forbids, after
 * riding out outages as {@link ConsulConfig#outageLimit()} says.
 */
public final class KeyValue {

    private final Transport transport;

    KeyValue(Transport transport) {
        this.transport = transport;
    }

    /** One key; empty when it does not exist. */
    public Optional<KvEntry> get(String key) {
        return get(key, BlockingQuery.NOW).value();
    }

    /** One key as a blocking query. A key that does not exist yet wakes for its neighbors too. */
    public Snapshot<Optional<KvEntry>> get(String key, BlockingQuery from) {
        Call call = Call.read("read the key " + key, "key:read on \"" + key + "\"", path(key))
                .blocking(from);
        Transport.Answer answer = transport.get(call, from);
        return new Snapshot<>(entries(call, answer).stream().findFirst(), answer.index());
    }

    /**
     * Every key below {@code prefix}, which should end with a slash: {@code v1} would find {@code v10} too. Keys that
     * the token may not read are left out, and Consul does not say so.
     */
    public List<KvEntry> list(String prefix) {
        return list(prefix, BlockingQuery.NOW).value();
    }

    /** Every key below {@code prefix} as a blocking query, which any of them wakes. */
    public Snapshot<List<KvEntry>> list(String prefix, BlockingQuery from) {
        Call call = Call.read(
                        "list the keys below " + prefix,
                        "key:list (or key_prefix read) on \"" + prefix + "\"",
                        "/v1/kv/" + Call.encodeKey(prefix),
                        "recurse")
                .blocking(from);
        Transport.Answer answer = transport.get(call, from);
        return new Snapshot<>(entries(call, answer), answer.index());
    }

    /**
     * The names right below {@code prefix}, without values: its keys, and its folders with a slash at their end. The
     * answer is small however much the folders hold, but anything in them wakes the query.
     */
    public Snapshot<List<String>> children(String prefix, BlockingQuery from) {
        Call call = Call.read(
                        "list the keys below " + prefix,
                        "key:list (or key_prefix read) on \"" + prefix + "\"",
                        "/v1/kv/" + Call.encodeKey(prefix),
                        "keys",
                        "separator=/")
                .blocking(from);
        Transport.Answer answer = transport.get(call, from);
        List<String> names = transport.readOr(List.of(), call, answer, json -> json.getAsJsonArray().asList().stream()
                .map(key -> key.getAsString().substring(prefix.length()))
                .filter(name -> !name.isEmpty())
                .toList());
        return new Snapshot<>(names, answer.index());
    }

    /** Writes a key, whoever wrote it before. The lock on it, if there is one, stays. */
    public void put(String key, String value) {
        Call call = Call.write("write the key " + key, write(key), path(key)).asRepeatable();
        if (!transport.readBoolean(call, transport.put(call, value))) {
            throw new ConsulException.Refused("could not " + call.doing() + ": Consul answered false", null);
        }
    }

    /**
     * Writes a key if it still is as it was read.
     *
     * @param index its {@link KvEntry#modifyIndex()}; 0 when it must not exist
     * @return false when somebody was faster; nothing is written then
     */
    public boolean putIfUnchanged(String key, String value, long index) {
        Call call = Call.write("write the key " + key, write(key), path(key), "cas=" + Long.toUnsignedString(index));
        return transport.readBoolean(call, transport.put(call, value));
    }

    /** Removes a key; a key that is not there is no error. */
    public void delete(String key) {
        Call call = Call.write("remove the key " + key, write(key), path(key)).asRepeatable();
        transport.readBoolean(call, transport.delete(call));
    }

    /** Removes every key below {@code prefix}, which can't be empty: that would be every key there is. */
    public void deleteTree(String prefix) {
        if (prefix.isEmpty()) {
            throw new IllegalArgumentException("an empty prefix would remove everything from Consul; name one");
        }
        Call call = Call.write(
                        "remove the keys below " + prefix,
                        "key_prefix:write on \"" + prefix + "\"",
                        "/v1/kv/" + Call.encodeKey(prefix),
                        "recurse")
                .asRepeatable();
        transport.readBoolean(call, transport.delete(call));
    }

    /**
     * Does all of it or nothing ("Transactions" of Consul's HTTP API).
     *
     * @throws ConsulException.Unreachable also when the answer got lost: the transaction may have happened
     */
    public TxnResult commit(Txn txn) {
        Call call = Call.write(txn.doing(), txn.permission(), "/v1/txn");
        if (txn.isRepeatable()) {
            call = call.asRepeatable();
        }
        Transport.Answer answer = transport.put(call, txn.toJson());
        TxnResult result = transport.read(call, answer, json -> {
            JsonObject body = json.getAsJsonObject();
            return answer.status() == 200
                    ? TxnResult.committed(body.get("Results") instanceof JsonArray done ? results(done) : List.of())
                    : TxnResult.rolledBack(refusals(body.getAsJsonArray("Errors")));
        });
        for (TxnResult.Refusal refusal : result.refusals()) {
            // Consul answers a transaction that the token may not do with 409, not with 403.
            if (refusal.what().contains("Permission denied")) {
                throw new ConsulException.Forbidden(
                        "Consul at " + transport.config().address() + " forbids to "
                                + txn.doing() + " (" + refusal.what() + "). The token needs "
                                + txn.permission(refusal.operation()));
            }
        }
        return result;
    }

    // Private

    private static List<KvEntry> results(JsonArray done) {
        return done.asList().stream()
                .map(result -> entry(result.getAsJsonObject().get("KV")))
                .toList();
    }

    private static List<TxnResult.Refusal> refusals(JsonArray errors) {
        return errors.asList().stream()
                .map(JsonElement::getAsJsonObject)
                .map(error -> new TxnResult.Refusal(
                        error.get("OpIndex").getAsInt(), error.get("What").getAsString()))
                .toList();
    }

    private static String path(String key) {
        if (key.isEmpty()) {
            throw new IllegalArgumentException("a key can't be empty");
        }
        return "/v1/kv/" + Call.encodeKey(key);
    }

    private static String write(String key) {
        return "key:write on \"" + key + "\"";
    }

    private List<KvEntry> entries(Call call, Transport.Answer answer) {
        return transport.readOr(List.of(), call, answer, json -> json.getAsJsonArray().asList().stream()
                .map(KeyValue::entry)
                .toList());
    }

    private static KvEntry entry(JsonElement json) {
        JsonObject fields = json.getAsJsonObject();
        JsonElement value = fields.get("Value");
        JsonElement session = fields.get("Session");
        return new KvEntry(
                fields.get("Key").getAsString(),
                value == null || value.isJsonNull()
                        ? ""
                        : new String(Base64.getDecoder().decode(value.getAsString()), StandardCharsets.UTF_8),
                Long.parseUnsignedLong(fields.get("Flags").getAsString()),
                fields.get("CreateIndex").getAsLong(),
                fields.get("ModifyIndex").getAsLong(),
                session == null || session.isJsonNull() ? Optional.empty() : Optional.of(session.getAsString()));
    }
}
