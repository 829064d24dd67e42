package io.jenkins.plugins.consuldeploy.notify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jenkins.plugins.consuldeploy.notify.ReleaseEvent.Kind;
import io.jenkins.plugins.consuldeploy.time.TimeSource;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.After;
import org.junit.Test;

public class NotifierTest {

    private static final Duration LONG = Duration.ofSeconds(60);
    private static final Retries QUICK = new Retries(4, Duration.ofMillis(1), Duration.ofMillis(5));

    private final CountDownLatch open = new CountDownLatch(1);

    @After
    public void openTheStuckChannels() {
        open.countDown();
    }

    @Test
    public void everyChannelGetsTheEventsInTheirOrder() {
        Recording first = new Recording();
        Recording second = new Recording();
        Notifier notifier = notifier(first, second);

        for (Kind kind : Kind.values()) {
            notifier.publish(Events.of(kind));
        }

        assertThat(notifier.close(LONG)).isEmpty();
        assertThat(first.got).containsExactly(Kind.values());
        assertThat(second.got).containsExactly(Kind.values());
    }

    @Test
    public void aDeliveryThatFailsIsTriedAgain() {
        AtomicInteger failures = new AtomicInteger(3);
        Recording channel = new Recording() {
            @Override
            public void deliver(ReleaseEvent event) throws IOException {
                if (failures.getAndDecrement() > 0) {
                    throw new IOException("not yet");
                }
                super.deliver(event);
            }
        };
        Notifier notifier = notifier(channel);

        notifier.publish(Events.of(Kind.STARTED));
        notifier.publish(Events.of(Kind.SUCCEEDED));

        assertThat(notifier.close(LONG)).isEmpty();
        assertThat(channel.got).containsExactly(Kind.STARTED, Kind.SUCCEEDED);
    }

    @Test
    public void whatCannotBeDeliveredIsToldAtTheEndAndHoldsNobodyUp() {
        Recording well = new Recording();
        AtomicInteger tries = new AtomicInteger();
        Notifier notifier = notifier(well, failing("dead", () -> {
            tries.incrementAndGet();
            return new IOException("connection refused");
        }));

        notifier.publish(Events.of(Kind.STARTED));
        await().until(() -> tries.get() == QUICK.tries());

        assertThat(notifier.close(LONG))
                .singleElement()
                .hasToString("not delivered to dead: \"web v7: release started\" (after 4 tries: connection refused)");
        assertThat(well.got).containsExactly(Kind.STARTED);
    }

    @Test
    public void whatIsHopelessIsTriedOnce() {
        AtomicInteger tries = new AtomicInteger();
        Notifier notifier = notifier(failing("gone", () -> {
            tries.incrementAndGet();
            return DeliveryException.hopeless("HTTP 410");
        }));

        notifier.publish(Events.of(Kind.STARTED));

        assertThat(notifier.close(LONG)).singleElement().satisfies(one -> assertThat(one.why())
                .isEqualTo("HTTP 410"));
        assertThat(tries).hasValue(1);
    }

    @Test
    public void aChannelThatIsStuckDelaysNeitherTheReleaseNorTheOthers() {
        Recording well = new Recording();
        Notifier notifier = notifier(stuck(), well);

        notifier.publish(Events.of(Kind.STARTED));
        notifier.publish(Events.of(Kind.SUCCEEDED));
        await().until(() -> well.got.size() == 2);

        assertThat(notifier.close(Duration.ofMillis(50)))
                .extracting(Undelivered::toString)
                .containsExactly(
                        "not delivered to stuck: \"web v7: release started\" (there was no time left)",
                        "not delivered to stuck: \"web v7: released in 2 min 5 s\" (there was no time left)");
    }

    @Test
    public void anInterruptionEndsTheWaitForTheRestAndStays() {
        Notifier notifier = notifier(stuck());
        notifier.publish(Events.of(Kind.STARTED));

        Thread.currentThread().interrupt();
        List<Undelivered> rest = notifier.close(LONG);

        assertThat(Thread.interrupted()).isTrue();
        assertThat(rest).hasSize(1);
    }

    @Test
    public void moreEventsThanCanWaitAreDroppedAndSaid() {
        Notifier notifier = notifier(stuck());

        for (int i = 0; i < Courier.MOST_WAITING + 3; i++) {
            notifier.publish(Events.of(Kind.HOST_FAILED));
        }

        assertThat(notifier.close(Duration.ZERO))
                .hasSize(Courier.MOST_WAITING + 3)
                .filteredOn(one -> one.why().contains("others were waiting"))
                .hasSize(2); // one is under way, a thousand wait
    }

    @Test
    public void aChannelWithAnErrorOfItsOwnOrWithoutItsLibraryFailsNobody() {
        Recording well = new Recording();
        Channel broken = new Recording() {
            @Override
            public void deliver(ReleaseEvent event) {
                if (event.kind() == Kind.STARTED) {
                    throw new IllegalStateException("a mistake");
                }
                throw new NoClassDefFoundError("jakarta/mail/Session");
            }
        };
        Notifier notifier = notifier(broken, well);

        notifier.publish(Events.of(Kind.STARTED));
        notifier.publish(Events.of(Kind.SUCCEEDED));

        assertThat(notifier.close(LONG))
                .extracting(Undelivered::why)
                .containsExactly(
                        "java.lang.IllegalStateException: a mistake",
                        "java.lang.NoClassDefFoundError: jakarta/mail/Session");
        assertThat(well.got).hasSize(2);
    }

    @Test
    public void anEventAfterTheEndGoesNowhere() {
        Recording channel = new Recording();
        Notifier notifier = notifier(channel);
        notifier.close(LONG);

        notifier.publish(Events.of(Kind.STARTED));

        assertThat(channel.got).isEmpty();
        assertThat(notifier.close(LONG))
                .singleElement()
                .hasToString("not delivered to recording: \"web v7: release started\" (it came after the end)");
    }

    @Test
    public void pausesDoubleUpToTheLongest() {
        Retries retries = new Retries(10, Duration.ofSeconds(1), Duration.ofSeconds(30));

        assertThat(List.of(retries.after(1), retries.after(2), retries.after(3), retries.after(6), retries.after(99)))
                .containsExactly(
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(2),
                        Duration.ofSeconds(4),
                        Duration.ofSeconds(30),
                        Duration.ofSeconds(30));
    }

    // What the tests ask

    private static Notifier notifier(Channel... channels) {
        return new Notifier(List.of(channels), QUICK, TimeSource.system());
    }

    /** One that does not answer, and does not hear an interruption either. */
    private Channel stuck() {
        return new Channel() {
            @Override
            public void deliver(ReleaseEvent event) {
                while (open.getCount() > 0) {
                    try {
                        open.await();
                    } catch (InterruptedException e) {
                        continue;
                    }
                }
            }

            @Override
            public String describe() {
                return "stuck";
            }
        };
    }

    private interface Failing {
        IOException next();
    }

    private static Channel failing(String name, Failing failing) {
        return new Channel() {
            @Override
            public void deliver(ReleaseEvent event) throws IOException {
                throw failing.next();
            }

            @Override
            public String describe() {
                return name;
            }
        };
    }

    private static class Recording implements Channel {
        final List<Kind> got = Collections.synchronizedList(new ArrayList<>());

        @Override
        public void deliver(ReleaseEvent event) throws IOException {
            got.add(event.kind());
        }

        @Override
        public String describe() {
            return "recording";
        }
    }
}
