package io.jenkins.plugins.consuldeploy.consul;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jenkins.plugins.consuldeploy.time.TimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;

public class WatchTest {

    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final String prefix = ConsulProcess.uniquePrefix("watch") + "/";
    private final List<Watch<?>> watches = new ArrayList<>();
    private Consul consul;

    /** Notes what it hears. */
    private static class Ear<T> implements Watch.Listener<T> {
        final List<T> heard = new CopyOnWriteArrayList<>();
        final List<ConsulException> failures = new CopyOnWriteArrayList<>();
        final List<Duration> outages = new CopyOnWriteArrayList<>();

        @Override
        public void changed(T value) {
            heard.add(value);
        }

        @Override
        public void failed(ConsulException failure, Duration outage) {
            failures.add(failure);
            outages.add(outage);
        }

        T last() {
            return heard.get(heard.size() - 1);
        }
    }

    @Before
    public void connect() {
        consul = ConsulProcess.shared().client();
    }

    @After
    public void disconnect() {
        watches.forEach(Watch::close);
        consul.kv().deleteTree(prefix);
        consul.close();
    }

    @Test
    public void theFirstValueIsHeardAndThenEachChange() {
        consul.kv().put(prefix + "a", "one");
        Ear<Optional<String>> ear = watchKey(consul, prefix + "a");
        await().atMost(LIMIT).until(() -> ear.heard.equals(List.of(Optional.of("one"))));

        consul.kv().put(prefix + "a", "two");
        await().atMost(LIMIT).until(() -> ear.last().equals(Optional.of("two")));
        consul.kv().delete(prefix + "a");
        await().atMost(LIMIT).until(() -> ear.last().isEmpty());
        consul.kv().put(prefix + "a", "three");
        await().atMost(LIMIT).until(() -> ear.last().equals(Optional.of("three")));

        assertThat(ear.heard)
                .containsExactly(Optional.of("one"), Optional.of("two"), Optional.empty(), Optional.of("three"));
        assertThat(ear.failures).isEmpty();
    }

    @Test
    public void anAbsentKeyIsHeardAsAbsentAndThenAsItComes() {
        Ear<Optional<String>> ear = watchKey(consul, prefix + "a");
        await().atMost(LIMIT).until(() -> ear.heard.equals(List.of(Optional.empty())));

        consul.kv().put(prefix + "neighbor", "x");
        consul.kv().put(prefix + "a", "one");

        await().atMost(LIMIT).until(() -> ear.heard.equals(List.of(Optional.empty(), Optional.of("one"))));
    }

    @Test
    public void aChangeOfFlagsAloneIsHeard() {
        consul.kv().commit(Txn.to("test").set(prefix + "current", "v1", 1));
        Ear<Optional<KvEntry>> ear = new Ear<>();
        watches.add(Watch.start(
                consul, "the bell", from -> consul.kv().get(prefix + "current", from), Pace.unlimited(), ear));
        await().atMost(LIMIT).until(() -> ear.heard.size() == 1);

        consul.kv().commit(Txn.to("test").set(prefix + "current", "v1", 2));

        await().atMost(LIMIT).until(() -> ear.heard.size() == 2);
        assertThat(ear.last().orElseThrow().flags()).isEqualTo(2);
    }

    @Test
    public void manyWatchesHearTheSame() {
        List<Ear<Optional<String>>> ears = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            ears.add(watchKey(consul, prefix + "a"));
        }
        await().atMost(LIMIT).until(() -> ears.stream().allMatch(ear -> ear.heard.size() == 1));

        consul.kv().put(prefix + "a", "one");

        await().atMost(LIMIT)
                .until(() -> ears.stream().allMatch(ear -> ear.last().equals(Optional.of("one"))));
        assertThat(ears).allSatisfy(ear -> assertThat(ear.heard).containsExactly(Optional.empty(), Optional.of("one")));
    }

    @Test
    public void everyChangeOfAFolderIsHeardInTheEnd() {
        Ear<List<String>> ear = new Ear<>();
        watches.add(Watch.start(
                consul,
                "a folder",
                from -> {
                    Snapshot<List<KvEntry>> found = consul.kv().list(prefix, from);
                    return new Snapshot<>(
                            found.value().stream().map(KvEntry::name).toList(), found.index());
                },
                Pace.every(Duration.ofMillis(20)),
                ear));
        List<String> names = new ArrayList<>();
        for (int i = 10; i < 60; i++) {
            consul.kv().put(prefix + i, "x");
            names.add(Integer.toString(i));
        }
        await().atMost(LIMIT).until(() -> !ear.heard.isEmpty() && ear.last().equals(names));
        assertThat(ear.heard).doesNotHaveDuplicates().hasSizeLessThanOrEqualTo(51);
    }

    @Test
    public void closingEndsAHeldQueryAtOnce() {
        try (ScriptedConsul server = ScriptedConsul.before(ConsulProcess.shared(), request -> ScriptedConsul.PASS);
                Consul client = new Consul(server.config())) {
            Ear<Optional<String>> ear = new Ear<>();
            Watch<?> watch = Watch.start(client, "a key", key(client, prefix + "a"), Pace.unlimited(), ear);
            await().atMost(LIMIT).until(() -> server.requests().stream().anyMatch(ScriptedConsul.Request::isBlocking));
            assertThat(thread("a key")).isPresent();

            watch.close();

            await().atMost(LIMIT).until(() -> thread("a key").isEmpty());
            assertThat(ear.failures).isEmpty();
        }
    }

    @Test
    public void closingEndsABackoffAtOnceAndNothingIsHeardAfterIt() {
        try (ScriptedConsul server = ScriptedConsul.alone(request -> ScriptedConsul.answer(500, "No cluster leader"));
                Consul client = new Consul(server.config())) {
            Ear<Optional<String>> ear = new Ear<>();
            Watch<?> watch = Watch.start(client, "a leaderless key", key(client, "a"), Pace.unlimited(), ear);
            await().atMost(LIMIT).until(() -> ear.failures.size() >= 2);

            watch.close();

            await().atMost(LIMIT).until(() -> thread("a leaderless key").isEmpty());
        }
    }

    @Test
    public void aWatchThatIsClosedByItsOwnListenerEnds() {
        CountDownLatch started = new CountDownLatch(1);
        List<Watch<?>> self = new CopyOnWriteArrayList<>();
        Ear<Optional<String>> ear = new Ear<>() {
            @Override
            public void changed(Optional<String> value) {
                super.changed(value);
                awaitUninterruptibly(started);
                self.get(0).close();
            }
        };
        self.add(Watch.start(consul, "itself", key(consul, prefix + "a"), Pace.unlimited(), ear));
        started.countDown();

        await().atMost(LIMIT).until(() -> thread("itself").isEmpty());
        assertThat(ear.heard).hasSize(1);
    }

    @Test
    public void anIndexThatGoesBackStartsAnew() {
        AtomicLong index = new AtomicLong(100);
        List<Long> asked = new CopyOnWriteArrayList<>();
        CountDownLatch enough = new CountDownLatch(5);
        Ear<String> ear = new Ear<>();
        watches.add(Watch.start(
                consul,
                "restored servers",
                from -> {
                    asked.add(from.index());
                    enough.countDown();
                    return switch (asked.size()) {
                        case 1 -> new Snapshot<>("before", 100);
                        case 2 -> new Snapshot<>("restored", 40); // 100 was known
                        case 3 -> new Snapshot<>("restored", 40);
                        default -> new Snapshot<>("after", index.incrementAndGet());
                    };
                },
                Pace.every(Duration.ofMillis(1)),
                ear));
        awaitUninterruptibly(enough);

        assertThat(asked).startsWith(0L, 100L, 0L, 40L);
        assertThat(ear.heard).startsWith("before", "restored");
    }

    @Test
    public void anIndexOfZeroIsNotAskedAgainForBecauseThatWouldNotBlock() {
        List<Long> asked = new CopyOnWriteArrayList<>();
        watches.add(Watch.start(
                consul,
                "zero",
                from -> {
                    asked.add(from.index());
                    return new Snapshot<>("x", 0);
                },
                Pace.every(Duration.ofMillis(1)),
                new Ear<>()));
        await().atMost(LIMIT).until(() -> asked.size() > 3);
        // 0 after a 1 goes back, and so on: it alternates, and each second query blocks.
        assertThat(asked).startsWith(0L, 1L, 0L, 1L);
    }

    @Test
    public void aConsulThatWasKilledAndComesBackEmptyIsHeardAgain() {
        try (ConsulProcess process = ConsulProcess.start();
                Consul client = process.client()) {
            // A restarted Consul begins with low indices again: a watch that kept its own would wait for ever.
            for (int i = 0; i < 50; i++) {
                client.kv().put("filler", Integer.toString(i));
            }
            client.kv().put("a", "one");
            Ear<Optional<String>> ear = watchKey(client, "a");
            await().atMost(LIMIT).until(() -> ear.heard.equals(List.of(Optional.of("one"))));

            process.kill();
            await().atMost(LIMIT).until(() -> ear.failures.size() >= 2);
            process.restart();
            await().atMost(LIMIT).until(() -> ear.last().isEmpty());
            client.kv().put("a", "two");
            await().atMost(LIMIT).until(() -> ear.last().equals(Optional.of("two")));

            assertThat(ear.failures).allSatisfy(failure -> assertThat(failure)
                    .isInstanceOf(ConsulException.Unreachable.class)
                    .hasMessageContaining(process.address()));
            assertThat(ear.outages).isSorted();
        }
    }

    @Test
    public void theListenerHearsAtEachFailureForHowLongConsulHasBeenAway() {
        AtomicBoolean leader = new AtomicBoolean(true);
        try (ScriptedConsul server = ScriptedConsul.alone(request -> leader.getAndSet(false)
                        ? ScriptedConsul.answer(200, "[]")
                        : ScriptedConsul.answer(500, "No cluster leader"));
                Consul client = new Consul(server.config())) {
            Ear<Optional<String>> ear = watchKey(client, "a");

            await().atMost(LIMIT).until(() -> ear.failures.size() >= 4);

            assertThat(server.requests().size()).isLessThanOrEqualTo(ear.failures.size() + 2);
            assertThat(ear.outages).isSorted().doesNotHaveDuplicates();
            assertThat(ear.failures).allSatisfy(failure -> assertThat(failure)
                    .isInstanceOf(ConsulException.Unreachable.class)
                    .hasMessageContaining("No cluster leader"));
        }
    }

    @Test
    public void failuresBackOffUpToTenSeconds() throws Exception {
        List<Duration> pauses = new CopyOnWriteArrayList<>();
        CountDownLatch enough = new CountDownLatch(12);
        TimeSource time = new Unhurried(pauses, enough);
        try (ScriptedConsul server = ScriptedConsul.alone(request -> ScriptedConsul.CUT);
                Consul client = new Consul(server.config(), time)) {
            watches.add(Watch.start(client, "nothing", key(client, "a"), Pace.unlimited(), new Ear<>()));
            enough.await();
            watches.forEach(Watch::close);
        }
        assertThat(pauses.subList(0, 12))
                .extracting(Duration::toMillis)
                .containsExactly(
                        100L, 200L, 400L, 800L, 1600L, 3200L, 6400L, 10_000L, 10_000L, 10_000L, 10_000L, 10_000L);
    }

    @Test
    public void aListenerThatThrowsDoesNotEndTheWatch() {
        consul.kv().put(prefix + "a", "one");
        Ear<Optional<String>> ear = new Ear<>() {
            @Override
            public void changed(Optional<String> value) {
                super.changed(value);
                if (value.equals(Optional.of("one"))) {
                    throw new IllegalStateException("a listener's bug");
                }
                if (value.equals(Optional.of("two"))) {
                    throw new AssertionError("another one");
                }
            }
        };
        watches.add(Watch.start(consul, "a bug", key(consul, prefix + "a"), Pace.unlimited(), ear));
        await().atMost(LIMIT).until(() -> ear.heard.size() == 1);
        consul.kv().put(prefix + "a", "two");
        await().atMost(LIMIT).until(() -> ear.heard.size() == 2);
        consul.kv().put(prefix + "a", "three");

        await().atMost(LIMIT).until(() -> ear.last().equals(Optional.of("three")));
    }

    @Test
    public void aListenerThatThrowsAtAFailureDoesNotEndTheWatch() {
        AtomicInteger count = new AtomicInteger();
        try (ScriptedConsul server = ScriptedConsul.alone(request ->
                        count.incrementAndGet() <= 2 ? ScriptedConsul.CUT : ScriptedConsul.answer(200, "[]"));
                Consul client = new Consul(server.config())) {
            Ear<Optional<String>> ear = new Ear<>() {
                @Override
                public void failed(ConsulException failure, Duration outage) {
                    super.failed(failure, outage);
                    throw new IllegalStateException("a listener's bug");
                }
            };
            watches.add(Watch.start(client, "two bugs", key(client, "a"), Pace.unlimited(), ear));

            await().atMost(LIMIT).until(() -> !ear.heard.isEmpty());
            assertThat(ear.failures).hasSize(2);
        }
    }

    @Test
    public void aListenerMayAskConsulItself() {
        consul.kv().put(prefix + "a", "one");
        List<String> seen = new CopyOnWriteArrayList<>();
        Ear<Optional<String>> ear = new Ear<>() {
            @Override
            public void changed(Optional<String> value) {
                seen.add(consul.kv().get(prefix + "a").orElseThrow().value());
            }
        };
        watches.add(Watch.start(consul, "asking", key(consul, prefix + "a"), Pace.unlimited(), ear));
        await().atMost(LIMIT).until(() -> seen.contains("one"));
        consul.kv().put(prefix + "a", "two");
        await().atMost(LIMIT).until(() -> seen.contains("two"));
    }

    @Test
    public void aListenersRequestEndsWithTheWatch() {
        try (ScriptedConsul server = ScriptedConsul.before(
                        ConsulProcess.shared(),
                        request -> request.path().endsWith("/hangs") ? ScriptedConsul.HANG : ScriptedConsul.PASS);
                Consul client = new Consul(server.config())) {
            Ear<Optional<String>> ear = new Ear<>() {
                @Override
                public void changed(Optional<String> value) {
                    super.changed(value);
                    client.kv().get(prefix + "hangs");
                }
            };
            Watch<?> watch = Watch.start(client, "a hanging one", key(client, prefix + "a"), Pace.unlimited(), ear);
            await().atMost(LIMIT).until(() -> server.requests().stream()
                    .anyMatch(r -> r.path().endsWith("/hangs")));

            watch.close();

            await().atMost(LIMIT).until(() -> thread("a hanging one").isEmpty());
        }
    }

    @Test
    public void aWatchOfAClientThatWasClosedEnds() {
        Consul client = ConsulProcess.shared().client();
        Ear<Optional<String>> ear = new Ear<>();
        Watch.start(client, "an orphan", key(client, prefix + "a"), Pace.unlimited(), ear);
        await().atMost(LIMIT).until(() -> !ear.heard.isEmpty());

        client.close();

        await().atMost(LIMIT).until(() -> thread("an orphan").isEmpty());
    }

    private Ear<Optional<String>> watchKey(Consul client, String key) {
        Ear<Optional<String>> ear = new Ear<>();
        watches.add(Watch.start(client, key, key(client, key), Pace.unlimited(), ear));
        return ear;
    }

    private static Watch.Query<Optional<String>> key(Consul client, String key) {
        return from -> {
            Snapshot<Optional<KvEntry>> found = client.kv().get(key, from);
            return new Snapshot<>(found.value().map(KvEntry::value), found.index());
        };
    }

    private static Optional<Thread> thread(String name) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("watch-")
                        && thread.getName().endsWith(" " + name))
                .findFirst();
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Notes pauses instead of making them. */
    private record Unhurried(List<Duration> pauses, CountDownLatch count) implements TimeSource {
        @Override
        public java.time.Instant now() {
            return TimeSource.system().now();
        }

        @Override
        public long nanoTime() {
            return TimeSource.system().nanoTime();
        }

        @Override
        public void sleep(Duration duration) throws InterruptedException {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            pauses.add(duration);
            count.countDown();
        }

        @Override
        public double random() {
            return 0.5;
        }
    }
}
