package io.jenkins.plugins.consuldeploy.health;

import io.jenkins.plugins.consuldeploy.fleet.FleetException;
import io.jenkins.plugins.consuldeploy.fleet.Host;
import io.jenkins.plugins.consuldeploy.fleet.HostCommand;
import java.time.Duration;
import java.util.Map;

/**
 * Runs a shell command, with the host in its environment: healthy when it exits with 0.
 *
 * @param variables further ones for its environment
 * @param runner    where it runs
 */
public record CommandCheck(HostCommand command, Map<String, String> variables, HostCommand.Runner runner)
        implements HealthCheck {

    public static final Duration TIMEOUT = Duration.ofSeconds(30);

    public CommandCheck {
        variables = Map.copyOf(variables);
    }

    /** On this machine. */
    public CommandCheck(HostCommand command, Map<String, String> variables) {
        this(command, variables, HostCommand.Runner.HERE);
    }

    @Override
    public Result check(Host host) throws InterruptedException {
        try {
            HostCommand.Outcome outcome = runner.run(command, host, variables, line -> {});
            String detail = "`" + command.command() + "` " + outcome.describe();
            return outcome.succeeded() ? Result.healthy(detail) : Result.unhealthy(detail);
        } catch (FleetException e) {
            return Result.unhealthy(e.getMessage());
        }
    }

    @Override
    public String describe() {
        return "success of `" + command.command() + "`";
    }
}
