package io.jenkins.plugins.consuldeploy.cli;

import io.jenkins.plugins.consuldeploy.cli.ReleaseJob.Work;
import io.jenkins.plugins.consuldeploy.consul.LockHeldException;
import io.jenkins.plugins.consuldeploy.journal.ReleaseLock;
import io.jenkins.plugins.consuldeploy.journal.Settler.IfDead;
import io.jenkins.plugins.consuldeploy.journal.Settler.LeftBehindException;
import io.jenkins.plugins.consuldeploy.phase.BadInputException;
import io.jenkins.plugins.consuldeploy.rolling.Releases;
import io.jenkins.plugins.consuldeploy.rolling.RollingListener;
import io.jenkins.plugins.consuldeploy.rolling.RollingRelease;
import io.jenkins.plugins.consuldeploy.rolling.Update;
import io.jenkins.plugins.consuldeploy.spec.RollingWords;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "roll",
        description =
                "Releases host by host: takes each batch out of its load balancers, updates it, checks it, puts it back."
                        + " The file says which hosts, which balancers and how; docs/rolling-release.md has every word of it.",
        customSynopsis = "roll FILE [--plan] [--set NAME=VALUE]... [--resume ID] [--if-dead repair|refuse] [OPTIONS]",
        sortOptions = false,
        footer = {
            "",
            "Examples:",
            "  consul-deploy roll web.yaml --set version=v2 --plan",
            "  consul-deploy roll web.yaml --set version=v2"
        })
final class RollCommand extends ConsulCommand {

    @Parameters(paramLabel = "FILE", description = "The release, in YAML.")
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
                    "Go on with this release, by the file's words instead of those on record. Its hosts stay those on record.")
    private Optional<String> resume = Optional.empty();

    @Option(
            names = "--if-dead",
            order = 4,
            paramLabel = "repair|refuse",
            description =
                    "What to do about a release of the same application that somebody left: put it in order first, or end"
                            + " with exit code 4 (default: what the file says, else repair).")
    private Optional<String> ifDead = Optional.empty();

    @Mixin
    private ChannelOption channels = new ChannelOption();

    @Override
    Job job(Shell shell) {
        Map<String, String> variables = variables();
        Optional<IfDead> whenDead = ifDead.map(RollCommand::ifDead);
        if (plan && resume.isPresent()) {
            throw new BadInputException("plan", "there is none of a release that is gone on with; leave out --resume");
        }
        YamlFile words = YamlFile.read(Path.of(file));
        return new ReleaseJob(
                shell,
                root(),
                output(),
                channels.path(shell.env()),
                new NextSteps(again(), resume, sameKeys(channels.words())),
                (releases, reader, listeners) -> {
                    RollingWords.Reading reading = reader.read(words.tree(), variables, words.places());
                    Update update = reading.update().orElseThrow(() -> noUpdate(words));
                    if (plan) {
                        List<String> lines = releases.plan(reading.spec(), update);
                        return new Work.Say(new Answer(lines, json -> json.add("plan", TreeJson.array(lines))));
                    }
                    return new Work.Run(
                            open(releases, reading, whenDead.orElse(reading.ifDead()), listeners.apply(reading)),
                            update,
                            reading.updateTimeout());
                });
    }

    // Private

    private RollingRelease open(
            Releases releases, RollingWords.Reading reading, IfDead whenDead, RollingListener listener)
            throws LockHeldException, LeftBehindException, InterruptedException {
        if (resume.isEmpty()) {
            return releases.start(reading.spec(), whenDead, listener);
        }
        return releases.resume(
                resume.get(), Optional.empty(), ReleaseLock.DEAD_HOLDER_LIMIT, Optional.of(reading.spec()), listener);
    }

    private Map<String, String> variables() {
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

    private static IfDead ifDead(String text) {
        return switch (text) {
            case "repair" -> IfDead.REPAIR;
            case "refuse" -> IfDead.REFUSE;
            default -> throw new BadInputException("if-dead", text, "'repair' or 'refuse'");
        };
    }

    private static BadInputException noUpdate(YamlFile words) {
        BadInputException missing = new BadInputException(
                "update",
                "it is missing; what updates a host? A build's step has a body for that, a shell needs a command, agent,"
                        + " event or consulKey here");
        return words.places().of("").map(missing::at).orElse(missing);
    }

    private List<String> again() {
        List<String> words = new ArrayList<>(List.of("roll", file));
        set.forEach(pair -> words.addAll(List.of("--set", pair)));
        return words;
    }
}
