package io.jenkins.plugins.consuldeploy.jenkins.parts;

import java.util.LinkedHashMap;
import java.util.Map;

/** The words of a part, one field after the other. A field that was left empty is left out. */
final class Wording {

    private final Map<String, Object> words = new LinkedHashMap<>();

    Wording with(String field, Object value) {
        if (value != null && !value.equals("")) {
            words.put(field, value);
        }
        return this;
    }

    /** A flag that is left out where it has its usual value. */
    Wording with(String field, boolean value, boolean usual) {
        if (value != usual) {
            words.put(field, value);
        }
        return this;
    }

    Map<String, Object> all() {
        return words;
    }

    /** The words of one kind, as its only field. */
    Map<String, Object> as(String kind) {
        Map<String, Object> choice = new LinkedHashMap<>();
        choice.put(kind, words);
        return choice;
    }
}
