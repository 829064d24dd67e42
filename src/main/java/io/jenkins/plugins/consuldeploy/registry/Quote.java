package io.jenkins.plugins.consuldeploy.registry;

/** Text from a stranger as a message or a log may show it: in one short line, with nothing in it that acts. */
public final class Quote {

    private static final int MAX_LENGTH = 100;

    private Quote() {}

    /** At most 100 characters of it; control, formatting and line-breaking characters become question marks. */
    public static String of(String text) {
        return of(text, MAX_LENGTH);
    }

    /** The same with a limit of its own. */
    public static String of(String text, int maxLength) {
        String shown = text.length() <= maxLength ? text : text.substring(0, maxLength) + "…";
        return shown.replaceAll("[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}]", "?");
    }
}
