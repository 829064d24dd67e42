package io.jenkins.plugins.consuldeploy.consul;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
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
        List<String> names = new ArrayList<>();
        if (answer.found()) {
            for (JsonElement key : transport.json(call, answer).getAsJsonArray()) {
                String name = key.getAsString().substring(prefix.length());
                if (!name.isEmpty()) {
                    names.add(name);
                }
            }
        }
        return new Snapshot<>(List.copyOf(names), answer.index());
    }

    /** Writes a key, whoever wrote it before. The lock on it, if there is one, stays. */
    public void put(String key, String value) {
        Call call = Call.write("write the key " + key, write(key), path(key)).asRepeatable();
        accepted(call, transport.put(call, value));
    }

    /**
     * Writes a key if it still is as it was read.
     *
     * @param index its {@link KvEntry#modifyIndex()}; 0 when it must not exist
     * @return false when somebody was faster; nothing is written then
     */
    public boolean putIfUnchanged(String key, String value, long index) {
        Call call = Call.write("write the key " + key, write(key), path(key), "cas=" + Long.toUnsignedString(index));
        return transport.json(call, transport.put(call, value)).getAsBoolean();
    }

    /** Removes a key; a key that is not there is no error. */
    public void delete(String key) {
        Call call = Call.write("remove the key " + key, write(key), path(key)).asRepeatable();
        transport.delete(call);
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
        transport.delete(call);
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
        JsonObject body = transport.json(call, answer).getAsJsonObject();
        if (answer.status() == 200) {
            List<KvEntry> results = new ArrayList<>();
            for (JsonElement result : array(body, "Results")) {
                results.add(entry(result.getAsJsonObject().getAsJsonObject("KV")));
            }
            return TxnResult.committed(results);
        }
        List<TxnResult.Refusal> refusals = new ArrayList<>();
        for (JsonElement error : array(body, "Errors")) {
            JsonObject fields = error.getAsJsonObject();
            refusals.add(new TxnResult.Refusal(
                    fields.get("OpIndex").getAsInt(), fields.get("What").getAsString()));
        }
        for (TxnResult.Refusal refusal : refusals) {
            // Consul answers a transaction that the token may not do with 409, not with 403.
            if (refusal.what().contains("Permission denied")) {
                throw new ConsulException.Forbidden(
                        "Consul at " + transport.config().address() + " forbids to "
                                + txn.doing() + " (" + refusal.what() + "). The token needs "
                                + txn.permission(refusal.operation()));
            }
        }
        return TxnResult.rolledBack(refusals);
    }

    // Private

    private static String path(String key) {
        if (key.isEmpty()) {
            throw new IllegalArgumentException("a key can't be empty");
        }
        return "/v1/kv/" + Call.encodeKey(key);
    }

    private static String write(String key) {
        return "key:write on \"" + key + "\"";
    }

    private void accepted(Call call, Transport.Answer answer) {
        if (!transport.json(call, answer).getAsBoolean()) {
            throw new ConsulException.Refused("could not " + call.doing() + ": Consul answered false", null);
        }
    }

    private List<KvEntry> entries(Call call, Transport.Answer answer) {
        if (!answer.found()) {
            return List.of();
        }
        JsonArray found = transport.json(call, answer).getAsJsonArray();
        List<KvEntry> entries = new ArrayList<>(found.size());
        for (JsonElement one : found) {
            entries.add(entry(one.getAsJsonObject()));
        }
        return List.copyOf(entries);
    }

    private static KvEntry entry(JsonObject fields) {
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

    private static JsonArray array(JsonObject body, String name) {
        JsonElement found = body.get(name);
        return found == null || found.isJsonNull() ? new JsonArray() : found.getAsJsonArray();
    }
}
