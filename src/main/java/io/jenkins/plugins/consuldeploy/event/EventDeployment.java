package io.jenkins.plugins.consuldeploy.event;

import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.Services;
import io.jenkins.plugins.consuldeploy.phase.Durations;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeSet;

/**
 * A deployment by one event for all nodes that match at once.
 *
 * @param acknowledged where the answers show; where there is nothing, nobody knows what becomes of it
 * @param timeout      for all answers
 */
public record EventDeployment(
        UserEvent event, Filters filters, Optional<Acknowledgement> acknowledged, Duration timeout) {

    /** For every node to do what it is asked. */
    public static final Duration TIMEOUT = Duration.ofMinutes(10);

    /** Hears of it, on the calling thread. */
    public interface Listener {

        /** Something happened, in a sentence. */
        void note(String text);

        /** It was fired; with {@code since} another process can go on to wait for the answers. */
        default void fired(long since) {}
    }

    /**
     * What came of it.
     *
     * @param nodes        at which it was fired
     * @param acknowledged whether each of them has answered that it is done; else nobody knows
     */
    public record Result(List<String> nodes, boolean acknowledged, Duration took) {}

    /**
     * Fires it and waits for the answers.
     *
     * @param firedBefore of an earlier run of the same deployment that had fired it already: then it is only waited for
     * @throws io.jenkins.plugins.consuldeploy.phase.BadInputException when nobody matches; nothing was fired then
     */
    public Result run(Consul consul, OptionalLong firedBefore, Listener listener)
            throws NotAcknowledgedException, InterruptedException {
        long start = consul.time().nanoTime();
        List<String> nodes =
                filters.find(consul).stream().map(Services.Node::name).toList();
        event.check(nodes);
        listener.note(filters.describe() + ": " + nodes.size() + (nodes.size() == 1 ? " node: " : " nodes: ")
                + String.join(", ", nodes));
        long since;
        if (firedBefore.isPresent()) {
            since = firedBefore.getAsLong();
            listener.note("the event " + event.name() + " was fired before; going on to wait for the answers");
        } else {
            since = acknowledged.isPresent() ? acknowledged.get().before(consul) : 0;
            List<String> ids = event.fire(consul, nodes);
            listener.fired(since);
            listener.note("fired the event " + event.name() + " (" + String.join(", ", ids) + ")");
        }
        if (acknowledged.isPresent()) {
            await(consul, nodes, since, start, listener);
        }
        return new Result(nodes, acknowledged.isPresent(), consul.time().since(start));
    }

    // Private

    private void await(Consul consul, List<String> nodes, long since, long start, Listener listener)
            throws NotAcknowledgedException, InterruptedException {
        listener.note("waiting for the answers in " + acknowledged.orElseThrow().describe());
        Answers answers = new Answers(consul, acknowledged.get(), since);
        Answers.Result result = answers.await(
                new TreeSet<>(nodes),
                timeout,
                (node, answer) -> listener.note(node + ": " + answer.detail() + " ("
                        + Durations.show(consul.time().since(start)) + ")"));
        if (!result.isComplete()) {
            throw new NotAcknowledgedException(message(nodes, answers, result), result);
        }
    }

    private String message(List<String> nodes, Answers answers, Answers.Result result) {
        StringBuilder text = new StringBuilder("the event " + event.name() + ": "
                + result.done().size() + " of " + nodes.size() + " nodes have answered that they are done");
        result.failed()
                .forEach((node, how) ->
                        text.append("; ").append(node).append(": ").append(how));
        if (!result.missing().isEmpty()) {
            text.append("; not done: ").append(answers.late(result, timeout));
        }
        return text
                + ".\nThe event can't be taken back. When the cause is gone, fire it again: a node that is done does"
                + " it once more";
    }
}
