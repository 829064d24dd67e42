package io.jenkins.plugins.consuldeploy.phase;

import java.util.Arrays;
import java.util.Locale;

/** What follows when nodes were told to run a version and one of them does not. */
public enum OnFailure {
    /** Leave everything as it is, and say what that is. */
    STOP,
    /** Commit the previous version and wait until it runs. */
    ROLLBACK;

    /** Reads {@code stop} or {@code rollback}. */
    public static OnFailure parse(String field, String text) {
        return Arrays.stream(values())
                .filter(value -> value.word().equals(text.strip().toLowerCase(Locale.ROOT)))
                .findFirst()
                .orElseThrow(() -> new BadInputException(field, text, "'stop' or 'rollback'"));
    }

    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
