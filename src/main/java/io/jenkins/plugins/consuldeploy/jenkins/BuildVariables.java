package io.jenkins.plugins.consuldeploy.jenkins;

import hudson.EnvVars;
import io.jenkins.plugins.consuldeploy.phase.BadInputException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** A build's environment variables in what a freestyle job's fields say. */
final class BuildVariables {

    private static final Pattern VARIABLE = Pattern.compile("\\$(\\w|\\{)");
    /** Each host fills these for itself, in its key. */
    private static final Set<String> OF_A_HOST = Set.of("HOST", "HOST_ID");

    private static final String KEY = "update.consulKey.key";
    private static final String BACK = "update.back";

    private final EnvVars env;

    private BuildVariables(EnvVars env) {
        this.env = env;
    }

    /** What stays of a variable that the build does not have is no version that anybody meant. */
    static String expanded(String field, String text, EnvVars env) {
        String expanded = env.expand(text);
        if (VARIABLE.matcher(expanded).find()) {
            throw new BadInputException(field, expanded, "this build has no such environment variable");
        }
        return expanded;
    }

    /**
     * The words of a release with every value expanded. A command is left as it is, for its shell expands it: nothing is
     * ever spliced into a command.
     */
    static Map<String, Object> expanded(Map<String, Object> words, EnvVars env) {
        return new BuildVariables(env).map(words, "");
    }

    // Private

    private Map<String, Object> map(Map<?, ?> words, String path) {
        Map<String, Object> expanded = new LinkedHashMap<>();
        words.forEach((key, value) -> {
            String name = String.valueOf(key);
            String at = path.isEmpty() ? name : path + "." + name;
            boolean isCommand = name.equals("command") || at.equals(BACK) && words.containsKey("command");
            expanded.put(name, isCommand && value instanceof String ? value : value(value, at));
        });
        return expanded;
    }

    private Object value(Object value, String path) {
        if (value instanceof Map<?, ?> map) {
            return map(map, path);
        }
        if (value instanceof List<?> list) {
            List<Object> expanded = new ArrayList<>();
            list.forEach(entry -> expanded.add(value(entry, path)));
            return expanded;
        }
        if (!(value instanceof String text)) {
            return value;
        }
        return path.equals(KEY) ? key(text) : expanded(path, text, env);
    }

    private String key(String text) {
        EnvVars ofBuild = new EnvVars(env);
        ofBuild.keySet().removeAll(OF_A_HOST);
        String key = ofBuild.expand(text);
        String rest = key;
        for (String name : OF_A_HOST) {
            rest = rest.replaceAll("\\$(\\{" + name + "}|" + name + "\\b)", "");
        }
        expanded(KEY, rest, new EnvVars());
        return key;
    }
}
