package io.jenkins.plugins.consuldeploy.balancer;

import io.jenkins.plugins.consuldeploy.consul.ReservedPort;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A real HAProxy on free ports of 127.0.0.1, with a runtime API over TCP and over unix sockets. */
public final class HaproxyProcess implements AutoCloseable {

    private static final Duration START_LIMIT = Duration.ofSeconds(20);
    private static final int START_TRIES = 3;

    private final Path dir;
    private final ReservedPort adminPort = ReservedPort.take();
    private final ReservedPort port = ReservedPort.take();
    private final ReservedPort tcpPort = ReservedPort.take();
    private Process process;

    private HaproxyProcess() throws IOException {
        this.dir = Files.createTempDirectory("haproxy-test");
    }

    /**
     * Starts one.
     *
     * @param config its frontends and backends, with {@code $PORT} for {@link #port()} and {@code $TCP_PORT} for
     *               {@link #tcpPort()}
     */
    public static HaproxyProcess start(String config) {
        try {
            IOException failure = null;
            for (int tries = 0; tries < START_TRIES; tries++) {
                HaproxyProcess haproxy = new HaproxyProcess();
                try {
                    haproxy.launch(config);
                    return haproxy;
                } catch (IOException e) { // where ports can't be held, one may not be free any more
                    failure = e;
                    haproxy.close();
                }
            }
            throw failure;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The program: {@code HAPROXY}, then the PATH, then where system programs are. */
    public static String binary() {
        String named = System.getenv("HAPROXY");
        if (named != null && !named.isBlank()) {
            return named;
        }
        return Stream.concat(
                        Stream.of(System.getenv("PATH").split(File.pathSeparator)),
                        Stream.of("/usr/local/sbin", "/usr/sbin", "/sbin"))
                .map(entry -> Path.of(entry, "haproxy"))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(
                        "no HAProxy: set HAPROXY, put it on the PATH, or run bin/setup haproxy"))
                .toString();
    }

    /** Where the frontend listens that the configuration binds to {@code $PORT}. */
    public int port() {
        return port.number();
    }

    /** Where what it binds to {@code $TCP_PORT} listens. */
    public int tcpPort() {
        return tcpPort.number();
    }

    /** The runtime API over TCP, with level admin. */
    public String address() {
        return "127.0.0.1:" + adminPort;
    }

    /** The runtime API over a unix socket with this level: admin, operator or user. */
    public String socket(String level) {
        return dir.resolve(level + ".sock").toString();
    }

    /** What it answers to a command, asked past the client under test. */
    public String ask(String command) {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(socket("admin")));
            channel.write(ByteBuffer.wrap((command + "\n").getBytes(StandardCharsets.UTF_8)));
            StringBuilder answer = new StringBuilder();
            ByteBuffer buffer = ByteBuffer.allocate(8192);
            while (channel.read(buffer) >= 0) {
                answer.append(new String(buffer.array(), 0, buffer.position(), StandardCharsets.UTF_8));
                buffer.clear();
            }
            return answer.toString().strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            if (process != null) {
                process.destroyForcibly().waitFor();
            }
            List.of(adminPort, port, tcpPort).forEach(ReservedPort::close);
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

    private void launch(String config) throws IOException {
        Path file = dir.resolve("haproxy.cfg");
        Files.writeString(file, """
                global
                  nbthread 2
                  stats socket ipv4@%s level admin
                  stats socket %s level admin
                  stats socket %s level operator
                  stats socket %s level user
                defaults
                  mode http
                  timeout connect 2s
                  timeout client 60s
                  timeout server 60s
                  timeout check 5s
                %s
                """.formatted(
                        address(),
                        socket("admin"),
                        socket("operator"),
                        socket("user"),
                        config.replace("$PORT", port.toString()).replace("$TCP_PORT", tcpPort.toString())));
        Path log = dir.resolve("haproxy.log");
        process = new ProcessBuilder(List.of(binary(), "-db", "-f", file.toString()))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            long deadline = System.nanoTime() + START_LIMIT.toNanos();
            while (!answers()) {
                if (!process.isAlive() || System.nanoTime() > deadline) {
                    throw new IOException("HAProxy did not start: " + Files.readString(log));
                }
                process.waitFor(10, TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while HAProxy starts", e);
        }
    }

    private boolean answers() {
        try {
            return ask("show info").contains("Name: HAProxy");
        } catch (UncheckedIOException e) {
            return false;
        }
    }
}
