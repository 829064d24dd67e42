package io.jenkins.plugins.consuldeploy.phase;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The versions that were {@code current}, oldest first, the present one last: a stack that a rollback pops, so that
 * rolling back twice goes two versions back and never forth to the one that was just left.
 */
record History(List<Version> versions) {

    static final History EMPTY = new History(List.of());
    private static final int MAX_VERSIONS = 20;

    static History fromJson(String text) {
        if (text.isBlank()) {
            return EMPTY;
        }
        List<Version> versions = new ArrayList<>();
        try {
            for (JsonElement name : JsonParser.parseString(text).getAsJsonArray()) {
                versions.add(new Version(name.getAsString()));
            }
        } catch (JsonParseException | IllegalStateException | UnsupportedOperationException | BadInputException e) {
            return EMPTY;
        }
        return new History(versions);
    }

    String toJson() {
        JsonArray names = new JsonArray();
        versions.forEach(version -> names.add(version.name()));
        return names.toString();
    }

    /** The history after {@code next} became current in place of {@code current}, which others may have set. */
    History committed(Optional<Version> current, Version next) {
        List<Version> stack = new ArrayList<>(upTo(current));
        if (stack.isEmpty() || !stack.get(stack.size() - 1).equals(next)) {
            stack.add(next);
        }
        return new History(List.copyOf(stack.subList(Math.max(0, stack.size() - MAX_VERSIONS), stack.size())));
    }

    /** The history after a rollback from {@code current} to {@code target}. */
    History rolledBackTo(Optional<Version> current, Version target) {
        List<Version> stack = new ArrayList<>(upTo(current));
        int found = stack.lastIndexOf(target);
        return found < 0 ? new History(List.of(target)) : new History(List.copyOf(stack.subList(0, found + 1)));
    }

    /** The version before {@code current}. */
    Optional<Version> previous(Optional<Version> current) {
        List<Version> stack = upTo(current);
        for (int i = stack.size() - 2; i >= 0; i--) {
            if (!stack.get(i).equals(stack.get(stack.size() - 1))) {
                return Optional.of(stack.get(i));
            }
        }
        return Optional.empty();
    }

    /** With what really is current at its end, whoever made it so. */
    private List<Version> upTo(Optional<Version> current) {
        if (current.isEmpty()
                || !versions.isEmpty() && versions.get(versions.size() - 1).equals(current.get())) {
            return versions;
        }
        List<Version> stack = new ArrayList<>(versions);
        stack.add(current.get());
        return stack;
    }
}
