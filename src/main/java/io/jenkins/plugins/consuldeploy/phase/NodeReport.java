package io.jenkins.plugins.consuldeploy.phase;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What a node has to tell beyond the state of a version: the value of its report's key, as JSON. It outlives the node's
 * session, so that a node that died can still be read about.
 *
 * @param version  the one that the rest is about
 * @param state    of that version
 * @param since    when that state was entered
 * @param exitCode of the command that ended last, if one did
 * @param output   its last lines, at most {@value #MAX_OUTPUT_LINES}
 * @param versions what lies on the node's disk, prepared or half prepared
 */
public record NodeReport(
        String version,
        NodeState state,
        Instant since,
        OptionalInt exitCode,
        List<String> output,
        List<String> versions) {

    /** How many of a command's last lines are kept. */
    public static final int MAX_OUTPUT_LINES = 50;
    /** What a line is cut at; a Consul value may have 512 KiB. */
    public static final int MAX_LINE_CHARS = 1000;

    public NodeReport {
        output = List.copyOf(output.subList(Math.max(0, output.size() - MAX_OUTPUT_LINES), output.size()));
        versions = List.copyOf(versions);
    }

    public String toJson() {
        JsonObject json = new JsonObject();
        json.addProperty("version", version);
        json.addProperty("state", state.word());
        json.addProperty("since", since.toString());
        exitCode.ifPresent(code -> json.addProperty("exitCode", code));
        json.add("output", strings(output));
        json.add("versions", strings(versions));
        return json.toString();
    }

    /** Reads a report; empty when it is none. */
    public static Optional<NodeReport> fromJson(String text) {
        try {
            JsonObject json = JsonParser.parseString(text).getAsJsonObject();
            return Optional.of(new NodeReport(
                    text(json, "version"),
                    NodeState.parse(text(json, "state")),
                    Instant.parse(text(json, "since")),
                    json.has("exitCode") ? OptionalInt.of(json.get("exitCode").getAsInt()) : OptionalInt.empty(),
                    strings(json.get("output")),
                    strings(json.get("versions"))));
        } catch (JsonParseException
                | IllegalStateException
                | UnsupportedOperationException
                | DateTimeParseException
                | NumberFormatException e) {
            return Optional.empty();
        }
    }

    private static String text(JsonObject json, String name) {
        if (json.get(name) instanceof JsonPrimitive value) {
            return value.getAsString();
        }
        throw new JsonParseException("a report without " + name);
    }

    private static JsonArray strings(List<String> lines) {
        JsonArray array = new JsonArray();
        for (String line : lines) {
            array.add(line.length() <= MAX_LINE_CHARS ? line : line.substring(0, MAX_LINE_CHARS) + "…");
        }
        return array;
    }

    private static List<String> strings(JsonElement array) {
        List<String> lines = new ArrayList<>();
        if (array == null) {
            return lines;
        }
        array.getAsJsonArray().forEach(line -> lines.add(line.getAsString()));
        return lines;
    }
}
