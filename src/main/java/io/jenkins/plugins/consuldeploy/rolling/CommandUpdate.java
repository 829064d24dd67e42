package io.jenkins.plugins.consuldeploy.rolling;

import io.jenkins.plugins.consuldeploy.fleet.HostCommand;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/**
 * Updates a host by a shell command, with the host and the release in its environment.
 *
 * @param command   the way forward
 * @param back      the way back, where there is one
 * @param variables further ones for the environment
 * @param output    gets each line of a host's output, from any thread
 * @param runner    where it runs
 */
public record CommandUpdate(
        String command,
        Optional<String> back,
        Map<String, String> variables,
        BiConsumer<String, String> output,
        HostCommand.Runner runner)
        implements Update {

    public CommandUpdate {
        variables = Map.copyOf(variables);
    }

    /** On this machine. */
    public CommandUpdate(
            String command, Optional<String> back, Map<String, String> variables, BiConsumer<String, String> output) {
        this(command, back, variables, output, HostCommand.Runner.HERE);
    }

    @Override
    public Optional<String> run(Turn turn, Duration timeout) throws InterruptedException {
        String chosen = turn.back() ? back.orElseThrow() : command;
        Map<String, String> environment = new TreeMap<>(variables);
        environment.putAll(environment(turn));
        String host = turn.host().name();
        HostCommand.Outcome outcome = runner.run(
                new HostCommand(chosen, timeout), turn.host(), environment, line -> output.accept(host, line));
        return outcome.succeeded() ? Optional.empty() : Optional.of("its update: " + outcome.describe());
    }

    /** What of a turn an update finds in its environment, besides the host. */
    public static Map<String, String> environment(Turn turn) {
        Map<String, String> environment = new TreeMap<>();
        environment.put("HOST_INDEX", Integer.toString(turn.index()));
        environment.put("APP", turn.app());
        environment.put("RELEASE_ID", turn.release());
        turn.version().ifPresent(version -> environment.put("VERSION", version));
        return environment;
    }

    @Override
    public boolean canGoBack() {
        return back.isPresent();
    }

    @Override
    public String describe() {
        return "run `" + command + "`";
    }
}
