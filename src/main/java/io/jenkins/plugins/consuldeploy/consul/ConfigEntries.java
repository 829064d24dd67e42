package io.jenkins.plugins.consuldeploy.consul;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Config entries of the service mesh ("Config" and "Discovery Chain" of Consul's HTTP API): how its proxies resolve, split
 * and route a service's traffic.
 */
public final class ConfigEntries {

    private static final String CREATE_INDEX = "CreateIndex";
    private static final String MODIFY_INDEX = "ModifyIndex";

    private final Transport transport;

    ConfigEntries(Transport transport) {
        this.transport = transport;
    }

    /**
     * An entry.
     *
     * @param fields      all that it has, but for its indexes; a copy
     * @param modifyIndex goes up with each change
     */
    public record Entry(JsonObject fields, long modifyIndex) {

        public Entry {
            fields = fields.deepCopy();
        }

        @Override
        public JsonObject fields() {
            return fields.deepCopy();
        }
    }

    /**
     * What Consul makes of all entries of a service for the proxies that reach it.
     *
     * @param protocol of it, as {@code http}; {@code tcp} where nothing says another
     * @param split    how much goes where, in percent, as the splitter says; all to one where there is no splitter. The
     *                 targets are called {@code service}, or {@code subset.service}, with namespace and datacenter behind
     */
    public record Chain(String protocol, Map<String, Double> split) {

        public Chain {
            split = Map.copyOf(new TreeMap<>(split));
        }
    }

    /** Empty where there is none. */
    public Optional<Entry> get(String kind, String name) {
        Call call = Call.read("read the " + kind + " of " + name, "service:read on \"" + name + "\"", path(kind, name));
        return transport.readOr(Optional.empty(), call, transport.get(call), json -> {
            JsonObject fields = json.getAsJsonObject();
            long index = fields.remove(MODIFY_INDEX).getAsLong();
            fields.remove(CREATE_INDEX);
            return Optional.of(new Entry(fields, index));
        });
    }

    /**
     * Writes an entry if it still is as it was read.
     *
     * @param fields its {@code Kind} and {@code Name} among them
     * @param index  its {@link Entry#modifyIndex()}; 0 when it must not exist
     * @return false when somebody was faster. To write what is there already may be true even so, since Consul 1.12
     * @throws ConsulException.Refused when Consul finds that it does not fit the other entries
     */
    public boolean putIfUnchanged(JsonObject fields, long index) {
        String kind = text(fields, "Kind");
        String name = text(fields, "Name");
        Call call = Call.write(
                "write the " + kind + " of " + name,
                "service:write on \"" + name + "\"",
                "/v1/config",
                "cas=" + Long.toUnsignedString(index));
        return transport.readBoolean(call, transport.put(call, fields.toString()));
    }

    /** Removes an entry; one that is not there is no error. */
    public void delete(String kind, String name) {
        transport.delete(
                Call.write("remove the " + kind + " of " + name, "service:write on \"" + name + "\"", path(kind, name))
                        .asRepeatable());
    }

    /** What proxies are told of a service; also of one that nothing is known of. */
    public Chain chain(String service) {
        Call call = Call.read(
                "read the discovery chain of " + service,
                "service:read on \"" + service + "\"",
                "/v1/discovery-chain/" + Call.encode(service));
        return transport.read(call, transport.get(call), json -> {
            JsonObject chain = json.getAsJsonObject().getAsJsonObject("Chain");
            JsonObject nodes = chain.getAsJsonObject("Nodes");
            Map<String, Double> split = new HashMap<>();
            for (Map.Entry<String, JsonElement> node : nodes.entrySet()) {
                if (node.getKey().startsWith("splitter:" + service + ".")) {
                    for (JsonElement one : node.getValue().getAsJsonObject().getAsJsonArray("Splits")) {
                        JsonObject part = one.getAsJsonObject();
                        double weight = part.has("Weight") ? part.get("Weight").getAsDouble() : 0;
                        split.merge(target(text(part, "NextNode")), weight, Double::sum);
                    }
                }
            }
            if (split.isEmpty()) {
                split.put(target(text(chain, "StartNode")), 100.0);
            }
            return new Chain(text(chain, "Protocol"), split);
        });
    }

    // Private

    private static String path(String kind, String name) {
        return "/v1/config/" + Call.encode(kind) + "/" + Call.encode(name);
    }

    /** Of {@code resolver:blue.web.default.dc1} what is behind the colon. */
    private static String target(String node) {
        return node.substring(node.indexOf(':') + 1);
    }

    private static String text(JsonObject fields, String name) {
        if (fields.get(name) instanceof JsonPrimitive value) {
            return value.getAsString();
        }
        throw new IllegalStateException("no " + name + " in " + fields);
    }
}
