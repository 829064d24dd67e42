package io.jenkins.plugins.consuldeploy.spec;

import io.jenkins.plugins.consuldeploy.phase.BadInputException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Fills {@code ${name}} in what was written. A command is left as it is: there the variable is in the environment, and
 * the shell expands it, so that nothing is ever spliced into a command.
 */
public final class Variables {

    private static final Pattern REFERENCE = Pattern.compile("\\$\\{([A-Za-z_][A-Za-z0-9_]*)}");
    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
    private static final Set<String> COMMANDS = Set.of("command");

    private final Map<String, String> values;
    private final Words.Places places;
    private final Set<String> environment;

    private Variables(Map<String, String> values, Set<String> environment, Words.Places places) {
        this.values = values;
        this.environment = environment;
        this.places = places;
    }

    /** @throws BadInputException when it is no name that a shell has for a variable */
    public static String checkName(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new BadInputException(
                    "variable", name, "letters, digits and '_', not beginning with a digit: a shell must know it");
        }
        return name;
    }

    /**
     * Fills every value.
     *
     * @param environment what a command finds besides, such as {@code HOST}: known there, and left alone
     * @throws BadInputException at a {@code ${name}} that nobody set, in a command too
     */
    public static Map<String, Object> fill(
            Map<String, Object> tree, Map<String, String> values, Set<String> environment, Words.Places places) {
        return new Variables(values, environment, places).map(tree, "");
    }

    // Private

    private Map<String, Object> map(Map<?, ?> tree, String path) {
        Map<String, Object> filled = new LinkedHashMap<>();
        tree.forEach((key, value) -> {
            String name = String.valueOf(key);
            filled.put(name, value(value, path.isEmpty() ? name : path + "." + name, COMMANDS.contains(name)));
        });
        return filled;
    }

    private Object value(Object value, String path, boolean isCommand) {
        if (value instanceof Map<?, ?> map) {
            return map(map, path);
        }
        if (value instanceof List<?> list) {
            List<Object> filled = new ArrayList<>();
            for (int i = 0; i < list.size(); i++) {
                filled.add(value(list.get(i), path + "[" + i + "]", isCommand));
            }
            return filled;
        }
        return value instanceof String text ? text(text, path, isCommand) : value;
    }

    private String text(String text, String path, boolean isCommand) {
        Matcher reference = REFERENCE.matcher(text);
        StringBuilder filled = new StringBuilder();
        while (reference.find()) {
            String name = reference.group(1);
            boolean known = values.containsKey(name) || isCommand && environment.contains(name);
            if (!known) {
                throw new BadInputException(
                        places.of(path).map(place -> place + ": " + path).orElse(path),
                        text,
                        "nobody set ${" + name + "}; set it with --set " + name + "=VALUE"
                                + (values.isEmpty() ? "" : "; set are " + new TreeSet<>(values.keySet())));
            }
            String replacement = isCommand ? reference.group() : values.get(name);
            reference.appendReplacement(filled, Matcher.quoteReplacement(replacement));
        }
        return reference.appendTail(filled).toString();
    }
}
