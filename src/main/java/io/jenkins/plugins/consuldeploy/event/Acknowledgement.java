package io.jenkins.plugins.consuldeploy.event;

import io.jenkins.plugins.consuldeploy.consul.BlockingQuery;
import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.Snapshot;
import io.jenkins.plugins.consuldeploy.phase.BadInputException;
import io.jenkins.plugins.consuldeploy.phase.Tree;
import io.jenkins.plugins.consuldeploy.phase.Version;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Where it shows that a node has done what an event asked of it: events themselves are not answered. */
public interface Acknowledgement {

    /** What the text begins with where the answer is in the catalog. */
    String TAG = "tag:";

    String META = "meta:";

    /**
     * Reads {@code api/version} (each node's key below {@code api/version/<payload>/}), {@code tag:web} (the payload is a
     * tag of the service web there) or {@code meta:web:version} (it is the value of that field of its meta).
     *
     * @param payload of the event: the version that the answer is about
     * @param trees   the tree of a prefix
     * @throws BadInputException when it is none of these, or the payload can't be a version
     */
    static Acknowledgement parse(String field, String text, String payload, Function<String, Tree> trees) {
        checkPayload(text, payload);
        if (text.startsWith(TAG) && text.length() > TAG.length()) {
            return new CatalogAnswers(text.substring(TAG.length()), Optional.empty(), payload);
        }
        if (text.startsWith(META)) {
            String[] parts = text.split(":", 3);
            if (parts.length < 3 || parts[1].isBlank() || parts[2].isBlank()) {
                throw new BadInputException(field, text, "give a service and a field of its meta: meta:web:version");
            }
            return new CatalogAnswers(parts[1], Optional.of(parts[2]), payload);
        }
        if (text.isBlank() || text.equals(TAG)) {
            throw new BadInputException(
                    field, text, "a key prefix such as api/version, or tag:SERVICE, or meta:SERVICE:FIELD");
        }
        return new TreeAnswers(trees.apply(text), new Version(payload));
    }

    /** @throws BadInputException when a payload can't be the version that answers are about */
    static void checkPayload(String text, String payload) {
        if (payload.isBlank()) {
            throw new BadInputException(
                    "payload", payload, "it is empty; an answer is about a version, so the payload has to be one");
        }
        if (!text.startsWith(TAG) && !text.startsWith(META)) {
            try {
                new Version(payload);
            } catch (BadInputException e) {
                throw new BadInputException(
                        "payload", payload, "an answer below a prefix is about a version: " + e.getMessage());
            }
        }
    }

    /**
     * From where on an answer counts as one to what is fired next.
     *
     * @return to be handed to {@link #ask}, also by another process
     */
    long before(Consul consul);

    /** What each of these nodes has answered since. It is a blocking query. */
    Snapshot<Map<String, Answer>> ask(Consul consul, Set<String> nodes, long since, BlockingQuery from);

    /** Where the answers are: {@code the keys below api/version/v7/}. */
    String describe();

    /** What to look at when an answer does not come. */
    String advice();
}
