package io.jenkins.plugins.consuldeploy.traffic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.consuldeploy.consul.BlockingQuery;
import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.ConsulProcess;
import io.jenkins.plugins.consuldeploy.fleet.FleetException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;

/** A real Consul, and a front that follows its key as a rendered proxy does. */
public class ConsulKeySwitchTest {

    private static final Duration SOON = Duration.ofSeconds(20);
    private static final Duration SHORT = Duration.ofMillis(300);

    private final Consul consul = ConsulProcess.shared().client();
    private final String app = ConsulProcess.uniquePrefix("keys");
    private RenderedFront front;

    @Before
    public void startAFront() {
        front = new RenderedFront(consul, app);
    }

    @After
    public void stopAll() {
        front.close();
        consul.kv().deleteTree(app + "/");
        consul.close();
    }

    @Test
    public void keysMoveInOneTransactionAndTheFrontIsSeenToFollow() throws Exception {
        ConsulKeySwitch traffic = traffic(Front.ofHeader(url(), "x-color"), Front.ofBody(url()));
        assertThat(traffic.read().agreed()).contains(Shares.NONE);
        assertThat(traffic.read().parts()).containsOnlyKeys(app + "/color", url().toString());

        for (Color color : List.of(Color.BLUE, Color.GREEN, Color.BLUE)) {
            assertThat(traffic.prepare(color, SOON)).isEmpty();
            traffic.move(Shares.all(color), SOON);
            assertThat(front.live()).isEqualTo(color.word());
            assertThat(traffic.read().agreed()).contains(Shares.all(color));
            assertThat(value("port")).isEqualTo(color == Color.BLUE ? "9001" : "9002");
            long index = index("color");
            traffic.move(Shares.all(color), SOON);
            assertThat(index("color")).isEqualTo(index).isEqualTo(index("port"));
        }
        assertThat(value("version/green")).isEqualTo("v2");
        assertThat(consul.kv().get(app + "/version/blue"))
                .as("which nobody knows")
                .isEmpty();
        assertThat(traffic.drain(Color.GREEN, SOON)).isEmpty();
        assertThat(traffic.drain(Color.BLUE, SOON).orElseThrow()).contains("blue still gets all");
    }

    @Test
    public void aFrontThatDoesNotFollowHasTheKeysPutBack() throws Exception {
        ConsulKeySwitch traffic = traffic(Front.ofHeader(url(), "X-Color"));
        traffic.move(Shares.all(Color.BLUE), SOON);
        front.stick();

        assertThatThrownBy(() -> traffic.move(Shares.all(Color.GREEN), SHORT))
                .isInstanceOf(FleetException.class)
                .hasMessageContaining("could not move traffic (all to green)")
                .hasMessageContaining("the front " + url() + " is answered by blue after 300ms")
                .hasMessageContaining("It was moved back to blue");
        assertThat(value("color")).isEqualTo("blue");
        assertThat(value("port")).isEqualTo("9001");
        assertThat(consul.kv().get(app + "/version/green")).isEmpty();
    }

    @Test
    public void onTheWayBackTheKeysStayWrittenWhereAFrontDoesNotFollow() throws Exception {
        ConsulKeySwitch traffic = traffic(Front.ofHeader(url(), "X-Color"));
        traffic.move(Shares.all(Color.GREEN), SOON);
        front.stick();

        assertThatThrownBy(() -> traffic.moveBack(Color.BLUE, SHORT))
                .isInstanceOf(FleetException.class)
                .hasMessageContaining(app + "/color says blue and stays so")
                .hasMessageContaining("is answered by green after 300ms");

        assertThat(value("color")).isEqualTo("blue");
        assertThat(value("port")).isEqualTo("9001");
    }

    @Test
    public void aMoveIsNotDoneWhileAnOldWorkerStillAnswersBesideTheNew() throws Exception {
        ConsulKeySwitch traffic = traffic(Front.ofHeader(url(), "X-Color"));
        traffic.move(Shares.all(Color.BLUE), SOON);

        front.linger(6);
        traffic.move(Shares.all(Color.GREEN), SOON);

        assertThat(front.hasLingered()).isTrue();
        assertThat(front.live()).isEqualTo("green");
    }

    @Test
    public void aFrontThatStopsFollowingDoesNotUndoWhatWasDoneBefore() throws Exception {
        ConsulKeySwitch traffic = traffic(Front.ofBody(url()));
        traffic.move(Shares.all(Color.GREEN), SOON);
        front.answer("nothing");
        assertThatThrownBy(() -> traffic.move(Shares.all(Color.GREEN), SHORT))
                .hasMessageContaining("has answers that tell no color")
                .hasMessageContaining("is left so");
        assertThat(value("color")).isEqualTo("green");
        assertThat(traffic.read().agreed()).isEmpty();
    }

    @Test
    public void aFrontThatHasNothingToRenderFromYetIsNoColor() throws Exception {
        front.stop();
        ConsulKeySwitch traffic = traffic(Front.ofBody(url()));
        assertThat(traffic.read().agreed()).contains(Shares.NONE);

        assertThatThrownBy(() -> traffic.move(Shares.all(Color.BLUE), SHORT))
                .hasMessageContaining("and after 300ms there was no answer from the front " + url())
                .hasMessageContaining("It was moved back");
        assertThat(consul.kv().list(app + "/")).isEmpty();
        assertThat(traffic.read().agreed()).contains(Shares.NONE);

        consul.kv().put(app + "/color", "blue");
        assertThatThrownBy(traffic::read).hasMessageContaining("no answer from the front " + url());
    }

    @Test
    public void whatSomebodyElseWritesIsNotOverwritten() throws Exception {
        ConsulKeySwitch traffic = new ConsulKeySwitch(
                consul,
                app,
                Map.of(),
                color -> {
                    consul.kv().put(app + "/color", "blue"); // between the reading and the writing
                    return Optional.empty();
                },
                List.of(),
                Duration.ZERO);
        assertThatThrownBy(() -> traffic.move(Shares.all(Color.GREEN), SOON))
                .isInstanceOf(FleetException.class)
                .hasMessageContaining("somebody else changed the keys");
        assertThat(value("color")).isEqualTo("blue");
    }

    @Test
    public void whatCanNotBeIsNamed() throws Exception {
        ConsulKeySwitch traffic = traffic();
        assertThatThrownBy(() -> traffic.move(new Shares(50, 50), SOON)).hasMessageContaining("room for one color");
        consul.kv().put(app + "/color", "mauve");
        assertThatThrownBy(traffic::read).hasMessageContaining("'mauve', which is no color");
        assertThatThrownBy(() -> Front.ofBody(URI.create("ftp://x"))).hasMessageContaining("http or https URL");
        assertThatThrownBy(() -> new Front(url(), Optional.empty(), Map.of()))
                .hasMessageContaining("no text tells blue");
        front.stop();
        consul.kv().put(app + "/color", "blue");
        assertThatThrownBy(() -> traffic(Front.ofBody(url())).read())
                .isInstanceOf(FleetException.class)
                .hasMessageContaining("no answer from the front " + url());
        assertThat(traffic(Front.ofBody(url())).describe(Shares.all(Color.GREEN)))
                .hasSize(3);
    }

    // What the tests ask

    private ConsulKeySwitch traffic(Front... fronts) {
        return new ConsulKeySwitch(
                consul,
                app,
                Map.of(Color.BLUE, OptionalInt.of(9001), Color.GREEN, OptionalInt.of(9002)),
                color -> Optional.of("v2").filter(version -> color == Color.GREEN),
                List.of(fronts),
                Duration.ofMillis(10));
    }

    private URI url() {
        return front.url();
    }

    private String value(String key) {
        return consul.kv().get(app + "/" + key).orElseThrow().value();
    }

    private long index(String key) {
        return consul.kv()
                .get(app + "/" + key, BlockingQuery.NOW)
                .value()
                .orElseThrow()
                .modifyIndex();
    }
}
