package io.jenkins.plugins.consuldeploy.consul;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;

/**
 * Where a test injects a fault: an HTTP server that stands where Consul is expected. It notes every request, and a
 * script says for each what becomes of it; {@link #PASS} hands it on to a real Consul.
 */
public final class ScriptedConsul implements AutoCloseable {

    /** What becomes of a request. */
    public sealed interface Reply {}

    /** This answer. */
    public record Answer(int status, String body, Map<String, String> headers) implements Reply {}

    private record Step(boolean passed, boolean answered, boolean held) implements Reply {}

    /** The real Consul answers. */
    public static final Reply PASS = new Step(true, true, false);
    /** The connection is closed without an answer, and nothing has happened. */
    public static final Reply CUT = new Step(false, false, false);
    /** It happens, and then the connection is closed without an answer. */
    public static final Reply LOSE_THE_ANSWER = new Step(true, false, false);
    /** No answer and no end. */
    public static final Reply HANG = new Step(false, false, true);

    /** A request as it came. */
    public record Request(String method, String uri, Map<String, List<String>> headers, String body) {

        public Optional<String> header(String name) {
            return headers.entrySet().stream()
                    .filter(header -> header.getKey().equalsIgnoreCase(name))
                    .flatMap(header -> header.getValue().stream())
                    .findFirst();
        }

        public String path() {
            return URI.create(uri).getRawPath();
        }

        public boolean isBlocking() {
            return uri.contains("index=");
        }

        @Override
        public String toString() {
            return method + " " + uri;
        }
    }

    private static final Set<String> HOP_BY_HOP =
            Set.of("connection", "content-length", "host", "transfer-encoding", "content-encoding", "accept-encoding");

    static {
        // Without it every second answer waits 40 ms for an acknowledgement.
        System.setProperty("sun.net.httpserver.nodelay", "true");
    }

    private final Optional<String> real;
    private final Function<Request, Reply> script;
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();
    private final ExecutorService threads = Executors.newCachedThreadPool(Consul.daemons("scripted-consul"));
    private final HttpServer server;

    private ScriptedConsul(Optional<String> real, Function<Request, Reply> script) {
        this.real = real;
        this.script = script;
        try {
            server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 50);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    /** No Consul at all behind it. */
    public static ScriptedConsul alone(Function<Request, Reply> script) {
        return new ScriptedConsul(Optional.empty(), script);
    }

    /** In front of a real one. */
    public static ScriptedConsul before(ConsulProcess real, Function<Request, Reply> script) {
        return new ScriptedConsul(Optional.of(real.address()), script);
    }

    public static Answer answer(int status, String body) {
        return new Answer(status, body, Map.of("X-Consul-Index", "7"));
    }

    public String address() {
        return "127.0.0.1:" + server.getAddress().getPort();
    }

    public ConsulConfig config() {
        return ConsulConfig.at(address()).withMaxConnections(512);
    }

    /** The requests so far, in the order in which they came. */
    public List<Request> requests() {
        return List.copyOf(requests);
    }

    @Override
    public void close() {
        closed.countDown();
        server.stop(0);
        threads.shutdownNow();
    }

    // Private

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            Request request = new Request(
                    exchange.getRequestMethod(),
                    exchange.getRequestURI().toString(),
                    Map.copyOf(exchange.getRequestHeaders()),
                    new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            requests.add(request);
            Reply reply = script.apply(request);
            if (reply instanceof Answer answer) {
                Headers headers = exchange.getResponseHeaders();
                answer.headers().forEach(headers::set);
                send(exchange, answer.status(), answer.body().getBytes(StandardCharsets.UTF_8));
            } else if (reply instanceof Step step) {
                if (step.held()) {
                    closed.await();
                }
                if (step.passed()) {
                    HttpResponse<byte[]> answer = forward(request);
                    if (step.answered()) {
                        answer.headers().map().forEach((name, values) -> {
                            if (!HOP_BY_HOP.contains(name.toLowerCase(java.util.Locale.ROOT))) {
                                exchange.getResponseHeaders().put(name, values);
                            }
                        });
                        send(exchange, answer.statusCode(), answer.body());
                    }
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
    }

    private HttpResponse<byte[]> forward(Request request) throws IOException, InterruptedException {
        HttpRequest.Builder copy = HttpRequest.newBuilder(URI.create("http://" + real.orElseThrow() + request.uri()))
                .method(request.method(), HttpRequest.BodyPublishers.ofString(request.body()));
        request.headers().forEach((name, values) -> {
            if (!HOP_BY_HOP.contains(name.toLowerCase(java.util.Locale.ROOT))) {
                values.forEach(value -> copy.header(name, value));
            }
        });
        return client.send(copy.build(), HttpResponse.BodyHandlers.ofByteArray());
    }
}
