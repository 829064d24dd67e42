package io.jenkins.plugins.consuldeploy.cli;

import io.jenkins.plugins.consuldeploy.journal.Settler.IfDead;
import io.jenkins.plugins.consuldeploy.phase.BadInputException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A command that releases as a file says. */
abstract class FileCommand extends ConsulCommand {

    @Parameters(paramLabel = "FILE", description = "The release or switch, in YAML.")
    private String file;

    @Option(
            names = "--plan",
            order = 1,
            description = "Print every call that it would make, in order, and touch nothing.")
    private boolean plan;

    @Option(
            names = "--set",
            order = 2,
            paramLabel = "NAME=VALUE",
            description =
                    "Fill $${NAME} in the file's values; a command finds it in its environment. May be given several times.")
    private List<String> set = new ArrayList<>();

    @Option(
            names = "--resume",
            order = 3,
            paramLabel = "ID",
            description =
                    "Go on with this one, by the file's words instead of those on record. Its hosts, or its course, stay as they"
                            + " are on record.")
    private Optional<String> resume = Optional.empty();

    @Option(
            names = "--if-dead",
            order = 4,
            paramLabel = "repair|refuse",
            description =
                    "What to do about a release or switch of the same application that somebody left: put it in order first, or end"
                            + " with exit code 4 (default: what the file says, else repair).")
    private Optional<String> ifDead = Optional.empty();

    @Mixin
    private ChannelOption channels = new ChannelOption();

    /** What {@code --set} sets. */
    final Map<String, String> variables() {
        Map<String, String> variables = new LinkedHashMap<>();
        for (String pair : set) {
            int equals = pair.indexOf('=');
            if (equals < 1) {
                throw new BadInputException("set", pair, "give a name and a value, as in --set version=v2");
            }
            if (variables.put(pair.substring(0, equals), pair.substring(equals + 1)) != null) {
                throw new BadInputException("set", pair, "this name is set twice");
            }
        }
        return variables;
    }

    /** What {@code --if-dead} says. */
    final Optional<IfDead> ifDead() {
        return ifDead.map(FileCommand::parsed);
    }

    final boolean isPlan() {
        return plan;
    }

    /** What {@code --resume} names. */
    final Optional<String> resumed() {
        return resume;
    }

    final void checkPlan() {
        if (plan && resume.isPresent()) {
            throw new BadInputException("plan", "there is none of a release that is gone on with; leave out --resume");
        }
    }

    final YamlFile words() {
        return YamlFile.read(Path.of(file));
    }

    final ReleaseJob job(Shell shell, String noun, List<String> again, ReleaseJob.Opening opening) {
        return new ReleaseJob(
                shell,
                root(),
                output(),
                channels.path(shell.env()),
                new NextSteps(noun, again, resume, sameKeys(channels.words())),
                opening);
    }

    static ReleaseJob.Work plan(List<String> lines) {
        return new ReleaseJob.Work.Say(new Answer(lines, json -> json.add("plan", TreeJson.array(lines))));
    }

    /** The words that release anew. */
    final List<String> again(String command, List<String> more) {
        List<String> words = new ArrayList<>(List.of(command, file));
        set.forEach(pair -> words.addAll(List.of("--set", pair)));
        words.addAll(more);
        return words;
    }

    // Private

    private static IfDead parsed(String text) {
        return switch (text) {
            case "repair" -> IfDead.REPAIR;
            case "refuse" -> IfDead.REFUSE;
            default -> throw new BadInputException("if-dead", text, "'repair' or 'refuse'");
        };
    }
}
