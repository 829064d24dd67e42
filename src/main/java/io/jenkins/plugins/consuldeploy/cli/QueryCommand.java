package io.jenkins.plugins.consuldeploy.cli;

import io.jenkins.plugins.consuldeploy.phase.BadInputException;
import io.jenkins.plugins.consuldeploy.phase.TreeView;
import io.jenkins.plugins.consuldeploy.phase.Version;
import java.util.Optional;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
        name = "query",
        description =
                "Shows what is current, the registered versions with what their nodes say, the pins, and who holds the"
                        + " lock. With a version: each of its nodes, and all that the failed ones have told.",
        customSynopsis = "query [VERSION] --prefix PREFIX [OPTIONS]",
        sortOptions = false,
        footer = {
            "",
            "Examples:",
            "  consul-deploy query --prefix api/version",
            "  consul-deploy query v7 --prefix api/version",
            "  consul-deploy query --prefix api/version --json"
        })
final class QueryCommand extends PrefixCommand {

    @Parameters(arity = "0..1", paramLabel = "VERSION", description = "Only this version, and all about it.")
    private Optional<String> version = Optional.empty();

    @Override
    Task task(Request request) {
        Optional<Version> wanted = version.map(Version::new);
        return (consul, listener) -> {
            TreeView view = TreeView.read(consul, request.tree());
            wanted.ifPresent(one -> checkRegistered(view, one));
            TreeText text = new TreeText(view, consul.time().now());
            return new Answer(
                    wanted.map(text::version).orElseGet(text::overview), json -> TreeJson.add(view, wanted, json));
        };
    }

    private static void checkRegistered(TreeView view, Version version) {
        if (view.version(version).isEmpty()) {
            String registered =
                    view.versions().stream().map(one -> one.version().name()).collect(Collectors.joining(", "));
            throw new BadInputException(
                    "version",
                    version.name(),
                    "it is not registered below " + view.prefix() + "; registered are: "
                            + (registered.isEmpty() ? "none" : registered));
        }
    }
}
