package io.jenkins.plugins.consuldeploy.phase;

import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as people write them: {@code 30s}, {@code 1m30s}, {@code 500ms}. */
public final class Durations {

    private static final Pattern PARTS = Pattern.compile("(?:(\\d+)h)?(?:(\\d+)m(?!s))?(?:(\\d+)s)?(?:(\\d+)ms)?");
    private static final Pattern BARE_NUMBER = Pattern.compile("\\d+");

    private Durations() {}

    /** @throws BadInputException naming the field, when the text is none, or longer than a year */
    public static Duration parse(String field, String text) {
        String trimmed = text.strip().toLowerCase(Locale.ROOT);
        Matcher parts = PARTS.matcher(trimmed);
        if (trimmed.isEmpty() || !parts.matches()) {
            String hint = BARE_NUMBER.matcher(trimmed).matches() ? "; did you mean '" + trimmed + "s'?" : "";
            throw new BadInputException(field, text, "a duration such as 500ms, 30s, 10m or 1h30m" + hint);
        }
        try {
            Duration duration = Duration.ofHours(number(parts, 1))
                    .plusMinutes(number(parts, 2))
                    .plusSeconds(number(parts, 3))
                    .plusMillis(number(parts, 4));
            if (duration.compareTo(Duration.ofDays(366)) <= 0) {
                return duration;
            }
        } catch (NumberFormatException | ArithmeticException e) {
            throw new BadInputException(field, text, "a duration of at most a year");
        }
        throw new BadInputException(field, text, "a duration of at most a year");
    }

    /** Shows a duration in one or two units: {@code 340ms}, {@code 1.2s}, {@code 4m10s}, {@code 2h05m}. */
    public static String show(Duration duration) {
        long millis = duration.toMillis();
        if (millis < 1000) {
            return millis + "ms";
        }
        if (millis < 59_950) { // what is more is shown as a minute
            return String.format(Locale.ROOT, "%.1fs", millis / 1000.0);
        }
        if (millis < 60_000) {
            return "1m00s";
        }
        if (duration.toHours() < 1) {
            return duration.toMinutes() + "m" + String.format(Locale.ROOT, "%02ds", duration.toSecondsPart());
        }
        return duration.toHours() + "h" + String.format(Locale.ROOT, "%02dm", duration.toMinutesPart());
    }

    private static long number(Matcher parts, int group) {
        return parts.group(group) == null ? 0 : Long.parseLong(parts.group(group));
    }
}
