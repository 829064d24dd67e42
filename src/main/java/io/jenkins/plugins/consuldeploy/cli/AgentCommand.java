package io.jenkins.plugins.consuldeploy.cli;

import io.jenkins.plugins.consuldeploy.agent.Agent;
import io.jenkins.plugins.consuldeploy.agent.AgentConfig;
import io.jenkins.plugins.consuldeploy.phase.BadInputException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "agent",
        description =
                "Keeps this host at the versions that Consul says, until it is stopped: prepares, activates and removes"
                        + " them with the commands of its configuration. It reads the configuration of Depro's agent as it is.",
        customSynopsis = "agent --config-dir DIR [OPTIONS]",
        sortOptions = false,
        footer = {
            "",
            "What the files say of Consul wins over options and environment.",
            "",
            "Examples:",
            "  consul-deploy agent --config-dir /etc/consul-deploy",
            "  consul-deploy agent -config-file /etc/consul-deploy/api.json -name web1"
        })
final class AgentCommand implements io.jenkins.plugins.consuldeploy.cli.Command {

    private static final String LOG_FORMAT = "java.util.logging.SimpleFormatter.format";

    /** Held, for a logger that nobody holds forgets its level. */
    private static final Logger OURS = Logger.getLogger("io.jenkins.plugins.consuldeploy");

    @Option(
            names = {"--config-dir", "--config-file", "--config"},
            order = 1,
            paramLabel = "PATH",
            description =
                    "A configuration file, or a directory of which every *.json is read. May be given several times: a"
                            + " later file's values win, deployments add up.")
    private List<String> paths = new ArrayList<>();

    @Option(
            names = "--name",
            order = 2,
            paramLabel = "NAME",
            description = "This node's name, where the files give none (default: the host's name).")
    private Optional<String> name = Optional.empty();

    @ArgGroup(validate = false, order = 100, heading = "%nConsul:%n")
    private ConnectionOptions connection = new ConnectionOptions();

    @Option(
            names = {"--verbose", "-v"},
            order = 200,
            description = "Log more.")
    private boolean verbose;

    @Option(
            names = {"--help", "-h"},
            order = 201,
            usageHelp = true,
            description = "Show this help.")
    private boolean help;

    /** Reads the words that a service's unit has, so that its start does not wait for picocli to be loaded. */
    @Override
    public boolean readQuickly(List<String> args) {
        List<String> found = new ArrayList<>();
        for (int i = 0; i < args.size(); i += 2) {
            switch (args.get(i)) {
                case "--config-dir", "-config-dir", "--config-file", "-config-file" -> {
                    if (i + 1 == args.size() || args.get(i + 1).startsWith("-")) {
                        return false;
                    }
                    found.add(args.get(i + 1));
                }
                default -> {
                    return false;
                }
            }
        }
        paths = found;
        return true;
    }

    /** Returns 0 when it was asked to stop, and 1 when it can't go on. */
    @Override
    public int run(Shell shell) {
        AgentConfig config = config(shell);
        log();
        try (Agent agent = new Agent(config)) {
            agent.run();
        } catch (InterruptedException e) {
            return Exit.DONE;
        } catch (IllegalStateException e) {
            shell.err().println("consul-deploy agent: " + e.getMessage());
            return Exit.FAILED;
        }
        return Exit.DONE;
    }

    // Private

    private AgentConfig config(Shell shell) {
        if (paths.isEmpty()) {
            throw new BadInputException(
                    "config-dir",
                    "it is missing; give the directory of the agent's configuration, such as"
                            + " --config-dir /etc/consul-deploy");
        }
        connection.warnings().forEach(warning -> shell.err().println("warning: " + warning));
        return AgentConfig.read(paths.stream().map(Path::of).toList(), connection.config(shell.env()), name);
    }

    /** A line each, with its time; unless whoever started the JVM wants it otherwise. */
    private void log() {
        if (System.getProperty(LOG_FORMAT) == null && System.getProperty("java.util.logging.config.file") == null) {
            System.setProperty(LOG_FORMAT, "%1$tF %1$tT %4$s %5$s%6$s%n");
        }
        if (verbose) {
            OURS.setLevel(Level.FINE);
            for (java.util.logging.Handler handler : Logger.getLogger("").getHandlers()) {
                handler.setLevel(Level.FINE);
            }
        }
    }
}
