package io.jenkins.plugins.consuldeploy.cli;

import io.jenkins.plugins.consuldeploy.phase.BatchSize;
import io.jenkins.plugins.consuldeploy.phase.Deployer;
import io.jenkins.plugins.consuldeploy.phase.Deployment;
import io.jenkins.plugins.consuldeploy.phase.Durations;
import io.jenkins.plugins.consuldeploy.phase.OnFailure;
import io.jenkins.plugins.consuldeploy.phase.Version;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "deploy",
        description =
                "Deploys a version: every node prepares it, then all switch to it (or a batch at a time), then each is"
                        + " seen to run it.",
        customSynopsis = "deploy VERSION --prefix PREFIX (--nodes N | --service NAME [--tag TAG]) [OPTIONS]",
        sortOptions = false,
        footer = {
            "",
            "Examples:",
            "  consul-deploy deploy v7 --prefix api/version --service api",
            "  consul-deploy deploy v7 --prefix api/version --nodes 4 --rolling 25%% --on-failure rollback --keep 5",
            "Depro's way of writing it works too:",
            "  consul-deploy deploy -server=127.0.0.1:8500 -prefix=api/version -nodes=4 v7"
        })
final class DeployCommand extends PrefixCommand {

    @Parameters(paramLabel = "VERSION", description = "The version: a tag, a commit, a build's number.")
    private String version;

    @Mixin
    private ExpectedOptions expected;

    @Option(
            names = "--rolling",
            order = 10,
            paramLabel = "N|N%",
            description = "Switch so many nodes at a time, instead of all at once.")
    private Optional<String> rolling = Optional.empty();

    @Option(
            names = "--on-failure",
            order = 11,
            paramLabel = "stop|rollback",
            description = "What follows when a node was told to run the version and does not (default: stop).")
    private String onFailure = "stop";

    @Option(
            names = {"--ready-timeout", "--wait"},
            order = 12,
            paramLabel = "TIME",
            description = "For all nodes to prepare it (default: 10m).")
    private Optional<String> readyTimeout = Optional.empty();

    @Option(
            names = "--active-timeout",
            order = 13,
            paramLabel = "TIME",
            description = "For all nodes, or those of one batch, to run it (default: 5m).")
    private Optional<String> activeTimeout = Optional.empty();

    @Option(
            names = "--keep",
            order = 14,
            paramLabel = "K",
            description = "Keep the last K versions and remove the others afterwards (default: keep all).")
    private Optional<String> keep = Optional.empty();

    @Override
    Task task(Request request) {
        Deployment deployment = new Deployment(
                new Version(version),
                expected.required(request.defaults()),
                rolling.map(text -> BatchSize.parse("rolling", text)),
                OnFailure.parse("on-failure", onFailure),
                readyTimeout
                        .or(request.defaults()::patience)
                        .map(text -> Durations.parse("ready-timeout", text))
                        .orElse(Deployment.READY_TIMEOUT),
                activeTimeout
                        .map(text -> Durations.parse("active-timeout", text))
                        .orElse(Deployment.ACTIVE_TIMEOUT),
                keep.map(text -> Numbers.parse("keep", text, "versions")));
        return (consul, listener) -> Answers.of(
                new Deployer(consul, request.tree(), request.caller()).deploy(deployment, Optional.empty(), listener));
    }
}
