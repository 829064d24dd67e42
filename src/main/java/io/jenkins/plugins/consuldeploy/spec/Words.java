package io.jenkins.plugins.consuldeploy.spec;

import io.jenkins.plugins.consuldeploy.phase.BadInputException;
import io.jenkins.plugins.consuldeploy.phase.Durations;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * A part of what was written: a map of fields, whose values are texts, numbers, booleans, lists and maps. Every error
 * names the field by its path from the top, and where it stands, if that is known.
 */
public final class Words {

    /** Where a field stands in its file. */
    @FunctionalInterface
    public interface Places {

        /** {@code web.yaml, line 3, column 7} for the path {@code hosts.list[0].name}; empty when it is not known. */
        Optional<String> of(String path);

        Places UNKNOWN = path -> Optional.empty();
    }

    private final Map<String, Object> fields;
    private final String path;
    private final Places places;

    private Words(Map<String, Object> fields, String path, Places places) {
        this.fields = fields;
        this.path = path;
        this.places = places;
    }

    /** The whole of it. */
    public static Words of(Map<String, Object> fields, Places places) {
        return new Words(fields, "", places);
    }

    /** Refuses every field but these: a field with a typing error must not be taken for one that was left out. */
    public Words only(String... known) {
        for (Map.Entry<String, Object> field : fields.entrySet()) {
            if (!Arrays.asList(known).contains(field.getKey())) {
                throw bad(
                        field.getKey(),
                        String.valueOf(field.getValue()),
                        "no such field; there are " + String.join(", ", new TreeSet<>(Arrays.asList(known))));
            }
        }
        return this;
    }

    public boolean has(String name) {
        return fields.get(name) != null;
    }

    /** A text that has to be there, with something in it. */
    public String text(String name) {
        String text = optionalText(name).orElseThrow(() -> missing(name));
        if (text.isBlank()) {
            throw bad(name, text, "it is empty; it has to be given");
        }
        return text;
    }

    public Optional<String> optionalText(String name) {
        Object value = fields.get(name);
        if (value == null) {
            return Optional.empty();
        }
        if (value instanceof Map || value instanceof List) {
            throw bad(name, value.toString(), "a single value is wanted here");
        }
        return Optional.of(shown(value));
    }

    public Duration duration(String name, Duration otherwise) {
        return optionalText(name)
                .map(text -> checked(name, text, () -> Durations.parse(name, text)))
                .orElse(otherwise);
    }

    /** A duration above zero. */
    public Duration time(String name, Duration otherwise) {
        Duration duration = duration(name, otherwise);
        if (duration.isZero()) {
            throw bad(name, text(name), "a duration above zero, such as 30s");
        }
        return duration;
    }

    public int number(String name, int otherwise, int least, int most) {
        String accepted = most == Integer.MAX_VALUE
                ? "a whole number from " + least
                : "a whole number from " + least + " to " + most;
        return optionalText(name)
                .map(text -> {
                    try {
                        int number = Integer.parseInt(text.strip());
                        if (number >= least && number <= most) {
                            return number;
                        }
                    } catch (NumberFormatException e) {
                        throw bad(name, text, accepted);
                    }
                    throw bad(name, text, accepted);
                })
                .orElse(otherwise);
    }

    /** A port, where one is given. */
    public OptionalInt port(String name) {
        return has(name) ? OptionalInt.of(number(name, 0, 1, 65_535)) : OptionalInt.empty();
    }

    public boolean flag(String name, boolean otherwise) {
        return optionalText(name)
                .map(text -> switch (text) {
                    case "true" -> true;
                    case "false" -> false;
                    default -> throw bad(name, text, "true or false");
                })
                .orElse(otherwise);
    }

    /** A text, or several: both {@code web-elb} and {@code [web-elb, api-elb]}. */
    public List<String> texts(String name) {
        Object value = fields.get(name);
        if (value == null) {
            return List.of();
        }
        if (!(value instanceof List<?> list)) {
            return List.of(text(name));
        }
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < list.size(); i++) {
            if (list.get(i) == null || list.get(i) instanceof Map || list.get(i) instanceof List) {
                throw bad(name + "[" + i + "]", String.valueOf(list.get(i)), "a single value is wanted here");
            }
            texts.add(shown(list.get(i)));
        }
        return texts;
    }

    /** A map of fields that has to be there. */
    public Words words(String name) {
        return optionalWords(name).orElseThrow(() -> missing(name));
    }

    public Optional<Words> optionalWords(String name) {
        Object value = fields.get(name);
        return value == null ? Optional.empty() : Optional.of(map(name, value));
    }

    /** Some of these fields, at the same place. */
    Words sibling(Map<String, Object> some) {
        return new Words(some, path, places);
    }

    /** Fields that stand for a single value, at its place. */
    Words nested(String name, Map<String, Object> its) {
        return new Words(its, join(name), places);
    }

    /** A list of maps; a single map counts as a list of one. */
    public List<Words> list(String name) {
        Object value = fields.get(name);
        if (value == null) {
            return List.of();
        }
        if (!(value instanceof List<?> list)) {
            return List.of(map(name, value));
        }
        List<Words> all = new ArrayList<>();
        for (int i = 0; i < list.size(); i++) {
            all.add(map(name + "[" + i + "]", list.get(i)));
        }
        return all;
    }

    /** A list of maps in which a text counts as a map of one field: {@code deploys} as {@code {name: deploys}}. */
    public List<Words> list(String name, String field) {
        Object value = fields.get(name);
        if (value == null) {
            return List.of();
        }
        if (!(value instanceof List<?> list)) {
            return List.of(mapOrText(name, value, field));
        }
        List<Words> all = new ArrayList<>();
        for (int i = 0; i < list.size(); i++) {
            all.add(mapOrText(name + "[" + i + "]", list.get(i), field));
        }
        return all;
    }

    /** The only field of what is a choice: {@code http} in {@code {http: {path: /}}}. */
    public String choice(String... known) {
        if (fields.size() != 1) {
            throw placed(new BadInputException(
                    path,
                    fields.isEmpty() ? "nothing" : String.join(", ", fields.keySet()),
                    "exactly one of " + String.join(", ", known) + " is wanted here"));
        }
        only(known);
        return fields.keySet().iterator().next();
    }

    /** An error about a field, with its path and its place. */
    public BadInputException bad(String name, String value, String accepted) {
        return placed(new BadInputException(join(name), value, accepted));
    }

    /** An error about a field that is not there. */
    public BadInputException missing(String name) {
        return placed(new BadInputException(join(name), "it is missing; it has to be given"));
    }

    /** Runs what may find fault with one of these fields, and adds the field's place to what it says. */
    public <T> T placed(Supplier<T> reading) {
        try {
            return reading.get();
        } catch (BadInputException e) {
            throw placed(e);
        }
    }

    /** Runs what may find fault with a field, and adds the field's path and place to what it says. */
    public <T> T checked(String name, String value, Supplier<T> reading) {
        try {
            return reading.get();
        } catch (IllegalArgumentException e) {
            String said = e.getMessage();
            String theirs = e instanceof BadInputException bad ? bad.field() : name;
            String prefix = theirs + " '" + value + "': ";
            throw bad(name, value, said != null && said.startsWith(prefix) ? said.substring(prefix.length()) : said);
        }
    }

    public Map<String, Object> asMap() {
        return new LinkedHashMap<>(fields);
    }

    // Private

    private Words map(String name, Object value) {
        if (!(value instanceof Map<?, ?> map)) {
            throw bad(name, String.valueOf(value), "fields are wanted here, such as {name: value}");
        }
        Map<String, Object> typed = new LinkedHashMap<>();
        map.forEach((key, one) -> typed.put(String.valueOf(key), one));
        return new Words(typed, join(name), places);
    }

    private Words mapOrText(String name, Object value, String field) {
        return value instanceof Map || value instanceof List || value == null
                ? map(name, value)
                : new Words(Map.of(field, shown(value)), join(name), places);
    }

    private String join(String name) {
        return path.isEmpty() ? name : path + "." + name;
    }

    private BadInputException placed(BadInputException e) {
        return places.of(e.field()).map(e::at).orElse(e);
    }

    /** A whole number that came through JSON is a double there. */
    private static String shown(Object value) {
        if (value instanceof Double number && number == Math.rint(number) && !Double.isInfinite(number)) {
            return Long.toString(number.longValue());
        }
        return value.toString();
    }
}
