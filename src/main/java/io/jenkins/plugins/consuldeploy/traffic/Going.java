package io.jenkins.plugins.consuldeploy.traffic;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Where traffic really goes, as each part of a switch says: one proxy may still be where another is not any more.
 *
 * @param parts by the parts' names, such as a proxy's address; never empty
 */
public record Going(Map<String, Shares> parts) {

    public Going {
        parts = Map.copyOf(parts);
        if (parts.isEmpty()) {
            throw new IllegalArgumentException("a switch has at least one part");
        }
    }

    /** What all parts say; empty where they differ. */
    public Optional<Shares> agreed() {
        return parts.values().stream().distinct().count() == 1
                ? Optional.of(parts.values().iterator().next())
                : Optional.empty();
    }

    /** The one color that gets traffic, where some parts may send none anywhere; empty where both or neither get some. */
    public Optional<Color> only() {
        boolean blue = parts.values().stream().anyMatch(shares -> shares.blue() > 0);
        boolean green = parts.values().stream().anyMatch(shares -> shares.green() > 0);
        return blue == green ? Optional.empty() : Optional.of(blue ? Color.BLUE : Color.GREEN);
    }

    @Override
    public String toString() {
        return agreed().map(Shares::toString).orElseGet(() -> new TreeMap<>(parts)
                .entrySet().stream()
                        .map(part -> part.getKey() + ": " + part.getValue())
                        .collect(Collectors.joining("; ")));
    }
}
