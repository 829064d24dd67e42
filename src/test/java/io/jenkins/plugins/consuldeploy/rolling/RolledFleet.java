package io.jenkins.plugins.consuldeploy.rolling;

import com.sun.net.httpserver.HttpServer;
import io.jenkins.plugins.consuldeploy.balancer.HaproxyProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;

/**
 * Applications app1, app2, … behind a real HAProxy. Each answers with the version that stands in its file, which is what
 * an update writes; one whose version is {@code broken} answers 503.
 */
public final class RolledFleet implements AutoCloseable {

    public static final String OLD = "v1";

    private final Path dir;
    private final Map<String, HttpServer> apps = new TreeMap<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final AtomicInteger requests = new AtomicInteger();
    private final AtomicInteger failed = new AtomicInteger();
    private final Set<String> holding = ConcurrentHashMap.newKeySet();
    private final CountDownLatch held = new CountDownLatch(1);
    private String healthTimeout = "30s";
    private HaproxyProcess haproxy;
    private volatile boolean isVisited;
    private Thread visitor;

    private RolledFleet(Path dir) {
        this.dir = dir;
    }

    /** @param dir where the applications' files are to be */
    public static RolledFleet start(Path dir, int size) {
        System.setProperty("sun.net.httpserver.nodelay", "true");
        RolledFleet fleet = new RolledFleet(dir);
        try {
            for (int i = 1; i <= size; i++) {
                fleet.startApp("app" + i);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        String servers = fleet.apps.entrySet().stream()
                .map(app -> "  server " + app.getKey() + " 127.0.0.1:"
                        + app.getValue().getAddress().getPort() + " weight 10")
                .collect(Collectors.joining("\n"));
        fleet.haproxy = HaproxyProcess.start("""
                frontend web
                  bind 127.0.0.1:$PORT
                  default_backend b
                backend b
                  option httpchk GET /
                  default-server check inter 100ms fastinter 100ms downinter 50ms rise 1 fall 3
                """ + servers);
        Awaitility.await().until(() -> fleet.states().values().stream().allMatch("ready UP 10"::equals));
        return fleet;
    }

    /** How long a release waits for a host's health: long, but where a test waits until that is over. */
    public void healthTimeout(String duration) {
        healthTimeout = duration;
    }

    /** A release of these in YAML, with this for its update and whatever else. */
    public String yaml(String app, String update, String... more) {
        return yaml(app, List.copyOf(apps.keySet()), update, more);
    }

    /** A release of some of these. */
    public String yaml(String app, List<String> some, String update, String... more) {
        return """
                app: %s
                hosts:
                  list:
                %s
                loadBalancers: [{haproxy: {address: "%s", backend: b}}]
                drainTimeout: 10s
                healthTimeout: %s
                update: %s
                check: {http: {path: /, interval: 50ms}}
                %s
                """.formatted(
                        app,
                        String.join("\n", named("    - ", some)),
                        haproxy.address(),
                        healthTimeout,
                        update,
                        String.join("\n", more));
    }

    /** Some of these as the words of a release name them. */
    public String list(List<String> some) {
        return "{list: [" + String.join(", ", named("", some)) + "]}";
    }

    /** HAProxy's runtime API. */
    public String balancer() {
        return haproxy.address();
    }

    public int port(String app) {
        return apps.get(app).getAddress().getPort();
    }

    /** Takes it out by hand. */
    public void drain(String app) {
        haproxy.ask("set server b/" + app + " state drain");
    }

    /** The URL through which visitors come. */
    public String front() {
        return "http://127.0.0.1:" + haproxy.port() + "/";
    }

    /** Each host as {@code name=address:port}. */
    public List<String> hosts() {
        return apps.entrySet().stream()
                .map(app -> app.getKey() + "=127.0.0.1:"
                        + app.getValue().getAddress().getPort())
                .toList();
    }

    /** Has every application hold one request, so that none can be drained, until they are released. */
    public void hold() {
        for (int i = 0; i < apps.size(); i++) {
            http.sendAsync(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + haproxy.port() + "/hold"))
                            .build(),
                    HttpResponse.BodyHandlers.discarding());
        }
        Awaitility.await().until(() -> holding.size() == apps.size());
    }

    /** Answers the requests that are held. */
    public void release() {
        held.countDown();
    }

    /** The command that brings a host to {@code ${version}}. */
    public String writesVersion() {
        return "printf %s \\\"${version}\\\" >" + dir + "/$HOST";
    }

    public Path file(String app) {
        return dir.resolve(app);
    }

    public String version(String app) {
        try {
            return Files.readString(file(app));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public Map<String, String> versions() {
        Map<String, String> versions = new TreeMap<>();
        apps.keySet().forEach(app -> versions.put(app, version(app)));
        return versions;
    }

    /** How each is at HAProxy, with its weight: {@code ready UP 10}, {@code ready DOWN 10}, {@code drain 10}. */
    public Map<String, String> states() {
        Map<String, String> states = new TreeMap<>();
        for (String line : haproxy.ask("show servers state b").lines().toList()) {
            String[] fields = line.split(" ");
            if (fields.length > 7 && fields[1].equals("b")) {
                boolean isReady = fields[6].equals("0");
                states.put(
                        fields[3],
                        (isReady ? "ready " + (fields[5].equals("2") ? "UP" : "DOWN") : "drain") + " " + fields[7]);
            }
        }
        return states;
    }

    /** Sends requests through HAProxy, one after the other, until it is told to stop. */
    public void visit() {
        isVisited = true;
        visitor = new Thread(() -> {
            while (isVisited) {
                requests.incrementAndGet();
                if (!isServed()) {
                    failed.incrementAndGet();
                }
            }
        });
        visitor.start();
    }

    /** How many of the visitor's requests failed, of those that were sent until now; it goes. */
    public int failedVisits() throws InterruptedException {
        isVisited = false;
        visitor.join();
        if (requests.get() == 0) {
            throw new AssertionError("nobody visited");
        }
        return failed.get();
    }

    @Override
    public void close() {
        isVisited = false;
        release();
        haproxy.close();
        apps.values().forEach(app -> app.stop(0));
        threads.shutdownNow();
    }

    // Private

    private List<String> named(String before, List<String> some) {
        return some.stream()
                .map(name -> before + "{name: " + name + ", address: 127.0.0.1, port: " + port(name) + "}")
                .toList();
    }

    private boolean isServed() {
        try {
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + haproxy.port() + "/"))
                    .build();
            return http.send(request, HttpResponse.BodyHandlers.ofString()).statusCode() == 200;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void startApp(String name) throws IOException {
        Files.writeString(file(name), OLD);
        HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 100);
        server.setExecutor(threads);
        server.createContext("/", exchange -> {
            if (exchange.getRequestURI().getPath().equals("/hold")) {
                holding.add(name);
                await(held);
            }
            String version = Files.readString(file(name));
            byte[] body = (name + " " + version).getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(version.equals("broken") ? 503 : 200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        apps.put(name, server);
    }
}
