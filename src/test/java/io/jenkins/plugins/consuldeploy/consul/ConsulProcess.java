package io.jenkins.plugins.consuldeploy.consul;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/** A real Consul on free ports of 127.0.0.1, one server that is its own leader, for as long as a test needs it. */
public final class ConsulProcess implements AutoCloseable {

    private static final Duration START_LIMIT = Duration.ofSeconds(30);
    private static final int START_TRIES = 3;
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static ConsulProcess shared;

    private final Path dir;
    private final List<String> extra;
    private final List<ReservedPort> ports =
            List.of(ReservedPort.take(), ReservedPort.take(), ReservedPort.take(), ReservedPort.take());
    private final int httpPort = ports.get(0).number();
    private final boolean acls;
    private Process process;
    private Optional<AclToken> management = Optional.empty();

    private ConsulProcess(List<String> extra, boolean acls) throws IOException {
        this.dir = Files.createTempDirectory("consul-test");
        this.extra = extra;
        this.acls = acls;
    }

    /** The one that tests of a JVM share, each below {@link #uniquePrefix a prefix of its own}; it ends with the JVM. */
    public static synchronized ConsulProcess shared() {
        if (shared == null) {
            shared = start();
            Runtime.getRuntime().addShutdownHook(new Thread(shared::close));
        }
        return shared;
    }

    /** One for this test alone. {@code hcl} are pieces of configuration, each a complete statement. */
    public static ConsulProcess start(String... hcl) {
        return start(false, List.of(hcl));
    }

    /** One that forbids what no token allows; {@link #client()} may do everything there. */
    public static ConsulProcess startWithAcls() {
        return start(true, List.of("acl { enabled = true, default_policy = \"deny\" }"));
    }

    private static ConsulProcess start(boolean acls, List<String> hcl) {
        try {
            IOException failure = null;
            for (int tries = 0; tries < START_TRIES; tries++) {
                ConsulProcess consul = new ConsulProcess(hcl, acls);
                try {
                    consul.launch();
                    return consul;
                } catch (IOException e) { // where ports can't be held, one may not be free any more
                    failure = e;
                    consul.close();
                }
            }
            throw failure;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A key prefix that no other test uses. */
    public static String uniquePrefix(String name) {
        return "test/" + name + "-" + UUID.randomUUID().toString().substring(0, 8);
    }

    /** The program: {@code CONSUL}, then the PATH, then what bin/setup fetched. */
    public static String binary() {
        String named = System.getenv("CONSUL");
        if (named != null && !named.isBlank()) {
            return named;
        }
        for (String entry : System.getenv("PATH").split(File.pathSeparator)) {
            if (Files.isExecutable(Path.of(entry, "consul"))) {
                return Path.of(entry, "consul").toString();
            }
        }
        for (String base : List.of(".", "..")) {
            Path fetched = Path.of(base, ".tools", "bin", "consul");
            if (Files.isExecutable(fetched)) {
                return fetched.toAbsolutePath().toString();
            }
        }
        throw new IllegalStateException("no Consul: set CONSUL, put it on the PATH, or run bin/setup consul");
    }

    public String address() {
        return "127.0.0.1:" + httpPort;
    }

    public ConsulConfig config() {
        ConsulConfig config = ConsulConfig.at(address()).withMaxConnections(512);
        return management.isPresent() ? config.withToken(management.get()) : config;
    }

    /** Makes a token that may do what {@code rules} say, and nothing else (Consul's ACL rule language). */
    public AclToken token(String rules) {
        String name = "test-" + UUID.randomUUID();
        JsonObject policy = new JsonObject();
        policy.addProperty("Name", name);
        policy.addProperty("Rules", rules);
        http("PUT", "/v1/acl/policy", policy.toString());
        String token = http("PUT", "/v1/acl/token", "{\"Policies\": [{\"Name\": \"" + name + "\"}]}");
        return new AclToken(
                JsonParser.parseString(token).getAsJsonObject().get("SecretID").getAsString());
    }

    /** Sends a request that the tested client has no word for, with every right, and returns the answer's body. */
    public String http(String method, String path, String body) {
        try {
            HttpResponse<String> answer = send(method, path, body);
            if (answer.statusCode() != 200) {
                throw new IllegalStateException(method + " " + path + ": " + answer.statusCode() + " " + answer.body());
            }
            return answer.body();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A client of it, which the caller closes. */
    public Consul client() {
        return new Consul(config());
    }

    /** Sends what the client under test has no call for, such as a service's registration; gives the answer's body. */
    public String put(String path, String json) {
        return send(uri(path), "PUT", json);
    }

    /** Asks what the client under test has no call for. */
    public String get(String path) {
        return send(uri(path), "GET", "");
    }

    public long pid() {
        return process.pid();
    }

    /** Ends it as a crash would; its data is gone, for it kept them in memory. */
    public void kill() {
        process.destroyForcibly();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Lets it hang: connections are accepted by the kernel, and nothing answers. */
    public void freeze() {
        signal("-STOP");
    }

    /** Ends {@link #freeze()}. */
    public void thaw() {
        signal("-CONT");
    }

    /** Starts it again on the same port, empty. */
    public void restart() {
        try {
            launch();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        if (process != null) {
            kill();
        }
        ports.forEach(ReservedPort::close);
        try (Stream<Path> files = Files.walk(dir)) {
            files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    // Private

    static String send(URI uri, String method, String body) {
        try {
            HttpResponse<String> response = HTTP.send(
                    HttpRequest.newBuilder(uri)
                            .method(method, HttpRequest.BodyPublishers.ofString(body))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() != 200) {
                throw new IllegalStateException(uri + " answered " + response.statusCode() + ": " + response.body());
            }
            return response.body();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private URI uri(String path) {
        return URI.create("http://" + address() + path);
    }

    private void launch() throws IOException {
        List<String> command = new ArrayList<>(List.of(
                binary(),
                "agent",
                "-dev",
                "-node=test-node",
                "-bind=127.0.0.1",
                "-client=127.0.0.1",
                "-http-port=" + httpPort,
                "-server-port=" + ports.get(1),
                "-serf-lan-port=" + ports.get(2),
                "-serf-wan-port=" + ports.get(3),
                "-dns-port=-1",
                "-grpc-port=-1",
                "-log-level=warn",
                "-hcl=limits { http_max_conns_per_client = 4000 }",
                // Lets tests see a session expire within seconds.
                "-hcl=session_ttl_min = \"1s\""));
        extra.forEach(hcl -> command.add("-hcl=" + hcl));
        Path log = dir.resolve("consul.log");
        process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
        try {
            if (acls) {
                awaitStart(log, this::bootstrapped);
            }
            try (Consul consul = client()) {
                awaitStart(log, () -> answers(consul));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while Consul starts", e);
        }
    }

    private void awaitStart(Path log, BooleanSupplier started) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + START_LIMIT.toNanos();
        while (!started.getAsBoolean()) {
            if (!process.isAlive() || System.nanoTime() > deadline) {
                throw new IOException("Consul did not start: " + Files.readString(log));
            }
            process.waitFor(20, TimeUnit.MILLISECONDS);
        }
    }

    private boolean bootstrapped() {
        try {
            HttpResponse<String> answer = send("PUT", "/v1/acl/bootstrap", "");
            if (answer.statusCode() == 200) {
                JsonObject token = JsonParser.parseString(answer.body()).getAsJsonObject();
                management = Optional.of(new AclToken(token.get("SecretID").getAsString()));
            }
            return answer.statusCode() == 200;
        } catch (IOException e) {
            return false;
        }
    }

    private HttpResponse<String> send(String method, String path, String body) throws IOException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://" + address() + path))
                .method(method, HttpRequest.BodyPublishers.ofString(body));
        management.ifPresent(token -> request.header("X-Consul-Token", token.secret()));
        try {
            return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while asking Consul", e);
        }
    }

    private void signal(String signal) {
        try {
            new ProcessBuilder("kill", signal, Long.toString(pid()))
                    .inheritIO()
                    .start()
                    .waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** A leader alone is not enough: the catalog must have the node before a session can be created on it. */
    private static boolean answers(Consul consul) {
        try {
            return consul.cluster().leader().isPresent()
                    && !consul.services().nodes().isEmpty();
        } catch (ConsulException e) {
            return false;
        }
    }
}
