package io.jenkins.plugins.consuldeploy.cli;

import io.jenkins.plugins.consuldeploy.phase.Deployer;
import picocli.CommandLine.Command;

@Command(
        name = "unlock",
        description =
                "Takes the lock of a prefix away from whoever holds it. A deployment that still runs then stops at its"
                        + " next write, with nodes in whatever state they are: look with 'query' first.",
        customSynopsis = "unlock --prefix PREFIX [OPTIONS]",
        sortOptions = false,
        footer = {"", "Example:", "  consul-deploy unlock --prefix api/version"})
final class UnlockCommand extends ConsulCommand {

    @Override
    Task task(Request request) {
        return (consul, listener) ->
                Answers.unlocked(request.tree(), new Deployer(consul, request.tree(), request.caller()).unlock());
    }
}
