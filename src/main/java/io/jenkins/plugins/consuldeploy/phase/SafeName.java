package io.jenkins.plugins.consuldeploy.phase;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;

/** The rule for names that become both a part of a key and a directory on a host. */
final class SafeName {

    private static final int MAX_BYTES = 255;

    private SafeName() {}

    /** @throws BadInputException when {@code name} could leave its place in the tree or on a disk */
    static String check(String field, String name, Set<String> reserved) {
        if (name.isBlank()) {
            throw new BadInputException(field, name, "it is empty; give a name such as a tag or a commit");
        }
        if (name.getBytes(StandardCharsets.UTF_8).length > MAX_BYTES) {
            throw new BadInputException(
                    field, name, "it has more than " + MAX_BYTES + " bytes, the most a directory name has");
        }
        if (name.startsWith(".") || name.startsWith("-")) {
            throw new BadInputException(
                    field, name, "it starts with '" + name.charAt(0) + "'; begin with a letter or a digit");
        }
        if (!name.equals(name.strip())) {
            throw new BadInputException(field, name, "it has blanks around it; leave them out");
        }
        name.codePoints()
                .mapToObj(SafeName::unsafe)
                .flatMap(Optional::stream)
                .findFirst()
                .ifPresent(what -> {
                    throw new BadInputException(
                            field,
                            name,
                            "it contains " + what
                                    + "; it becomes a directory's name, so use letters, digits, '.', '_', '-', '+'");
                });
        if (reserved.contains(name)) {
            throw new BadInputException(field, name, "this name has a meaning of its own; choose another");
        }
        return name;
    }

    private static Optional<String> unsafe(int c) {
        if (c == '/' || c == '\\') {
            return Optional.of("'" + (char) c + "'");
        }
        return switch (Character.getType(c)) {
            case Character.CONTROL -> Optional.of("a control character");
            // Two names that look the same, or a text that reads backwards; and half a character is no character.
            case Character.FORMAT, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR, Character.SURROGATE ->
                Optional.of("an invisible character");
            default -> Optional.empty();
        };
    }
}
