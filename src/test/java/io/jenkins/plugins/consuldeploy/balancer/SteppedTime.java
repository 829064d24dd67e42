package io.jenkins.plugins.consuldeploy.balancer;

import io.jenkins.plugins.consuldeploy.time.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;

/** A clock that stands until a test moves it; to sleep moves it too. */
final class SteppedTime implements TimeSource {

    private final AtomicLong nanos = new AtomicLong();

    void step(Duration duration) {
        nanos.addAndGet(duration.toNanos());
    }

    @Override
    public Instant now() {
        return Instant.EPOCH.plusNanos(nanos.get());
    }

    @Override
    public long nanoTime() {
        return nanos.get();
    }

    @Override
    public void sleep(Duration duration) {
        step(duration);
    }

    @Override
    public double random() {
        return 0.5;
    }
}
