package io.jenkins.plugins.consuldeploy.rolling;

import io.jenkins.plugins.consuldeploy.phase.BadInputException;
import io.jenkins.plugins.consuldeploy.phase.BatchSize;
import io.jenkins.plugins.consuldeploy.phase.Durations;
import java.time.Duration;
import java.util.Optional;

/**
 * How a release goes through its hosts.
 *
 * @param batch         how many at a time
 * @param canary        how many in the first batch; as many as in any other when absent
 * @param canaryPause   after the first batch, for people and alarms to look
 * @param pause         after each other batch
 * @param minHealthy    how many of all hosts stay in service at any time; when absent, all that are meant to get traffic
 *                      but a batch and the failures that are allowed
 * @param maxFailures   how many hosts may fail before it ends; only with {@link OnHostFailure#CONTINUE}
 * @param drainTimeout  for a host's connections to end
 * @param cutOff        whether a host that is not drained in time is updated all the same, and its connections cut off;
 *                      otherwise it is put back and counts as failed
 * @param updateTimeout for a host's update
 * @param healthTimeout for a host's checks, and again for its balancers to have it in service
 */
public record RollingPolicy(
        BatchSize batch,
        Optional<BatchSize> canary,
        Duration canaryPause,
        Duration pause,
        Optional<MinHealthy> minHealthy,
        int maxFailures,
        OnHostFailure onFailure,
        Duration drainTimeout,
        boolean cutOff,
        Duration updateTimeout,
        Duration healthTimeout) {

    /** One host at a time; the first failure ends it. */
    public static final RollingPolicy DEFAULT = new RollingPolicy(
            BatchSize.ONE,
            Optional.empty(),
            Duration.ZERO,
            Duration.ZERO,
            Optional.empty(),
            0,
            OnHostFailure.STOP,
            Duration.ofMinutes(5),
            false,
            Duration.ofMinutes(30),
            Duration.ofMinutes(5));

    public RollingPolicy {
        positive("drainTimeout", drainTimeout);
        positive("updateTimeout", updateTimeout);
        positive("healthTimeout", healthTimeout);
        if (maxFailures < 0) {
            throw new BadInputException("maxFailures", Integer.toString(maxFailures), "a number from 0");
        }
        if (maxFailures > 0 && onFailure != OnHostFailure.CONTINUE) {
            throw new BadInputException(
                    "maxFailures",
                    Integer.toString(maxFailures),
                    "it goes with onFailure 'continue' only, and that is '" + onFailure.word() + "'");
        }
    }

    /** What follows when a host fails. */
    public enum OnHostFailure {
        /** No further host is touched. */
        STOP,
        /** The next one's turn, until more than {@link RollingPolicy#maxFailures()} have failed. */
        CONTINUE,
        /** Every host that was changed goes back to what it ran before. */
        ROLLBACK;

        public String word() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    /**
     * How many hosts have to stay in service at any time.
     *
     * @param total   all hosts of the release
     * @param serving those that are meant to get traffic: not those that somebody kept out of it before
     */
    int minInService(int total, int serving) {
        return minHealthy.map(size -> size.of(total)).orElse(Math.max(0, serving - largestBatch(total) - maxFailures));
    }

    /** @throws BadInputException when not even the first batch could be taken out */
    void checkPossible(int total, int serving) {
        int wanted = minInService(total, serving);
        if (wanted > 0 && serving - largestBatch(total) < wanted) {
            throw new BadInputException(
                    "minHealthy",
                    minHealthy.map(MinHealthy::toString).orElse(""),
                    "of " + total + " hosts " + serving + " are meant to get traffic; with " + largestBatch(total)
                            + " out at a time " + Math.max(0, serving - largestBatch(total))
                            + " stay in service, and this wants " + wanted
                            + ". Lower it, or take fewer hosts at a time");
        }
    }

    /** How long to wait before a batch, the first one being 0. */
    Duration pauseBefore(int batch) {
        return batch == 1 && !canaryPause.isZero() ? canaryPause : pause;
    }

    /** How many failures end it. */
    int failuresThatEnd() {
        return onFailure == OnHostFailure.CONTINUE ? maxFailures + 1 : 1;
    }

    private int largestBatch(int total) {
        return Math.max(batch.of(total), canary.map(size -> size.of(total)).orElse(0));
    }

    private static void positive(String field, Duration duration) {
        if (duration.isZero() || duration.isNegative()) {
            throw new BadInputException(field, Durations.show(duration), "a duration above zero, such as 5m");
        }
    }
}
