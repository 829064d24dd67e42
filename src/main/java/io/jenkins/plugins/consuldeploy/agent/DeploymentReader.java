package io.jenkins.plugins.consuldeploy.agent;

import io.jenkins.plugins.consuldeploy.phase.BadInputException;
import io.jenkins.plugins.consuldeploy.phase.Durations;
import io.jenkins.plugins.consuldeploy.phase.Tree;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Reads and checks one entry of {@code deployments}. */
final class DeploymentReader {

    private DeploymentReader() {}

    static DeploymentConfig read(Fields fields, String root) {
        String path = required(fields, "path", "the directory for its versions, such as /srv/api");
        String prefix = required(fields, "prefix", "where its versions stand in Consul, such as api/version");
        checkPath(fields, path);
        Tree tree = checked(fields.field("prefix"), prefix, text -> Tree.of(text, root));
        return new DeploymentConfig(
                fields.text("id").orElse(tree.prefix()),
                path,
                tree,
                shell(fields),
                commands(fields, "deploy"),
                commands(fields, "rollout"),
                commands(fields, "check"),
                commands(fields, "clean"),
                fields.text("timeout")
                        .map(text -> positive(fields, Durations.parse(fields.field("timeout"), text), text))
                        .orElse(DeploymentConfig.DEFAULT_TIMEOUT),
                quarantineAfter(fields),
                environment(fields));
    }

    /** Names the file and its field where the rule itself knows only of a name or an address. */
    static <T> T checked(String field, String value, Function<String, T> rule) {
        try {
            return rule.apply(value);
        } catch (IllegalArgumentException e) {
            throw new BadInputException(field, e.getMessage());
        }
    }

    // Private

    private static String required(Fields fields, String name, String accepted) {
        return fields.text(name)
                .orElseThrow(() -> new BadInputException(fields.field(name), "it is missing; give " + accepted));
    }

    private static void checkPath(Fields fields, String path) {
        try {
            if (!Path.of(path).isAbsolute()) {
                throw fields.bad("path", path, "it is relative; give an absolute path, such as /srv/api");
            }
        } catch (InvalidPathException e) {
            throw fields.bad("path", path, "it can't be a path: " + e.getReason());
        }
    }

    private static Shell shell(Fields fields) {
        Optional<String> word = fields.text("shell");
        return word.isEmpty()
                ? Shell.SH
                : Shell.parse(word.get())
                        .orElseThrow(() -> fields.bad("shell", word.get(), "accepted are " + Shell.ACCEPTED));
    }

    private static List<String> commands(Fields fields, String name) {
        List<String> commands = fields.texts(name);
        for (int i = 0; i < commands.size(); i++) {
            if (commands.get(i).indexOf('\0') >= 0) {
                throw fields.bad(name + "[" + i + "]", commands.get(i), "no command can hold a NUL character");
            }
        }
        return commands;
    }

    private static Duration positive(Fields fields, Duration timeout, String text) {
        if (timeout.isZero()) {
            throw fields.bad("timeout", text, "a duration above zero, such as 10m");
        }
        return timeout;
    }

    private static int quarantineAfter(Fields fields) {
        int failures = fields.number("quarantineAfter").orElse(DeploymentConfig.DEFAULT_QUARANTINE_AFTER);
        if (failures < 1) {
            throw fields.bad("quarantineAfter", Integer.toString(failures), "a number of failures, from 1");
        }
        return failures;
    }

    private static Map<String, String> environment(Fields fields) {
        Map<String, String> variables = fields.map("env");
        variables.forEach((name, value) -> {
            if (name.isEmpty() || name.indexOf('=') >= 0 || name.indexOf('\0') >= 0) {
                throw fields.bad("env", name, "a variable's name is not empty and has no '='");
            }
            if (value.indexOf('\0') >= 0) {
                throw fields.bad("env." + name, value, "no variable can hold a NUL character");
            }
        });
        return variables;
    }
}
