package io.jenkins.plugins.consuldeploy.traffic;

import com.google.gson.JsonParser;
import io.jenkins.plugins.consuldeploy.consul.ConfigEntries;
import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.ConsulProcess;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** A service of the shared Consul's mesh that speaks HTTP: its entries, and instances that are entered by hand. */
public final class MeshService implements AutoCloseable {

    private final String name = "web-" + UUID.randomUUID().toString().substring(0, 8);
    private final List<String> nodes = new ArrayList<>();
    private final ConfigEntries entries;

    public MeshService(Consul consul) {
        this.entries = consul.configEntries();
        put("service-defaults", "\"Protocol\": \"http\"");
    }

    public String name() {
        return name;
    }

    /** Writes its entry of this kind. */
    public void put(String kind, String fields) {
        entries.putIfUnchanged(
                JsonParser.parseString("{\"Kind\": \"" + kind + "\", \"Name\": \"" + name + "\", " + fields + "}")
                        .getAsJsonObject(),
                entries.get(kind, name).map(ConfigEntries.Entry::modifyIndex).orElse(0L));
    }

    /** One that speaks the mesh's protocol itself. */
    public void instance(Color color, String status) {
        String node = color + "-" + status + "-" + name;
        nodes.add(node);
        ConsulProcess.shared().http("PUT", "/v1/catalog/register", """
                        {"Node": "%1$s", "Address": "127.0.0.1",
                         "Service": {"ID": "%2$s", "Service": "%2$s", "Port": 80, "Connect": {"Native": true},
                                     "Meta": {"color": "%3$s"}},
                         "Check": {"CheckID": "%2$s", "Name": "%2$s", "Status": "%4$s", "ServiceID": "%2$s"}}
                        """.formatted(node, name, color, status));
    }

    @Override
    public void close() {
        for (String kind : List.of("service-splitter", "service-resolver", "service-defaults")) {
            entries.delete(kind, name);
        }
        nodes.forEach(
                node -> ConsulProcess.shared().http("PUT", "/v1/catalog/deregister", "{\"Node\": \"" + node + "\"}"));
    }
}
