package io.jenkins.plugins.consuldeploy.health;

import io.jenkins.plugins.consuldeploy.fleet.Host;
import io.jenkins.plugins.consuldeploy.health.HealthCheck.Result;
import io.jenkins.plugins.consuldeploy.time.TimeSource;
import java.time.Duration;
import java.util.Locale;

/** Asks a health check again and again, with patience. */
public record Probe(HealthCheck check, Patience patience, TimeSource time) {

    /** How many times the tries that have to pass in a row a host has, that was well before. */
    public static final int TRIES_AGAIN = 3;

    /**
     * Waits until a host is well.
     *
     * @return healthy as soon as it is; else, after the deadline, unhealthy with what the last try said
     * @throws InterruptedException at once when the thread is interrupted
     */
    public Result await(Host host) throws InterruptedException {
        return await(host, Integer.MAX_VALUE);
    }

    /**
     * Asks a host that was well before, {@value #TRIES_AGAIN} times as often as it has to pass in a row at the most.
     *
     * @return unhealthy after the last of these tries or the deadline
     * @throws InterruptedException at once when the thread is interrupted
     */
    public Result again(Host host) throws InterruptedException {
        return await(host, (int) Math.min(Integer.MAX_VALUE, (long) TRIES_AGAIN * patience.successes()));
    }

    /** What is waited for, for logs. */
    public String describe() {
        return check.describe() + (patience.successes() > 1 ? ", " + patience.successes() + " times in a row" : "");
    }

    // Private

    private Result await(Host host, int atMost) throws InterruptedException {
        long start = time.nanoTime();
        int tries = 0;
        int inARow = 0;
        while (true) {
            Result last = check.check(host);
            tries++;
            inARow = last.healthy() ? inARow + 1 : 0;
            if (inARow >= patience.successes()) {
                return last;
            }
            Duration left = patience.deadline().minus(time.since(start));
            if (tries >= atMost || left.isZero() || left.isNegative()) {
                return Result.unhealthy(late(time.since(start), tries, inARow, last.detail()));
            }
            time.sleep(left.compareTo(patience.interval()) < 0 ? left : patience.interval());
        }
    }

    private String late(Duration took, int tries, int inARow, String detail) {
        return String.format(
                Locale.ROOT,
                "not healthy after %.1f s and %d %s%s; the last said: %s",
                took.toMillis() / 1000.0,
                tries,
                tries == 1 ? "try" : "tries",
                patience.successes() > 1 ? ", " + inARow + " of " + patience.successes() + " successes in a row" : "",
                detail);
    }
}
