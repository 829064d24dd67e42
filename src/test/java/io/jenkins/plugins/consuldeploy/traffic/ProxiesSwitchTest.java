package io.jenkins.plugins.consuldeploy.traffic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.ConsulProcess;
import io.jenkins.plugins.consuldeploy.consul.Holder;
import io.jenkins.plugins.consuldeploy.consul.Lock;
import io.jenkins.plugins.consuldeploy.fleet.FleetException;
import io.jenkins.plugins.consuldeploy.phase.Caller;
import io.jenkins.plugins.consuldeploy.phase.Expected;
import io.jenkins.plugins.consuldeploy.phase.Tree;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;

/** Real agents with real nginxes, configured as the documentation says. */
public class ProxiesSwitchTest {

    private static final Duration SOON = Duration.ofSeconds(20);
    private static final Caller US = new Caller("us", "release 1");

    private final ColorApp blue = new ColorApp(Color.BLUE, 0);
    private final ColorApp green = new ColorApp(Color.GREEN, 0);
    private final Tree tree = Tree.of(ConsulProcess.uniquePrefix("proxies"));
    private final Consul consul = ConsulProcess.shared().client();
    private NginxHost proxy1;
    private NginxHost proxy2;
    private ProxiesSwitch traffic;

    @Before
    public void startTwoProxies() {
        proxy1 = proxy("proxy1");
        proxy2 = proxy("proxy2");
        traffic = new ProxiesSwitch(consul, tree, US, new Expected.AtLeast(2), Duration.ofMillis(50), progress -> {});
    }

    @After
    public void stopAll() {
        proxy1.close();
        proxy2.close();
        blue.close();
        green.close();
        consul.kv().deleteTree(tree.versions());
        consul.kv().deleteTree(tree.own());
        consul.close();
    }

    @Test
    public void allProxiesMoveTogetherBackAndForth() throws Exception {
        assertThat(traffic.read().agreed()).contains(Shares.NONE);
        for (Color color : List.of(Color.BLUE, Color.GREEN, Color.BLUE)) {
            Going before = traffic.read();
            assertThat(traffic.prepare(color, SOON)).isEmpty();
            assertThat(traffic.read().agreed()).isEqualTo(before.agreed());

            traffic.move(Shares.all(color), SOON);
            assertThat(traffic.read().agreed()).contains(Shares.all(color));
            assertThat(traffic.read().parts()).containsOnlyKeys(tree.current(), "proxy1", "proxy2");
            assertThat(List.of(get(proxy1), get(proxy2))).containsOnly(color.word());
            traffic.move(Shares.all(color), SOON);
            assertThat(traffic.drain(color.other(), SOON)).isEmpty();
        }
        assertThat(traffic.drain(Color.BLUE, SOON).orElseThrow()).contains("blue still gets all");
        assertThat(traffic.drain(Color.GREEN, Duration.ofMillis(1)).orElseThrow())
                .contains("may have requests of up to");
    }

    @Test
    public void aColorIsRenderedAnewForEachReleaseAndTested() throws Exception {
        goLive(Color.BLUE);
        String right = Files.readString(proxy2.servers(Color.GREEN));
        Files.writeString(proxy2.servers(Color.GREEN), "server nonsense:port;");
        assertThat(traffic.prepare(Color.GREEN, SOON).orElseThrow())
                .contains("failed on proxy2")
                .contains("invalid port")
                .contains("No node's current version was changed");
        assertThat(traffic.read().agreed()).contains(Shares.all(Color.BLUE));
        assertThat(get(proxy2)).isEqualTo("blue");

        Files.writeString(proxy2.servers(Color.GREEN), "server 127.0.0.1:" + blue.port() + ";");
        assertThat(traffic.prepare(Color.GREEN, SOON)).isEmpty();
        Files.writeString(proxy2.servers(Color.GREEN), right);
        assertThat(traffic.prepare(Color.GREEN, SOON)).isEmpty();
        traffic.move(Shares.all(Color.GREEN), SOON);
        assertThat(List.of(get(proxy1), get(proxy2))).containsOnly("green");
    }

    @Test
    public void aProxyThatDoesNotLoadItHasAllGoBack() throws Exception {
        goLive(Color.BLUE);
        assertThat(traffic.prepare(Color.GREEN, SOON)).isEmpty();
        // What was tested is not what is loaded: the agent's own check is to find that out.
        proxy2.spoil(Color.GREEN);

        assertThatThrownBy(() -> traffic.move(Shares.all(Color.GREEN), SOON))
                .isInstanceOf(FleetException.class)
                .hasMessageContaining("could not move traffic (all to green)")
                .hasMessageContaining("failed on proxy2")
                .hasMessageContaining("Rolled back: blue is current");
        assertThat(traffic.read().agreed()).contains(Shares.all(Color.BLUE));
        assertThat(List.of(get(proxy1), get(proxy2))).containsOnly("blue");
    }

    @Test
    public void theFirstMoveEverHasNothingToGoBackToAndIsReadAsItIs() throws Exception {
        assertThat(traffic.prepare(Color.BLUE, SOON)).isEmpty();
        proxy2.spoil(Color.BLUE);

        assertThatThrownBy(() -> traffic.move(Shares.all(Color.BLUE), SOON))
                .isInstanceOf(FleetException.class)
                .hasMessageContaining("failed on proxy2")
                .hasMessageContaining("there is no previous version to go back to");

        Going left = traffic.read();
        assertThat(left.agreed()).isEmpty();
        assertThat(left.only()).contains(Color.BLUE);
        assertThat(get(proxy1)).isEqualTo("blue");
        goLive(Color.GREEN);
        assertThat(List.of(get(proxy1), get(proxy2))).containsOnly("green");
    }

    @Test
    public void aProxyThatIsGoneIsMissedBeforeAnythingMoves() throws Exception {
        goLive(Color.BLUE);
        proxy2.stopAgent();
        assertThat(traffic.read().parts()).containsOnlyKeys(tree.current(), "proxy1");
        assertThat(traffic.prepare(Color.GREEN, Duration.ofSeconds(5)).orElseThrow())
                .contains("1 of at least 2 expected nodes were ready");
        assertThatThrownBy(() -> traffic.move(Shares.all(Color.GREEN), Duration.ofSeconds(2)))
                .hasMessageContaining("1 of at least 2 expected nodes were ready");
        assertThat(traffic.read().agreed()).contains(Shares.all(Color.BLUE));
    }

    @Test
    public void aProxyThatIsGoneKeepsNoOtherFromGoingBack() throws Exception {
        goLive(Color.BLUE);
        goLive(Color.GREEN);
        proxy2.stopAgent();

        assertThatThrownBy(() -> traffic.moveBack(Color.BLUE, Duration.ofMillis(500)))
                .isInstanceOf(FleetException.class)
                .hasMessageContaining("the proxies of " + tree.prefix())
                .hasMessageContaining("not every node runs it");

        await().until(() -> traffic.read().agreed().equals(Optional.of(Shares.all(Color.BLUE))));
        assertThat(get(proxy1)).isEqualTo("blue");
    }

    @Test
    public void aLockOfTheSameReleaseIsTakenOverAndAnothersIsNot() throws Exception {
        goLive(Color.BLUE);
        try (Lock left = lock(US.who(), US.build())) {
            assertThat(traffic.prepare(Color.GREEN, SOON)).isEmpty();
        }
        try (Lock other = lock("bob", "release 2")) {
            assertThatThrownBy(() -> traffic.move(Shares.all(Color.GREEN), SOON))
                    .isInstanceOf(FleetException.class)
                    .hasMessageContaining("locked by bob (release 2)");
        }
        assertThat(traffic.read().agreed()).contains(Shares.all(Color.BLUE));
    }

    @Test
    public void whatIsNoColorAndWhatIsNoWholeAreRefused() throws Exception {
        assertThat(traffic.whyNoWeights().orElseThrow()).contains("one configuration");
        assertThatThrownBy(() -> traffic.move(new Shares(90, 10), SOON))
                .isInstanceOf(FleetException.class)
                .hasMessageContaining("one configuration");
        consul.kv().put(tree.current(), "v7");
        assertThatThrownBy(traffic::read).hasMessageContaining("'v7', which is no color");
        assertThat(traffic.describe(Shares.all(Color.GREEN))).hasSize(3);
        assertThat(traffic.name()).isEqualTo("proxies:" + tree.prefix());
    }

    // What the tests ask

    private void goLive(Color color) throws InterruptedException {
        assertThat(traffic.prepare(color, SOON)).isEmpty();
        traffic.move(Shares.all(color), SOON);
    }

    private Lock lock(String who, String build) throws Exception {
        return Lock.acquire(
                consul,
                tree.lock(),
                new Holder(who, build, "a test", Instant.now()),
                Duration.ofSeconds(15),
                Duration.ZERO);
    }

    private NginxHost proxy(String name) {
        return new NginxHost(
                name,
                ConsulProcess.shared().address(),
                tree.prefix(),
                Map.of(Color.BLUE, List.of(blue.port()), Color.GREEN, List.of(green.port())));
    }

    private static String get(NginxHost proxy) throws Exception {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + proxy.port() + "/"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .body();
    }
}
