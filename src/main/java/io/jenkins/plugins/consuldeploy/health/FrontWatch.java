package io.jenkins.plugins.consuldeploy.health;

import io.jenkins.plugins.consuldeploy.fleet.Host;
import io.jenkins.plugins.consuldeploy.time.TimeSource;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.Optional;

/**
 * Asks again and again where visitors ask, on a thread of its own, and holds the share of failures among the last
 * answers against a limit.
 *
 * @param front    where visitors come in, as a host
 * @param interval from the end of one question to the next
 * @param window   how many of the last answers count
 * @param least    how many it takes to say that something is wrong before it is over, or as many failures as would be too
 *                 many among these
 * @param limit    of failures among them, in percent: more is too many
 */
public record FrontWatch(
        HealthCheck check, Host front, Duration interval, int window, int least, double limit, TimeSource time)
        implements Watch {

    public static final Duration INTERVAL = Duration.ofMillis(200);
    public static final int WINDOW = 100;
    public static final int LEAST = 10;
    public static final double LIMIT = 5;

    @Override
    public Watching begin() {
        Looking looking = new Looking();
        Thread thread = new Thread(looking::run, "watch of " + front);
        thread.setDaemon(true);
        looking.thread = thread;
        thread.start();
        return looking;
    }

    @Override
    public String describe() {
        return check.describe() + " at " + front + ", at most "
                + (limit == Math.rint(limit) ? Long.toString((long) limit) : Double.toString(limit)) + "% failing";
    }

    // Private

    private final class Looking implements Watching {
        private final Deque<HealthCheck.Result> seen = new ArrayDeque<>();
        private Thread thread;
        private String lastFailure = "";
        private int failures;

        void run() {
            try {
                while (true) {
                    look();
                    time.sleep(interval);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt(); // closed
            }
        }

        @Override
        public synchronized Optional<String> trouble() {
            // So many failures are too many among the first that count, however the others of these end.
            boolean isSure = 100.0 * failures > limit * least;
            return seen.size() >= least || isSure ? judge() : Optional.empty();
        }

        @Override
        public Optional<String> verdict() throws InterruptedException {
            look();
            return judge();
        }

        @Override
        public void close() {
            thread.interrupt();
        }

        private void look() throws InterruptedException {
            HealthCheck.Result result = check.check(front);
            synchronized (this) {
                seen.addLast(result);
                failures += result.healthy() ? 0 : 1;
                if (!result.healthy()) {
                    lastFailure = result.detail();
                }
                if (seen.size() > window && !seen.removeFirst().healthy()) {
                    failures--;
                }
            }
        }

        private synchronized Optional<String> judge() {
            double share = 100.0 * failures / seen.size();
            return share <= limit
                    ? Optional.empty()
                    : Optional.of(String.format(
                            Locale.ROOT,
                            "%d of the last %d visits through the front failed (%.1f%%, and %.1f%% may); the last of"
                                    + " them: %s",
                            failures,
                            seen.size(),
                            share,
                            limit,
                            lastFailure));
        }
    }
}
