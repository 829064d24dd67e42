package io.jenkins.plugins.consuldeploy.consul;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Three real Consul servers on free ports of 127.0.0.1, for what happens when their leader is lost. */
public final class ConsulCluster implements AutoCloseable {

    private static final int SERVERS = 3;
    private static final Duration START_LIMIT = Duration.ofSeconds(40);
    private static final int START_TRIES = 3;

    private final Path dir;
    private final List<Server> servers = new ArrayList<>();

    /** One of the three. */
    public static final class Server {
        private final String name;
        private final List<ReservedPort> ports =
                List.of(ReservedPort.take(), ReservedPort.take(), ReservedPort.take(), ReservedPort.take());
        private final int httpPort = ports.get(0).number();
        private final int serverPort = ports.get(1).number();
        private final int serfPort = ports.get(2).number();
        private Process process;

        private Server(String name) {
            this.name = name;
        }

        public String address() {
            return "127.0.0.1:" + httpPort;
        }

        /** A client that asks this server. */
        public Consul client() {
            return new Consul(config());
        }

        public ConsulConfig config() {
            return ConsulConfig.at(address()).withMaxConnections(512);
        }

        /** Ends it as a crash would. */
        public void kill() {
            process.destroyForcibly();
            try {
                process.waitFor();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private ConsulCluster() throws IOException {
        this.dir = Files.createTempDirectory("consul-cluster-test");
        for (int i = 0; i < SERVERS; i++) {
            servers.add(new Server("server-" + i));
        }
    }

    /** Starts three servers and waits until they have a leader. */
    public static ConsulCluster start() {
        try {
            IOException failure = null;
            for (int tries = 0; tries < START_TRIES; tries++) {
                ConsulCluster cluster = new ConsulCluster();
                try {
                    for (Server server : cluster.servers) {
                        cluster.launch(server);
                    }
                    cluster.awaitLeader();
                    return cluster;
                } catch (IOException e) { // where ports can't be held, one may not be free any more
                    failure = e;
                    cluster.close();
                }
            }
            throw failure;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Who leads now, as the servers that live agree. */
    public Server leader() {
        return find(true);
    }

    /** One that lives and does not lead. */
    public Server follower() {
        return find(false);
    }

    /** Ends every server but the one that this asks. */
    public void killAllBut(ConsulConfig asked) {
        servers.stream()
                .filter(server -> server.httpPort != asked.address().getPort())
                .forEach(Server::kill);
    }

    @Override
    public void close() {
        servers.stream().filter(server -> server.process != null).forEach(Server::kill);
        servers.forEach(server -> server.ports.forEach(ReservedPort::close));
        try (Stream<Path> files = Files.walk(dir)) {
            files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    // Private

    private Server find(boolean leading) {
        long deadline = System.nanoTime() + START_LIMIT.toNanos();
        while (true) {
            Optional<Server> found = tryToFind(leading);
            if (found.isPresent()) {
                return found.get();
            }
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("no leader");
            }
        }
    }

    /** Empty while they elect one, or still name one that is dead. */
    private Optional<Server> tryToFind(boolean leading) {
        for (Server asked : servers) {
            if (asked.process.isAlive()) {
                try (Consul consul = asked.client()) {
                    Optional<String> leader = consul.cluster().leader();
                    if (leader.isPresent()) {
                        return servers.stream()
                                .filter(server -> server.process.isAlive())
                                .filter(server -> leader.get().endsWith(":" + server.serverPort) == leading)
                                .findFirst();
                    }
                }
            }
        }
        return Optional.empty();
    }

    private void launch(Server server) throws IOException {
        String others = servers.stream()
                .map(other -> "\"127.0.0.1:" + other.serfPort + "\"")
                .collect(Collectors.joining(", "));
        List<String> command = List.of(
                ConsulProcess.binary(),
                "agent",
                "-server",
                "-node=" + server.name,
                "-data-dir=" + dir.resolve(server.name),
                "-bootstrap-expect=" + SERVERS,
                "-bind=127.0.0.1",
                "-client=127.0.0.1",
                "-http-port=" + server.httpPort,
                "-server-port=" + server.serverPort,
                "-serf-lan-port=" + server.serfPort,
                "-serf-wan-port=" + server.ports.get(3),
                "-dns-port=-1",
                "-log-level=warn",
                "-hcl=ports { grpc = -1 }, performance { raft_multiplier = 1 }, disable_update_check = true",
                "-hcl=retry_join = [" + others
                        + "], retry_interval = \"1s\", limits { http_max_conns_per_client = 4000 }",
                "-hcl=session_ttl_min = \"1s\"");
        server.process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        dir.resolve(server.name + ".log").toFile()))
                .start();
    }

    private void awaitLeader() throws IOException {
        List<Consul> clients = servers.stream().map(Server::client).toList();
        try {
            for (Consul client : clients) {
                await(() -> answers(client));
            }
        } finally {
            clients.forEach(Consul::close);
        }
    }

    private static boolean answers(Consul client) {
        try {
            return client.cluster().leader().isPresent()
                    && client.services().nodes().size() == SERVERS;
        } catch (ConsulException e) {
            return false;
        }
    }

    private void await(BooleanSupplier condition) throws IOException {
        long deadline = System.nanoTime() + START_LIMIT.toNanos();
        while (!condition.getAsBoolean()) {
            for (Server server : servers) {
                if (!server.process.isAlive() || System.nanoTime() > deadline) {
                    throw new IOException(
                            server.name + " did not start: " + Files.readString(dir.resolve(server.name + ".log")));
                }
            }
            try {
                servers.get(0).process.waitFor(50, TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted while Consul starts", e);
            }
        }
    }
}
