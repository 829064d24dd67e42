package io.jenkins.plugins.consuldeploy.bluegreen;

import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.event.Acknowledgement;
import io.jenkins.plugins.consuldeploy.event.Answers;
import io.jenkins.plugins.consuldeploy.event.UserEvent;
import io.jenkins.plugins.consuldeploy.fleet.Host;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A Consul user event at the nodes of a color's hosts, all at once. Where nothing shows whether the handlers are done, it
 * is for the checks to see.
 */
public record EventWork(Consul consul, UserEvent event, Optional<Acknowledgement> acknowledged) implements ColorWork {

    @Override
    public Optional<String> run(ColorTurn turn, Duration timeout) throws InterruptedException {
        List<String> nodes = turn.hosts().stream().map(Host::id).distinct().toList();
        if (nodes.isEmpty()) {
            return Optional.of(
                    turn.color() + " has no hosts, so there is no node to fire the event " + event.name() + " at");
        }
        if (acknowledged.isEmpty()) {
            event.fire(consul, nodes);
            return Optional.empty();
        }
        Answers answers =
                new Answers(consul, acknowledged.get(), acknowledged.get().before(consul));
        event.fire(consul, nodes);
        Answers.Result result = answers.await(new LinkedHashSet<>(nodes), timeout, (node, answer) -> {});
        if (!result.failed().isEmpty()) {
            return Optional.of(result.failed().entrySet().stream()
                    .map(one -> one.getKey() + " answered to the event " + event.name() + ": " + one.getValue())
                    .collect(Collectors.joining("; ")));
        }
        return result.isComplete() ? Optional.empty() : Optional.of(answers.late(result, timeout));
    }

    @Override
    public String describe() {
        return "fire the event " + event.name() + " at the node of each host, with the payload '" + event.payload()
                + "'"
                + acknowledged
                        .map(where -> ", and wait for the answers in " + where.describe())
                        .orElse("");
    }
}
