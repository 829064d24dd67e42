package io.jenkins.plugins.consuldeploy.cli;

import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.ConsulMember;
import io.jenkins.plugins.consuldeploy.consul.ConsulProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A real Consul server and three client agents, web1, web2 and db1, whose watches run {@code ack} in a process of its own
 * for the event run-deploy. What it runs writes node and payload into a file, and fails for the payload {@code bad}.
 */
final class WatchingFleet implements AutoCloseable {

    static final String EVENT = "run-deploy";
    static final String PREFIX = "api/version";

    private final Path dir;
    private final ConsulProcess server = ConsulProcess.start();
    private final List<ConsulMember> members = new ArrayList<>();

    WatchingFleet(Path dir) throws IOException {
        this.dir = dir;
        Files.writeString(dir.resolve("update.sh"), """
                echo "$NODE $EVENT_PAYLOAD" >> %1$s/ran
                echo "updating to $VERSION"
                [ "$VERSION" != bad ] || { echo "no such version"; exit 3; }
                """.formatted(dir));
        join("web1", "127.0.9.1");
        join("web2", "127.0.9.2");
        join("db1", "127.0.9.3");
        // The id is what Consul's own filter would look at.
        register(0, "web", "alpha-1", "prod");
        register(1, "web", "alpha-2", "test");
        register(2, "db", "db", "prod");
        try (Consul consul = server.client()) {
            org.awaitility.Awaitility.await()
                    .until(() -> consul.services().on("web1").size() == 1
                            && consul.services().on("web2").size() == 1
                            && consul.services().on("db1").size() == 1);
        }
    }

    String address() {
        return server.address();
    }

    Consul client() {
        return server.client();
    }

    /** One line for each time that the handler's command ran: node and payload. */
    List<String> ran() throws IOException {
        Path file = dir.resolve("ran");
        return Files.exists(file) ? Files.readAllLines(file) : List.of();
    }

    /** Registers the service of a node anew, with these in its meta. */
    void register(int member, String name, String id, String tag, String... meta) {
        String pairs = meta.length == 0 ? "" : ", \"Meta\": {\"" + meta[0] + "\": \"" + meta[1] + "\"}";
        members.get(member)
                .put(
                        "/v1/agent/service/register",
                        "{\"Name\": \"" + name + "\", \"ID\": \"" + id + "\", \"Tags\": [\"" + tag + "\"]" + pairs
                                + "}");
    }

    @Override
    public void close() {
        members.forEach(ConsulMember::close);
        server.close();
    }

    // Private

    private void join(String node, String ip) throws IOException {
        Path script = dir.resolve("handler-" + node + ".sh");
        String port = server.address().replaceAll(".*:", "");
        Files.writeString(
                script,
                "export CONSUL_HTTP_ADDR=" + ip + ":" + port + "\n"
                        + "exec " + Path.of(System.getProperty("java.home"), "bin", "java")
                        + " -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -cp '" + System.getProperty("java.class.path")
                        + "' " + Main.class.getName() + " ack active --prefix " + PREFIX + " -- sh "
                        + dir.resolve("update.sh") + " >> " + dir.resolve("log-" + node) + " 2>&1\n");
        members.add(ConsulMember.join(
                server,
                node,
                ip,
                "watches = [{ type = \"event\", name = \"" + EVENT + "\", handler_type = \"script\", args = [\"sh\", \""
                        + script + "\"] }]"));
    }
}
