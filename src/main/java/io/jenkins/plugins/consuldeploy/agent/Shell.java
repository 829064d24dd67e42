package io.jenkins.plugins.consuldeploy.agent;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What runs a deployment's commands. */
public enum Shell {
    SH,
    BASH;

    static final String ACCEPTED = "'sh' or 'bash'";

    static Optional<Shell> parse(String word) {
        return switch (word.strip().toLowerCase(Locale.ROOT)) {
            case "sh" -> Optional.of(SH);
            case "bash" -> Optional.of(BASH);
            default -> Optional.empty();
        };
    }

    /** The program's name. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Runs a text up to its first failing command. {@code name} is what the shell calls itself in its messages. */
    List<String> running(String text, String name) {
        return List.of(word(), "-e", "-c", text, name);
    }

    /** The same for a text that is too long for an argument and was put into a file. */
    List<String> runningFile(String file) {
        return List.of(word(), "-e", file);
    }
}
