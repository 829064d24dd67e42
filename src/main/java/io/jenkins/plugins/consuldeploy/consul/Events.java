package io.jenkins.plugins.consuldeploy.consul;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/** User events ("Event" of Consul's HTTP API): fired at nodes without knowing them, and never answered. */
public final class Events {

    /**
     * What a payload may have at the very most. Gossip messages are small, and within the same 512 bytes Consul needs
     * room for the filters, twice the name, and some 96 bytes of its own.
     */
    public static final int MAX_PAYLOAD_BYTES = 512;

    /**
     * How many bytes payload, filters and twice the name may have together: what Consul 1.8 and 1.12 leave of
     * {@link #MAX_PAYLOAD_BYTES}, rounded down by what their encoding takes more or less.
     */
    public static final int MAX_CONTENT_BYTES = 404;

    private final Transport transport;

    Events(Transport transport) {
        this.transport = transport;
    }

    /**
     * Which nodes an event is for; each filter is a regular expression (Go's syntax), and all that are given must match.
     * A tag needs a service.
     */
    public record Target(Optional<String> node, Optional<String> service, Optional<String> tag) {

        public static final Target EVERY_NODE = new Target(Optional.empty(), Optional.empty(), Optional.empty());

        public Target {
            if (tag.isPresent() && service.isEmpty()) {
                throw new IllegalArgumentException("an event for the tag '" + tag.get()
                        + "' needs a service too: Consul filters tags within a service");
            }
        }
    }

    /** An event that was fired. */
    public record Event(String id, String name, String payload, Target target, long lamportTime) {}

    /**
     * Fires an event.
     *
     * @param payload less than {@link #MAX_PAYLOAD_BYTES} bytes of UTF-8; how many depends on the name and the target
     * @throws IllegalArgumentException when it is too long
     */
    public Event fire(String name, String payload, Target target) {
        int size = payload.getBytes(StandardCharsets.UTF_8).length;
        if (size > MAX_PAYLOAD_BYTES) {
            throw tooLong(name, size, null);
        }
        List<String> query = new ArrayList<>();
        target.node().ifPresent(filter -> query.add("node=" + Call.encode(filter)));
        target.service().ifPresent(filter -> query.add("service=" + Call.encode(filter)));
        target.tag().ifPresent(filter -> query.add("tag=" + Call.encode(filter)));
        Call call = Call.write(
                "fire the event " + name,
                "event:write on \"" + name + "\"",
                "/v1/event/fire/" + Call.encode(name),
                query.toArray(String[]::new));
        try {
            return transport.read(call, transport.put(call, payload), Events::event);
        } catch (ConsulException.Refused e) {
            throw e.getMessage().contains("exceeds configured limit") ? tooLong(name, size, e) : e;
        }
    }

    private static IllegalArgumentException tooLong(String name, int size, ConsulException cause) {
        return new IllegalArgumentException(
                "the payload of the event '" + name + "' has " + size + " bytes, and Consul takes at most "
                        + MAX_PAYLOAD_BYTES + " with the filters, twice the name, and some 96 bytes of its own;"
                        + " put the text under a key and its name into the payload",
                cause);
    }

    /** The events of that name which the asked agent has seen lately, oldest first. */
    public Snapshot<List<Event>> list(String name, BlockingQuery from) {
        Call call = Call.read(
                        "list the events " + name,
                        "event:read on \"" + name + "\"",
                        "/v1/event/list",
                        "name=" + Call.encode(name))
                .blocking(from);
        Transport.Answer answer = transport.get(call, from);
        List<Event> events = transport.read(call, answer, json -> json.getAsJsonArray().asList().stream()
                .map(Events::event)
                .toList());
        return new Snapshot<>(events, answer.index());
    }

    /**
     * Reads the events that a Consul agent's watch hands to its handler's standard input, oldest first.
     *
     * @throws IllegalArgumentException when it is something else
     */
    public static List<Event> delivered(String json) {
        try {
            List<Event> events = new ArrayList<>();
            JsonElement read = JsonParser.parseString(json);
            if (!read.isJsonNull()) { // nothing at all reads as null
                read.getAsJsonArray().forEach(one -> events.add(event(one)));
            }
            return events;
        } catch (RuntimeException e) {
            String shown = json.strip().replaceAll("\\s+", " ");
            throw new IllegalArgumentException(
                    "standard input has no events as a Consul watch of the type 'event' hands them over, a JSON array,"
                            + " but: " + shown.substring(0, Math.min(100, shown.length())),
                    e);
        }
    }

    private static Event event(JsonElement json) {
        JsonObject fields = json.getAsJsonObject();
        JsonElement payload = fields.get("Payload");
        return new Event(
                fields.get("ID").getAsString(),
                fields.get("Name").getAsString(),
                payload == null || payload.isJsonNull()
                        ? ""
                        : new String(Base64.getDecoder().decode(payload.getAsString()), StandardCharsets.UTF_8),
                new Target(text(fields, "NodeFilter"), text(fields, "ServiceFilter"), text(fields, "TagFilter")),
                fields.get("LTime").getAsLong());
    }

    private static Optional<String> text(JsonObject fields, String name) {
        JsonElement value = fields.get(name);
        return value == null || value.isJsonNull() || value.getAsString().isEmpty()
                ? Optional.empty()
                : Optional.of(value.getAsString());
    }
}
