package io.jenkins.plugins.consuldeploy.cli;

import io.jenkins.plugins.consuldeploy.balancer.HaproxyProcess;
import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.ConsulMember;
import io.jenkins.plugins.consuldeploy.consul.ConsulProcess;
import io.jenkins.plugins.consuldeploy.consul.ReservedPort;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/**
 * Four nodes n1 to n4 of a real Consul behind a real HAProxy. On each a real consul-template renders the application's
 * version from the node's key, else from the shared one, and restarts it when that has changed, as envconsul does.
 */
final class TemplatedFleet implements AutoCloseable {

    static final String KEY = "configs/web/IMAGE_TAG";
    static final int SIZE = 4;

    private static final Duration LIMIT = Duration.ofSeconds(90);

    private final Path dir;
    private final ConsulProcess server = ConsulProcess.start();
    private final Consul consul = server.client();
    private final List<ConsulMember> members = new ArrayList<>();
    private final List<Process> templates = new ArrayList<>();
    private final List<String> addresses = new ArrayList<>();
    private final List<ReservedPort> ports = new ArrayList<>();
    private final HaproxyProcess haproxy;
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    /** The program: {@code CONSUL_TEMPLATE}, then the PATH, then what bin/setup built; empty where there is none. */
    static Optional<String> binary() {
        String named = System.getenv("CONSUL_TEMPLATE");
        return Stream.of(
                        Stream.ofNullable(named).filter(name -> !name.isBlank()).map(Path::of),
                        Stream.of(System.getenv("PATH").split(File.pathSeparator))
                                .map(entry -> Path.of(entry, "consul-template")),
                        Stream.of(".", "..").map(base -> Path.of(base, ".tools", "bin", "consul-template")))
                .flatMap(paths -> paths)
                .filter(Files::isExecutable)
                .map(path -> path.toAbsolutePath().toString())
                .findFirst();
    }

    TemplatedFleet(Path dir, String version) throws IOException {
        this.dir = dir;
        consul.kv().put(KEY, version);
        for (int i = 1; i <= SIZE; i++) {
            start(i);
        }
        String servers = addresses.stream()
                .map(address -> "  server n" + (addresses.indexOf(address) + 1) + " " + address)
                .collect(Collectors.joining("\n"));
        haproxy = HaproxyProcess.start("""
                frontend web
                  bind 127.0.0.1:$PORT
                  default_backend b
                backend b
                  option httpchk GET /
                  retries 3
                  option redispatch 1
                  retry-on all-retryable-errors
                  default-server check inter 200ms fastinter 100ms downinter 100ms rise 1 fall 1
                """ + servers);
        awaitAll(version);
        Awaitility.await().atMost(LIMIT).until(() -> get().equals(version));
    }

    String address() {
        return server.address();
    }

    Consul consul() {
        return consul;
    }

    /** What the instance on a node was started with, one after the other. */
    List<String> starts(int node) throws IOException {
        return Files.readAllLines(dir.resolve("starts-n" + node));
    }

    /** Waits until every instance has this version and passes. */
    void awaitAll(String version) {
        Awaitility.await().atMost(LIMIT).pollInterval(Duration.ofMillis(100)).until(() -> {
            for (String address : addresses) {
                if (!ask("http://" + address + "/").equals(version)) {
                    return false;
                }
            }
            return consul.services()
                            .instances(
                                    "web",
                                    Optional.empty(),
                                    true,
                                    io.jenkins.plugins.consuldeploy.consul.BlockingQuery.NOW)
                            .value()
                            .size()
                    == SIZE;
        });
    }

    /** What visitors saw while something was done, and for how long in all they were answered by nobody. */
    record Seen(int requests, int failed, Duration down, TreeSet<String> versions, String firstFailure) {}

    interface Act {
        void run() throws Exception;
    }

    /** Visits it all the time, until what is done is done. */
    Seen visited(Act act) throws Exception {
        AtomicInteger requests = new AtomicInteger();
        AtomicInteger failed = new AtomicInteger();
        TreeSet<String> versions = new TreeSet<>();
        StringBuilder first = new StringBuilder();
        AtomicLong down = new AtomicLong();
        AtomicBoolean ended = new AtomicBoolean();
        Thread visitor = new Thread(() -> {
            while (!ended.get()) {
                requests.incrementAndGet();
                long asked = System.nanoTime();
                String answer = get();
                if (answer.startsWith("failed")) {
                    failed.incrementAndGet();
                    down.addAndGet(System.nanoTime() - asked);
                    if (first.length() == 0) {
                        first.append(answer);
                    }
                } else {
                    versions.add(answer);
                }
            }
        });
        visitor.start();
        try {
            act.run();
        } finally {
            ended.set(true);
            visitor.join();
        }
        return new Seen(requests.get(), failed.get(), Duration.ofNanos(down.get()), versions, first.toString());
    }

    @Override
    public void close() {
        templates.forEach(process -> {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        });
        if (haproxy != null) {
            haproxy.close();
        }
        members.forEach(ConsulMember::close);
        ports.forEach(ReservedPort::close);
        consul.close();
        server.close();
    }

    // Private

    private void start(int i) throws IOException {
        String node = "n" + i;
        String ip = "127.0.8." + i;
        ConsulMember member = ConsulMember.join(server, node, ip);
        members.add(member);
        ReservedPort reserved = ReservedPort.take(ip);
        ports.add(reserved);
        int port = reserved.number();
        addresses.add(ip + ":" + port);
        Path template = dir.resolve(node + ".tpl");
        Files.writeString(template, "{{ keyOrDefault \"configs/web/" + node + "/IMAGE_TAG\" (key \"" + KEY + "\") }}");
        Path config = dir.resolve(node + ".hcl");
        Files.writeString(config, """
                consul { address = "%s" }
                template { source = "%s" destination = "%s" }
                exec {
                  command = ["%s", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp", "%s", "%s", "%s", "%d", "%s", "%s"]
                  kill_signal = "SIGTERM"
                  kill_timeout = "10s"
                }
                """.formatted(
                        ip + ":" + server.address().replaceAll(".*:", ""),
                        template,
                        dir.resolve(node + ".version"),
                        Path.of(System.getProperty("java.home"), "bin", "java"),
                        Path.of("target", "test-classes").toAbsolutePath(),
                        TemplatedApp.class.getName(),
                        ip,
                        port,
                        dir.resolve(node + ".version"),
                        dir.resolve("starts-" + node)));
        templates.add(new ProcessBuilder(binary().orElseThrow(), "-config=" + config)
                .redirectErrorStream(true)
                .redirectOutput(dir.resolve(node + ".log").toFile())
                .start());
        member.put(
                "/v1/agent/service/register",
                "{\"Name\": \"web\", \"ID\": \"web-" + node + "\", \"Address\": \"" + ip + "\", \"Port\": " + port
                        + ", \"Check\": {\"HTTP\": \"http://" + ip + ":" + port
                        + "/\", \"Interval\": \"1s\", \"Timeout\": \"1s\"}}");
    }

    private String get() {
        return ask("http://127.0.0.1:" + haproxy.port() + "/");
    }

    private String ask(String url) {
        try {
            HttpResponse<String> answer = http.send(
                    HttpRequest.newBuilder(URI.create(url))
                            .timeout(Duration.ofSeconds(10))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            return answer.statusCode() == 200 ? answer.body() : "failed: HTTP " + answer.statusCode();
        } catch (IOException e) {
            return "failed: " + e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "failed: " + e;
        }
    }
}
