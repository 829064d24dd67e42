package io.jenkins.plugins.consuldeploy.event;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.jenkins.plugins.consuldeploy.phase.NodeState;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The events that a node has handled, newest last, and what came of each: a watch hands the same event over again and
 * again, with each later one, and when its agent is started.
 */
record HandledEvents(Map<String, NodeState> states) {

    /** A Consul agent keeps 256 events for all its watches. */
    private static final int MAX = 256;

    static HandledEvents fromJson(String text) {
        Map<String, NodeState> states = new LinkedHashMap<>();
        try {
            for (JsonElement one : JsonParser.parseString(text).getAsJsonArray()) {
                JsonObject event = one.getAsJsonObject();
                states.put(
                        event.get("id").getAsString(),
                        NodeState.parse(event.get("state").getAsString()));
            }
        } catch (JsonParseException | IllegalStateException | UnsupportedOperationException e) {
            states.clear();
        }
        return new HandledEvents(states);
    }

    /** What came of an event; empty when it is new, or whoever handled it was cut off. */
    Optional<NodeState> ended(String id) {
        return Optional.ofNullable(states.get(id)).filter(state -> state != NodeState.BUSY);
    }

    HandledEvents with(String id, NodeState state) {
        Map<String, NodeState> all = new LinkedHashMap<>(states);
        all.remove(id);
        all.put(id, state);
        while (all.size() > MAX) {
            all.remove(all.keySet().iterator().next());
        }
        return new HandledEvents(all);
    }

    String toJson() {
        JsonArray array = new JsonArray();
        states.forEach((id, state) -> {
            JsonObject one = new JsonObject();
            one.addProperty("id", id);
            one.addProperty("state", state.word());
            array.add(one);
        });
        return array.toString();
    }
}
