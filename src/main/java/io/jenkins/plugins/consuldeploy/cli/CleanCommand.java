package io.jenkins.plugins.consuldeploy.cli;

import io.jenkins.plugins.consuldeploy.phase.BadInputException;
import io.jenkins.plugins.consuldeploy.phase.Deployer;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "clean",
        description =
                "Removes old versions: from Consul, and then the nodes remove them from their disks. What is current or"
                        + " pinned stays.",
        customSynopsis = "clean --prefix PREFIX --keep K [OPTIONS]",
        sortOptions = false,
        footer = {"", "Example:", "  consul-deploy clean --prefix api/version --keep 5"})
final class CleanCommand extends PrefixCommand {

    @Option(names = "--keep", order = 10, paramLabel = "K", description = "How many of the last versions stay.")
    private Optional<String> keep = Optional.empty();

    @Override
    Task task(Request request) {
        int versions = Numbers.parse(
                "keep",
                keep.orElseThrow(() -> new BadInputException(
                        "keep", "it is missing; how many of the last versions stay? Give it as in --keep 5")),
                "versions");
        return (consul, listener) ->
                Answers.cleaned(new Deployer(consul, request.tree(), request.caller()).clean(versions, listener));
    }
}
