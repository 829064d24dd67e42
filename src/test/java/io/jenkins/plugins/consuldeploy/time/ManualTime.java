package io.jenkins.plugins.consuldeploy.time;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** A clock that stands still but when somebody sleeps: then it goes on by just that, and remembers it. */
public final class ManualTime implements TimeSource {

    private final List<Duration> pauses = new ArrayList<>();
    private Instant now = Instant.parse("2025-01-01T00:00:00Z");
    private long nanos;
    private double random = 0.5;

    @Override
    public synchronized Instant now() {
        return now;
    }

    @Override
    public synchronized long nanoTime() {
        return nanos;
    }

    @Override
    public synchronized void sleep(Duration duration) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException("interrupted instead of sleeping " + duration);
        }
        pauses.add(duration);
        advance(duration);
    }

    @Override
    public synchronized double random() {
        return random;
    }

    /** Lets time pass. */
    public synchronized void advance(Duration duration) {
        now = now.plus(duration);
        nanos += duration.toNanos();
    }

    /** What chance gives from now on; 0.5 is the middle, no jitter at all. */
    public synchronized void setRandom(double next) {
        random = next;
    }

    /** Every sleep so far. */
    public synchronized List<Duration> pauses() {
        return List.copyOf(pauses);
    }
}
