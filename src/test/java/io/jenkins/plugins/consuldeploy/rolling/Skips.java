package io.jenkins.plugins.consuldeploy.rolling;

import io.jenkins.plugins.consuldeploy.time.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** The machine's time, but for pauses of a minute and more, which are noted and over at once. */
final class Skips implements TimeSource {

    private static final Duration LONG = Duration.ofMinutes(1);

    private final List<Duration> skipped = new ArrayList<>();

    synchronized List<Duration> skipped() {
        return List.copyOf(skipped);
    }

    @Override
    public Instant now() {
        return TimeSource.system().now();
    }

    @Override
    public long nanoTime() {
        return TimeSource.system().nanoTime();
    }

    @Override
    public void sleep(Duration duration) throws InterruptedException {
        if (duration.compareTo(LONG) < 0) {
            TimeSource.system().sleep(duration);
            return;
        }
        synchronized (this) {
            skipped.add(duration);
        }
    }

    @Override
    public double random() {
        return TimeSource.system().random();
    }
}
