package io.jenkins.plugins.consuldeploy.cli;

import io.jenkins.plugins.consuldeploy.time.TimeSource;
import picocli.CommandLine.Option;

/** What is said, and how. */
final class OutputOptions {

    @Option(
            names = "--json",
            order = 200,
            description = "Print one JSON object at the end, and nothing else, to standard output.")
    private boolean json;

    @Option(
            names = {"--quiet", "-q"},
            order = 201,
            description = "Print the result only, not what happens on the way.")
    private boolean quiet;

    @Option(
            names = {"--verbose", "-v"},
            order = 202,
            description = "Print the log too, and where in the program a failure came from.")
    private boolean verbose;

    @Option(
            names = {"--help", "-h"},
            order = 203,
            usageHelp = true,
            description = "Show this help.")
    private boolean help;

    boolean json() {
        return json;
    }

    boolean verbose() {
        return verbose;
    }

    /** Where progress goes: a table on a terminal, lines elsewhere; to standard error where the JSON has the other. */
    Display display(Shell shell, TimeSource time) {
        if (quiet) {
            return Display.errorsOnly(shell.err());
        }
        if (json) {
            return new Lines(shell.err(), shell.err());
        }
        return shell.terminal()
                .get()
                .<Display>map(terminal -> new LiveTable(shell.out(), terminal, time))
                .orElseGet(() -> new Lines(shell.out(), shell.err()));
    }
}
