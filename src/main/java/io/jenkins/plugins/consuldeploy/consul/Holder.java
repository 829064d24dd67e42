package io.jenkins.plugins.consuldeploy.consul;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import java.time.Instant;
import java.time.format.DateTimeParseException;

/**
 * Who holds a lock, for whoever is refused: the text of the lock's key, as JSON.
 *
 * @param who   a person or a job
 * @param build the run that holds it: a build's URL, or host and process
 * @param what  what it is held for, as in "deploy v7"
 * @param since when it was taken
 */
public record Holder(String who, String build, String what, Instant since) {

    String toJson() {
        JsonObject json = new JsonObject();
        json.addProperty("who", who);
        json.addProperty("build", build);
        json.addProperty("what", what);
        json.addProperty("since", since.toString());
        return json.toString();
    }

    /** Reads a lock's value; whatever else holds the key is shown as it is. */
    static Holder fromJson(String text) {
        try {
            JsonObject json = JsonParser.parseString(text).getAsJsonObject();
            return new Holder(
                    text(json, "who"), text(json, "build"), text(json, "what"), Instant.parse(text(json, "since")));
        } catch (JsonParseException | IllegalStateException | DateTimeParseException e) {
            return new Holder(text.isBlank() ? "somebody" : text, "unknown", "unknown", Instant.EPOCH);
        }
    }

    private static String text(JsonObject json, String name) {
        if (json.get(name) instanceof JsonPrimitive value) {
            return value.getAsString();
        }
        throw new JsonParseException("a lock's value without " + name);
    }

    @Override
    public String toString() {
        return who + " (" + build + "), " + what + ", since " + since;
    }
}
