package io.jenkins.plugins.consuldeploy.consul;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The catalog of services and their health ("Health" and "Catalog" of Consul's HTTP API). */
public final class Services {

    private final Transport transport;

    Services(Transport transport) {
        this.transport = transport;
    }

    /** A service of a node, as the catalog has it. */
    public record Registered(String id, String service, List<String> tags) {}

    /** A node of the catalog. */
    public record Node(String name, String address) {}

    /**
     * Every instance of a service, as a blocking query.
     *
     * @param tag         only those that have it
     * @param passingOnly only those whose checks, and whose node's, all pass
     */
    public Snapshot<List<ServiceInstance>> instances(
            String service, Optional<String> tag, boolean passingOnly, BlockingQuery from) {
        List<String> query = new ArrayList<>();
        tag.ifPresent(name -> query.add("tag=" + Call.encode(name)));
        if (passingOnly) {
            query.add("passing");
        }
        Call call = Call.read(
                        "list the instances of the service " + service,
                        "service:read on \"" + service + "\" and node:read on its nodes",
                        "/v1/health/service/" + Call.encode(service),
                        query.toArray(String[]::new))
                .blocking(from);
        Transport.Answer answer = transport.get(call, from);
        List<ServiceInstance> instances = transport.read(call, answer, json -> json.getAsJsonArray().asList().stream()
                .map(one -> instance(one.getAsJsonObject()))
                .toList());
        return new Snapshot<>(instances, answer.index());
    }

    /**
     * The instances of a service that a mesh can reach, by their sidecars or by themselves, whose checks all pass.
     *
     * @param filter Consul's filter expression, as a service resolver's subset has it; all where it is empty
     */
    public List<ServiceInstance> passingInMesh(String service, String filter) {
        List<String> query = new ArrayList<>(List.of("passing"));
        if (!filter.isEmpty()) {
            query.add("filter=" + Call.encode(filter));
        }
        Call call = Call.read(
                "list the instances of the service " + service + " in the mesh",
                "service:read on \"" + service + "\" and node:read on its nodes",
                "/v1/health/connect/" + Call.encode(service),
                query.toArray(String[]::new));
        return transport.read(call, transport.get(call), json -> json.getAsJsonArray().asList().stream()
                .map(one -> instance(one.getAsJsonObject()))
                .toList());
    }

    /** Every node of the catalog. */
    public List<Node> nodes() {
        Call call = Call.read("list the nodes", "node:read on them", "/v1/catalog/nodes");
        return transport.read(call, transport.get(call), json -> json.getAsJsonArray().asList().stream()
                .map(JsonElement::getAsJsonObject)
                .map(fields -> new Node(text(fields, "Node"), text(fields, "Address")))
                .toList());
    }

    /**
     * The names of the nodes whose Consul agent is alive, by its gossip. Nodes without an agent are not among them, and
     * those that the token may not read are left out, and Consul does not say so.
     */
    public Set<String> liveNodes() {
        Call call = Call.read(
                "list the nodes whose agents are alive",
                "node:read on them",
                "/v1/health/state/passing",
                "filter=" + Call.encode("CheckID == serfHealth"));
        return transport.read(call, transport.get(call), json -> json.getAsJsonArray().asList().stream()
                .map(check -> text(check.getAsJsonObject(), "Node"))
                .collect(Collectors.toCollection(TreeSet::new)));
    }

    /** What is registered on a node; empty when there is no such node. */
    public List<Registered> on(String name) {
        Call call = Call.read(
                "list the services of the node " + name,
                "node:read on \"" + name + "\" and service:read on its services",
                "/v1/catalog/node/" + Call.encode(name));
        List<Registered> services = new ArrayList<>();
        if (transport.json(call, transport.get(call)) instanceof JsonObject found
                && found.get("Services") instanceof JsonObject byId) {
            byId.entrySet()
                    .forEach(one -> services.add(registered(one.getValue().getAsJsonObject())));
        }
        return services;
    }

    /** A node of the catalog by its name; empty when there is none of that name. */
    public Optional<Node> node(String name) {
        Call call = Call.read(
                "look up the node " + name, "node:read on \"" + name + "\"", "/v1/catalog/node/" + Call.encode(name));
        // Consul answers with null for a node that it does not know.
        return transport.json(call, transport.get(call)) instanceof JsonObject found
                        && found.get("Node") instanceof JsonObject node
                ? Optional.of(new Node(text(node, "Node"), text(node, "Address")))
                : Optional.empty();
    }

    /** Every check on a node, its services' among them; empty when there is no such node. */
    public List<ServiceInstance.Check> nodeChecks(String name) {
        Call call = Call.read(
                "list the checks of the node " + name,
                "node:read on \"" + name + "\" and service:read on its services",
                "/v1/health/node/" + Call.encode(name));
        return checks(transport.json(call, transport.get(call)).getAsJsonArray());
    }

    // Private

    private static ServiceInstance instance(JsonObject fields) {
        JsonObject node = fields.getAsJsonObject("Node");
        JsonObject service = fields.getAsJsonObject("Service");
        String nodeAddress = text(node, "Address");
        String address = text(service, "Address");
        return new ServiceInstance(
                text(node, "Node"),
                nodeAddress,
                text(service, "ID"),
                text(service, "Service"),
                address.isEmpty() ? nodeAddress : address,
                service.has("Port") ? service.get("Port").getAsInt() : 0,
                tags(service),
                pairs(service, "Meta"),
                checks(array(fields, "Checks")),
                pairs(node, "Meta"),
                index(service, "CreateIndex"));
    }

    private static List<ServiceInstance.Check> checks(JsonArray found) {
        List<ServiceInstance.Check> checks = new ArrayList<>();
        for (JsonElement one : found) {
            JsonObject check = one.getAsJsonObject();
            checks.add(new ServiceInstance.Check(
                    text(check, "CheckID"),
                    text(check, "Name"),
                    text(check, "Status"),
                    text(check, "Output"),
                    text(check, "ServiceID"),
                    text(check, "Notes"),
                    index(check, "ModifyIndex")));
        }
        return List.copyOf(checks);
    }

    private static Registered registered(JsonObject service) {
        return new Registered(text(service, "ID"), text(service, "Service"), tags(service));
    }

    private static List<String> tags(JsonObject service) {
        List<String> tags = new ArrayList<>();
        for (JsonElement tag : array(service, "Tags")) {
            tags.add(tag.getAsString());
        }
        return List.copyOf(tags);
    }

    private static Map<String, String> pairs(JsonObject fields, String name) {
        Map<String, String> pairs = new TreeMap<>();
        if (fields.get(name) instanceof JsonObject found) {
            found.entrySet()
                    .forEach(pair -> pairs.put(pair.getKey(), pair.getValue().getAsString()));
        }
        return Map.copyOf(pairs);
    }

    private static JsonArray array(JsonObject fields, String name) {
        return fields.get(name) instanceof JsonArray found ? found : new JsonArray();
    }

    private static long index(JsonObject fields, String name) {
        return fields.has(name) ? fields.get(name).getAsLong() : 0;
    }

    private static String text(JsonObject fields, String name) {
        JsonElement value = fields.get(name);
        return value == null || value.isJsonNull() ? "" : value.getAsString();
    }
}
