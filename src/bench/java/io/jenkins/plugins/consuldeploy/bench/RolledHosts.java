package io.jenkins.plugins.consuldeploy.bench;

import io.jenkins.plugins.consuldeploy.balancer.HaproxyProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Hosts app1, app2, … behind a real HAProxy; what answers for them is another one, so that a page costs next to nothing. */
final class RolledHosts implements AutoCloseable {

    private final List<Integer> ports;
    private final HaproxyProcess hosts;
    private final HaproxyProcess balancer;
    private final Path dir;

    private RolledHosts(List<Integer> ports, HaproxyProcess hosts, HaproxyProcess balancer, Path dir) {
        this.ports = ports;
        this.hosts = hosts;
        this.balancer = balancer;
        this.dir = dir;
    }

    static RolledHosts start(int size) throws IOException, InterruptedException {
        List<Integer> ports = freePorts(size);
        HaproxyProcess hosts = HaproxyProcess.start("frontend hosts\n"
                + ports.stream().map(port -> "  bind 127.0.0.1:" + port).collect(Collectors.joining("\n"))
                + "\n  http-request return status 200 content-type text/plain string ok");
        HaproxyProcess balancer = HaproxyProcess.start("""
                frontend web
                  bind 127.0.0.1:$PORT
                  default_backend b
                backend b
                  balance roundrobin
                  option httpchk GET /
                  default-server check inter 200ms rise 2 fall 2
                """
                + IntStream.range(0, size)
                        .mapToObj(i -> "  server app" + (i + 1) + " 127.0.0.1:" + ports.get(i))
                        .collect(Collectors.joining("\n")));
        return new RolledHosts(ports, hosts, balancer, Files.createTempDirectory("rolling-bench"));
    }

    int size() {
        return ports.size();
    }

    /** Where its balancer listens. */
    int port() {
        return balancer.port();
    }

    /** HAProxy's runtime API. */
    String socket() {
        return balancer.socket("admin");
    }

    int portOf(int host) {
        return ports.get(host);
    }

    Path dir() {
        return dir;
    }

    /** A release of all of them. */
    String yaml(String update) {
        return """
                app: bench
                hosts:
                  list:
                %s
                loadBalancers: [{haproxy: {address: "%s", backend: b}}]
                update: %s
                check: {http: {path: /}}
                """.formatted(
                        IntStream.range(0, size())
                                .mapToObj(i -> "    - {name: app" + (i + 1) + ", address: 127.0.0.1, port: "
                                        + ports.get(i) + "}")
                                .collect(Collectors.joining("\n")),
                        socket(),
                        update);
    }

    @Override
    public void close() throws IOException {
        balancer.close();
        hosts.close();
        try (Stream<Path> files = Files.walk(dir)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        }
    }

    // Private

    private static List<Integer> freePorts(int count) throws IOException {
        List<ServerSocket> sockets = new ArrayList<>();
        List<Integer> ports = new ArrayList<>();
        for (int i = 0; i < count; i++) { // all open at once, so that none comes twice
            sockets.add(new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1")));
        }
        for (ServerSocket socket : sockets) {
            ports.add(socket.getLocalPort());
            socket.close();
        }
        return ports;
    }
}
