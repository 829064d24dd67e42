package io.jenkins.plugins.consuldeploy.jenkins;

import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.ConsulException;
import io.jenkins.plugins.consuldeploy.consul.ConsulProcess;
import io.jenkins.plugins.consuldeploy.consul.Events;
import io.jenkins.plugins.consuldeploy.consul.KvEntry;
import io.jenkins.plugins.consuldeploy.consul.Pace;
import io.jenkins.plugins.consuldeploy.consul.Watch;
import io.jenkins.plugins.consuldeploy.event.EventHandler;
import io.jenkins.plugins.consuldeploy.phase.NodeState;
import io.jenkins.plugins.consuldeploy.phase.Tree;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The node of the Consul that tests share: it answers events, and has a service that says in its meta which value its
 * node's key has.
 */
final class PlayedNode implements AutoCloseable {

    static final String NODE = "test-node";

    private final Consul consul = ConsulProcess.shared().client();
    private final String name = "app-" + System.nanoTime();
    private final List<Watch<?>> watches = new ArrayList<>();
    private final List<String> handled = new CopyOnWriteArrayList<>();
    private final Set<String> seen = ConcurrentHashMap.newKeySet();
    private volatile boolean isHolding;

    PlayedNode() {
        register("v0");
        EventHandler handler = new EventHandler(consul, Tree.of(prefix()), NODE);
        watches.add(Watch.start(
                consul,
                name,
                from -> consul.events().list(name, from),
                Pace.unlimited(),
                new Ear<List<Events.Event>>() {
                    @Override
                    public void changed(List<Events.Event> events) {
                        events.stream().filter(event -> seen.add(event.id())).forEach(event -> {
                            handled.add(event.payload());
                            answer(handler, event);
                        });
                    }
                }));
        watches.add(Watch.start(
                consul, key(), from -> consul.kv().get(ownKey(), from), Pace.unlimited(), new Ear<Optional<KvEntry>>() {
                    @Override
                    public void changed(Optional<KvEntry> entry) {
                        entry.ifPresent(one -> {
                            hold();
                            register(one.value());
                        });
                    }
                }));
    }

    /** The event's name, and the service's. */
    String name() {
        return name;
    }

    String prefix() {
        return "events/" + name;
    }

    String key() {
        return "configs/" + name + "/IMAGE_TAG";
    }

    String ownKey() {
        return "configs/" + name + "/" + NODE + "/IMAGE_TAG";
    }

    Optional<String> value(String of) {
        return consul.kv().get(of).map(KvEntry::value);
    }

    /** The payloads of the events that came. */
    List<String> handled() {
        return handled;
    }

    /** From now on it takes its time. */
    void holds() {
        isHolding = true;
    }

    void goesOn() {
        isHolding = false;
    }

    @Override
    public void close() {
        goesOn();
        watches.forEach(Watch::close);
        ConsulProcess.shared().put("/v1/agent/service/deregister/" + name, "");
        consul.close();
    }

    // Private

    private abstract static class Ear<T> implements Watch.Listener<T> {
        @Override
        public void failed(ConsulException failure, Duration outage) {
            // it goes on by itself
        }
    }

    private void answer(EventHandler handler, Events.Event event) {
        hold();
        try {
            NodeState state = event.payload().equals("bad") ? NodeState.FAILED : NodeState.ACTIVE;
            handler.handle(event, new EventHandler.Work(List.of(), state, Duration.ofMinutes(1), line -> {}));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void hold() {
        org.awaitility.Awaitility.await().forever().until(() -> !isHolding);
    }

    private void register(String version) {
        ConsulProcess.shared()
                .put(
                        "/v1/agent/service/register",
                        "{\"Name\": \"" + name + "\", \"Meta\": {\"version\": \"" + version + "\"}}");
    }
}
