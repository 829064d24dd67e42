package io.jenkins.plugins.consuldeploy.bluegreen;

import io.jenkins.plugins.consuldeploy.fleet.SideBySide;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;

/** Runs a switch to its end on the calling thread, with the work that it wants. */
public final class WorkDriver {

    private WorkDriver() {}

    /**
     * Runs it. What a platform refuses where traffic has not moved ends it in order, and where it has moves it back. When
     * the lock is lost, work that runs is ended too, before somebody else begins it anew.
     *
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
        Optional<SwitchWork.Job> job = work.of(wanted.phase());
        if (job.isEmpty()) {
            return Optional.of("nothing here knows what " + wanted.phase().word() + " is to do: it was a build's block,"
                    + " which runs in its build alone. Go on with other words: consul-deploy switch FILE --resume "
                    + release.id());
        }
        Outcome outcome = new Outcome();
        SideBySide.run(
                wanted.phase().word(),
                List.of(wanted.turn()),
                turn -> job.get().work().run(turn, job.get().timeout()),
                release::checkOurs,
                (turn, failure) -> outcome.failure = failure);
        return outcome.failure;
    }

    private static final class Outcome {
        private Optional<String> failure = Optional.empty();
    }
}
