package io.jenkins.plugins.consuldeploy.agent;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.jenkins.plugins.consuldeploy.phase.BadInputException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One JSON object of a configuration file. As Depro's programs do, it finds a field in whatever case it is written, takes
 * the last one of two, and takes {@code null} for left out.
 */
final class Fields {

    private final String where;
    private final Map<String, JsonElement> values = new LinkedHashMap<>();
    private final Map<String, String> spellings = new LinkedHashMap<>();
    private final Set<String> asked = new HashSet<>();

    /** @param where the file, and which of its objects this is */
    Fields(String where, JsonObject object) {
        this.where = where;
        for (Map.Entry<String, JsonElement> field : object.entrySet()) {
            String key = field.getKey().toLowerCase(Locale.ROOT);
            values.put(key, field.getValue());
            spellings.put(key, field.getKey());
        }
    }

    /** A text; empty when it is left out or empty. */
    Optional<String> text(String name) {
        return find(name)
                .map(value -> text(name, value, "a text in double quotes"))
                .filter(text -> !text.isEmpty());
    }

    List<String> texts(String name) {
        List<String> texts = new ArrayList<>();
        for (JsonElement value : array(name, "a list of commands, each a text in double quotes")) {
            texts.add(text(name + "[" + texts.size() + "]", value, "a text in double quotes"));
        }
        return texts;
    }

    Map<String, String> map(String name) {
        Map<String, String> map = new LinkedHashMap<>();
        String accepted = "an object of texts, such as {\"STAGE\": \"prod\"}";
        Optional<JsonElement> found = find(name);
        if (found.isPresent()) {
            for (Map.Entry<String, JsonElement> entry :
                    object(name, found.get(), accepted).entrySet()) {
                map.put(entry.getKey(), text(name + "." + entry.getKey(), entry.getValue(), "a text in double quotes"));
            }
        }
        return map;
    }

    Optional<Integer> number(String name) {
        return find(name).map(value -> {
            try {
                return value.getAsJsonPrimitive().getAsBigDecimal().intValueExact();
            } catch (IllegalStateException | ArithmeticException | NumberFormatException e) {
                throw bad(name, value.toString(), "a whole number");
            }
        });
    }

    List<Fields> objects(String name) {
        List<Fields> objects = new ArrayList<>();
        for (JsonElement value : array(name, "a list of objects")) {
            String which = name + "[" + objects.size() + "]";
            objects.add(new Fields(field(which), object(which, value, "an object in braces")));
        }
        return objects;
    }

    /** Takes note that a field is known, though nothing is done with it. */
    void ignore(String name) {
        find(name);
    }

    /** The fields that nobody asked for, as they are written. */
    List<String> unknown() {
        List<String> unknown = new ArrayList<>();
        spellings.forEach((key, spelling) -> {
            if (!asked.contains(key)) {
                unknown.add(field(spelling));
            }
        });
        return unknown;
    }

    /** A field's full name, for messages. */
    String field(String name) {
        return where + (where.endsWith("]") ? "." : ": ") + name;
    }

    BadInputException bad(String name, String value, String accepted) {
        return new BadInputException(field(name), value, accepted);
    }

    // Private

    private Optional<JsonElement> find(String name) {
        String key = name.toLowerCase(Locale.ROOT);
        asked.add(key);
        return Optional.ofNullable(values.get(key)).filter(value -> !value.isJsonNull());
    }

    private String text(String name, JsonElement value, String accepted) {
        if (value.isJsonPrimitive() && value.getAsJsonPrimitive().isString()) {
            return value.getAsString();
        }
        // The value is not shown: it may be a token that lacks its quotes.
        throw new BadInputException(field(name), "this is no text; accepted is " + accepted);
    }

    private JsonObject object(String name, JsonElement value, String accepted) {
        if (value.isJsonObject()) {
            return value.getAsJsonObject();
        }
        throw bad(name, value.toString(), accepted);
    }

    private JsonArray array(String name, String accepted) {
        Optional<JsonElement> found = find(name);
        if (found.isPresent() && !found.get().isJsonArray()) {
            throw bad(name, found.get().toString(), accepted);
        }
        return found.map(JsonElement::getAsJsonArray).orElseGet(JsonArray::new);
    }
}
