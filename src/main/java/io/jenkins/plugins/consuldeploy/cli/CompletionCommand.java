package io.jenkins.plugins.consuldeploy.cli;

import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "completion",
        description = "Prints a script with which bash and zsh complete the command 'consul-deploy'.",
        customSynopsis = "completion",
        footer = {
            "",
            "Examples:",
            "  source <(consul-deploy completion)                                  # this shell",
            "  consul-deploy completion > /etc/bash_completion.d/consul-deploy     # every bash to come"
        })
final class CompletionCommand implements io.jenkins.plugins.consuldeploy.cli.Command {

    @Option(
            names = {"--help", "-h"},
            usageHelp = true,
            description = "Show this help.")
    private boolean help;

    @Override
    public int run(Shell shell) {
        shell.out().print(AutoComplete.bash("consul-deploy", Commands.all()));
        return Exit.DONE;
    }
}
