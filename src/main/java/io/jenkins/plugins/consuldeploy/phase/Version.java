package io.jenkins.plugins.consuldeploy.phase;

import java.util.Optional;
import java.util.Set;

/**
 * The name of a version: a key, a directory on each host and an environment variable's value.
 *
 * @throws BadInputException when it can't safely be all three
 */
public record Version(String name) {

    private static final Set<String> RESERVED = Set.of(Tree.CURRENT);

    public Version {
        SafeName.check("version", name, RESERVED);
    }

    /** The version that a key's value names; empty when it names none that we could have written. */
    public static Optional<Version> read(String value) {
        try {
            return value.isBlank() ? Optional.empty() : Optional.of(new Version(value.strip()));
        } catch (BadInputException e) {
            return Optional.empty();
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
