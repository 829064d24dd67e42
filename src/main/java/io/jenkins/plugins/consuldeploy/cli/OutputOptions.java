package io.jenkins.plugins.consuldeploy.cli;

import com.google.gson.JsonObject;
import io.jenkins.plugins.consuldeploy.phase.BadInputException;
import io.jenkins.plugins.consuldeploy.time.TimeSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** What is said, and how. */
final class OutputOptions {

    @Option(
            names = "--json",
            order = 200,
            description = "Print one JSON object at the end, and nothing else, to standard output.")
    private boolean json;

    @Option(
            names = "--json-file",
            order = 200,
            paramLabel = "FILE",
            description = "Write that object to a file, and for people to standard output as ever.")
    private Optional<String> jsonFile = Optional.empty();

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

    boolean verbose() {
        return verbose;
    }

    /**
     * Makes the result's file empty, so that no earlier result can be taken for this one's.
     *
     * @throws BadInputException when it can't be written
     */
    void checkFile() {
        if (jsonFile.isPresent()) {
            try {
                Files.writeString(Path.of(jsonFile.get()), "");
            } catch (IOException e) {
                throw new BadInputException("json-file", jsonFile.get(), "it can't be written: " + e);
            }
        }
    }

    /** Says what came of it: the JSON where it is wanted, and the text where standard output is not the JSON's. */
    void result(Shell shell, JsonObject object, List<String> text) {
        if (json) {
            shell.out().println(object);
        } else {
            text.forEach(shell.out()::println);
        }
        if (jsonFile.isPresent()) {
            try {
                Files.writeString(Path.of(jsonFile.get()), object + "\n");
            } catch (IOException e) {
                shell.err().println("warning: the result could not be written to " + jsonFile.get() + ": " + e);
            }
        }
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

    /** As {@link #display}, for a release. */
    ReleaseView releaseView(Shell shell, TimeSource time) {
        if (quiet) {
            return ReleaseView.errorsOnly(shell.err());
        }
        if (json) {
            return new ReleaseLines(shell.err(), shell.err());
        }
        return shell.terminal()
                .get()
                .<ReleaseView>map(terminal -> new ReleaseTable(shell.out(), terminal, time))
                .orElseGet(() -> new ReleaseLines(shell.out(), shell.err()));
    }
}
