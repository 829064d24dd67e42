package io.jenkins.plugins.consuldeploy.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.ConsulProcess;
import io.jenkins.plugins.consuldeploy.consul.Events;
import io.jenkins.plugins.consuldeploy.phase.BadInputException;
import io.jenkins.plugins.consuldeploy.phase.Tree;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.Test;

public class UserEventTest {

    @Test
    public void oneEventGoesToAsManyNodesAsItHasRoomFor() {
        List<String> nodes =
                IntStream.range(0, 100).mapToObj(i -> "web" + i + ".example").toList();

        List<String> filters = new UserEvent("run-deploy", "v7").filters(nodes);

        assertThat(filters).hasSizeBetween(2, 10);
        for (String node : nodes) {
            assertThat(filters.stream().filter(filter -> Pattern.matches(filter, node)))
                    .as(node)
                    .hasSize(1);
        }
        assertThat(filters)
                .noneMatch(
                        filter -> Pattern.matches(filter, "web7xexample") || Pattern.matches(filter, "web100.example"));
    }

    @Test
    public void whatIsCheckedToFitConsulTakes() {
        try (Consul consul = ConsulProcess.shared().client()) {
            for (int name : List.of(1, 10, 60)) {
                String node = "n".repeat(60);
                UserEvent longest = new UserEvent("e".repeat(name), "x".repeat(404 - 2 * name - 64));
                assertThat(longest.fire(consul, List.of(node))).hasSize(1);
            }
        }
    }

    @Test
    public void aPayloadThatIsTooLongIsRefusedBeforeAnythingIsFired() {
        assertThatThrownBy(() -> new UserEvent("run-deploy", "x".repeat(400)))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("400 bytes")
                .hasMessageContaining("512")
                .hasMessageContaining("404 together");
        assertThatThrownBy(() -> new UserEvent("run-deploy", "x".repeat(370)).check(List.of("web", "w".repeat(20))))
                .hasMessageContaining("the node's name (" + "w".repeat(20) + ")");
    }

    @Test
    public void anAnswerIsAskedForWhereItIsSaid() {
        assertThat(parse("api/version", "v7").describe()).isEqualTo("the keys below api/version/v7/");
        assertThat(parse("tag:web", "v 7").describe()).isEqualTo("the tags of the service web");
        assertThat(parse("meta:web:version", "v7").describe())
                .isEqualTo("the field version of the meta of the service web");
        assertThatThrownBy(() -> parse("meta:web", "v7")).hasMessageContaining("meta:web:version");
        assertThatThrownBy(() -> parse("tag:", "v7")).hasMessageContaining("tag:SERVICE");
        assertThatThrownBy(() -> parse("api/version", "a/b")).hasMessageContaining("payload 'a/b'");
        assertThatThrownBy(() -> parse("tag:web", " ")).hasMessageContaining("it is empty");
    }

    @Test
    public void filtersAreRegularExpressionsAndATagNeedsAService() {
        assertThatThrownBy(() -> Filters.of(Optional.of("("), Optional.empty(), Optional.empty()))
                .hasMessageContaining("node '('")
                .hasMessageContaining("no regular expression");
        assertThatThrownBy(() -> Filters.of(Optional.empty(), Optional.empty(), Optional.of("prod")))
                .hasMessageContaining("tag 'prod'");
    }

    @Test
    public void aWatchHandsEventsOverAsAnArrayThatMayBeEmpty() {
        assertThat(Events.delivered("[]")).isEmpty();
        assertThat(Events.delivered("")).isEmpty();
        assertThat(Events.delivered("""
                        [{"ID": "1", "Name": "e", "Payload": null, "NodeFilter": "", "ServiceFilter": "",
                          "TagFilter": "", "Version": 1, "LTime": 3},
                         {"ID": "2", "Name": "e", "Payload": "djc=", "LTime": 4}]""")).extracting(Events.Event::payload).containsExactly("", "v7");
        assertThatThrownBy(() -> Events.delivered("{\"x\": 1}"))
                .hasMessageContaining("no events")
                .hasMessageContaining("{\"x\": 1}");
    }

    private static Acknowledgement parse(String where, String payload) {
        return Acknowledgement.parse("acknowledged", where, payload, Tree::of);
    }
}
