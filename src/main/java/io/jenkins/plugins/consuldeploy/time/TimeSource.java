package io.jenkins.plugins.consuldeploy.time;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ThreadLocalRandom;

/** Where this program gets the time, its pauses and its random numbers from. */
public interface TimeSource {

    /** The wall clock, for what people read. It may jump. */
    Instant now();

    /** Nanoseconds of a clock that never goes back, for measuring. Only differences mean something. */
    long nanoTime();

    /**
     * Pauses the calling thread.
     *
     * @throws InterruptedException at once when the thread is interrupted
     */
    void sleep(Duration duration) throws InterruptedException;

    /** A number from 0 (inclusive) to 1 (exclusive). */
    double random();

    /** The time since {@code startNanos}, an earlier answer of {@link #nanoTime()}. */
    default Duration since(long startNanos) {
        return Duration.ofNanos(nanoTime() - startNanos);
    }

    /** {@code duration} shortened or lengthened by up to {@code share} of it: 0.25 gives 75% to 125%. */
    default Duration jittered(Duration duration, double share) {
        return Duration.ofNanos((long) (duration.toNanos() * (1 - share + 2 * share * random())));
    }

    /** The machine's own clock. */
    static TimeSource system() {
        return SystemTime.INSTANCE;
    }

    /** The machine's clock, its scheduler and its pseudo-random numbers. */
    enum SystemTime implements TimeSource {
        INSTANCE;

        @Override
        public Instant now() {
            return Instant.now();
        }

        @Override
        public long nanoTime() {
            return System.nanoTime();
        }

        @Override
        public void sleep(Duration duration) throws InterruptedException {
            Thread.sleep(duration.toMillis(), duration.toNanosPart() % 1_000_000);
        }

        @Override
        public double random() {
            return ThreadLocalRandom.current().nextDouble();
        }
    }
}
