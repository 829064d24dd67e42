package io.jenkins.plugins.consuldeploy.event;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.ConsulProcess;
import io.jenkins.plugins.consuldeploy.consul.Events.Event;
import io.jenkins.plugins.consuldeploy.consul.Events.Target;
import io.jenkins.plugins.consuldeploy.phase.NodeState;
import io.jenkins.plugins.consuldeploy.phase.Tree;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.junit.Test;

public class EventHandlerTest {

    private static final List<String> NONE = List.of();

    @Test
    public void anEventThatIsHandledWhileAnotherIsCountsAsHandledAfterwards() throws Exception {
        try (Consul consul = ConsulProcess.shared().client()) {
            EventHandler handler = new EventHandler(consul, Tree.of(ConsulProcess.uniquePrefix("handler")), "web1");
            Event restart = event("restart", "v1");
            Event deploy = event("run-deploy", "v2");

            EventHandler.Outcome outcome =
                    handler.handle(deploy, work(List.of("echo", "under way"), line -> handle(handler, restart)));

            assertThat(outcome.state()).isEqualTo(NodeState.ACTIVE);
            assertThat(handle(handler, restart).repeated()).isTrue();
            assertThat(handle(handler, deploy).repeated()).isTrue();
        }
    }

    // What the tests share

    private static EventHandler.Outcome handle(EventHandler handler, Event event) {
        try {
            return handler.handle(event, work(NONE, line -> {}));
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static EventHandler.Work work(List<String> command, Consumer<String> output) {
        return new EventHandler.Work(command, NodeState.ACTIVE, Duration.ofMinutes(1), output);
    }

    private static Event event(String name, String payload) {
        return new Event("id of " + payload, name, payload, Target.EVERY_NODE, 1);
    }
}
