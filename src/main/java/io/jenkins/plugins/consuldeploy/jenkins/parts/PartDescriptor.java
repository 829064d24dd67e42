package io.jenkins.plugins.consuldeploy.jenkins.parts;

import hudson.model.Describable;
import hudson.model.Descriptor;
import hudson.model.Item;
import hudson.util.FormValidation;
import hudson.util.ListBoxModel;
import io.jenkins.plugins.consuldeploy.jenkins.FieldCheck;
import io.jenkins.plugins.consuldeploy.phase.BadInputException;
import io.jenkins.plugins.consuldeploy.spec.Words;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** The form of a part. Its fields are checked for whoever may configure the job, by the reading of a release's words. */
public abstract class PartDescriptor<P extends Describable<P>> extends Descriptor<P> {

    private final String displayName;

    PartDescriptor(Class<? extends P> part, String displayName) {
        super(part);
        this.displayName = displayName;
    }

    @Override
    public final String getDisplayName() {
        return displayName;
    }

    /** A text that has to be there. */
    static FormValidation text(Item item, String field, String value) {
        return FieldCheck.inItem(item, value, text -> read(field, text).text(field));
    }

    /** A text that may be anything, or nothing. */
    static FormValidation anyText(Item item, String field, String value) {
        return given(item, value, text -> {
            if (text.codePoints()
                    .anyMatch(letter -> Character.isISOControl(letter) && letter != '\n' && letter != '\r')) {
                throw new BadInputException(field, "it has control characters in it");
            }
        });
    }

    static FormValidation duration(Item item, String field, String value) {
        return given(item, value, text -> read(field, text).duration(field, Duration.ZERO));
    }

    /** A duration above zero. */
    static FormValidation time(Item item, String field, String value) {
        return given(item, value, text -> read(field, text).time(field, Duration.ZERO));
    }

    static FormValidation port(Item item, String field, String value) {
        return given(item, value, text -> read(field, text).port(field));
    }

    static FormValidation number(Item item, String field, String value, int least) {
        return given(item, value, text -> read(field, text).number(field, least, least, Integer.MAX_VALUE));
    }

    static FormValidation oneOf(Item item, String field, String value, List<String> choices) {
        return given(item, value, text -> {
            if (!choices.contains(text)) {
                throw new BadInputException(field, text, "one of " + String.join(", ", choices));
            }
        });
    }

    static FormValidation given(Item item, String value, Consumer<String> parsing) {
        return FieldCheck.inItem(item, value, text -> {
            if (!text.isEmpty()) {
                parsing.accept(text);
            }
        });
    }

    /** The choices, which are the same for everybody; the first is what is meant where none is given. */
    static ListBoxModel choices(List<String> choices) {
        ListBoxModel items = new ListBoxModel();
        items.add(choices.get(0), "");
        choices.stream().skip(1).forEach(items::add);
        return items;
    }

    private static Words read(String field, String text) {
        return Words.of(Map.of(field, text), Words.Places.UNKNOWN);
    }
}
