package io.jenkins.plugins.consuldeploy.rolling;

import io.jenkins.plugins.consuldeploy.fleet.FleetException;
import io.jenkins.plugins.consuldeploy.fleet.Host;
import io.jenkins.plugins.consuldeploy.fleet.SideBySide;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** Runs a release to its end on the calling thread, and the updates of a batch side by side. */
public final class UpdateDriver {

    private UpdateDriver() {}

    /**
     * Runs it. What a platform refuses at a point where no host is to blame ends it in order. When the lock is lost, the
     * updates that run are ended too, before somebody else begins them anew.
     *
     * @param timeout for each host's update
     * @throws InterruptedException when interrupted; the release has been ended in order then, as by
     *                              {@link RollingRelease#abort}
     */
    public static Outcome run(RollingRelease release, Update update, Duration timeout) throws InterruptedException {
        return run(release, update, timeout, () -> false);
    }

    /**
     * The same for a process that may be going down.
     *
     * @param goesDown asked after an interrupt: whether somebody goes on with the release later. Then it is left as it
     *                 stands on record, and the updates that ran are begun anew by whoever does
     */
    public static Outcome run(RollingRelease release, Update update, Duration timeout, BooleanSupplier goesDown)
            throws InterruptedException {
        try {
            List<Host> hosts = release.toUpdate();
            Optional<String> notReady = hosts.isEmpty() ? Optional.empty() : update.prepare(hosts, timeout);
            if (notReady.isPresent()) {
                return release.abort("could not be prepared: " + notReady.get());
            }
            while (true) {
                RollingRelease.Step step = release.advance();
                if (step instanceof RollingRelease.Step.UpdateWanted wanted) {
                    SideBySide.run(
                            "update",
                            wanted.turns(),
                            turn -> update.run(turn, timeout),
                            release::checkOurs,
                            release::updated);
                } else if (step instanceof RollingRelease.Step.FinishWanted wanted) {
                    release.finished(update.finish(wanted.back()));
                } else {
                    return release.outcome();
                }
            }
        } catch (InterruptedException e) {
            if (!goesDown.getAsBoolean()) {
                release.abort("aborted");
            }
            throw e;
        } catch (FleetException e) {
            return release.abort(e.getMessage());
        } finally {
            update.close();
        }
    }
}
