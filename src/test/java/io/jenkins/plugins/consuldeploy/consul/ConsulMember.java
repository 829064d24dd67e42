package io.jenkins.plugins.consuldeploy.consul;

import com.google.gson.JsonParser;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A real Consul agent of another node: a client that joins a {@link ConsulProcess}, on a loopback address of its own
 * and on the same HTTP port, as a fleet's agents are.
 */
public final class ConsulMember implements AutoCloseable {

    private static final Duration START_LIMIT = Duration.ofSeconds(30);

    private final Path dir;
    private final List<ReservedPort> ports;
    private final Process process;
    private final String node;
    private final String ip;
    private final int port;

    private ConsulMember(Path dir, List<ReservedPort> ports, Process process, String node, String ip, int port) {
        this.dir = dir;
        this.ports = ports;
        this.process = process;
        this.node = node;
        this.ip = ip;
        this.port = port;
    }

    /**
     * Starts it and waits until the catalog has it.
     *
     * @param ip such as {@code 127.0.0.2}; no two members of a test have the same
     */
    public static ConsulMember join(ConsulProcess server, String node, String ip, String... hcl) {
        try (Consul consul = server.client()) {
            int port = consul.config().address().getPort();
            Path dir = Files.createTempDirectory("consul-member");
            List<ReservedPort> ports = List.of(ReservedPort.take(ip), ReservedPort.take(ip));
            ProcessBuilder builder = new ProcessBuilder(
                            ConsulProcess.binary(),
                            "agent",
                            "-node=" + node,
                            "-data-dir=" + dir.resolve("data"),
                            "-bind=" + ip,
                            "-client=" + ip,
                            "-http-port=" + port,
                            "-server-port=" + ports.get(0),
                            "-serf-lan-port=" + ports.get(1),
                            "-dns-port=-1",
                            "-grpc-port=-1",
                            "-log-level=warn",
                            "-retry-interval=200ms",
                            "-retry-join=127.0.0.1:" + serfPort(server))
                    .redirectErrorStream(true)
                    .redirectOutput(dir.resolve("consul.log").toFile());
            Stream.of(hcl).forEach(piece -> builder.command().add("-hcl=" + piece));
            ConsulMember member = new ConsulMember(dir, ports, builder.start(), node, ip, port);
            try {
                member.awaitStart(consul);
            } catch (IOException e) {
                member.close();
                throw e;
            }
            return member;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    public String node() {
        return node;
    }

    public String ip() {
        return ip;
    }

    /** Sends this agent what the client under test has no call for; gives the answer's body. */
    public String put(String path, String json) {
        return ConsulProcess.send(URI.create("http://" + ip + ":" + port + path), "PUT", json);
    }

    @Override
    public void close() {
        process.destroyForcibly();
        try {
            process.waitFor();
            ports.forEach(ReservedPort::close);
            try (Stream<Path> files = Files.walk(dir)) {
                files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    // Private

    private void awaitStart(Consul consul) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + START_LIMIT.toNanos();
        while (!isThere(consul)) {
            if (!process.isAlive() || System.nanoTime() > deadline) {
                throw new IOException(
                        "the Consul agent " + node + " did not start: " + Files.readString(dir.resolve("consul.log")));
            }
            process.waitFor(20, TimeUnit.MILLISECONDS);
        }
    }

    /** Gossip brings the node into the catalog, and the node's own first synchronization its address. */
    private boolean isThere(Consul consul) {
        return consul.services().nodeChecks(node).stream()
                        .anyMatch(check -> check.id().equals("serfHealth") && check.isPassing())
                && answers();
    }

    private boolean answers() {
        try (Consul own = new Consul(ConsulConfig.at(ip + ":" + port))) {
            return own.cluster().self().node().equals(node);
        } catch (ConsulException e) {
            return false;
        }
    }

    private static int serfPort(ConsulProcess server) {
        return JsonParser.parseString(server.get("/v1/agent/self"))
                .getAsJsonObject()
                .getAsJsonObject("DebugConfig")
                .get("SerfPortLAN")
                .getAsInt();
    }
}
