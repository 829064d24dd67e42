package io.jenkins.plugins.consuldeploy.registry;

/**
 * A pattern of names: {@code *} is any text without a slash, {@code **} any text, {@code ?} one character but a slash;
 * everything else is itself. The whole name has to match. Its time is the product of both lengths, whatever they are.
 */
public record Glob(String pattern) {

    /** The longest that anybody needs, and that a hostile one may be. */
    public static final int MAX_LENGTH = 255;

    public Glob {
        if (pattern.isEmpty() || pattern.length() > MAX_LENGTH) {
            throw new IllegalArgumentException(
                    "a pattern of 1 to " + MAX_LENGTH + " characters, such as release-*; ** matches everything");
        }
    }

    /** Whether the whole name matches. */
    public boolean matches(String name) {
        // reached[i]: the pattern so far matches the first i characters of the name.
        boolean[] reached = new boolean[name.length() + 1];
        reached[0] = true;
        int at = 0;
        while (at < pattern.length()) {
            char c = pattern.charAt(at);
            boolean any = pattern.startsWith("**", at);
            reached = c == '*' ? afterStar(reached, name, any) : afterOne(reached, name, c);
            at += any ? 2 : 1;
        }
        return reached[name.length()];
    }

    @Override
    public String toString() {
        return pattern;
    }

    private static boolean[] afterStar(boolean[] before, String name, boolean slashesToo) {
        boolean[] after = before.clone();
        for (int i = 0; i < name.length(); i++) {
            after[i + 1] |= after[i] && (slashesToo || name.charAt(i) != '/');
        }
        return after;
    }

    private static boolean[] afterOne(boolean[] before, String name, char c) {
        boolean[] after = new boolean[before.length];
        for (int i = 0; i < name.length(); i++) {
            after[i + 1] = before[i] && (c == '?' ? name.charAt(i) != '/' : name.charAt(i) == c);
        }
        return after;
    }
}
