package io.jenkins.plugins.consuldeploy.cli;

import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.Events;
import io.jenkins.plugins.consuldeploy.event.EventHandler;
import io.jenkins.plugins.consuldeploy.phase.BadInputException;
import io.jenkins.plugins.consuldeploy.phase.Durations;
import io.jenkins.plugins.consuldeploy.phase.NodeState;
import io.jenkins.plugins.consuldeploy.phase.Tree;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "ack",
        description =
                "Answers an event on the node that it was fired at, as the handler of a Consul watch: reads the events from"
                        + " standard input, runs a command for the newest one unless that was done, and reports busy and then"
                        + " the state, or failed with the command's output. docs/events.md has the watch.",
        customSynopsis = "ack STATE --prefix PREFIX [OPTIONS] [-- COMMAND...]",
        sortOptions = false,
        footer = {
            "",
            "The command has EVENT_PAYLOAD and VERSION (the same), EVENT_NAME, EVENT_ID and NODE in its environment.",
            "",
            "As a watch's handler.",
            "Example:",
            "  consul-deploy ack active --prefix api/version -- sudo /usr/local/bin/update-api"
        })
final class AckCommand extends ConsulCommand {

    private static final Duration TIMEOUT = Duration.ofMinutes(30);

    @Parameters(
            index = "0",
            paramLabel = "STATE",
            description =
                    "What to report: active (or ready) when the command has ended with 0; without a command also busy"
                            + " or failed.")
    private String state;

    @Parameters(index = "1..*", paramLabel = "COMMAND", description = "A program and its words, after '--'.")
    private List<String> command = new ArrayList<>();

    @Option(
            names = "--prefix",
            order = 1,
            paramLabel = "PREFIX",
            description = "The key prefix for PREFIX/PAYLOAD/NODE, such as api/version.")
    private Optional<String> prefix = Optional.empty();

    @Option(
            names = "--node",
            order = 2,
            paramLabel = "NAME",
            description = "This node's name at Consul (default: what the Consul agent that is asked says).")
    private Optional<String> node = Optional.empty();

    @Option(
            names = "--timeout",
            order = 3,
            paramLabel = "TIME",
            description = "For the command, which is ended after it (default: 30m).")
    private Optional<String> timeout = Optional.empty();

    @Override
    Job job(Shell shell) {
        Tree tree = Tree.of(
                prefix.orElseThrow(() -> new BadInputException(
                        "prefix", "it is missing; give the one that 'event --acknowledged' gets, such as api/version")),
                root());
        EventHandler.Work work = new EventHandler.Work(
                command,
                state(),
                timeout.map(text -> Durations.parse("timeout", text)).orElse(TIMEOUT),
                line -> shell.out().println(line));
        List<Events.Event> events = Events.delivered(input());
        return consul -> events.isEmpty()
                ? new Answer(List.of("there is no event yet"), json -> json.addProperty("events", 0))
                : handle(consul, tree, events.get(events.size() - 1), work);
    }

    // Private

    private Answer handle(Consul consul, Tree tree, Events.Event event, EventHandler.Work work)
            throws InterruptedException {
        String name = node.orElseGet(() -> consul.cluster().self().node());
        EventHandler.Outcome outcome = new EventHandler(consul, tree, name).handle(event, work);
        if (!outcome.repeated() && outcome.state() == NodeState.FAILED && work.state() != NodeState.FAILED) {
            throw new HandlerFailedException("the event " + event.name() + " (" + event.id() + "): "
                    + work.command().get(0) + ": " + outcome.end() + "; reported " + outcome.version()
                    + " as failed on " + name);
        }
        String text = outcome.repeated()
                ? "the event " + event.name() + " (" + event.id() + ") was handled before: " + outcome.version()
                        + " is " + outcome.state() + " on " + name
                : "reported " + outcome.version() + " as " + outcome.state() + " on " + name;
        return new Answer(List.of(text), json -> {
            json.addProperty("event", event.id());
            json.addProperty("version", outcome.version().name());
            json.addProperty("state", outcome.state().word());
            json.addProperty("repeated", outcome.repeated());
        });
    }

    private NodeState state() {
        NodeState wanted =
                switch (state.toLowerCase(Locale.ROOT)) {
                    case "active" -> NodeState.ACTIVE;
                    case "ready" -> NodeState.READY;
                    case "busy" -> NodeState.BUSY;
                    case "failed" -> NodeState.FAILED;
                    default -> throw new BadInputException("state", state, "active, ready, busy or failed");
                };
        if (!command.isEmpty() && !wanted.isPrepared()) {
            throw new BadInputException(
                    "state",
                    state,
                    "a command that has ended well leads to 'active' or 'ready'; busy and failed are"
                            + " reported by themselves");
        }
        return wanted;
    }

    private static String input() {
        try {
            InputStream in = System.in;
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new BadInputException("standard input", "it can't be read: " + e.getMessage());
        }
    }
}
