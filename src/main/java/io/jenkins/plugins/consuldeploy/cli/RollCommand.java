package io.jenkins.plugins.consuldeploy.cli;

import io.jenkins.plugins.consuldeploy.cli.ReleaseJob.Work;
import io.jenkins.plugins.consuldeploy.consul.LockHeldException;
import io.jenkins.plugins.consuldeploy.journal.ReleaseLock;
import io.jenkins.plugins.consuldeploy.journal.Settler.IfDead;
import io.jenkins.plugins.consuldeploy.journal.Settler.LeftBehindException;
import io.jenkins.plugins.consuldeploy.phase.BadInputException;
import io.jenkins.plugins.consuldeploy.rolling.RollingListener;
import io.jenkins.plugins.consuldeploy.rolling.RollingRelease;
import io.jenkins.plugins.consuldeploy.rolling.Update;
import io.jenkins.plugins.consuldeploy.spec.RollingWords;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;

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
final class RollCommand extends FileCommand {

    @Override
    Job job(Shell shell) {
        Map<String, String> variables = variables();
        Optional<IfDead> whenDead = ifDead();
        checkPlan();
        YamlFile words = words();
        return job(shell, "release", again(), desk -> {
            RollingWords.Reading reading = desk.rollingWords().read(words.tree(), variables, words.places());
            Update update = reading.update().orElseThrow(() -> noUpdate(words));
            if (isPlan()) {
                return plan(desk.releases().plan(reading.spec(), update));
            }
            return new Work.Run(new RunningRelease.Rolling(
                    open(desk, reading, whenDead.orElse(reading.ifDead())), update, reading.updateTimeout()));
        });
    }

    // Private

    private RollingRelease open(ReleaseDesk desk, RollingWords.Reading reading, IfDead whenDead)
            throws LockHeldException, LeftBehindException, InterruptedException {
        RollingListener listener = desk.listener(reading);
        if (resumed().isEmpty()) {
            return desk.releases().start(reading.spec(), whenDead, listener);
        }
        return desk.releases()
                .resume(
                        resumed().get(),
                        Optional.empty(),
                        ReleaseLock.DEAD_HOLDER_LIMIT,
                        Optional.of(reading.spec()),
                        listener);
    }

    private static BadInputException noUpdate(YamlFile words) {
        BadInputException missing = new BadInputException(
                "update",
                "it is missing; what updates a host? A build's step has a body for that, a shell needs a command, agent,"
                        + " event or consulKey here");
        return words.places().of("").map(missing::at).orElse(missing);
    }

    private List<String> again() {
        return again("roll", List.of());
    }
}
