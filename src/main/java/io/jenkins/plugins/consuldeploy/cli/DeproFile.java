package io.jenkins.plugins.consuldeploy.cli;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * What a file for the {@code -config} flag of Depro's tool says; keys of other programs are ignored, as there. Unlike
 * there, options win over the file.
 */
record DeproFile(
        Optional<String> server,
        Optional<String> auth,
        Optional<String> token,
        Optional<String> datacenter,
        Optional<String> prefix,
        Optional<String> patience,
        Optional<String> nodes) {

    static final DeproFile EMPTY = new DeproFile(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());

    /** @throws IllegalArgumentException naming the file, and the line and column of what can't be read */
    static DeproFile read(Path file) {
        String text;
        try {
            text = Files.readString(file);
        } catch (IOException e) {
            throw new IllegalArgumentException("--config names the file " + file + ", which can't be read: " + e, e);
        }
        JsonReader reader = new JsonReader(new StringReader(text));
        reader.setStrictness(Strictness.STRICT);
        try {
            JsonElement json = JsonParser.parseReader(reader);
            if (!json.isJsonObject()) {
                throw new IllegalArgumentException("--config " + file + ": a JSON object was expected, such as"
                        + " {\"server\": \"127.0.0.1:8500\", \"prefix\": \"api/version\", \"nodes\": 3}");
            }
            return of(file, json.getAsJsonObject());
        } catch (JsonParseException e) {
            Throwable said = e.getCause() == null ? e : e.getCause();
            throw new IllegalArgumentException(
                    "--config " + file + " is not JSON: "
                            + String.valueOf(said.getMessage())
                                    .lines()
                                    .findFirst()
                                    .orElse(""),
                    e);
        }
    }

    private static DeproFile of(Path file, JsonObject json) {
        Optional<String> user = text(file, json, "username");
        return new DeproFile(
                text(file, json, "server"),
                user.map(name -> name + ":" + text(file, json, "password").orElse("")),
                text(file, json, "token"),
                text(file, json, "datacenter"),
                text(file, json, "prefix"),
                text(file, json, "wait"),
                text(file, json, "nodes"));
    }

    /** Go's reader does not look at the case of keys, so neither does this. */
    private static Optional<String> text(Path file, JsonObject json, String name) {
        return json.entrySet().stream()
                .filter(entry -> entry.getKey().equalsIgnoreCase(name))
                .map(Map.Entry::getValue)
                .filter(value -> !value.isJsonNull())
                .map(value -> {
                    if (!value.isJsonPrimitive()) {
                        throw new IllegalArgumentException(
                                "--config " + file + ": \"" + name + "\" has to be a text or a number");
                    }
                    return value.getAsString();
                })
                .filter(value -> !value.isEmpty())
                .findFirst();
    }
}
