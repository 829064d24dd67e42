package io.jenkins.plugins.consuldeploy.spec;

import io.jenkins.plugins.consuldeploy.event.Acknowledgement;
import io.jenkins.plugins.consuldeploy.event.EventDeployment;
import io.jenkins.plugins.consuldeploy.event.Filters;
import io.jenkins.plugins.consuldeploy.event.UserEvent;
import io.jenkins.plugins.consuldeploy.phase.BadInputException;
import io.jenkins.plugins.consuldeploy.phase.BatchSize;
import io.jenkins.plugins.consuldeploy.phase.Durations;
import io.jenkins.plugins.consuldeploy.phase.Tree;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A deployment by an event as its fields say it. All at once it is an {@link EventDeployment}; batch by batch it is a
 * rolling release without load balancers, with a record, a lock, and a resume like any other.
 */
public record EventFields(
        String event,
        Optional<String> node,
        Optional<String> service,
        Optional<String> tag,
        String payload,
        Optional<String> acknowledged,
        Optional<String> batch,
        Optional<String> timeout) {

    /**
     * Looks at every field.
     *
     * @throws BadInputException naming the one that can't be used
     */
    public EventFields {
        batch.ifPresent(size -> BatchSize.parse("batch", size));
        if (batch.isPresent() && acknowledged.isEmpty()) {
            throw new BadInputException(
                    "batch",
                    batch.get(),
                    "events are not answered, so nobody would know when the next batch may go: say by 'acknowledged'"
                            + " where the answers show");
        }
    }

    /** Whether it goes batch by batch. */
    public boolean isRolling() {
        return batch.isPresent();
    }

    /** @param root below which our own keys stand */
    public EventDeployment deployment(String root) {
        return new EventDeployment(
                new UserEvent(event, payload),
                Filters.of(node, service, tag),
                acknowledged.map(where ->
                        Acknowledgement.parse("acknowledged", where, payload, prefix -> Tree.of(prefix, root))),
                time());
    }

    /** The words of the rolling release. */
    public Map<String, Object> rolling() {
        Map<String, Object> filters = new LinkedHashMap<>();
        node.ifPresent(text -> filters.put("node", text));
        service.ifPresent(text -> filters.put("service", text));
        tag.ifPresent(text -> filters.put("tag", text));
        Map<String, Object> fired = new LinkedHashMap<>(Map.of("name", event, "payload", payload));
        acknowledged.ifPresent(where -> fired.put("acknowledged", where));
        Map<String, Object> checked = new LinkedHashMap<>(filters);
        checked.remove("node");
        Map<String, Object> words = new LinkedHashMap<>();
        words.put("app", AppName.of("event", event));
        words.put("version", payload);
        words.put("hosts", Map.of("consulNodes", filters));
        words.put("batch", batch.orElseThrow());
        words.put("update", Map.of("event", fired, "timeout", time().toMillis() + "ms"));
        words.put("check", Map.of("consulNode", checked));
        words.put("healthTimeout", time().toMillis() + "ms");
        return words;
    }

    // Private

    private Duration time() {
        return timeout.map(text -> Durations.parse("timeout", text))
                .filter(duration -> !duration.isZero())
                .orElse(EventDeployment.TIMEOUT);
    }
}
