package io.jenkins.plugins.consuldeploy.cli;

import java.util.List;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;

/** The commands by their names, and how picocli reads their words. Only the one that is asked for is loaded. */
final class Commands {

    static final String AGENT = "agent";
    static final String ROLL = "roll";
    static final String SWITCH = "switch";
    static final String RESUME = "resume";
    static final String EVENT = "event";
    static final String KEY = "key";
    static final List<String> NAMES = List.of(
            "deploy",
            "query",
            "rollback",
            "clean",
            ROLL,
            SWITCH,
            RESUME,
            "releases",
            EVENT,
            KEY,
            "ack",
            "unlock",
            AGENT,
            "completion");

    private static final int WIDTH = 110;

    private Commands() {}

    static Optional<Command> named(String name) {
        return Optional.ofNullable(
                switch (name) {
                    case "deploy" -> new DeployCommand();
                    case "query" -> new QueryCommand();
                    case "rollback" -> new RollbackCommand();
                    case "clean" -> new CleanCommand();
                    case ROLL -> new RollCommand();
                    case SWITCH -> new SwitchCommand();
                    case RESUME -> new ResumeCommand();
                    case "releases" -> new ReleasesCommand();
                    case EVENT -> new EventCommand();
                    case KEY -> new KeyCommand();
                    case "ack" -> new AckCommand();
                    case "unlock" -> new UnlockCommand();
                    case AGENT -> new AgentCommand();
                    case "completion" -> new CompletionCommand();
                    default -> null;
                });
    }

    /**
     * Reads the words into the command.
     *
     * @return whether they ask for help, which is shown then
     * @throws CommandLine.ParameterException naming the word that can't be used
     */
    static boolean wantsHelp(Command command, String name, List<String> args, Shell shell) {
        CommandLine line = line(command, name);
        boolean help =
                line.parseArgs(Dashes.doubled(args, line.getCommandSpec())).isUsageHelpRequested();
        if (help) {
            line.usage(shell.out(), Ansi.OFF);
        }
        return help;
    }

    /** Shows what commands there are. */
    static int help(Shell shell) {
        all().usage(shell.out(), Ansi.OFF);
        return Exit.DONE;
    }

    /** The whole tree, for its help and for shells that complete it. */
    static CommandLine all() {
        CommandLine root = new CommandLine(new Root());
        NAMES.forEach(name -> root.addSubcommand(name, line(named(name).orElseThrow(), name)));
        return configured(root);
    }

    // Private

    private static CommandLine line(Command command, String name) {
        CommandLine line = new CommandLine(command);
        line.getCommandSpec().name(name).usageMessage().synopsisHeading("Usage: consul-deploy ");
        return configured(line);
    }

    private static CommandLine configured(CommandLine line) {
        // A version may begin with '@', which does not mean a file of words here; and '-nv' is no '-n -v'.
        return line.setUsageHelpWidth(WIDTH).setExpandAtFiles(false).setPosixClusteredShortOptionsAllowed(false);
    }

    @CommandLine.Command(
            name = "consul-deploy",
            description = "Rolls new versions of an application out to a fleet through Consul.",
            synopsisHeading = "Usage: ",
            customSynopsis = "consul-deploy COMMAND [OPTIONS]",
            commandListHeading = "%nCommands:%n",
            footer = {
                "",
                "Consul is found as its own command line finds it: CONSUL_HTTP_ADDR, CONSUL_HTTP_TOKEN and so on.",
                "",
                "Exit codes: 0 done, 1 the deployment failed, 2 bad input, 3 Consul unreachable or forbidding,",
                "4 locked by another, 130 interrupted.",
                "",
                "Examples:",
                "  consul-deploy deploy v7 --prefix api/version --service api",
                "  consul-deploy roll web.yaml --set version=v7",
                "  consul-deploy switch shop.yaml --set version=v7",
                "  consul-deploy event run-deploy --node 'app1-.*' --payload v7 --acknowledged api/version",
                "  consul-deploy key configs/web/IMAGE_TAG v7 --per-node --service web",
                "Each command shows its own: consul-deploy deploy --help"
            })
    private static final class Root {}
}
