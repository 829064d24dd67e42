package io.jenkins.plugins.consuldeploy.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.jenkins.plugins.consuldeploy.fleet.Host;
import io.jenkins.plugins.consuldeploy.health.HealthCheck.Result;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

public class HttpCheckTest {

    private static final Duration LONG = Duration.ofSeconds(60);

    @Rule
    public TemporaryFolder folder = new TemporaryFolder();

    private final Set<InetSocketAddress> callers = ConcurrentHashMap.newKeySet();
    private HttpServer server;
    private Host host;

    @Before
    public void startServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 10);
        serve(server);
        host = host(server.getAddress().getPort());
    }

    @After
    public void stopServer() {
        server.stop(0);
    }

    @Test
    public void aHostIsHealthyWithTheStatusThatIsAskedFor() throws Exception {
        assertThat(check("/ok"))
                .isEqualTo(Result.healthy(
                        "HTTP 200 from http://127.0.0.1:" + host.port().getAsInt() + "/ok"));
        assertThat(check("/down")).satisfies(result -> {
            assertThat(result.healthy()).isFalse();
            assertThat(result.detail())
                    .endsWith("/down: 'the database is away'")
                    .startsWith("HTTP 503 from http://");
        });
        assertThat(check("/elsewhere").detail()).startsWith("HTTP 302 from");
        assertThat(check("/status?code=204").healthy()).isFalse();
        assertThat(with("/status?code=204", "200-299", Optional.empty()).healthy())
                .isTrue();
        assertThat(with("/status?code=404", "200,404-410", Optional.empty()).healthy())
                .isTrue();
    }

    @Test
    public void aBodyHasToHaveTheTextThatIsAskedFor() throws Exception {
        assertThat(with("/ok", "200", Optional.of("grün")).healthy()).isTrue();
        assertThat(with("/ok", "200", Optional.of("red"))).satisfies(result -> {
            assertThat(result.healthy()).isFalse();
            assertThat(result.detail()).endsWith("/ok without 'red': 'all is grün'");
        });
    }

    @Test
    public void headersAreSentTheHostsNameAmongThem() throws Exception {
        HttpQuestion question = new HttpQuestion(
                "/headers",
                OptionalInt.empty(),
                false,
                true,
                Map.of("Host", "www.example.com", "X-Probe", "yes"),
                HttpStatuses.of("200"),
                Optional.of("www.example.com yes"),
                LONG);

        assertThat(new HttpCheck(question).check(host)).matches(Result::healthy);
    }

    @Test
    public void eachTryHasAConnectionOfItsOwn() throws Exception {
        HttpCheck check = new HttpCheck(HttpQuestion.at("/ok"));

        for (int i = 0; i < 5; i++) {
            assertThat(check.check(host)).matches(Result::healthy);
        }

        assertThat(callers).hasSize(5);
    }

    @Test
    public void anotherPortThanTheHostsMayBeAsked() throws Exception {
        HttpQuestion question = new HttpQuestion(
                "/ok",
                OptionalInt.of(host.port().getAsInt()),
                false,
                true,
                Map.of(),
                HttpStatuses.of("200"),
                Optional.empty(),
                LONG);

        assertThat(new HttpCheck(question).check(host(1))).matches(Result::healthy);
        assertThat(new HttpCheck(question).describe())
                .isEqualTo("HTTP 200 from port " + host.port().getAsInt() + " /ok");
    }

    @Test
    public void whereNobodyListensIsSaid() throws Exception {
        server.stop(0);

        assertThat(check("/ok")).satisfies(result -> {
            assertThat(result.healthy()).isFalse();
            assertThat(result.detail())
                    .contains("no answer from http://127.0.0.1:" + host.port().getAsInt() + "/ok")
                    .contains("Connection refused");
        });
    }

    @Test
    public void aServerThatDripsItsAnswerIsGivenUpOnTime() throws Exception {
        try (ServerSocket slow = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            Thread dripping = new Thread(() -> drip(slow));
            dripping.setDaemon(true);
            dripping.start();
            HttpCheck check = new HttpCheck(timed("/", Duration.ofMillis(300)));

            assertThat(check.check(host(slow.getLocalPort()))).satisfies(result -> {
                assertThat(result.healthy()).isFalse();
                assertThat(result.detail()).startsWith("no answer from").endsWith("within 0.3 s");
            });
            slow.close(); // nobody may have come there in time
            dripping.join(); // it ends when its peer has gone
        }
    }

    @Test
    public void anInterruptionEndsATryAtOnce() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            AtomicReference<Throwable> thrown = new AtomicReference<>();
            Thread asking = new Thread(() -> {
                try {
                    new HttpCheck(timed("/", LONG)).check(host(silent.getLocalPort()));
                } catch (InterruptedException | RuntimeException e) {
                    thrown.set(e);
                }
            });
            asking.start();
            try (Socket connection = silent.accept()) {
                asking.interrupt();
                asking.join();
                assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
                assertThat(isClosed(connection)).isTrue();
            }
        }
    }

    @Test
    public void aCertificateIsVerifiedUnlessSaidOtherwise() throws Exception {
        HttpsServer https = HttpsServer.create(new InetSocketAddress("127.0.0.1", 0), 10);
        https.setHttpsConfigurator(new HttpsConfigurator(selfSigned()));
        serve(https);
        try {
            Host secure = host(https.getAddress().getPort());

            assertThat(new HttpCheck(tls(true)).check(secure)).satisfies(result -> {
                assertThat(result.healthy()).isFalse();
                assertThat(result.detail()).contains("no answer from https://").contains("SSLHandshakeException");
            });
            assertThat(new HttpCheck(tls(false)).check(secure)).matches(Result::healthy);
        } finally {
            https.stop(0);
        }
    }

    @Test
    public void whatCannotBeAskedIsNamed() {
        for (String path : List.of("", "health", "/a b", "/a#b", "/%")) {
            assertThatThrownBy(() -> HttpQuestion.at(path))
                    .as("'%s'", path)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("'" + path + "'");
        }
        for (String statuses : List.of("", "20", "200-", "600", "300-200", "200;300")) {
            assertThatThrownBy(() -> HttpStatuses.of(statuses))
                    .as("'%s'", statuses)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("'" + statuses + "'");
        }
    }

    // What the tests ask

    private Result check(String path) throws InterruptedException {
        return new HttpCheck(HttpQuestion.at(path)).check(host);
    }

    private Result with(String path, String statuses, Optional<String> contains) throws InterruptedException {
        return new HttpCheck(new HttpQuestion(
                        path, OptionalInt.empty(), false, true, Map.of(), HttpStatuses.of(statuses), contains, LONG))
                .check(host);
    }

    private static HttpQuestion timed(String path, Duration timeout) {
        return new HttpQuestion(
                path, OptionalInt.empty(), false, true, Map.of(), HttpStatuses.of("200"), Optional.empty(), timeout);
    }

    private static HttpQuestion tls(boolean verify) {
        return new HttpQuestion(
                "/ok", OptionalInt.empty(), true, verify, Map.of(), HttpStatuses.of("200"), Optional.empty(), LONG);
    }

    private static Host host(int port) {
        return new Host("app1", "app1", "127.0.0.1", OptionalInt.of(port), Optional.empty());
    }

    private void serve(HttpServer to) {
        to.createContext("/", exchange -> {
            callers.add(exchange.getRemoteAddress());
            switch (exchange.getRequestURI().getPath()) {
                case "/ok" -> answer(exchange, 200, "all is grün");
                case "/headers" ->
                    answer(
                            exchange,
                            200,
                            exchange.getRequestHeaders().getFirst("Host") + " "
                                    + exchange.getRequestHeaders().getFirst("X-Probe"));
                case "/elsewhere" -> {
                    exchange.getResponseHeaders().add("Location", "/ok");
                    answer(exchange, 302, "");
                }
                case "/status" ->
                    answer(
                            exchange,
                            Integer.parseInt(exchange.getRequestURI().getQuery().split("=")[1]),
                            "");
                default -> answer(exchange, 503, "the database\n is away");
            }
        });
        to.start();
    }

    private static void answer(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    /** A byte of an endless header now and then: no pause is long enough for a read timeout. */
    private static void drip(ServerSocket socket) {
        try (Socket connection = socket.accept()) {
            connection.getOutputStream().write("HTTP/1.1 200 OK\r\nX: ".getBytes(StandardCharsets.US_ASCII));
            connection.setSoTimeout(20);
            while (true) {
                connection.getOutputStream().write('x');
                connection.getOutputStream().flush();
                await().pollInterval(Duration.ofMillis(10)).until(() -> true);
            }
        } catch (IOException e) { // the client has gone
            return;
        }
    }

    private static boolean isClosed(Socket connection) {
        try {
            connection.getInputStream().readAllBytes();
            return true;
        } catch (IOException e) {
            return e.getMessage().contains("reset");
        }
    }

    private SSLContext selfSigned() throws Exception {
        Path store = folder.getRoot().toPath().resolve("store.p12");
        char[] password = "changeit".toCharArray();
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-keystore",
                        store.toString(),
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        new String(password),
                        "-alias",
                        "test",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=localhost",
                        "-validity",
                        "2")
                .redirectErrorStream(true)
                .start();
        String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(keytool.waitFor()).as(said).isZero();
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, password);
        }
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(keys, password);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(factory.getKeyManagers(), null, null);
        return context;
    }
}
