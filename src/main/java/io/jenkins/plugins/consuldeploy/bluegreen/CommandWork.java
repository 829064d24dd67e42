package io.jenkins.plugins.consuldeploy.bluegreen;

import io.jenkins.plugins.consuldeploy.fleet.HostCommand;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/**
 * A shell command, with the color and the release in its environment.
 *
 * @param variables further ones for the environment
 * @param output    gets each line of its output, after the color's name
 * @param runner    where it runs
 */
public record CommandWork(
        String command, Map<String, String> variables, BiConsumer<String, String> output, HostCommand.Runner runner)
        implements ColorWork {

    public CommandWork {
        variables = Map.copyOf(variables);
    }

    /** On this machine. */
    public CommandWork(String command, Map<String, String> variables, BiConsumer<String, String> output) {
        this(command, variables, output, HostCommand.Runner.HERE);
    }

    @Override
    public Optional<String> run(ColorTurn turn, Duration timeout) throws InterruptedException {
        Map<String, String> environment = new TreeMap<>(variables);
        environment.putAll(turn.environment());
        String color = turn.color().word();
        HostCommand.Outcome outcome = runner.run(
                new HostCommand(command, timeout),
                "the color " + color,
                environment,
                line -> output.accept(color, line));
        return outcome.succeeded() ? Optional.empty() : Optional.of("`" + command + "`: " + outcome.describe());
    }

    @Override
    public String describe() {
        return "run `" + command + "`";
    }
}
