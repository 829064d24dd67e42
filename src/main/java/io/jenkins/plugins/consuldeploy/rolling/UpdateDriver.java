package io.jenkins.plugins.consuldeploy.rolling;

import io.jenkins.plugins.consuldeploy.fleet.FleetException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** Runs a release to its end on the calling thread, and the updates of a batch side by side. */
public final class UpdateDriver {

    private UpdateDriver() {}

    /**
     * Runs it. What a platform refuses at a point where no host is to blame ends it in order.
     *
     * @param timeout for each host's update
     * @throws InterruptedException when interrupted; the release has been ended in order then, as by
     *                              {@link RollingRelease#abort}
     */
    public static Outcome run(RollingRelease release, Update update, Duration timeout) throws InterruptedException {
        try {
            Optional<String> notReady = update.prepare(release.hosts(), timeout);
            if (notReady.isPresent()) {
                return release.abort("not begun: " + notReady.get());
            }
            while (true) {
                RollingRelease.Step step = release.advance();
                if (step instanceof RollingRelease.Step.UpdateWanted wanted) {
                    sideBySide(release, update, timeout, wanted.turns());
                } else if (step instanceof RollingRelease.Step.FinishWanted wanted) {
                    release.finished(update.finish(wanted.back()));
                } else {
                    return release.outcome();
                }
            }
        } catch (InterruptedException e) {
            release.abort("aborted");
            throw e;
        } catch (FleetException e) {
            return release.abort("ended: " + e.getMessage());
        } finally {
            update.close();
        }
    }

    // Private

    private static void sideBySide(RollingRelease release, Update update, Duration timeout, List<Update.Turn> turns)
            throws InterruptedException {
        List<FutureTask<Optional<String>>> running = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        for (Update.Turn turn : turns) {
            FutureTask<Optional<String>> task = new FutureTask<>(() -> update.run(turn, timeout));
            Thread thread = new Thread(task, "update " + turn.host());
            thread.setDaemon(true);
            thread.start();
            running.add(task);
            threads.add(thread);
        }
        try {
            for (int i = 0; i < turns.size(); i++) {
                release.updated(turns.get(i), result(running.get(i)));
            }
        } finally {
            for (Thread thread : threads) {
                thread.interrupt();
            }
        }
    }

    private static Optional<String> result(FutureTask<Optional<String>> task) throws InterruptedException {
        try {
            return task.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            return Optional.of("its update could not be run: " + e.getCause());
        }
    }
}
