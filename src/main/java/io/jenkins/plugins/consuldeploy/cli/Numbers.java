package io.jenkins.plugins.consuldeploy.cli;

import io.jenkins.plugins.consuldeploy.phase.BadInputException;

/** Numbers as people write them. */
final class Numbers {

    private Numbers() {}

    /** @throws BadInputException naming the field, when the text is no number from 1 */
    static int parse(String field, String text, String what) {
        try {
            int number = Integer.parseInt(text.strip());
            if (number >= 1) {
                return number;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new BadInputException(field, text, "give a number of " + what + " from 1");
    }
}
