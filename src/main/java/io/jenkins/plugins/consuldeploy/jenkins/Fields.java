package io.jenkins.plugins.consuldeploy.jenkins;

import hudson.Util;
import io.jenkins.plugins.consuldeploy.phase.BadInputException;
import io.jenkins.plugins.consuldeploy.phase.BatchSize;
import io.jenkins.plugins.consuldeploy.phase.Durations;
import io.jenkins.plugins.consuldeploy.phase.Expected;
import io.jenkins.plugins.consuldeploy.phase.OnFailure;
import io.jenkins.plugins.consuldeploy.phase.Tree;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * What the texts in fields come to. An empty text is an absent one; each method throws {@link BadInputException} for one
 * that can't be used.
 */
@Restricted(NoExternalUse.class)
public final class Fields {

    private static final Pattern NUMBER = Pattern.compile("\\d{1,9}");
    private static final Pattern DATACENTER = Pattern.compile("[A-Za-z0-9_-]+");

    private Fields() {}

    /** The text of a field that a Jenkinsfile may also give as a number. */
    public static String text(String field, Object value) {
        if (value == null || value instanceof CharSequence || value instanceof Number) {
            return value == null ? null : Util.fixEmptyAndTrim(value.toString());
        }
        throw new BadInputException(
                field, "give a number or a text, not a " + value.getClass().getSimpleName());
    }

    /** The same for a Jenkinsfile to be written: a number where it is one. */
    public static Object numberOrText(String text) {
        return text != null && NUMBER.matcher(text).matches() ? (Object) Integer.valueOf(text) : text;
    }

    public static Optional<String> given(String text) {
        return Optional.ofNullable(Util.fixEmptyAndTrim(text));
    }

    static Optional<Integer> count(String field, String text) {
        return given(text).map(number -> {
            if (!NUMBER.matcher(number).matches() || Integer.parseInt(number) < 1) {
                throw new BadInputException(field, number, "a number from 1");
            }
            return Integer.valueOf(number);
        });
    }

    static Optional<Duration> duration(String field, String text) {
        return given(text).map(given -> {
            Duration duration = Durations.parse(field, given);
            if (duration.isZero()) {
                throw new BadInputException(field, given, "a duration above zero, such as 10m");
            }
            return duration;
        });
    }

    static Optional<BatchSize> rolling(String text) {
        return given(text).map(size -> BatchSize.parse("rolling", size));
    }

    static OnFailure onFailure(String text) {
        return given(text).map(choice -> OnFailure.parse("onFailure", choice)).orElse(OnFailure.STOP);
    }

    /** Who is waited for; empty where neither a number nor a service says so. */
    static Optional<Expected> expected(String nodes, String service, String tag) {
        Optional<String> name = given(service);
        if (name.isPresent() && given(nodes).isPresent()) {
            throw new BadInputException("nodes", nodes, "there is a service too; give either 'nodes' or 'service'");
        }
        if (name.isEmpty() && given(tag).isPresent()) {
            throw new BadInputException("tag", tag, "it is a service's; give 'service' too");
        }
        return name.<Expected>map(known -> new Expected.OfService(known, given(tag)))
                .or(() -> count("nodes", nodes).map(Expected.AtLeast::new));
    }

    static Optional<String> datacenter(String text) {
        return given(text).map(name -> {
            if (!DATACENTER.matcher(name).matches()) {
                throw new BadInputException("datacenter", name, "letters, digits, '-' and '_', such as dc1");
            }
            return name;
        });
    }

    static String keyRoot(String text) {
        String root = given(text).orElse(Tree.DEFAULT_ROOT);
        Tree.of(root.startsWith("a") ? "b" : "a", root);
        return root;
    }
}
