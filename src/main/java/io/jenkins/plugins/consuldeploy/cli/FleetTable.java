package io.jenkins.plugins.consuldeploy.cli;

import io.jenkins.plugins.consuldeploy.cli.Fleet.Picture;
import io.jenkins.plugins.consuldeploy.cli.Fleet.Row;
import io.jenkins.plugins.consuldeploy.cli.Fleet.Standing;
import io.jenkins.plugins.consuldeploy.phase.Durations;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Draws a fleet as lines that fit a terminal: all nodes where there is room, else those that are not done. */
final class FleetTable {

    private static final int BAR = 20;
    private static final int WIDE_ENOUGH_FOR_BAR = 60;
    private static final int SHORTEST_WORD = 6;
    private static final int TIME = 8;
    private static final int GAPS = 6;
    private static final int SHORTEST_NAME = 8;
    /** Below the table stands the cursor, above it what was said last. */
    private static final int LINES_LEFT_FREE = 2;

    private static final int FEWEST_ROWS = 1;

    private final Terminal.Size size;
    private final boolean color;

    FleetTable(Terminal.Size size, boolean color) {
        this.size = size;
        this.color = color;
    }

    /** @param elapsed since the phase began */
    List<String> lines(Picture picture, Duration elapsed) {
        List<String> lines = new ArrayList<>();
        lines.add(title(picture, elapsed));
        int room = Math.max(FEWEST_ROWS, size.rows() - LINES_LEFT_FREE - 1);
        if (picture.rows().size() <= room) {
            picture.rows().forEach(row -> lines.add(row(row, elapsed, picture)));
            return lines;
        }
        List<Row> worstFirst = picture.rows().stream()
                .sorted(Comparator.comparing(Row::standing).thenComparing(Row::node))
                .toList();
        int shown = Math.max(0, room - 1);
        worstFirst.subList(0, shown).forEach(row -> lines.add(row(row, elapsed, picture)));
        lines.add(fit("  ... " + rest(worstFirst.subList(shown, worstFirst.size()), picture)));
        return lines;
    }

    // Private

    private String title(Picture picture, Duration elapsed) {
        long done = picture.count(Standing.DONE);
        long failed = picture.count(Standing.FAILED);
        String counts = done + " of " + picture.expected() + " " + picture.aim()
                + (failed > 0 ? ", " + failed + " failed" : "");
        int filled = picture.expected() == 0 ? 0 : (int) (BAR * done / picture.expected());
        String bar =
                size.columns() < WIDE_ENOUGH_FOR_BAR ? "" : "[" + "#".repeat(filled) + ".".repeat(BAR - filled) + "]  ";
        return fit(picture.title() + "  " + bar + counts + "  " + Durations.show(elapsed));
    }

    private String row(Row row, Duration elapsed, Picture picture) {
        int widest = picture.rows().stream()
                .mapToInt(one -> one.node().length())
                .max()
                .orElse(0);
        int words = picture.rows().stream().mapToInt(one -> one.word().length()).reduce(SHORTEST_WORD, Math::max);
        int room = Math.max(SHORTEST_NAME, size.columns() - words - TIME - GAPS);
        int width = Math.min(widest, room);
        String word = row.word().isEmpty() ? "-" : row.word();
        String time = time(row, elapsed).map(Durations::show).orElse("");
        String plain =
                fit(String.format("  %-" + width + "s  %-" + words + "s  %s", shortened(row.node(), width), word, time)
                        .stripTrailing());
        int start = 2 + width + 2;
        int end = Math.min(plain.length(), start + word.length());
        return !color || end <= start
                ? plain
                : plain.substring(0, start) + paint(row.standing()) + plain.substring(start, end) + "\u001b[0m"
                        + plain.substring(end);
    }

    /** How long it has been so where it is waited for; else when it came to that. */
    private static Optional<Duration> time(Row row, Duration elapsed) {
        if (row.standing() != Standing.PENDING) {
            return row.at();
        }
        Duration waited = elapsed.minus(row.at().orElse(Duration.ZERO));
        return Optional.of(waited.isNegative() ? Duration.ZERO : waited);
    }

    private static String paint(Standing standing) {
        return switch (standing) {
            case FAILED, GONE -> "\u001b[31m";
            case PENDING -> "\u001b[33m";
            case LATER -> "\u001b[2m";
            case DONE -> "\u001b[32m";
        };
    }

    private static String rest(List<Row> rows, Picture picture) {
        return rows.stream()
                .collect(Collectors.groupingBy(Row::standing, TreeMap::new, Collectors.counting()))
                .entrySet()
                .stream()
                .map(group -> group.getValue() + " more "
                        + switch (group.getKey()) {
                            case FAILED -> "failed";
                            case GONE -> "gone";
                            case PENDING -> "not done";
                            case LATER -> "of later batches";
                            case DONE -> picture.aim();
                        })
                .collect(Collectors.joining(", "));
    }

    /** The tail of a host's name often tells it from its neighbors, so the middle goes. */
    private static String shortened(String name, int width) {
        if (name.length() <= width) {
            return name;
        }
        int tail = (width - 2) / 2;
        return name.substring(0, width - 2 - tail) + ".." + name.substring(name.length() - tail);
    }

    private String fit(String line) {
        return line.length() <= size.columns() ? line : line.substring(0, size.columns());
    }
}
