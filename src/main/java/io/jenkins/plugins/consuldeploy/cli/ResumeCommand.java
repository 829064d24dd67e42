package io.jenkins.plugins.consuldeploy.cli;

import io.jenkins.plugins.consuldeploy.bluegreen.WorkDriver;
import io.jenkins.plugins.consuldeploy.cli.ReleaseJob.Work;
import io.jenkins.plugins.consuldeploy.consul.LockHeldException;
import io.jenkins.plugins.consuldeploy.journal.ReleaseHead;
import io.jenkins.plugins.consuldeploy.journal.ReleaseLock;
import io.jenkins.plugins.consuldeploy.phase.BadInputException;
import io.jenkins.plugins.consuldeploy.phase.Caller;
import io.jenkins.plugins.consuldeploy.rolling.Update;
import io.jenkins.plugins.consuldeploy.spec.RollingWords;
import io.jenkins.plugins.consuldeploy.spec.SwitchWords;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "resume",
        description =
                "Goes on with a release or a switch from its record, whoever began it: a deployer that was killed, lost Consul, or"
                        + " whose machine is gone. It waits for a holder that may be dead to lose its lock, within half a minute.",
        customSynopsis = "resume ID [--abort] [OPTIONS]",
        sortOptions = false,
        footer = {
            "",
            "Examples:",
            "  consul-deploy releases                        # which were left?",
            "  consul-deploy resume 20260301-123000-4f2a91c0",
            "  consul-deploy resume 20260301-123000-4f2a91c0 --abort"
        })
final class ResumeCommand extends ConsulCommand {

    @Parameters(paramLabel = "ID", description = "The release, as 'releases' shows it.")
    private String id;

    @Option(
            names = "--abort",
            order = 1,
            description = "End it instead, in order: put back what was not changed, leave out and name what was, resume"
                    + " what was suspended; of a switch, move traffic back that was under way.")
    private boolean abort;

    @Mixin
    private ChannelOption channels = new ChannelOption();

    @Override
    Job job(Shell shell) {
        Caller caller = Whoami.in(shell.env());
        String aborted = "ended by " + caller.who() + " (" + caller.build() + ")";
        return new ReleaseJob(
                shell,
                root(),
                output(),
                channels.path(shell.env()),
                new NextSteps("release", List.of(), Optional.of(id), sameKeys(channels.words())),
                desk -> {
                    ReleaseHead head = desk.find(id);
                    RunningRelease release =
                            head.kind().equals(ReleaseHead.SWITCH) ? switching(desk, head) : rolling(desk, head);
                    return abort ? new Work.End(release, aborted) : new Work.Run(release);
                });
    }

    // Private

    private RunningRelease switching(ReleaseDesk desk, ReleaseHead head)
            throws LockHeldException, InterruptedException {
        SwitchWords.Reading reading = desk.switchWords().readRecord(head.spec());
        if (!abort) {
            WorkDriver.checkKnown(head, reading.work());
        }
        return new RunningRelease.Switching(
                desk.switches()
                        .resume(
                                id,
                                Optional.empty(),
                                ReleaseLock.DEAD_HOLDER_LIMIT,
                                Optional.empty(),
                                desk.listener(reading)),
                reading.work());
    }

    private RunningRelease rolling(ReleaseDesk desk, ReleaseHead head) throws LockHeldException, InterruptedException {
        RollingWords.Reading reading = desk.rollingWords().readRecord(head.spec());
        Optional<Update> update = reading.update();
        if (!abort && update.isEmpty() && !head.state().isOver()) {
            throw noUpdate(head);
        }
        return new RunningRelease.Rolling(
                desk.releases().resume(id, Optional.empty(), ReleaseLock.DEAD_HOLDER_LIMIT, desk.listener(reading)),
                update.orElseGet(NoUpdate::new),
                reading.updateTimeout());
    }

    /** Of a release that is over. */
    private static final class NoUpdate implements Update {
        @Override
        public Optional<String> run(Turn turn, java.time.Duration timeout) {
            return Optional.of("nothing on record says how to update it");
        }

        @Override
        public String describe() {
            return "do nothing";
        }
    }

    private static BadInputException noUpdate(ReleaseHead head) {
        return new BadInputException(
                "release",
                head.id(),
                "its hosts are updated by the steps of the build that began it, " + head.build() + " (" + head.who()
                        + "): go on with it there. From here it can be ended in order (consul-deploy resume "
                        + head.id() + " --abort), or gone on with by a file that says how to update a host"
                        + " (consul-deploy roll FILE --resume " + head.id() + ")");
    }
}
