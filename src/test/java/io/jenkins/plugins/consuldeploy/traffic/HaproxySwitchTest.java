package io.jenkins.plugins.consuldeploy.traffic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.jenkins.plugins.consuldeploy.balancer.HaproxyProcess;
import io.jenkins.plugins.consuldeploy.balancer.TestApp;
import io.jenkins.plugins.consuldeploy.fleet.FleetException;
import io.jenkins.plugins.consuldeploy.fleet.Host;
import io.jenkins.plugins.consuldeploy.time.TimeSource;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** Real HAProxys in front of a blue fleet of one and a green fleet of two. */
public class HaproxySwitchTest {

    private static final Duration SOON = Duration.ofSeconds(20);
    private static final Duration NOW = Duration.ofMillis(1);

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    private final HttpClient http = HttpClient.newHttpClient();
    private final TestApp blue1 = new TestApp("blue");
    private final TestApp green1 = new TestApp("green");
    private final TestApp green2 = new TestApp("green");
    private final Map<Color, List<Host>> hosts = Map.of(
            Color.BLUE,
            List.of(host("blue1", blue1.port())),
            Color.GREEN,
            List.of(host("green1", green1.port()), host("green2", green2.port())));
    private String map;
    private HaproxyProcess haproxy;
    private HaproxyProcess second;
    private HaproxySwitch traffic;
    private HaproxySwitch both;
    private HaproxySwitch backends;

    @Before
    public void startTwoProxies() throws Exception {
        Path file = folder.newFile("green.map").toPath();
        Files.writeString(file, "shop 0\n");
        map = file.toString();
        haproxy = start("green1", "green2");
        second = start("green1", "green2");
        traffic = HaproxySwitch.ofServers(List.of(haproxy.address()), "shop", hosts, TimeSource.system());
        both = HaproxySwitch.ofServers(
                List.of(haproxy.address(), second.address()), "shop", hosts, TimeSource.system());
        backends = HaproxySwitch.ofBackends(
                List.of(haproxy.address()),
                Map.of(Color.BLUE, "shop-blue", Color.GREEN, "shop-green"),
                map,
                "shop",
                TimeSource.system());
    }

    @After
    public void stopAll() {
        for (TestApp app : List.of(blue1, green1, green2)) {
            app.release();
        }
        haproxy.close();
        second.close();
        for (TestApp app : List.of(blue1, green1, green2)) {
            app.close();
        }
    }

    @Test
    public void whereTrafficGoesIsWhatHaproxyIsToldAndNotWhatWasWished() throws Exception {
        assertThat(traffic.read().agreed()).contains(Shares.all(Color.BLUE));
        assertThat(traffic.read().parts()).containsOnlyKeys("HAProxy at " + haproxy.address());

        haproxy.ask("set server shop/green1 weight 1");
        haproxy.ask("set server shop/green1 state ready");
        assertThat(traffic.read().agreed()).contains(new Shares(50, 50));
        haproxy.ask("set server shop/blue1 state maint");
        assertThat(traffic.read().agreed()).contains(Shares.all(Color.GREEN));
        haproxy.ask("set server shop/green1 weight 0");
        assertThat(traffic.read().agreed()).contains(Shares.NONE);
    }

    @Test
    public void allTrafficMovesAtOnceAndBack() throws Exception {
        assertThat(traffic.prepare(Color.GREEN, SOON)).isEmpty();
        assertThat(traffic.read().agreed()).contains(Shares.all(Color.BLUE));

        for (Color color : List.of(Color.GREEN, Color.BLUE, Color.GREEN)) {
            traffic.move(Shares.all(color), SOON);
            traffic.move(Shares.all(color), SOON);
            assertThat(traffic.read().agreed()).contains(Shares.all(color));
            assertThat(seen("/", 30)).containsOnlyKeys(color.word());
            assertThat(traffic.drain(color.other(), SOON)).isEmpty();
        }
        traffic.move(Shares.NONE, SOON);
        assertThat(traffic.read().agreed()).contains(Shares.NONE);
    }

    @Test
    public void partsAreHonoredAcrossFleetsOfDifferentSizes() throws Exception {
        assertThat(traffic.prepare(Color.GREEN, SOON)).isEmpty();
        for (int percent : List.of(1, 10, 50, 99)) {
            traffic.move(Shares.giving(Color.GREEN, percent), SOON);
            assertThat(traffic.read().agreed()).contains(Shares.giving(Color.GREEN, percent));
            int green = seen("/", 200).getOrDefault("green", 0);
            assertThat(green / 2.0).as("percent seen for " + percent).isBetween(percent - 2.0, percent + 2.0);
        }
        traffic.move(Shares.all(Color.GREEN), SOON);
        assertThat(haproxy.ask("get weight shop/green1")).startsWith("1 ");
        assertThat(haproxy.ask("get weight shop/blue1")).as("as configured").startsWith("1 ");
        assertThat(seen("/", 20)).isEqualTo(Map.of("green", 20));
    }

    @Test
    public void aRequestUnderWayEndsWhereItBeganAndKeptAliveConnectionsMove() throws Exception {
        assertThat(traffic.prepare(Color.GREEN, SOON)).isEmpty();
        CompletableFuture<String> slow = getAsync("/hold");
        await().until(() -> blue1.held() == 1);

        traffic.move(Shares.all(Color.GREEN), SOON);

        assertThat(get("/")).isEqualTo("green");
        assertThat(traffic.drain(Color.BLUE, NOW).orElseThrow())
                .contains("shop/blue1 has 1 sessions")
                .contains(haproxy.address());
        blue1.release();
        assertThat(slow.join()).isEqualTo("blue");
        assertThat(traffic.drain(Color.BLUE, SOON)).isEmpty();
        assertThat(traffic.drain(Color.GREEN, NOW).orElseThrow()).contains("green still gets 100%");
    }

    @Test
    public void aKeptAliveConnectionThatPrefersItsLastServerMovesToo() throws Exception {
        HaproxySwitch last = on("last", hosts);
        for (Color color : List.of(Color.GREEN, Color.BLUE, Color.GREEN)) {
            last.move(Shares.all(color), SOON);
            assertThat(seen("/last", 5)).containsOnlyKeys(color.word());
        }
    }

    @Test
    public void aColorIsReadyWhenItsServersAreUp() throws Exception {
        green2.stop();
        await().until(() -> traffic.prepare(Color.GREEN, NOW).isPresent());
        assertThat(traffic.prepare(Color.GREEN, Duration.ofMillis(300)).orElseThrow())
                .contains("shop/green2 is not UP by HAProxy's own checks")
                .contains(haproxy.address());
        assertThat(traffic.read().agreed()).contains(Shares.all(Color.BLUE));
        green2.start();
        assertThat(traffic.prepare(Color.GREEN, SOON)).isEmpty();
    }

    @Test
    public void severalProxiesMoveTogetherOrNotAtAll() throws Exception {
        assertThat(both.prepare(Color.GREEN, SOON)).isEmpty();
        both.move(Shares.giving(Color.GREEN, 20), SOON);
        assertThat(both.read().agreed()).contains(new Shares(80, 20));
        assertThat(both.read().parts()).hasSize(2);

        HaproxySwitch withAReader = HaproxySwitch.ofServers(
                List.of(haproxy.address(), second.socket("operator")), "shop", hosts, TimeSource.system());
        String before = haproxy.ask("show servers state shop");
        assertThatThrownBy(() -> withAReader.move(Shares.all(Color.GREEN), SOON))
                .isInstanceOf(FleetException.class)
                .hasMessageContaining("could not move traffic (all to green)")
                .hasMessageContaining(second.socket("operator"))
                .hasMessageContaining("Permission denied")
                .hasMessageContaining("level admin")
                .hasMessageContaining("All are as they were before");
        assertThat(weights(haproxy.ask("show servers state shop"))).isEqualTo(weights(before));
        assertThat(both.read().agreed()).contains(new Shares(80, 20));
        assertThatThrownBy(() -> withAReader.prepare(Color.GREEN, SOON)).hasMessageContaining("level admin");

        assertThatThrownBy(() -> withAReader.moveBack(Color.BLUE, SOON)).hasMessageContaining("Permission denied");
        assertThat(traffic.read().agreed()).contains(Shares.all(Color.BLUE));
        assertThat(both.read().agreed()).isEmpty();
        both.move(Shares.all(Color.GREEN), SOON);
        assertThat(both.read().agreed()).contains(Shares.all(Color.GREEN));
    }

    @Test
    public void anInterruptedMoveIsNoMove() {
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> both.move(Shares.all(Color.GREEN), SOON)).isInstanceOf(InterruptedException.class);
        Thread.interrupted();
        assertThat(weights(haproxy.ask("show servers state shop"))).contains("blue1 2 0 1 1");
    }

    @Test
    public void whatDoesNotFitTheFleetIsNamedBeforeAnythingIsTouched() throws Exception {
        Map<Color, List<Host>> wrong =
                Map.of(Color.BLUE, hosts.get(Color.BLUE), Color.GREEN, List.of(host("green9", 9)));
        assertThatThrownBy(() -> on("shop", wrong).read())
                .hasMessageContaining("no server of the host green9 (127.0.0.1:9, green) in the backend shop")
                .hasMessageContaining("shop/blue1, shop/green1");
        Map<Color, List<Host>> same = Map.of(Color.BLUE, hosts.get(Color.BLUE), Color.GREEN, hosts.get(Color.BLUE));
        assertThatThrownBy(() -> on("shop", same).read()).hasMessageContaining("one server for hosts of both colors");
        Map<Color, List<Host>> fewer =
                Map.of(Color.BLUE, hosts.get(Color.BLUE), Color.GREEN, List.of(host("green1", green1.port())));
        haproxy.ask("set server shop/green2 weight 1");
        haproxy.ask("set server shop/green2 state ready");
        assertThatThrownBy(() -> on("shop", fewer).move(Shares.all(Color.BLUE), SOON))
                .hasMessageContaining("shop/green2 get traffic too, and are of neither color");
        assertThatThrownBy(() -> on("nothing", hosts).read()).hasMessageContaining("no backend 'nothing'");
    }

    @Test
    public void aColorWithoutHostsGetsNoTraffic() throws Exception {
        HaproxySwitch young = on("shop", Map.of(Color.BLUE, hosts.get(Color.BLUE), Color.GREEN, List.of()));

        assertThat(young.read().agreed()).contains(Shares.all(Color.BLUE));
        assertThat(young.prepare(Color.GREEN, NOW).orElseThrow())
                .contains("green has no servers in the backend shop (HAProxy at " + haproxy.address() + ")");
        assertThatThrownBy(() -> young.move(new Shares(90, 10), SOON))
                .isInstanceOf(FleetException.class)
                .hasMessageContaining("green has no hosts, whose servers in the backend shop could get it")
                .hasMessageContaining("moved back to all to blue");
        young.move(Shares.all(Color.BLUE), SOON);
        assertThat(young.drain(Color.GREEN, NOW)).isEmpty();
        assertThat(young.describe(Shares.all(Color.BLUE)).toString())
                .contains("set blue1 ready, then let the servers of green drain");
    }

    @Test
    public void aStaticAlgorithmSwitchesAllAndRefusesParts() throws Exception {
        HaproxySwitch fixed = on("static", hosts);
        fixed.move(Shares.all(Color.GREEN), SOON);
        assertThat(fixed.read().agreed()).contains(Shares.all(Color.GREEN));
        assertThatThrownBy(() -> fixed.move(new Shares(90, 10), SOON))
                .hasMessageContaining("static LB algorithm")
                .hasMessageContaining("It was moved back to all to green");
        assertThat(fixed.read().agreed()).contains(Shares.all(Color.GREEN));
    }

    @Test
    public void aMapMovesBackendsInOneCommand() throws Exception {
        assertThat(backends.read().agreed()).contains(Shares.all(Color.BLUE));
        assertThat(backends.prepare(Color.GREEN, SOON)).isEmpty();
        assertThat(seen("/map", 20)).containsOnlyKeys("blue");

        backends.move(new Shares(50, 50), SOON);
        assertThat(seen("/map", 200).get("green")).isBetween(60, 140);
        backends.move(Shares.all(Color.GREEN), SOON);
        assertThat(seen("/map", 50)).containsOnlyKeys("green");
        assertThat(backends.read().agreed()).contains(Shares.all(Color.GREEN));
        assertThat(backends.drain(Color.BLUE, SOON)).isEmpty();

        assertThatThrownBy(() -> backends.move(Shares.NONE, SOON)).hasMessageContaining("can't keep traffic");
        haproxy.ask("set map " + map + " shop 120");
        assertThatThrownBy(backends::read).hasMessageContaining("'120', which is no percentage");
        haproxy.ask("clear map " + map);
        assertThatThrownBy(backends::read).hasMessageContaining("Put the line 'shop 0' into the file");
    }

    @Test
    public void aPlanSaysWhatWouldBeDone() {
        assertThat(both.describe(Shares.all(Color.GREEN))).hasSize(5).anySatisfy(line -> assertThat(line)
                .contains(second.address())
                .contains("set green1, green2 ready, then let blue1 drain"));
        assertThat(backends.describe(new Shares(90, 10)).toString()).contains("set shop to 10");
        assertThat(both.name()).isEqualTo("haproxy:" + haproxy.address() + "," + second.address() + "/shop");
    }

    // What the tests ask

    private HaproxyProcess start(String... green) {
        return HaproxyProcess.start("""
                frontend web
                  bind 127.0.0.1:$PORT
                  http-request set-var(txn.green) str(shop),map_str_int(%4$s,0)
                  use_backend shop-green if { path_beg /map } { rand(100),sub(txn.green) lt 0 }
                  use_backend shop-blue if { path_beg /map }
                  use_backend last if { path_beg /last }
                  default_backend shop
                defaults
                  mode http
                  timeout connect 2s
                  timeout client 60s
                  timeout server 60s
                  timeout check 5s
                  option httpchk GET /check
                  default-server check inter 50ms fastinter 50ms downinter 50ms rise 2 fall 2
                backend shop
                  server blue1 127.0.0.1:%1$d
                  server green1 127.0.0.1:%2$d weight 0
                  server green2 127.0.0.1:%3$d weight 0
                backend last
                  option prefer-last-server
                  server blue1 127.0.0.1:%1$d
                  server green1 127.0.0.1:%2$d weight 0
                  server green2 127.0.0.1:%3$d weight 0
                backend static
                  balance static-rr
                  server blue1 127.0.0.1:%1$d
                  server green1 127.0.0.1:%2$d disabled
                  server green2 127.0.0.1:%3$d disabled
                backend shop-blue
                  server blue1 127.0.0.1:%1$d
                backend shop-green
                  server green1 127.0.0.1:%2$d
                  server green2 127.0.0.1:%3$d
                """.formatted(blue1.port(), green1.port(), green2.port(), map));
    }

    private HaproxySwitch on(String backend, Map<Color, List<Host>> fleet) {
        return HaproxySwitch.ofServers(List.of(haproxy.address()), backend, fleet, TimeSource.system());
    }

    private static Host host(String name, int port) {
        return new Host(name, name, "127.0.0.1", OptionalInt.of(port), Optional.empty());
    }

    /** Name, operational and administrative state, weight and initial weight of each server. */
    private static List<String> weights(String table) {
        return table.lines()
                .map(line -> line.split(" "))
                .filter(words -> words.length > 9 && !words[0].startsWith("#"))
                .map(words -> String.join(" ", words[3], words[5], words[6], words[7], words[8]))
                .toList();
    }

    private Map<String, Integer> seen(String path, int requests) {
        Map<String, Integer> seen = new HashMap<>();
        for (int i = 0; i < requests; i++) {
            seen.merge(get(path), 1, Integer::sum);
        }
        return seen;
    }

    private String get(String path) {
        return getAsync(path).join();
    }

    private CompletableFuture<String> getAsync(String path) {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + haproxy.port() + path))
                .version(HttpClient.Version.HTTP_1_1)
                .timeout(Duration.ofSeconds(30))
                .build();
        return http.sendAsync(request, HttpResponse.BodyHandlers.ofString()).thenApply(answer -> {
            assertThat(answer.statusCode()).isEqualTo(200);
            return answer.body();
        });
    }
}
