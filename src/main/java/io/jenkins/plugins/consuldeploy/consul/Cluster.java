package io.jenkins.plugins.consuldeploy.consul;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.Optional;

/** What the Consul that is asked says of itself. */
public final class Cluster {

    private final Transport transport;

    Cluster(Transport transport) {
        this.transport = transport;
    }

    /** The agent that answers. */
    public record Self(String node, String datacenter, String version) {}

    /** The leader's address; empty while there is none. */
    public Optional<String> leader() {
        Call call = Call.read("ask for the leader", "nothing", "/v1/status/leader");
        String leader = transport.read(call, transport.get(call), JsonElement::getAsString);
        return leader.isEmpty() ? Optional.empty() : Optional.of(leader);
    }

    /** The agent that answers: its node's name, datacenter and version. */
    public Self self() {
        Call call = Call.read("ask the agent for its name", "agent:read on its node", "/v1/agent/self");
        return transport.read(call, transport.get(call), json -> {
            JsonObject config = json.getAsJsonObject().getAsJsonObject("Config");
            return new Self(
                    config.get("NodeName").getAsString(),
                    config.get("Datacenter").getAsString(),
                    config.get("Version").getAsString());
        });
    }
}
