package io.jenkins.plugins.consuldeploy.consul;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;

public class EventsTest {

    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final String name = "run-deploy-" + UUID.randomUUID();
    private Consul consul;

    @Before
    public void connect() {
        consul = ConsulProcess.shared().client();
    }

    @After
    public void disconnect() {
        consul.close();
    }

    @Test
    public void anEventThatWasFiredIsListed() {
        Events.Event fired = consul.events().fire(name, "v7 – ünïcode", Events.Target.EVERY_NODE);

        await().atMost(LIMIT).until(() -> list().size() == 1);
        Events.Event listed = list().get(0);
        assertThat(listed.id()).isEqualTo(fired.id()).isNotEmpty();
        assertThat(listed.name()).isEqualTo(name);
        assertThat(listed.payload()).isEqualTo("v7 – ünïcode");
        assertThat(listed.target()).isEqualTo(Events.Target.EVERY_NODE);
        assertThat(listed.lamportTime()).isPositive();
    }

    @Test
    public void filtersTravelAsTheyAre() {
        Events.Target target = new Events.Target(Optional.of("test-.*"), Optional.of("api|web"), Optional.of("a&b"));
        Events.Event fired = consul.events().fire(name, "", target);
        assertThat(fired.target()).isEqualTo(target);
        assertThat(fired.payload()).isEmpty();
    }

    @Test
    public void anEventForAnotherNodeIsNotListedHere() {
        consul.events()
                .fire(
                        name,
                        "not here",
                        new Events.Target(Optional.of("other-node"), Optional.empty(), Optional.empty()));
        consul.events()
                .fire(name, "here", new Events.Target(Optional.of("test-node"), Optional.empty(), Optional.empty()));

        await().atMost(LIMIT).until(() -> !list().isEmpty());
        assertThat(list()).extracting(Events.Event::payload).containsExactly("here");
    }

    @Test
    public void eventsAreHeardInTheirOrder() {
        List<String> heard = new CopyOnWriteArrayList<>();
        Watch.Listener<List<Events.Event>> ear = new Watch.Listener<>() {
            @Override
            public void changed(List<Events.Event> events) {
                List<String> fresh = new ArrayList<>(
                        events.stream().map(Events.Event::payload).toList());
                fresh.removeAll(heard);
                heard.addAll(fresh);
            }

            @Override
            public void failed(ConsulException failure, Duration outage) {
                heard.add("failed: " + failure);
            }
        };
        try (Watch<?> watch =
                Watch.start(consul, name, from -> consul.events().list(name, from), Pace.unlimited(), ear)) {
            assertThat(watch).isNotNull();
            // Their index is a hash, so it goes back as often as forth.
            for (String payload : List.of("1", "2", "3", "4", "5", "6")) {
                consul.events().fire(name, payload, Events.Target.EVERY_NODE);
                await().atMost(LIMIT).until(() -> heard.contains(payload));
            }
        }
        assertThat(heard).containsExactly("1", "2", "3", "4", "5", "6");
    }

    @Test
    public void aPayloadThatIsTooLongForGossipIsRefusedWithAHint() {
        String ok = "ä".repeat(150);
        assertThat(consul.events().fire(name, ok, Events.Target.EVERY_NODE).payload())
                .isEqualTo(ok);
        // 350 is too much for Consul only with a name as long as this; 514 is always.
        for (String tooLong : List.of("x".repeat(350), "ä".repeat(257))) {
            assertThatThrownBy(() -> consul.events().fire(name, tooLong, Events.Target.EVERY_NODE))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(name)
                    .hasMessageContaining("at most 512")
                    .hasMessageContaining("put the text under a key");
        }
    }

    @Test
    public void aTagWithoutAServiceIsRefused() {
        assertThatThrownBy(() -> new Events.Target(Optional.empty(), Optional.empty(), Optional.of("blue")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("blue")
                .hasMessageContaining("service");
    }

    private List<Events.Event> list() {
        return consul.events().list(name, BlockingQuery.NOW).value();
    }
}
