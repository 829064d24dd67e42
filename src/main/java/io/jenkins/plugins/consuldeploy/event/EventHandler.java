package io.jenkins.plugins.consuldeploy.event;

import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.Events.Event;
import io.jenkins.plugins.consuldeploy.consul.KvEntry;
import io.jenkins.plugins.consuldeploy.consul.Txn;
import io.jenkins.plugins.consuldeploy.consul.TxnResult;
import io.jenkins.plugins.consuldeploy.phase.Durations;
import io.jenkins.plugins.consuldeploy.phase.NodeName;
import io.jenkins.plugins.consuldeploy.phase.NodeReport;
import io.jenkins.plugins.consuldeploy.phase.NodeState;
import io.jenkins.plugins.consuldeploy.phase.Tree;
import io.jenkins.plugins.consuldeploy.phase.Version;
import io.jenkins.plugins.consuldeploy.process.AttendedRun;
import io.jenkins.plugins.consuldeploy.process.OutputTail;
import io.jenkins.plugins.consuldeploy.process.ProcessTree;
import java.io.File;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;

/**
 * Answers events on a node: runs a command for one, and reports before it {@code busy} and after it a state of the
 * payload's version, with the command's output. An event that was handled to its end is not handled again; one whose
 * handler was cut off is.
 */
public final class EventHandler {

    private static final Duration GRACE = Duration.ofSeconds(5);
    /** A command could print what it has; one that needs a token can be given one. */
    private static final List<String> SECRETS = List.of("CONSUL_HTTP_TOKEN", "CONSUL_HTTP_AUTH");

    private final Consul consul;
    private final Tree tree;
    private final String node;

    /** @param node this node's name at Consul */
    public EventHandler(Consul consul, Tree tree, String node) {
        this.consul = consul;
        this.tree = tree;
        this.node = NodeName.check(node);
    }

    /**
     * What is done for an event. In the command's environment are {@code EVENT_ID}, {@code EVENT_NAME},
     * {@code EVENT_PAYLOAD}, {@code VERSION} (the payload) and {@code NODE}; it has nothing on its standard input.
     *
     * @param command a program and its words; none reports the state alone
     * @param state   what is reported when it has ended with exit code 0
     * @param output  gets each line of its output
     */
    public record Work(List<String> command, NodeState state, Duration timeout, Consumer<String> output) {}

    /**
     * What came of it.
     *
     * @param repeated whether it had been handled before; nothing was done then
     * @param end      how the command ended, where it was run, as a part of a sentence
     */
    public record Outcome(Version version, NodeState state, boolean repeated, String end) {}

    /**
     * Handles an event.
     *
     * @throws io.jenkins.plugins.consuldeploy.phase.BadInputException when its payload can't be a version
     * @throws InterruptedException when interrupted: the command is ended, and the event is handled anew when it is
     *                              handed over again
     */
    public Outcome handle(Event event, Work work) throws InterruptedException {
        Version version = new Version(event.payload());
        Optional<NodeState> before = handled().ended(event.id());
        if (before.isPresent()) {
            return new Outcome(version, before.get(), true, "");
        }
        if (work.command().isEmpty()) {
            report(event, report(version, work.state(), OptionalInt.empty(), List.of()));
            return new Outcome(version, work.state(), false, "");
        }
        report(event, report(version, NodeState.BUSY, OptionalInt.empty(), List.of()));
        OutputTail output = new OutputTail(NodeReport.MAX_OUTPUT_LINES, work.output());
        OptionalInt code = run(event, work, output);
        NodeState state = code.equals(OptionalInt.of(0)) ? work.state() : NodeState.FAILED;
        report(event, report(version, state, code, output.lines()));
        return new Outcome(
                version, state, false, code.isPresent() ? "exit code " + code.getAsInt() : "it was not run to its end");
    }

    // Private

    private HandledEvents handled() {
        return HandledEvents.fromJson(
                consul.kv().get(tree.events(node)).map(KvEntry::value).orElse("[]"));
    }

    private OptionalInt run(Event event, Work work, OutputTail output) throws InterruptedException {
        List<String> words = new ArrayList<>(ProcessTree.sessionStarter());
        words.addAll(work.command());
        ProcessBuilder builder = new ProcessBuilder(words)
                .redirectErrorStream(true)
                .redirectInput(new File(File.separatorChar == '/' ? "/dev/null" : "NUL"));
        Map<String, String> environment = builder.environment();
        environment.keySet().removeAll(SECRETS);
        environment.put("EVENT_ID", event.id());
        environment.put("EVENT_NAME", event.name());
        environment.put("EVENT_PAYLOAD", event.payload());
        environment.put("VERSION", event.payload());
        environment.put("NODE", node);
        try {
            AttendedRun.End end = new AttendedRun(builder.start(), GRACE, output).await(work.timeout(), () -> false);
            if (end.why() == AttendedRun.Why.TIMEOUT) {
                output.say("it was ended after its timeout of " + Durations.show(work.timeout()));
            }
            return end.exitCode();
        } catch (IOException e) {
            output.say("could not run " + work.command().get(0) + ": " + e.getMessage());
            return OptionalInt.empty();
        }
    }

    private NodeReport report(Version version, NodeState state, OptionalInt code, List<String> output) {
        return new NodeReport(version.name(), state, consul.time().now(), code, output, List.of(version.name()));
    }

    /**
     * The event's time beside the state makes each answer another one, also where the word is the same. Another watch of
     * this node may have handled an event since this one began, so what was handled is read anew.
     */
    private void report(Event event, NodeReport report) {
        Version version = new Version(report.version());
        Txn txn = Txn.to("report that " + version + " is " + report.state() + " on " + node)
                .set(tree.state(version, node), report.state().word(), event.lamportTime())
                .set(tree.report(node), report.toJson())
                .set(
                        tree.events(node),
                        handled().with(event.id(), report.state()).toJson());
        TxnResult result = consul.kv().commit(txn);
        if (!result.committed()) {
            throw new IllegalStateException(
                    "could not report " + report.state() + " for the event " + event.name() + ": " + result.reason());
        }
    }
}
