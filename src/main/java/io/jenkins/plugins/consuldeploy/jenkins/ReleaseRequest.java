package io.jenkins.plugins.consuldeploy.jenkins;

import hudson.EnvVars;
import hudson.Util;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a step asks for: the release in words, and by which ways. It is what a build keeps through a restart. */
final class ReleaseRequest implements Serializable {

    private static final long serialVersionUID = 1L;
    private static final List<String> COMMANDS = List.of("update", "check", "deploy", "verify", "stop", "watch");

    private final ReleaseKind kind;
    private final LinkedHashMap<String, Object> words;
    private final String consul;
    private final String credentialsId;
    private final String aws;

    ReleaseRequest(ReleaseKind kind, Map<String, Object> words, String consul, String credentialsId, String aws) {
        this.kind = kind;
        this.words = copy(words);
        this.consul = consul;
        this.credentialsId = credentialsId;
        this.aws = aws;
    }

    ReleaseKind kind() {
        return kind;
    }

    Map<String, Object> words() {
        return copy(words);
    }

    /** The server's name; empty for the only one there is. */
    String consul() {
        return Util.fixNull(consul);
    }

    String credentialsId() {
        return credentialsId;
    }

    /** The account's name; empty for the only one there is. */
    String aws() {
        return Util.fixNull(aws);
    }

    /** {@code release web v7}. */
    String doing() {
        Object version = words.get("version");
        return kind.doing() + " " + words.get("app") + (version == null ? "" : " " + version);
    }

    /** Whether it is for the step's block to do what is done. */
    boolean wantsBlock() {
        return kind.wantsBlock(words);
    }

    /** Whether it takes a node to run on. */
    boolean runsCommands() {
        return COMMANDS.stream().anyMatch(field -> has(field, "command"));
    }

    /** The same without a field. */
    ReleaseRequest without(String field) {
        Map<String, Object> rest = words();
        rest.remove(field);
        return new ReleaseRequest(kind, rest, consul, credentialsId, aws);
    }

    /** The same with a build's environment variables in every field. */
    ReleaseRequest expanded(EnvVars env) {
        return new ReleaseRequest(
                kind,
                BuildVariables.expanded(words, env),
                expanded("consul", consul, env),
                expanded("credentialsId", credentialsId, env),
                expanded("aws", aws, env));
    }

    // Private

    private boolean has(String part, String kind) {
        return words.get(part) instanceof Map<?, ?> map && map.containsKey(kind);
    }

    private static String expanded(String field, String text, EnvVars env) {
        return text == null ? null : BuildVariables.expanded(field, text, env);
    }

    private static LinkedHashMap<String, Object> copy(Map<?, ?> words) {
        LinkedHashMap<String, Object> copy = new LinkedHashMap<>();
        words.forEach((name, value) -> copy.put(String.valueOf(name), value(value)));
        return copy;
    }

    private static Object value(Object value) {
        if (value instanceof Map<?, ?> map) {
            return copy(map);
        }
        if (value instanceof List<?> list) {
            List<Object> copy = new ArrayList<>();
            list.forEach(entry -> copy.add(value(entry)));
            return copy;
        }
        return value;
    }
}
