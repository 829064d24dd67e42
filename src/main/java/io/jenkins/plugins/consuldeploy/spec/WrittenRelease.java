package io.jenkins.plugins.consuldeploy.spec;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.ToNumberPolicy;
import com.google.gson.reflect.TypeToken;
import io.jenkins.plugins.consuldeploy.journal.Settler.IfDead;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * A release of any kind as it is written, and as its record has it: the words with their variables filled in, and the
 * variables that its commands find in their environment.
 *
 * @param isOnRecord whether it has begun, maybe elsewhere
 */
record WrittenRelease(Words words, Map<String, Object> tree, Map<String, String> variables, boolean isOnRecord) {

    private static final Gson GSON = new GsonBuilder()
            .disableHtmlEscaping()
            .setObjectToNumberStrategy(ToNumberPolicy.LONG_OR_DOUBLE)
            .create();
    private static final int MAX_NAME = 100;
    private static final String WORDS = "words";
    private static final String VARIABLES = "variables";
    private static final Words NOTHING = Words.of(Map.of(), Words.Places.UNKNOWN);

    /**
     * One that is to begin.
     *
     * @param variables for {@code ${name}} in its values, and for its commands' environment
     * @param taken     what commands find there besides
     */
    static WrittenRelease of(
            Map<String, Object> tree, Map<String, String> variables, Set<String> taken, Words.Places places) {
        variables.keySet().forEach(name -> Variables.checkName(name, taken));
        Map<String, Object> filled = Variables.fill(tree, variables, taken, places);
        return new WrittenRelease(Words.of(filled, places), filled, new TreeMap<>(variables), false);
    }

    static WrittenRelease ofRecord(String text, boolean isOnRecord) {
        Map<String, Map<String, Object>> recorded =
                GSON.fromJson(text, new TypeToken<Map<String, Map<String, Object>>>() {}.getType());
        Map<String, String> variables = new TreeMap<>();
        recorded.get(VARIABLES).forEach((name, value) -> variables.put(name, String.valueOf(value)));
        return new WrittenRelease(
                Words.of(recorded.get(WORDS), Words.Places.UNKNOWN), recorded.get(WORDS), variables, isOnRecord);
    }

    /** The record of words in which nothing is left to be filled in. */
    static String record(Map<String, Object> tree) {
        return record(tree, Map.of());
    }

    String record() {
        return record(tree, variables);
    }

    /** How AWS is spoken to; fault with it is found at once. */
    Words aws(Surroundings with) {
        Words aws = words.optionalWords("aws").orElse(NOTHING);
        if (words.has("aws")) {
            with.checkAws(aws);
        }
        return aws;
    }

    String app() {
        String app = words.text("app");
        if (app.codePoints().anyMatch(Character::isISOControl) || app.length() > MAX_NAME) {
            throw words.bad("app", app, "a name of at most " + MAX_NAME + " characters, without control characters");
        }
        return app;
    }

    Optional<String> version() {
        return words.optionalText("version").or(() -> Optional.ofNullable(variables.get("version")));
    }

    /** What a command that checks finds in its environment, besides whom it checks. */
    Map<String, String> known() {
        Map<String, String> known = new TreeMap<>(variables);
        known.put("APP", app());
        version().ifPresent(name -> known.put("VERSION", name));
        return known;
    }

    Audience audience(Surroundings with) {
        return Audience.read(words, with, isOnRecord);
    }

    IfDead ifDead() {
        String text = words.optionalText("ifDead").orElse("repair");
        return switch (text) {
            case "repair" -> IfDead.REPAIR;
            case "refuse" -> IfDead.REFUSE;
            default -> throw words.bad("ifDead", text, "'repair' or 'refuse'");
        };
    }

    // Private

    private static String record(Map<String, Object> tree, Map<String, String> variables) {
        Map<String, Object> record = new LinkedHashMap<>();
        record.put(WORDS, tree);
        record.put(VARIABLES, variables);
        return GSON.toJson(record);
    }
}
