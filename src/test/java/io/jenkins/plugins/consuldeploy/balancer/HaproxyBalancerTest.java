package io.jenkins.plugins.consuldeploy.balancer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.jenkins.plugins.consuldeploy.balancer.HaproxyBalancer.KeepOut;
import io.jenkins.plugins.consuldeploy.balancer.LoadBalancer.Status;
import io.jenkins.plugins.consuldeploy.fleet.FleetException;
import io.jenkins.plugins.consuldeploy.fleet.Host;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;

/** A real HAProxy in front of real HTTP servers. */
public class HaproxyBalancerTest {

    private final HttpClient http = HttpClient.newHttpClient();
    private TestApp app1;
    private TestApp app2;
    private HaproxyProcess haproxy;
    private HaproxyBalancer balancer;
    private Host host1;
    private Host host2;

    @Before
    public void startAFleetOfTwo() {
        app1 = new TestApp("app1");
        app2 = new TestApp("app2");
        host1 = host("app1", app1.port());
        host2 = host("app2", app2.port());
        haproxy = HaproxyProcess.start("""
                frontend web
                  bind 127.0.0.1:$PORT
                  use_backend tied if { path_beg /tied }
                  use_backend narrow if { path_beg /narrow }
                  default_backend b
                backend b
                  option httpchk GET /check
                  default-server check inter 50ms fastinter 50ms downinter 50ms rise 2 fall 2
                  server app1 127.0.0.1:%1$d weight 10
                  server app2 127.0.0.1:%2$d weight 10
                backend tied
                  cookie SRV insert
                  server app1 127.0.0.1:%1$d cookie one
                  server app2 127.0.0.1:%2$d cookie two
                backend narrow
                  http-request set-path /hold
                  timeout queue 30s
                  server app1 127.0.0.1:%1$d maxconn 1
                backend static
                  balance static-rr
                  server first 127.0.0.1:%1$d weight 3
                listen tcp
                  mode tcp
                  bind 127.0.0.1:$TCP_PORT
                  server second 127.0.0.1:%2$d
                """.formatted(app1.port(), app2.port()));
        balancer = new HaproxyBalancer(haproxy.address(), List.of("b"));
        await().until(() -> status(host1, balancer.membership(host1).get()) == Status.IN_SERVICE);
        await().until(() -> status(host2, balancer.membership(host2).get()) == Status.IN_SERVICE);
    }

    @After
    public void stopAll() {
        app1.release();
        app2.release();
        haproxy.close();
        app1.close();
        app2.close();
    }

    @Test
    public void aHostOutGetsNoTrafficAndComesBack() throws Exception {
        Membership membership = balancer.membership(host1).get();
        assertThat(status(host1, membership)).isEqualTo(Status.IN_SERVICE);

        balancer.takeOut(host1, membership);
        balancer.takeOut(host1, membership);

        await().until(() -> status(host1, membership) == Status.OUT);
        for (int i = 0; i < 10; i++) {
            assertThat(get("/")).isEqualTo("app2");
        }

        balancer.putBack(host1, membership);
        balancer.putBack(host1, membership);
        assertThat(status(host1, membership)).isEqualTo(Status.IN_SERVICE);
        await().until(() -> get("/").equals("app1"));
        assertThat(balancer.membership(host1)).contains(membership);
    }

    @Test
    public void aHostDrainsUntilItsLastRequestHasBeenAnswered() throws Exception {
        CompletableFuture<HttpResponse<String>> slow = requestHeldBy(app1);
        Membership membership = balancer.membership(host1).get();

        balancer.takeOut(host1, membership);

        assertThat(status(host1, membership)).isEqualTo(Status.DRAINING);
        assertThat(get("/")).isEqualTo("app2");
        assertThat(status(host1, membership)).isEqualTo(Status.DRAINING);
        app1.release();
        assertThat(slow.join().body()).isEqualTo("app1");
        // The client's connection to HAProxy, and HAProxy's to the host, are still open, and idle.
        await().until(() -> status(host1, membership) == Status.OUT);
    }

    @Test
    public void aHostDrainsUntilItsLastTcpConnectionIsClosed() throws Exception {
        HaproxyBalancer tcp = new HaproxyBalancer(haproxy.address(), List.of("tcp"));
        Membership membership = tcp.membership(host2).get();
        try (Socket connection = new Socket("127.0.0.1", haproxy.tcpPort())) {
            connection.getOutputStream().write("GET / HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(connection.getInputStream().read()).isEqualTo('H');

            tcp.takeOut(host2, membership);

            assertThat(tcp.status(host2, membership)).isEqualTo(Status.DRAINING);
        }
        await().until(() -> tcp.status(host2, membership) == Status.OUT);
    }

    @Test
    public void requestsInAServersQueueCountUntilTheyAreAnswered() throws Exception {
        HaproxyBalancer narrow = new HaproxyBalancer(haproxy.address(), List.of("narrow"));
        CompletableFuture<?> first = getAsync("/narrow");
        await().until(() -> app1.held() == 1);
        CompletableFuture<?> second = getAsync("/narrow");
        await().until(() -> column("narrow", "app1", "qcur").equals("1")
                || column("narrow", "BACKEND", "qcur").equals("1"));
        Membership membership = narrow.membership(host1).get();

        narrow.takeOut(host1, membership);

        assertThat(narrow.status(host1, membership)).isEqualTo(Status.DRAINING);
        app1.release();
        first.join();
        second.cancel(true);
        await().until(() -> {
            app1.release();
            return narrow.status(host1, membership) == Status.OUT;
        });
    }

    @Test
    public void nobodyNoticesThatHostsAreRestartedOneByOne() throws Exception {
        for (Host host : List.of(host1, host2)) {
            TestApp app = host == host1 ? app1 : app2;
            CompletableFuture<?> traffic = CompletableFuture.runAsync(() -> {
                for (int i = 0; i < 100; i++) {
                    assertThat(get("/")).startsWith("app");
                }
            });
            Membership membership = balancer.membership(host).get();
            balancer.takeOut(host, membership);
            await().until(() -> status(host, membership) == Status.OUT);
            app.stop();
            traffic.join();
            await().until(() -> column("b", host.name(), "status").startsWith("DOWN"));
            assertThat(status(host, membership)).isEqualTo(Status.OUT);
            app.start();

            balancer.putBack(host, membership);

            await().until(() -> status(host, membership) == Status.IN_SERVICE);
            for (int i = 0; i < 20; i++) {
                assertThat(get("/")).startsWith("app");
            }
        }
    }

    @Test
    public void aHostThatIsDownIsNotReadyUntilItsHealthChecksHavePassed() throws Exception {
        Membership membership = balancer.membership(host1).get();
        app1.stop();
        await().until(() -> status(host1, membership) == Status.NOT_READY);

        balancer.takeOut(host1, membership);
        assertThat(status(host1, membership)).isEqualTo(Status.OUT);
        balancer.putBack(host1, membership);
        assertThat(status(host1, membership)).isEqualTo(Status.NOT_READY);

        app1.start();
        await().until(() -> status(host1, membership) == Status.IN_SERVICE);
    }

    @Test
    public void weightAndStateComeBackExactlyAsTheyWere() throws Exception {
        haproxy.ask("set server b/app1 weight 7");
        Membership membership = balancer.membership(host1).get();
        assertThat(membership.details()).isEqualTo(Map.of("b/app1", "ready weight=7"));

        balancer.takeOut(host1, membership);
        haproxy.ask("set server b/app1 weight 1"); // as a reload would
        balancer.putBack(host1, membership);

        assertThat(balancer.membership(host1)).contains(membership);
    }

    @Test
    public void aStaticAlgorithmTakesItsWeightBackToo() throws Exception {
        HaproxyBalancer fixed = new HaproxyBalancer(haproxy.address(), List.of("static"));
        Membership membership = fixed.membership(host1).get();

        fixed.takeOut(host1, membership);
        haproxy.ask("set server static/first weight 0%");
        fixed.putBack(host1, membership);

        assertThat(fixed.membership(host1)).contains(membership);
        assertThat(fixed.status(host1, membership)).isEqualTo(Status.IN_SERVICE);
    }

    @Test
    public void aServerThatAnOperatorTookOutStaysAsItWas() throws Exception {
        for (String state : List.of("maint", "drain")) {
            haproxy.ask("set server b/app1 state " + state);
            Membership membership = balancer.membership(host1).get();
            assertThat(membership.details()).isEqualTo(Map.of("b/app1", state + " weight=10 out"));
            assertThat(balancer.returnsToService(membership)).isFalse();
            assertThat(status(host1, membership)).isEqualTo(Status.OUT);

            balancer.takeOut(host1, membership);
            assertThat(balancer.membership(host1)).contains(membership);
            haproxy.ask("set server b/app1 state ready");
            balancer.putBack(host1, membership);

            assertThat(balancer.membership(host1)).contains(membership);
        }
    }

    @Test
    public void aServerWithoutWeightIsOut() throws Exception {
        haproxy.ask("set server b/app1 weight 0");

        Membership membership = balancer.membership(host1).get();

        assertThat(membership.details()).isEqualTo(Map.of("b/app1", "ready weight=0 out"));
        assertThat(status(host1, membership)).isEqualTo(Status.OUT);
    }

    @Test
    public void serversOfAHostInSeveralBackendsGoOutAndComeBackTogether() throws Exception {
        HaproxyBalancer everywhere = new HaproxyBalancer(haproxy.address(), List.of());
        haproxy.ask("set server tied/app1 state maint");
        Membership membership = everywhere.membership(host1).get();
        assertThat(membership.details())
                .containsOnly(
                        Map.entry("b/app1", "ready weight=10"),
                        Map.entry("tied/app1", "maint weight=1 out"),
                        Map.entry("narrow/app1", "ready weight=1"),
                        Map.entry("static/first", "ready weight=3"));
        assertThat(everywhere.returnsToService(membership)).isTrue();
        assertThat(everywhere.status(host1, membership)).isEqualTo(Status.IN_SERVICE);

        everywhere.takeOut(host1, membership);
        await().until(() -> everywhere.status(host1, membership) == Status.OUT);
        haproxy.ask("set server narrow/app1 state ready");
        assertThat(everywhere.status(host1, membership)).isEqualTo(Status.NOT_READY);
        everywhere.putBack(host1, membership);

        assertThat(everywhere.status(host1, membership)).isEqualTo(Status.IN_SERVICE);
        assertThat(everywhere.membership(host1)).contains(membership);
    }

    @Test
    public void aWholeFleetIsAskedAboutInOneQuestion() throws Exception {
        Map<Host, Membership> members = Map.of(
                host1,
                balancer.membership(host1).get(),
                host2,
                balancer.membership(host2).get());
        balancer.takeOut(host1, members.get(host1));
        await().until(() -> status(host1, members.get(host1)) == Status.OUT);
        int before = requests();

        assertThat(balancer.statuses(members)).isEqualTo(Map.of(host1, Status.OUT, host2, Status.IN_SERVICE));

        assertThat(requests() - before)
                .as("requests, the counting one among them")
                .isEqualTo(2);
    }

    @Test
    public void aServerIsFoundByAddressAndPortWhereNoneHasTheHostsName() throws Exception {
        assertThat(balancer.membership(host("i-1", app1.port())).get().details())
                .containsOnlyKeys("b/app1");
        Host named = new Host("i-2", "i-2", "localhost", OptionalInt.of(app2.port()), Optional.empty());
        assertThat(balancer.membership(named).get().details()).containsOnlyKeys("b/app2");
        Host anyPort = new Host("i-3", "i-3", "127.0.0.1", OptionalInt.empty(), Optional.empty());
        assertThat(balancer.membership(anyPort).get().details()).containsOnlyKeys("b/app1", "b/app2");
        assertThat(balancer.membership(host("i-4", 1))).isEmpty();
        assertThat(balancer.membership(new Host("i-5", "i-5", "10.9.8.7", OptionalInt.empty(), Optional.empty())))
                .isEmpty();
    }

    @Test
    public void usersWhoAreTiedToAServerStayUnlessItIsKeptOutByMaintenance() throws Exception {
        String cookie = cookieOf("app1");
        HaproxyBalancer drain = new HaproxyBalancer(haproxy.address(), List.of("tied"));
        HaproxyBalancer maint =
                new HaproxyBalancer(haproxy.address(), List.of("tied"), KeepOut.MAINT, HaproxyBalancer.TIMEOUT);
        Membership membership = drain.membership(host1).get();

        drain.takeOut(host1, membership);
        assertThat(get("/tied", "Cookie", cookie)).isEqualTo("app1");
        maint.takeOut(host1, membership);
        assertThat(get("/tied", "Cookie", cookie)).isEqualTo("app2");
        await().until(() -> maint.status(host1, membership) == Status.OUT);

        // Who only drains does not undo a maintenance.
        drain.takeOut(host1, membership);
        assertThat(get("/tied", "Cookie", cookie)).isEqualTo("app2");
        maint.putBack(host1, membership);
        assertThat(maint.status(host1, membership)).isEqualTo(Status.IN_SERVICE);
    }

    @Test
    public void aServerThatIsGoneIsOutAndCannotBePutBack() throws Exception {
        Membership ghost = new Membership(Map.of("b/ghost", "ready weight=1"));

        assertThat(status(host1, ghost)).isEqualTo(Status.OUT);
        balancer.takeOut(host1, ghost);
        assertThatThrownBy(() -> balancer.putBack(host1, ghost))
                .isInstanceOf(FleetException.class)
                .hasMessageContaining("app1")
                .hasMessageContaining("b/ghost")
                .hasMessageContaining(haproxy.address());
    }

    @Test
    public void aBackendThatIsNotThereIsNamedWithThoseThatAre() {
        HaproxyBalancer wrong = new HaproxyBalancer(haproxy.address(), List.of("wep"));

        assertThatThrownBy(() -> wrong.membership(host1))
                .isInstanceOf(FleetException.class)
                .hasMessageContaining(haproxy.address())
                .hasMessageContaining("no backend 'wep'")
                .hasMessageContaining("It has b, narrow, static, tcp, tied");
    }

    @Test
    public void aSocketThatMayOnlyReadIsFoundOutBeforeAnythingIsTouched() throws Exception {
        for (String level : List.of("operator", "user")) {
            HaproxyBalancer reader = new HaproxyBalancer(haproxy.socket(level), List.of("b"));
            assertThatThrownBy(() -> reader.membership(host1))
                    .isInstanceOf(FleetException.class)
                    .hasMessageContaining(haproxy.socket(level))
                    .hasMessageContaining("'" + level + "' to 'show cli level'")
                    .hasMessageContaining("level admin");
            Membership membership = balancer.membership(host1).get();
            assertThatThrownBy(() -> reader.takeOut(host1, membership))
                    .isInstanceOf(FleetException.class)
                    .hasMessageContaining("'Permission denied' to 'set server b/app1 state drain'")
                    .hasMessageContaining("level admin");
        }
    }

    @Test
    public void aUnixSocketDoesAsWell() throws Exception {
        HaproxyBalancer unix = new HaproxyBalancer(haproxy.socket("admin"), List.of("b"));
        Membership membership = unix.membership(host1).get();

        unix.takeOut(host1, membership);
        await().until(() -> unix.status(host1, membership) == Status.OUT);
        unix.putBack(host1, membership);

        assertThat(unix.status(host1, membership)).isEqualTo(Status.IN_SERVICE);
        assertThat(unix.name()).isEqualTo("haproxy:" + haproxy.socket("admin") + "/b");
    }

    // What the tests ask

    private static Host host(String name, int port) {
        return new Host(name, name, "127.0.0.1", OptionalInt.of(port), Optional.empty());
    }

    private Status status(Host host, Membership membership) throws InterruptedException {
        return balancer.status(host, membership);
    }

    /** A request that this application, and no other, has got and not answered yet. */
    private CompletableFuture<HttpResponse<String>> requestHeldBy(TestApp app) {
        TestApp other = app == app1 ? app2 : app1;
        while (true) {
            CompletableFuture<HttpResponse<String>> request = getAsync("/hold");
            await().until(() -> app1.held() + app2.held() == 1);
            if (app.held() == 1) {
                return request;
            }
            other.release();
            request.join();
            await().until(() -> other.held() == 0);
        }
    }

    private String cookieOf(String app) {
        while (true) {
            HttpResponse<String> response = getAsync("/tied").join();
            if (response.body().equals(app)) {
                return response.headers().firstValue("Set-Cookie").orElseThrow().split(";")[0];
            }
        }
    }

    private String get(String path, String... headers) {
        HttpResponse<String> response = getAsync(path, headers).join();
        assertThat(response.statusCode()).isEqualTo(200);
        return response.body();
    }

    private CompletableFuture<HttpResponse<String>> getAsync(String path, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + haproxy.port() + path))
                .version(HttpClient.Version.HTTP_1_1)
                .timeout(Duration.ofSeconds(30));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return http.sendAsync(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    /** How many the runtime API has had. */
    /** HAProxy counts its own checks as connections, and not as requests. */
    private int requests() {
        return haproxy.ask("show info")
                .lines()
                .filter(line -> line.startsWith("CumReq: "))
                .mapToInt(line -> Integer.parseInt(line.substring("CumReq: ".length())))
                .findFirst()
                .orElseThrow();
    }

    private String column(String backend, String server, String name) {
        String[] lines = haproxy.ask("show stat " + backend + " 6 -1").split("\n");
        int index = List.of(lines[0].substring(2).split(",")).indexOf(name);
        for (String line : lines) {
            if (line.startsWith(backend + "," + server + ",")) {
                return line.split(",")[index];
            }
        }
        throw new IllegalStateException("no " + backend + "/" + server);
    }
}
