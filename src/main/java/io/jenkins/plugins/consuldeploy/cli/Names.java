package io.jenkins.plugins.consuldeploy.cli;

import java.util.List;

/** Names in a line. */
final class Names {

    private static final int MAX = 10;

    private Names() {}

    /** All of them, or the first and how many more there are. */
    static String of(List<?> names) {
        List<String> shown = names.stream().limit(MAX).map(String::valueOf).toList();
        return String.join(", ", shown) + (names.size() > MAX ? " and " + (names.size() - MAX) + " more" : "");
    }
}
