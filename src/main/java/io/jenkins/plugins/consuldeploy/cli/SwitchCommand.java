package io.jenkins.plugins.consuldeploy.cli;

import io.jenkins.plugins.consuldeploy.bluegreen.BlueGreenSwitch;
import io.jenkins.plugins.consuldeploy.bluegreen.LiveIs;
import io.jenkins.plugins.consuldeploy.bluegreen.SwitchListener;
import io.jenkins.plugins.consuldeploy.bluegreen.SwitchOptions;
import io.jenkins.plugins.consuldeploy.bluegreen.WorkDriver;
import io.jenkins.plugins.consuldeploy.cli.ReleaseJob.Work;
import io.jenkins.plugins.consuldeploy.consul.LockHeldException;
import io.jenkins.plugins.consuldeploy.journal.ReleaseLock;
import io.jenkins.plugins.consuldeploy.journal.Settler.IfDead;
import io.jenkins.plugins.consuldeploy.journal.Settler.LeftBehindException;
import io.jenkins.plugins.consuldeploy.phase.BadInputException;
import io.jenkins.plugins.consuldeploy.spec.SwitchWords;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "switch",
        description =
                "Deploys the idle one of two colors, checks it, and moves the traffic to it: at once or in parts, watched,"
                        + " and back when something is wrong. The file says which hosts, what moves the traffic and how;"
                        + " docs/blue-green.md has every word of it.",
        customSynopsis = "switch FILE [--plan] [--set NAME=VALUE]... [--back] [--force] [--live-is traffic|record]"
                + " [--resume ID] [--if-dead repair|refuse] [OPTIONS]",
        sortOptions = false,
        footer = {
            "",
            "Examples:",
            "  consul-deploy switch shop.yaml --set version=v2 --plan",
            "  consul-deploy switch shop.yaml --set version=v2",
            "  consul-deploy switch shop.yaml --set version=v2 --back"
        })
final class SwitchCommand extends FileCommand {

    @Option(
            names = "--back",
            order = 5,
            description =
                    "All traffic back to the color that was live before, in one move, once its hosts pass the check.")
    private boolean back;

    @Option(
            names = "--force",
            order = 6,
            description = "Deploy a version again that is live already; with --back, go back without checking.")
    private boolean force;

    @Option(
            names = "--live-is",
            order = 7,
            paramLabel = "traffic|record",
            description =
                    "Which is right where the traffic goes to another color than the record of the last switch says"
                            + " (default: what the file says, else neither, and it is an error).")
    private Optional<String> liveIs = Optional.empty();

    @Override
    Job job(Shell shell) {
        Map<String, String> variables = variables();
        Optional<IfDead> whenDead = ifDead();
        Optional<LiveIs> live = liveIs.map(SwitchCommand::liveIs);
        checkPlan();
        if (resumed().isPresent() && (back || force)) {
            throw new BadInputException(
                    back ? "back" : "force", "a switch that is gone on with keeps its course; leave out --resume");
        }
        YamlFile words = words();
        return job(shell, "switch", again("switch", back ? List.of("--back") : List.of()), desk -> {
            SwitchWords.Reading reading = desk.switchWords().read(words.tree(), variables, words.places());
            checkWork(words, reading);
            SwitchOptions options =
                    new SwitchOptions(live.orElse(reading.liveIs()), force, whenDead.orElse(reading.ifDead()));
            if (isPlan()) {
                return plan(desk.switches().plan(reading.spec(), options, back, reading.work()));
            }
            return new Work.Run(new RunningRelease.Switching(open(desk, reading, options), reading.work()));
        });
    }

    // Private

    private BlueGreenSwitch open(ReleaseDesk desk, SwitchWords.Reading reading, SwitchOptions options)
            throws LockHeldException, LeftBehindException, InterruptedException {
        SwitchListener listener = desk.listener(reading);
        if (resumed().isPresent()) {
            String id = resumed().get();
            WorkDriver.checkKnown(desk.switches().find(id), reading.work());
            return desk.switches()
                    .resume(id, Optional.empty(), ReleaseLock.DEAD_HOLDER_LIMIT, Optional.of(reading.spec()), listener);
        }
        return back
                ? desk.switches().back(reading.spec(), options, listener)
                : desk.switches().start(reading.spec(), options, listener);
    }

    /** A build's own block can't run here. */
    private static void checkWork(YamlFile words, SwitchWords.Reading reading) {
        checkWork(
                words,
                "deploy",
                reading.spec().deploys(),
                reading.work().deploy().isPresent());
        checkWork(
                words,
                "verify",
                reading.spec().verifies(),
                reading.work().verify().isPresent());
        checkWork(words, "stop", reading.spec().stops(), reading.work().stop().isPresent());
    }

    private static void checkWork(YamlFile words, String field, boolean isWanted, boolean isKnown) {
        if (isWanted && !isKnown) {
            BadInputException bad =
                    new BadInputException(field, "body", "only a build has one; a shell needs a command here");
            throw words.places().of(field).map(bad::at).orElse(bad);
        }
    }

    private static LiveIs liveIs(String text) {
        return switch (text) {
            case "traffic" -> LiveIs.TRAFFIC;
            case "record" -> LiveIs.RECORD;
            default -> throw new BadInputException("live-is", text, "'traffic' or 'record'");
        };
    }
}
