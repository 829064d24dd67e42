package io.jenkins.plugins.consuldeploy.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.jenkins.plugins.consuldeploy.consul.BlockingQuery;
import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.ConsulConfig;
import io.jenkins.plugins.consuldeploy.consul.ConsulProcess;
import io.jenkins.plugins.consuldeploy.fleet.Host;
import io.jenkins.plugins.consuldeploy.fleet.HostCommand;
import io.jenkins.plugins.consuldeploy.fleet.HostList;
import io.jenkins.plugins.consuldeploy.health.HealthCheck.Result;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import org.junit.Test;

/** TCP, Consul's own health, and commands. */
public class OtherChecksTest {

    private static final Duration LONG = Duration.ofSeconds(60);

    @Test
    public void aHostThatListensIsHealthyByTcp() throws Exception {
        int port;
        try (ServerSocket socket = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"))) {
            port = socket.getLocalPort();
            Host host = HostList.at("127.0.0.1:" + port);

            assertThat(new TcpCheck(OptionalInt.empty(), LONG).check(host))
                    .isEqualTo(Result.healthy("a connection to 127.0.0.1:" + port));
            assertThat(new TcpCheck(OptionalInt.of(port), LONG).check(HostList.at("localhost:1")))
                    .matches(Result::healthy);
        }
        assertThat(new TcpCheck(OptionalInt.empty(), LONG).check(HostList.at("127.0.0.1:" + port)))
                .isEqualTo(Result.unhealthy("no connection to 127.0.0.1:" + port + ": Connection refused"));
    }

    @Test
    public void aHostWithoutAPortOrAnAddressIsUnhealthyByTcpAndSaysWhy() throws Exception {
        TcpCheck check = new TcpCheck(OptionalInt.empty(), LONG);

        assertThat(check.check(HostList.at("127.0.0.1")).detail()).contains("neither the TCP check nor the host");
        assertThat(check.check(HostList.at("no-such-host.invalid:80")).detail()).contains("has no address");
        assertThatThrownBy(() -> new TcpCheck(OptionalInt.of(0), LONG)).hasMessageContaining("1 to 65535");
        assertThatThrownBy(() -> new TcpCheck(OptionalInt.empty(), Duration.ZERO))
                .hasMessageContaining("PT0S");
    }

    @Test
    public void aHostIsHealthyWhenConsulSaysThatTheServiceOnItPasses() throws Exception {
        ConsulProcess server = ConsulProcess.shared();
        String service = "checked-" + UUID.randomUUID();
        Host host = new Host("test-node", "test-node", "127.0.0.1", OptionalInt.of(80), Optional.empty());
        try (Consul consul = server.client()) {
            ConsulHealthCheck check = new ConsulHealthCheck(consul, service);
            assertThat(check.check(host).detail()).isEqualTo("Consul has no instance of " + service + " on test-node");

            server.put("/v1/agent/service/register", """
                    {"Name": "%1$s", "Port": 80,
                     "Check": {"CheckID": "%1$s", "Name": "its TTL", "TTL": "1h", "Status": "passing"}}
                    """.formatted(service));
            await().until(() -> check.check(host).healthy());
            server.put("/v1/agent/service/maintenance/" + service + "?enable=true", "");
            await().until(() -> consul.services()
                    .instances(service, Optional.empty(), true, BlockingQuery.NOW)
                    .value()
                    .isEmpty());
            assertThat(check.check(host).healthy())
                    .as("a release has it in maintenance itself when it asks")
                    .isTrue();
            server.put("/v1/agent/check/warn/" + service + "?note=disk%20is%20full", "");

            await().until(() -> !check.check(host).healthy());
            assertThat(check.check(host).detail())
                    .isEqualTo("Consul says of " + service + " on test-node: its TTL is warning (disk is full)");
            server.put("/v1/agent/service/deregister/" + service, "");
        }
    }

    @Test
    public void aConsulThatDoesNotAnswerIsUnhealthy() throws Exception {
        HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 10);
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(200, 2);
            exchange.getResponseBody().write("[]".getBytes(StandardCharsets.US_ASCII));
            exchange.close();
        });
        server.start();
        String address = "127.0.0.1:" + server.getAddress().getPort();
        ConsulConfig config = ConsulConfig.at(address)
                .withTimeouts(Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ofMillis(100));
        try (Consul consul = new Consul(config)) {
            ConsulHealthCheck check = new ConsulHealthCheck(consul, "web");
            check.check(HostList.at("app1"));
            server.stop(0);

            assertThat(check.check(HostList.at("app1"))).satisfies(result -> {
                assertThat(result.healthy()).isFalse();
                assertThat(result.detail()).contains("no answer from Consul at http://" + address);
            });
        }
    }

    @Test
    public void aCommandThatSucceedsForTheHostMakesItHealthy() throws Exception {
        CommandCheck check = new CommandCheck(
                new HostCommand("echo \"$HOST_ADDRESS is $COLOR\"; test \"$HOST_ADDRESS\" = good", LONG),
                Map.of("COLOR", "blue"));

        assertThat(check.check(HostList.at("good"))).satisfies(result -> {
            assertThat(result.healthy()).isTrue();
            assertThat(result.detail()).endsWith("exit code 0 (last line: good is blue)");
        });
        assertThat(check.check(HostList.at("bad"))).satisfies(result -> {
            assertThat(result.healthy()).isFalse();
            assertThat(result.detail()).endsWith("exit code 1 (last line: bad is blue)");
        });
        assertThat(new CommandCheck(new HostCommand("sleep 60", Duration.ofMillis(100)), Map.of())
                        .check(HostList.at("slow"))
                        .detail())
                .isEqualTo("`sleep 60` did not end within 0.1 s and was ended");
    }
}
