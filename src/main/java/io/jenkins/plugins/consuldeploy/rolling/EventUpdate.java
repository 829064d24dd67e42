package io.jenkins.plugins.consuldeploy.rolling;

import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.event.Acknowledgement;
import io.jenkins.plugins.consuldeploy.event.Answers;
import io.jenkins.plugins.consuldeploy.event.UserEvent;
import io.jenkins.plugins.consuldeploy.fleet.Host;
import io.jenkins.plugins.consuldeploy.phase.BadInputException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Updates a host by a Consul user event for its node alone. Where nothing shows whether the handler is done, it is for
 * the check to see.
 */
public record EventUpdate(Consul consul, UserEvent event, Optional<Acknowledgement> acknowledged) implements Update {

    @Override
    public Optional<String> prepare(List<Host> hosts, Duration timeout) {
        try {
            event.check(hosts.stream().map(Host::id).toList());
            return Optional.empty();
        } catch (BadInputException e) {
            return Optional.of(e.getMessage());
        }
    }

    @Override
    public Optional<String> run(Turn turn, Duration timeout) throws InterruptedException {
        String node = turn.host().id();
        if (acknowledged.isEmpty()) {
            event.fire(consul, List.of(node));
            return Optional.empty();
        }
        Answers answers =
                new Answers(consul, acknowledged.get(), acknowledged.get().before(consul));
        event.fire(consul, List.of(node));
        Answers.Result result = answers.await(Set.of(node), timeout, (one, answer) -> {});
        if (result.failed().containsKey(node)) {
            return Optional.of("it answered to the event " + event.name() + ": "
                    + result.failed().get(node));
        }
        return result.isComplete()
                ? Optional.empty()
                : Optional.of("it has not answered the event " + event.name() + ": " + answers.late(result, timeout));
    }

    @Override
    public String describe() {
        return "fire the event " + event.name() + " at its node, with the payload '" + event.payload() + "'"
                + acknowledged
                        .map(where -> ", and wait for its answer in " + where.describe())
                        .orElse("");
    }
}
