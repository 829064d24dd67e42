package io.jenkins.plugins.consuldeploy.health;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which HTTP statuses a check is content with.
 *
 * @param text as it was given, such as {@code 200}, {@code 200-399} or {@code 200,204,301-302}
 */
public record HttpStatuses(String text, List<Range> ranges) {

    /** From the first to the last, both included. */
    public record Range(int first, int last) {}

    private static final Pattern RANGE = Pattern.compile("\\s*([1-5]\\d\\d)\\s*(?:-\\s*([1-5]\\d\\d)\\s*)?");

    public HttpStatuses {
        ranges = List.copyOf(ranges);
    }

    /** @throws IllegalArgumentException naming the text and what would be accepted */
    public static HttpStatuses of(String text) {
        List<Range> ranges = new ArrayList<>();
        for (String part : text.split(",", -1)) {
            Matcher matcher = RANGE.matcher(part);
            if (!matcher.matches()) {
                throw unreadable(text);
            }
            int first = Integer.parseInt(matcher.group(1));
            int last = matcher.group(2) == null ? first : Integer.parseInt(matcher.group(2));
            if (last < first) {
                throw unreadable(text);
            }
            ranges.add(new Range(first, last));
        }
        return new HttpStatuses(text.strip(), ranges);
    }

    public boolean contains(int status) {
        return ranges.stream().anyMatch(range -> range.first() <= status && status <= range.last());
    }

    @Override
    public String toString() {
        return text;
    }

    private static IllegalArgumentException unreadable(String text) {
        return new IllegalArgumentException("HTTP status '" + text
                + "' can't be read; give one, a range or several, such as 200, 200-399 or 200,204");
    }
}
