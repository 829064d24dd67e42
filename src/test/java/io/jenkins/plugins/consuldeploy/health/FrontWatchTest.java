package io.jenkins.plugins.consuldeploy.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jenkins.plugins.consuldeploy.fleet.Host;
import io.jenkins.plugins.consuldeploy.time.TimeSource;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.After;
import org.junit.Test;

public class FrontWatchTest {

    private static final Host FRONT = new Host("front", "front", "127.0.0.1", OptionalInt.of(80), Optional.empty());

    private final AtomicInteger visits = new AtomicInteger();
    private final CountDownLatch over = new CountDownLatch(1);

    @After
    public void answer() {
        over.countDown();
    }

    @Test
    public void failuresThatAreTooManyWhateverFollowsAreTroubleAtOnce() {
        try (Watch.Watching watching = watch(10, 5).begin()) {
            await().until(() -> watching.trouble().isPresent());

            assertThat(watching.trouble().orElseThrow()).startsWith("1 of the last 1 visits");
        }
    }

    @Test
    public void failuresThatMayStillTurnOutToBeFewAreNoTroubleYet() {
        try (Watch.Watching watching = watch(10, 10).begin()) {
            await().until(() -> visits.get() == 2);

            assertThat(watching.trouble()).isEmpty();
        }
    }

    // Private

    /** The first visit fails, and the second one never ends. */
    private FrontWatch watch(int least, double limit) {
        HealthCheck check = new HealthCheck() {
            @Override
            public Result check(Host host) throws InterruptedException {
                if (visits.incrementAndGet() > 1) {
                    over.await();
                }
                return Result.unhealthy("it failed");
            }

            @Override
            public String describe() {
                return "the test's check";
            }
        };
        return new FrontWatch(check, FRONT, Duration.ofMillis(1), 100, least, limit, TimeSource.system());
    }
}
