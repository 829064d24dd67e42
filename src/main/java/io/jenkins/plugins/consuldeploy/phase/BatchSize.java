package io.jenkins.plugins.consuldeploy.phase;

import java.util.ArrayList;
import java.util.List;

/**
 * How many at a time: a number, or a share of all.
 *
 * @param percent whether {@code amount} is a percentage
 */
public record BatchSize(int amount, boolean percent) {

    /** One after the other. */
    public static final BatchSize ONE = new BatchSize(1, false);

    public BatchSize {
        if (amount < 1 || percent && amount > 100) {
            throw new BadInputException(
                    "batch size", amount + (percent ? "%" : ""), "a number from 1, or a percentage from 1% to 100%");
        }
    }

    /** Reads {@code 3} or {@code 25%}. */
    public static BatchSize parse(String field, String text) {
        String trimmed = text.strip();
        boolean percent = trimmed.endsWith("%");
        try {
            return new BatchSize(
                    Integer.parseInt(
                            percent ? trimmed.substring(0, trimmed.length() - 1).strip() : trimmed),
                    percent);
        } catch (NumberFormatException | BadInputException e) {
            throw new BadInputException(field, text, "a number from 1, or a percentage from 1% to 100%");
        }
    }

    /** How many of {@code total} that is: a percentage is rounded down, but never to none. */
    public int of(int total) {
        return Math.min(total, percent ? Math.max(1, (int) ((long) total * amount / 100)) : amount);
    }

    /** Cuts a list into batches. */
    public <T> List<List<T>> split(List<T> all) {
        List<List<T>> batches = new ArrayList<>();
        int size = Math.max(1, of(all.size()));
        for (int from = 0; from < all.size(); from += size) {
            batches.add(List.copyOf(all.subList(from, Math.min(all.size(), from + size))));
        }
        return batches;
    }

    @Override
    public String toString() {
        return amount + (percent ? "%" : "");
    }
}
