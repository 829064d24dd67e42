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
import java.util.Comparator;
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
 * @param failures the other versions there at which the node failed last, so that the reason for a rollback is not lost by
 *                 it; the newest {@value #MAX_FAILURES}
 */
public record NodeReport(
        String version,
        NodeState state,
        Instant since,
        OptionalInt exitCode,
        List<String> output,
        List<String> versions,
        List<Failure> failures) {

    /** How many of a command's last lines are kept. */
    public static final int MAX_OUTPUT_LINES = 50;
    /** How many other versions' failures are kept. */
    public static final int MAX_FAILURES = 3;
    /** How many last lines of each of these. */
    public static final int MAX_FAILURE_LINES = 10;
    /** What a line is cut at; a Consul value may have 512 KiB. */
    public static final int MAX_LINE_CHARS = 1000;

    public NodeReport {
        output = last(MAX_OUTPUT_LINES, output);
        versions = List.copyOf(versions);
        failures = failures.stream()
                .sorted(Comparator.comparing(Failure::since).reversed())
                .limit(MAX_FAILURES)
                .toList();
    }

    /** One without failures of other versions. */
    public NodeReport(
            String version,
            NodeState state,
            Instant since,
            OptionalInt exitCode,
            List<String> output,
            List<String> versions) {
        this(version, state, since, exitCode, output, versions, List.of());
    }

    /** How a version failed that the report is not about any more. */
    public record Failure(String version, Instant since, OptionalInt exitCode, List<String> output) {

        public Failure {
            output = last(MAX_FAILURE_LINES, output);
        }
    }

    /** What it says of a version: whatever it is about, or the failure of another; empty where it says nothing of it. */
    public Optional<NodeReport> about(Version asked) {
        if (version.equals(asked.name())) {
            return Optional.of(this);
        }
        return failures.stream()
                .filter(failure -> failure.version().equals(asked.name()))
                .findFirst()
                .map(failure -> new NodeReport(
                        failure.version(),
                        NodeState.FAILED,
                        failure.since(),
                        failure.exitCode(),
                        failure.output(),
                        versions));
    }

    public String toJson() {
        JsonObject json = new JsonObject();
        json.addProperty("version", version);
        json.addProperty("state", state.word());
        addScript(json, since, exitCode, output);
        json.add("versions", strings(versions));
        if (!failures.isEmpty()) {
            JsonArray array = new JsonArray();
            for (Failure failure : failures) {
                JsonObject one = new JsonObject();
                one.addProperty("version", failure.version());
                addScript(one, failure.since(), failure.exitCode(), failure.output());
                array.add(one);
            }
            json.add("failures", array);
        }
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
                    exitCode(json),
                    strings(json.get("output")),
                    strings(json.get("versions")),
                    failures(json.get("failures"))));
        } catch (JsonParseException
                | IllegalStateException
                | UnsupportedOperationException
                | DateTimeParseException
                | NumberFormatException e) {
            return Optional.empty();
        }
    }

    // Private

    private static void addScript(JsonObject json, Instant since, OptionalInt exitCode, List<String> output) {
        json.addProperty("since", since.toString());
        exitCode.ifPresent(code -> json.addProperty("exitCode", code));
        json.add("output", strings(output));
    }

    private static OptionalInt exitCode(JsonObject json) {
        return json.has("exitCode") ? OptionalInt.of(json.get("exitCode").getAsInt()) : OptionalInt.empty();
    }

    private static List<Failure> failures(JsonElement array) {
        List<Failure> failures = new ArrayList<>();
        if (array != null) {
            array.getAsJsonArray().forEach(element -> {
                JsonObject one = element.getAsJsonObject();
                failures.add(new Failure(
                        text(one, "version"),
                        Instant.parse(text(one, "since")),
                        exitCode(one),
                        strings(one.get("output"))));
            });
        }
        return failures;
    }

    private static List<String> last(int count, List<String> lines) {
        return List.copyOf(lines.subList(Math.max(0, lines.size() - count), lines.size()));
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
