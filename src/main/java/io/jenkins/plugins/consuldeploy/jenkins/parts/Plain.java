package io.jenkins.plugins.consuldeploy.jenkins.parts;

import hudson.Util;
import io.jenkins.plugins.consuldeploy.phase.BadInputException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** Lists and maps as a Jenkinsfile gives them, or a form as text: copied into what can be stored and shown. */
@Restricted(NoExternalUse.class)
public final class Plain {

    private Plain() {}

    /** A list: given as one, or as text with a line or a comma between its entries. Null when there is none. */
    public static List<Object> list(String field, Object given) {
        List<Object> entries = new ArrayList<>();
        if (given instanceof List<?> list) {
            list.forEach(entry -> entries.add(value(field, entry)));
        } else if (given instanceof Map) {
            entries.add(value(field, given));
        } else if (given != null) {
            split(text(field, given), "[,\\n\\r]").forEach(entries::add);
        }
        return entries.isEmpty() ? null : entries;
    }

    /** A map: given as one, or as text with {@code name=value} on each line. Null when there is none. */
    static Map<String, Object> map(String field, Object given) {
        Map<String, Object> pairs = new LinkedHashMap<>();
        if (given instanceof Map<?, ?> map) {
            map.forEach((name, value) -> pairs.put(String.valueOf(name), value(field, value)));
        } else if (given != null) {
            for (String line : split(text(field, given), "[\\n\\r]")) {
                int equals = line.indexOf('=');
                if (equals < 1) {
                    throw new BadInputException(field, line, "give name=value on each line");
                }
                pairs.put(
                        line.substring(0, equals).strip(),
                        line.substring(equals + 1).strip());
            }
        }
        return pairs.isEmpty() ? null : pairs;
    }

    /** A list as a form shows it. */
    static String lines(List<?> list) {
        return list == null
                ? ""
                : String.join("\n", list.stream().map(String::valueOf).toList());
    }

    /** A map as a form shows it. */
    static String lines(Map<String, ?> map) {
        return map == null
                ? ""
                : lines(map.entrySet().stream()
                        .map(pair -> pair.getKey() + "=" + shown(pair.getValue()))
                        .toList());
    }

    static List<String> split(String text, String at) {
        return Arrays.stream(Util.fixNull(text).split(at))
                .map(String::strip)
                .filter(entry -> !entry.isEmpty())
                .toList();
    }

    // Private

    private static Object value(String field, Object given) {
        if (given instanceof Map<?, ?> map) {
            Map<String, Object> copy = new LinkedHashMap<>();
            map.forEach((name, value) -> copy.put(String.valueOf(name), value(field, value)));
            return copy;
        }
        if (given instanceof List<?> list) {
            List<Object> copy = new ArrayList<>();
            list.forEach(entry -> copy.add(value(field, entry)));
            return copy;
        }
        return given instanceof Number || given instanceof Boolean ? given : text(field, given);
    }

    private static String text(String field, Object given) {
        if (given instanceof CharSequence) {
            return given.toString().strip();
        }
        throw new BadInputException(field, String.valueOf(given), "a text is wanted here");
    }

    private static String shown(Object value) {
        return value instanceof List<?> list
                ? String.join(",", list.stream().map(String::valueOf).toList())
                : String.valueOf(value);
    }
}
