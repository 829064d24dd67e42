package io.jenkins.plugins.consuldeploy.cli;

import io.jenkins.plugins.consuldeploy.phase.Deployer;
import io.jenkins.plugins.consuldeploy.phase.Deployment;
import io.jenkins.plugins.consuldeploy.phase.Durations;
import io.jenkins.plugins.consuldeploy.phase.Rollback;
import io.jenkins.plugins.consuldeploy.phase.Version;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "rollback",
        description =
                "Goes back to the version before the current one, or to a given one that is still registered. Without"
                        + " --nodes or --service it waits for the nodes that have said anything of the two versions.",
        customSynopsis = "rollback --prefix PREFIX [--to VERSION] [OPTIONS]",
        sortOptions = false,
        footer = {
            "",
            "Examples:",
            "  consul-deploy rollback --prefix api/version",
            "  consul-deploy rollback --prefix api/version --to v5"
        })
final class RollbackCommand extends PrefixCommand {

    @Option(
            names = "--to",
            order = 10,
            paramLabel = "VERSION",
            description = "The version to go back to (default: the one before the current one).")
    private Optional<String> to = Optional.empty();

    @Mixin
    private ExpectedOptions expected;

    @Option(
            names = {"--active-timeout", "--wait"},
            order = 11,
            paramLabel = "TIME",
            description = "For all nodes to run it (default: 5m).")
    private Optional<String> activeTimeout = Optional.empty();

    @Override
    Task task(Request request) {
        Rollback rollback = new Rollback(
                to.map(Version::new),
                expected.given(request.defaults()),
                activeTimeout
                        .map(text -> Durations.parse("active-timeout", text))
                        .orElse(Deployment.ACTIVE_TIMEOUT));
        return (consul, listener) -> Answers.of(
                new Deployer(consul, request.tree(), request.caller()).rollback(rollback, Optional.empty(), listener));
    }
}
