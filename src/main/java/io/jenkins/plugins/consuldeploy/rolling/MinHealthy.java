package io.jenkins.plugins.consuldeploy.rolling;

import io.jenkins.plugins.consuldeploy.phase.BadInputException;

/**
 * How many hosts stay in service at any time: a number, or a share of all that is rounded up.
 *
 * @param percent whether {@code amount} is a percentage
 */
public record MinHealthy(int amount, boolean percent) {

    private static final String ACCEPTED = "a number from 0, or a percentage from 0% to 100%";

    public MinHealthy {
        if (amount < 0 || percent && amount > 100) {
            throw new BadInputException("minHealthy", amount + (percent ? "%" : ""), ACCEPTED);
        }
    }

    /** Reads {@code 3} or {@code 50%}. */
    public static MinHealthy parse(String field, String text) {
        String trimmed = text.strip();
        boolean percent = trimmed.endsWith("%");
        String digits = percent ? trimmed.substring(0, trimmed.length() - 1).strip() : trimmed;
        try {
            return new MinHealthy(Integer.parseInt(digits), percent);
        } catch (NumberFormatException | BadInputException e) {
            throw new BadInputException(field, text, ACCEPTED);
        }
    }

    /** How many of {@code total} that is; more than there are when so many were asked for. */
    int of(int total) {
        return percent ? (total * amount + 99) / 100 : amount;
    }

    @Override
    public String toString() {
        return amount + (percent ? "%" : "");
    }
}
