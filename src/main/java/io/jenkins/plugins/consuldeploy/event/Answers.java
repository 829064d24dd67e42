package io.jenkins.plugins.consuldeploy.event;

import io.jenkins.plugins.consuldeploy.consul.BlockingQuery;
import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.ConsulException;
import io.jenkins.plugins.consuldeploy.consul.Snapshot;
import io.jenkins.plugins.consuldeploy.phase.Durations;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;

/** Waits for the answers of nodes. */
public final class Answers {

    /** After a wake that brought nothing new, answers of this time cost one question. */
    private static final Duration PAUSE = Duration.ofMillis(50);

    private static final Duration LONGEST_WAIT = Duration.ofSeconds(1);

    private final Consul consul;
    private final Acknowledgement acknowledgement;
    private final long since;

    /** @param since from {@link Acknowledgement#before}, read before the event was fired */
    public Answers(Consul consul, Acknowledgement acknowledgement, long since) {
        this.consul = consul;
        this.acknowledgement = acknowledgement;
        this.since = since;
    }

    /**
     * What came of a wait.
     *
     * @param failed  what each node says that failed
     * @param missing how far each other node is that is not done
     */
    public record Result(Set<String> done, Map<String, String> failed, Map<String, String> missing) {

        public boolean isComplete() {
            return failed.isEmpty() && missing.isEmpty();
        }
    }

    /**
     * Waits until all of these have answered, or one has failed and the others have answered or their time is up.
     *
     * @param heard gets each node's answer when it is a new one
     */
    public Result await(Set<String> nodes, Duration timeout, BiConsumer<String, Answer> heard)
            throws InterruptedException {
        long start = consul.time().nanoTime();
        Map<String, Answer> known = new TreeMap<>();
        long index = 0;
        while (true) {
            Snapshot<Map<String, Answer>> now = ask(nodes, index);
            now.value().forEach((node, answer) -> {
                if (!answer.equals(known.put(node, answer)) && answer.kind() != Answer.Kind.NONE) {
                    heard.accept(node, answer);
                }
            });
            Result result = result(known);
            if (result.missing().isEmpty() || consul.time().since(start).compareTo(timeout) > 0) {
                return result;
            }
            index = Math.max(0, now.index());
            consul.time().sleep(PAUSE);
        }
    }

    /** {@code web1: no answer, web2: busy after 5m00s}. */
    public String late(Result result, Duration timeout) {
        StringBuilder text = new StringBuilder();
        result.missing().forEach((node, how) -> text.append(text.isEmpty() ? "" : ", ")
                .append(node)
                .append(" (")
                .append(how)
                .append(')'));
        return text + " after " + Durations.show(timeout) + ", by " + acknowledgement.describe() + ". "
                + acknowledgement.advice();
    }

    // Private

    private Snapshot<Map<String, Answer>> ask(Set<String> nodes, long index) throws InterruptedException {
        try {
            return acknowledgement.ask(
                    consul, nodes, since, index == 0 ? BlockingQuery.NOW : new BlockingQuery(index, LONGEST_WAIT));
        } catch (ConsulException.Interrupted e) {
            Thread.interrupted();
            throw (InterruptedException) new InterruptedException(e.getMessage()).initCause(e);
        }
    }

    private static Result result(Map<String, Answer> known) {
        Set<String> done = new TreeSet<>();
        Map<String, String> failed = new TreeMap<>();
        Map<String, String> missing = new TreeMap<>();
        known.forEach((node, answer) -> {
            switch (answer.kind()) {
                case DONE -> done.add(node);
                case FAILED -> failed.put(node, answer.detail());
                default -> missing.put(node, answer.detail());
            }
        });
        return new Result(done, failed, missing);
    }
}
