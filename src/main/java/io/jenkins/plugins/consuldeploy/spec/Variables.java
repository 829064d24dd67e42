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
    private static final Set<String> NAMES_OF_A_HOST = Set.of("HOST", "HOST_ID");

    /** What becomes of a reference. */
    private enum Kind {
        /** It is filled. */
        VALUE,
        /** The shell fills it, from the environment. */
        COMMAND,
        /** It is filled, but for what each host fills for itself. */
        KEY_OF_A_HOST
    }

    private final Map<String, String> values;
    private final Words.Places places;
    private final Set<String> environment;

    private Variables(Map<String, String> values, Set<String> environment, Words.Places places) {
        this.values = values;
        this.environment = environment;
        this.places = places;
    }

    /**
     * @param taken what has a meaning of its own for commands
     * @throws BadInputException when it is no name that a shell has for a variable, or taken
     */
    public static String checkName(String name, Set<String> taken) {
        if (!NAME.matcher(name).matches()) {
            throw new BadInputException(
                    "variable", name, "letters, digits and '_', not beginning with a digit: a shell must know it");
        }
        if (taken.contains(name)) {
            throw new BadInputException(
                    "variable", name, "every command is given a variable of this name; choose another");
        }
        return name;
    }

    /**
     * Fills every value.
     *
     * @param environment what a command finds besides, such as {@code HOST}: known there, and left alone
     * @throws BadInputException at a {@code ${name}} that nobody set, in a command too: there {@code $name} is the shell's
     *                           own affair
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
            String at = path.isEmpty() ? name : path + "." + name;
            filled.put(name, value(value, at, kind(at, name, tree)));
        });
        return filled;
    }

    private Kind kind(String path, String name, Map<?, ?> siblings) {
        if (name.equals("command") || path.equals("update.back") && siblings.containsKey("command")) {
            return Kind.COMMAND;
        }
        return path.equals("update.consulKey.key") ? Kind.KEY_OF_A_HOST : Kind.VALUE;
    }

    private Object value(Object value, String path, Kind kind) {
        if (value instanceof Map<?, ?> map) {
            return map(map, path);
        }
        if (value instanceof List<?> list) {
            List<Object> filled = new ArrayList<>();
            for (int i = 0; i < list.size(); i++) {
                filled.add(value(list.get(i), path + "[" + i + "]", kind));
            }
            return filled;
        }
        return value instanceof String text ? text(text, path, kind) : value;
    }

    private String text(String text, String path, Kind kind) {
        Matcher reference = REFERENCE.matcher(text);
        StringBuilder filled = new StringBuilder();
        while (reference.find()) {
            String name = reference.group(1);
            boolean isLeft = kind == Kind.COMMAND && (values.containsKey(name) || environment.contains(name))
                    || kind == Kind.KEY_OF_A_HOST && NAMES_OF_A_HOST.contains(name);
            if (!isLeft && !values.containsKey(name)) {
                throw unset(text, path, name, kind);
            }
            reference.appendReplacement(
                    filled, Matcher.quoteReplacement(isLeft ? reference.group() : values.get(name)));
        }
        return reference.appendTail(filled).toString();
    }

    private BadInputException unset(String text, String path, String name, Kind kind) {
        BadInputException unset = new BadInputException(
                path,
                text,
                "nobody set ${" + name + "}; set it with --set " + name + "=VALUE"
                        + (kind == Kind.COMMAND ? ", or write $" + name + " for a variable of the shell's own" : "")
                        + (values.isEmpty() ? "" : "; set are " + String.join(", ", new TreeSet<>(values.keySet()))));
        return places.of(path).map(unset::at).orElse(unset);
    }
}
