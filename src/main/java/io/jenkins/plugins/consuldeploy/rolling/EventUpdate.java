package io.jenkins.plugins.consuldeploy.rolling;

import io.jenkins.plugins.consuldeploy.consul.BlockingQuery;
import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.Events;
import io.jenkins.plugins.consuldeploy.consul.KvEntry;
import io.jenkins.plugins.consuldeploy.consul.Snapshot;
import io.jenkins.plugins.consuldeploy.phase.Durations;
import io.jenkins.plugins.consuldeploy.phase.NodeState;
import io.jenkins.plugins.consuldeploy.phase.Tree;
import io.jenkins.plugins.consuldeploy.phase.Version;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Updates a host by a Consul user event for its node alone. Events are not answered, so what shows that the handler is
 * done is the node's entry below a prefix, as agents write it; without one it is for the check to see.
 *
 * @param acknowledged the prefix where {@code <version>/<node>} becomes {@code active}
 * @param payload      what the event carries: the version, where it is to be acknowledged
 */
public record EventUpdate(Consul consul, String name, String payload, Optional<Tree> acknowledged) implements Update {

    @Override
    public Optional<String> run(Turn turn, Duration timeout) throws InterruptedException {
        String node = turn.host().id();
        long start = consul.time().nanoTime();
        consul.events()
                .fire(
                        name,
                        payload,
                        new Events.Target(
                                Optional.of("^" + Pattern.quote(node) + "$"), Optional.empty(), Optional.empty()));
        if (acknowledged.isEmpty()) {
            return Optional.empty();
        }
        String key = acknowledged.get().state(new Version(payload), node);
        long index = 0;
        while (true) {
            Snapshot<Optional<KvEntry>> now = consul.kv().get(key, new BlockingQuery(index, Duration.ofSeconds(1)));
            NodeState state =
                    now.value().map(entry -> NodeState.parse(entry.value())).orElse(NodeState.BUSY);
            if (state == NodeState.ACTIVE) {
                return Optional.empty();
            }
            if (state == NodeState.FAILED) {
                return Optional.of("it answered 'failed' to the event " + name);
            }
            if (consul.time().since(start).compareTo(timeout) > 0) {
                return Optional.of("it has not answered the event " + name + " after " + Durations.show(timeout) + " ("
                        + key + (now.value().isPresent() ? " is " + state : " does not exist") + ")");
            }
            index = Math.max(0, now.index());
            if (Thread.interrupted()) {
                throw new InterruptedException("interrupted while waiting for the answer of " + node);
            }
        }
    }

    @Override
    public String describe() {
        return "fire the event " + name + " at its node, with the payload '" + payload + "'";
    }
}
