package io.jenkins.plugins.consuldeploy.agent;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What an agent remembers of a version on its disk, beyond its own life.
 *
 * @param stage        how much its directory is worth
 * @param failures     how often it could not be prepared or activated since it was registered
 * @param failed       whether it could not at the last try
 * @param registration the index at which Consul had the version's folder when the failure was told; 0 while it was not
 * @param exitCode     of the script that failed last
 * @param output       of it, the last lines
 * @param since        when it failed
 */
record Marker(
        Stage stage,
        int failures,
        boolean failed,
        long registration,
        OptionalInt exitCode,
        List<String> output,
        Optional<Instant> since) {

    enum Stage {
        /** Half prepared: to be prepared anew. */
        PREPARING,
        /** As its deploy script left it. */
        PREPARED,
        /** Half removed. */
        REMOVING
    }

    static final Marker NEW =
            new Marker(Stage.PREPARING, 0, false, 0, OptionalInt.empty(), List.of(), Optional.empty());

    boolean isPrepared() {
        return stage == Stage.PREPARED;
    }

    Marker at(Stage newStage) {
        return new Marker(newStage, failures, failed, registration, exitCode, output, since);
    }

    Marker failedOnceMore(ScriptResult result, Instant when) {
        return new Marker(stage, failures + 1, true, 0, result.exitCode(), result.output(), Optional.of(when));
    }

    /** The last try succeeded; the ones before still count until it is active. */
    Marker succeeded() {
        return new Marker(stage, failures, false, 0, OptionalInt.empty(), List.of(), Optional.empty());
    }

    /** It was registered anew, or runs: what failed before does not count any more. */
    Marker forgiven() {
        return new Marker(stage, 0, false, 0, OptionalInt.empty(), List.of(), Optional.empty());
    }

    Marker registeredAt(long index) {
        return new Marker(stage, failures, failed, index, exitCode, output, since);
    }

    String toJson() {
        JsonObject json = new JsonObject();
        json.addProperty("stage", stage.name());
        json.addProperty("failures", failures);
        json.addProperty("failed", failed);
        json.addProperty("registration", registration);
        if (exitCode.isPresent()) {
            json.addProperty("exitCode", exitCode.getAsInt());
        }
        JsonArray lines = new JsonArray();
        output.forEach(lines::add);
        json.add("output", lines);
        since.ifPresent(time -> json.addProperty("since", time.toString()));
        return json.toString();
    }

    /** Reads a marker. One that can't be read says that the directory is not to be trusted. */
    static Marker fromJson(String text) {
        try {
            JsonObject json = JsonParser.parseString(text).getAsJsonObject();
            List<String> lines = new ArrayList<>();
            for (JsonElement line : json.getAsJsonArray("output")) {
                lines.add(line.getAsString());
            }
            return new Marker(
                    Stage.valueOf(json.get("stage").getAsString()),
                    json.get("failures").getAsInt(),
                    json.get("failed").getAsBoolean(),
                    json.get("registration").getAsLong(),
                    json.has("exitCode") ? OptionalInt.of(json.get("exitCode").getAsInt()) : OptionalInt.empty(),
                    lines,
                    json.has("since")
                            ? Optional.of(Instant.parse(json.get("since").getAsString()))
                            : Optional.empty());
        } catch (RuntimeException e) { // whatever the parser says of what is no marker
            return NEW;
        }
    }
}
