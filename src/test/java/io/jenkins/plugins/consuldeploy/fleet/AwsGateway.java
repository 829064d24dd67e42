package io.jenkins.plugins.consuldeploy.fleet;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * What stands in front of moto, as endpoint or as HTTP proxy: it passes each call on, unless a test has something else for it. It speaks the query protocol of
 * the services that are used here.
 */
public final class AwsGateway implements AutoCloseable {

    /**
     * One call.
     *
     * @param parameters as they were sent: {@code Targets.member.1.Id}
     * @param headers    by their names in lower case, the first of each
     */
    public record Call(String action, Map<String, String> parameters, Map<String, String> headers) {

        /** The access key that signed it. */
        public String accessKey() {
            return scope(0).replaceAll(".*Credential=", "");
        }

        public String region() {
            return scope(2);
        }

        /** The values of all parameters that match, in the order of the parameters' names. */
        public List<String> values(String regex) {
            return parameters.entrySet().stream()
                    .filter(parameter -> parameter.getKey().matches(regex))
                    .map(Map.Entry::getValue)
                    .toList();
        }

        /** Of {@code Credential=key/date/region/service/aws4_request}. */
        private String scope(int part) {
            String[] parts = headers.getOrDefault("authorization", "").split("/");
            return part < parts.length ? parts[part] : "";
        }
    }

    /** What is answered instead of moto's answer. */
    public record Answer(int status, String body) {

        /** A success: the inside of {@code <ActionResult>}. */
        public static Answer ok(String action, String result) {
            return new Answer(
                    200,
                    "<" + action + "Response><" + action + "Result>" + result + "</" + action + "Result>"
                            + "<ResponseMetadata><RequestId>req-ok</RequestId></ResponseMetadata></" + action
                            + "Response>");
        }

        /** A refusal, as every service but EC2 words it. */
        public static Answer error(int status, String code, String message) {
            return new Answer(
                    status,
                    "<ErrorResponse><Error><Type>Sender</Type><Code>" + code + "</Code><Message>" + message
                            + "</Message></Error><RequestId>req-1234</RequestId></ErrorResponse>");
        }

        /** A refusal in EC2's words. */
        public static Answer ec2Error(int status, String code, String message) {
            return new Answer(
                    status,
                    "<Response><Errors><Error><Code>" + code + "</Code><Message>" + message
                            + "</Message></Error></Errors><RequestID>req-1234</RequestID></Response>");
        }
    }

    /** Takes a call, or leaves it to moto. */
    public interface Handler {
        Optional<Answer> handle(Call call);
    }

    private final URI behind;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "aws-gateway");
        thread.setDaemon(true);
        return thread;
    });
    private final HttpClient http = HttpClient.newHttpClient();
    private final List<Call> calls = new CopyOnWriteArrayList<>();
    private final Map<String, Deque<Answer>> once = new ConcurrentHashMap<>();
    private final Map<String, Handler> handlers = new ConcurrentHashMap<>();

    AwsGateway(URI behind) throws IOException {
        this.behind = behind;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    public URI address() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    /** The next call of this action gets this answer; said again, the one after it. */
    public void answerOnce(String action, Answer answer) {
        once.computeIfAbsent(action, any -> new ArrayDeque<>()).add(answer);
    }

    /** Every call of this action goes here first. */
    public void handle(String action, Handler handler) {
        handlers.put(action, handler);
    }

    /** The calls of this action so far. */
    public List<Call> calls(String action) {
        return calls.stream().filter(call -> call.action().equals(action)).toList();
    }

    void reset() {
        calls.clear();
        once.clear();
        handlers.clear();
        AlarmActionsOfMoto.addTo(this, behind);
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    // Private

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] body = exchange.getRequestBody().readAllBytes();
            Call call = call(exchange, body);
            calls.add(call);
            Answer answer = scripted(call).orElse(null);
            if (answer == null) {
                answer = pass(exchange, body);
            }
            byte[] bytes = answer.body().getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().add("Content-Type", "text/xml");
            exchange.sendResponseHeaders(answer.status(), bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized Optional<Answer> scripted(Call call) {
        Deque<Answer> waiting = once.get(call.action());
        if (waiting != null && !waiting.isEmpty()) {
            return Optional.of(waiting.remove());
        }
        Handler handler = handlers.get(call.action());
        return handler == null ? Optional.empty() : handler.handle(call);
    }

    private Answer pass(HttpExchange exchange, byte[] body) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        behind.resolve(exchange.getRequestURI().getRawPath()))
                .method(exchange.getRequestMethod(), HttpRequest.BodyPublishers.ofByteArray(body));
        for (String header : List.of("Authorization", "Content-Type", "X-Amz-Date", "X-Amz-Security-Token")) {
            String value = exchange.getRequestHeaders().getFirst(header);
            if (value != null) {
                request.header(header, value);
            }
        }
        HttpResponse<String> answer = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        return new Answer(answer.statusCode(), answer.body());
    }

    private static Call call(HttpExchange exchange, byte[] body) {
        Map<String, String> parameters = new TreeMap<>();
        for (String pair : new String(body, StandardCharsets.UTF_8).split("&")) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                parameters.put(
                        pair.substring(0, equals),
                        URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
            }
        }
        Map<String, String> headers = new TreeMap<>();
        exchange.getRequestHeaders()
                .forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), values.get(0)));
        return new Call(parameters.getOrDefault("Action", ""), parameters, headers);
    }
}
