package io.jenkins.plugins.consuldeploy.registry;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A place in a JSON document, in the part of JSONPath (RFC 9535) that names exactly one: {@code $.push.tags[0]},
 * {@code $['a.b'].c}. No wildcards, filters or slices.
 */
public final class JsonPath {

    private static final Pattern STEP =
            Pattern.compile("\\.([A-Za-z_][A-Za-z0-9_-]*)|\\[(\\d{1,6})]|\\['([^'\\\\]+)']|\\[\"([^\"\\\\]+)\"]");

    private final String written;
    private final List<Object> steps;

    private JsonPath(String written, List<Object> steps) {
        this.written = written;
        this.steps = steps;
    }

    /** @throws IllegalArgumentException when it is none; it says where, and what would be accepted */
    public static JsonPath parse(String text) {
        if (!text.startsWith("$")) {
            throw new IllegalArgumentException("a path begins with '$', such as $.repository.name");
        }
        List<Object> steps = new ArrayList<>();
        Matcher step = STEP.matcher(text);
        int at = 1;
        while (at < text.length()) {
            if (!step.find(at) || step.start() != at) {
                throw new IllegalArgumentException("it can't be read from '" + Quote.of(text.substring(at))
                        + "'; names and numbers are understood: $.repository.name, $.tags[0], $['a.b']");
            }
            steps.add(step(step));
            at = step.end();
        }
        if (steps.isEmpty()) {
            throw new IllegalArgumentException("it names the whole document; name a text in it, such as $.tag");
        }
        return new JsonPath(text, List.copyOf(steps));
    }

    /** The text or number there; empty when there is nothing, or null. */
    Optional<String> text(JsonElement document) throws BadNotificationException {
        JsonElement at = document;
        for (Object step : steps) {
            at = next(at, step);
            if (at == null || at.isJsonNull()) {
                return Optional.empty();
            }
        }
        if (!at.isJsonPrimitive()) {
            throw new BadNotificationException("at " + written + " is no text");
        }
        return Optional.of(at.getAsString());
    }

    @Override
    public String toString() {
        return written;
    }

    private static Object step(Matcher step) {
        if (step.group(2) != null) {
            return Integer.valueOf(step.group(2));
        }
        return step.group(1) != null ? step.group(1) : step.group(3) != null ? step.group(3) : step.group(4);
    }

    private static JsonElement next(JsonElement at, Object step) {
        if (step instanceof Integer index) {
            return at instanceof JsonArray array && index < array.size() ? array.get(index) : null;
        }
        return at instanceof JsonObject object ? object.get((String) step) : null;
    }
}
