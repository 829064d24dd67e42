package io.jenkins.plugins.consuldeploy.bluegreen;

import io.jenkins.plugins.consuldeploy.fleet.SideBySide;
import io.jenkins.plugins.consuldeploy.journal.ReleaseHead;
import io.jenkins.plugins.consuldeploy.phase.BadInputException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;

/** Runs a switch to its end on the calling thread, with the work that it wants. */
public final class WorkDriver {

    private WorkDriver() {}

    /**
     * Finds out, before a switch on record is gone on with, that there is something for all the work that is still to come.
     *
     * @throws BadInputException naming what there is nothing for: what a build's own block of steps was to do
     */
    public static void checkKnown(ReleaseHead head, SwitchWork work) {
        SwitchState state = SwitchState.parse(head.progress());
        if (head.state().isOver() || state.returns().isPresent()) {
            return;
        }
        state.course().stream()
                .skip(state.at())
                .map(Stage::phase)
                .filter(phase -> phase.isWork() && work.of(phase).isEmpty())
                .findFirst()
                .ifPresent(phase -> {
                    throw unknown(head, phase);
                });
    }

    /**
     * Runs it. What a platform refuses where traffic has not moved ends it in order, and where it has moves it back. When
     * the lock is lost, work that runs is ended too, before somebody else begins it anew.
     *
     * @throws BadInputException    when there is nothing for work that is wanted; the switch stays as it is on record
     * @throws InterruptedException when interrupted; the switch has been ended in order then, as by
     *                              {@link BlueGreenSwitch#abort}
     */
    public static SwitchOutcome run(BlueGreenSwitch release, SwitchWork work) throws InterruptedException {
        return run(release, work, () -> false);
    }

    /**
     * The same for a process that may be going down.
     *
     * @param goesDown asked after an interrupt: whether somebody goes on with the switch later. Then it is left as it
     *                 stands on record, and work that ran is begun anew by whoever does
     */
    public static SwitchOutcome run(BlueGreenSwitch release, SwitchWork work, BooleanSupplier goesDown)
            throws InterruptedException {
        try {
            runUntil(release, work, Set.of());
            return release.outcome();
        } catch (InterruptedException e) {
            if (!goesDown.getAsBoolean()) {
                release.abort("aborted");
            }
            throw e;
        }
    }

    /**
     * Runs it until work is wanted that somebody else does, who reports by {@link BlueGreenSwitch#worked} and has it run
     * on.
     *
     * @param others what somebody else does
     * @return what is wanted of them; empty when the switch is over
     * @throws InterruptedException when interrupted; the switch is as its record says then, for whoever goes on with it or
     *                              ends it by {@link BlueGreenSwitch#abort}
     */
    public static Optional<BlueGreenSwitch.Step.WorkWanted> runUntil(
            BlueGreenSwitch release, SwitchWork work, Set<SwitchPhase> others) throws InterruptedException {
        while (release.advance() instanceof BlueGreenSwitch.Step.WorkWanted wanted) {
            if (others.contains(wanted.phase())) {
                return Optional.of(wanted);
            }
            release.worked(wanted.phase(), run(release, wanted, work));
        }
        return Optional.empty();
    }

    // Private

    private static Optional<String> run(
            BlueGreenSwitch release, BlueGreenSwitch.Step.WorkWanted wanted, SwitchWork work)
            throws InterruptedException {
        SwitchWork.Job job = work.of(wanted.phase()).orElseThrow(() -> unknown(release.head(), wanted.phase()));
        Outcome outcome = new Outcome();
        SideBySide.run(
                wanted.phase().word(),
                List.of(wanted.turn()),
                turn -> job.work().run(turn, job.timeout()),
                release::checkOurs,
                (turn, failure) -> outcome.failure = failure);
        return outcome.failure;
    }

    private static BadInputException unknown(ReleaseHead head, SwitchPhase phase) {
        return new BadInputException(
                "release",
                head.id(),
                phase.word() + " is still to be done, and nothing here says how: a build's own steps run in that build"
                        + " alone, " + head.build() + " (" + head.who() + "). Go on with it there, or by a file that"
                        + " says how (consul-deploy switch FILE --resume " + head.id()
                        + "), or end it in order (consul-deploy resume " + head.id() + " --abort)");
    }

    private static final class Outcome {
        private Optional<String> failure = Optional.empty();
    }
}
