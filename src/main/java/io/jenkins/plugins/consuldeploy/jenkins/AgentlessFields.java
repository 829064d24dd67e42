package io.jenkins.plugins.consuldeploy.jenkins;

import io.jenkins.plugins.consuldeploy.phase.BadInputException;
import io.jenkins.plugins.consuldeploy.spec.EventFields;
import io.jenkins.plugins.consuldeploy.spec.KeyFields;
import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BinaryOperator;

/**
 * The fields of {@link ConsulDeployStep} for nodes without an agent of ours: an event for their watches, or a key that
 * they render from. They are texts as they were given, absent ones null, for a build keeps them through a restart.
 */
final class AgentlessFields implements Serializable {

    private static final long serialVersionUID = 1L;

    String event;
    String node;
    String payload;
    String acknowledged;
    String batch;
    String timeout;
    String key;
    String value;
    boolean perNode;
    String seen;

    /** Whether it is one of these. */
    boolean isGiven() {
        return event != null || key != null;
    }

    /** What it does, as in "fire the event run-deploy". */
    String doing() {
        return event != null
                ? "fire the event " + event
                        + Fields.given(payload).map(text -> " for " + text).orElse("")
                : "set " + key + " to " + value + (perNode ? " node by node" : "");
    }

    /**
     * Sees that no field is given that means nothing here.
     *
     * @param ofVersions the fields of a version's deployment that nothing here has a use for; empty ones are not given
     * @throws BadInputException naming one that is
     */
    void checkAlone(Map<String, String> ofVersions) {
        if (event != null && key != null) {
            throw new BadInputException("key", key, "there is an event too; give either 'event' or 'key'");
        }
        if (isGiven()) {
            refuse(
                    new LinkedHashMap<>(ofVersions),
                    "a version's deployment has it; leave it out beside '" + (event != null ? "event" : "key") + "'");
        }
        if (event == null) {
            refuse(ofEvents(), "it goes with 'event', and there is none");
        }
        if (key == null) {
            refuse(ofKeys(), "it goes with 'key', and there is none");
        }
        if (!isGiven()) {
            refuse(ofBoth(), "it goes with 'event' or 'key', and there is neither");
        }
    }

    /**
     * What they come to; empty when it is neither.
     *
     * @throws BadInputException naming a field that can't be used
     */
    Optional<AgentlessDeployment> read(Optional<String> service, Optional<String> tag, Optional<String> onFailure) {
        if (event != null) {
            onFailure.ifPresent(what -> {
                throw new BadInputException("onFailure", what, "an event can't be taken back");
            });
            return Optional.of(new EventOfBuild(new EventFields(
                    event,
                    Fields.given(node),
                    service,
                    tag,
                    payload == null ? "" : payload,
                    Fields.given(acknowledged),
                    Fields.given(batch),
                    Fields.given(timeout))));
        }
        if (key == null) {
            return Optional.empty();
        }
        tag.ifPresent(text -> {
            throw new BadInputException("tag", text, "a key's deployment has no such field");
        });
        if (value == null) {
            throw new BadInputException("value", "it is missing; what is " + key + " to have?");
        }
        return Optional.of(new KeyOfBuild(
                new KeyFields(
                        key,
                        perNode,
                        service,
                        Fields.given(batch),
                        Fields.given(seen),
                        onFailure,
                        Fields.given(timeout)),
                value));
    }

    /** Takes another's texts, each put through {@code change}, which gets the field's name first. */
    void take(AgentlessFields other, BinaryOperator<String> change) {
        event = ConsulStep.changed("event", other.event, change);
        node = ConsulStep.changed("node", other.node, change);
        payload = ConsulStep.changed("payload", other.payload, change);
        acknowledged = ConsulStep.changed("acknowledged", other.acknowledged, change);
        batch = ConsulStep.changed("batch", other.batch, change);
        timeout = ConsulStep.changed("timeout", other.timeout, change);
        key = ConsulStep.changed("key", other.key, change);
        value = ConsulStep.changed("value", other.value, change);
        perNode = other.perNode;
        seen = ConsulStep.changed("seen", other.seen, change);
    }

    // Private

    private Map<String, String> ofEvents() {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("node", node);
        fields.put("payload", payload);
        fields.put("acknowledged", acknowledged);
        return fields;
    }

    private Map<String, String> ofKeys() {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("value", value);
        fields.put("seen", seen);
        fields.put("perNode", perNode ? "true" : null);
        return fields;
    }

    private Map<String, String> ofBoth() {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("batch", batch);
        fields.put("timeout", timeout);
        return fields;
    }

    private static void refuse(Map<String, String> fields, String why) {
        fields.forEach((name, text) -> {
            if (text != null && !text.isEmpty()) {
                throw new BadInputException(name, text, why);
            }
        });
    }
}
