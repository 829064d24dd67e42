package io.jenkins.plugins.consuldeploy.balancer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.jenkins.plugins.consuldeploy.consul.ReservedPort;
import io.jenkins.plugins.consuldeploy.fleet.FleetException;
import io.jenkins.plugins.consuldeploy.fleet.HostList;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

public class RuntimeApiTest {

    private static final Duration LONG = Duration.ofSeconds(60);

    @Rule
    public TemporaryFolder folder = new TemporaryFolder();

    @Test
    public void whereNobodyListensIsSaidWithTheCommandAndWhatHaproxyNeeds() throws Exception {
        try (ReservedPort port = ReservedPort.take()) {
            String nobody = "127.0.0.1:" + port;
            assertThatThrownBy(() -> new RuntimeApi(nobody, LONG).ask("show info"))
                    .isInstanceOf(FleetException.class)
                    .hasMessageContaining("'show info' to HAProxy at " + nobody)
                    .hasMessageContaining("Connection refused")
                    .hasMessageContaining("stats socket ipv4@" + nobody + " level admin");
        }

        Path missing = folder.getRoot().toPath().resolve("none.sock");
        assertThatThrownBy(() -> new RuntimeApi(missing.toString(), LONG).order("set server b/s state drain"))
                .isInstanceOf(FleetException.class)
                .hasMessageContaining("'set server b/s state drain' to HAProxy at " + missing)
                .hasMessageContaining("stats socket " + missing + " level admin");
    }

    @Test
    public void aSilentSocketIsGivenUpAfterTheTimeout() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            RuntimeApi api = new RuntimeApi("127.0.0.1:" + silent.getLocalPort(), Duration.ofMillis(200));

            assertThatThrownBy(() -> api.ask("show info"))
                    .isInstanceOf(FleetException.class)
                    .hasMessageContaining("the answer took longer than 0.2 s");
        }
    }

    @Test
    public void whatIsNoHaproxyIsQuoted() throws Exception {
        try (ServerSocket other = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Thread speaking = new Thread(() -> {
                try (Socket connection = other.accept()) {
                    connection.getOutputStream().write("220 mail ready\n".getBytes(StandardCharsets.US_ASCII));
                    connection.shutdownOutput();
                    connection.getInputStream().readAllBytes();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            speaking.start();
            HaproxyBalancer balancer = new HaproxyBalancer("127.0.0.1:" + other.getLocalPort(), List.of("b"));

            assertThatThrownBy(() -> balancer.status(HostList.at("a"), new Membership(Map.of("b/a", "ready weight=1"))))
                    .isInstanceOf(FleetException.class)
                    .hasMessageContaining(
                            "127.0.0.1:" + other.getLocalPort() + " answered '220 mail ready' to 'show servers state b")
                    .hasMessageContaining("no table of servers. Is it an HAProxy");
            speaking.join();
        }
    }

    @Test
    public void anInterruptionEndsTheWaitAtOnce() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            RuntimeApi api = new RuntimeApi("127.0.0.1:" + silent.getLocalPort(), LONG);
            AtomicReference<Throwable> thrown = new AtomicReference<>();
            Thread waiting = new Thread(() -> {
                try {
                    api.ask("show info");
                } catch (InterruptedException | RuntimeException e) {
                    thrown.set(e);
                }
            });
            waiting.start();
            silent.accept();
            await().until(() -> waiting.getState() == Thread.State.RUNNABLE);

            waiting.interrupt();
            waiting.join();

            assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
        }
    }

    @Test
    public void anAddressIsAHostWithAPortOrAPath() {
        assertThat(new RuntimeApi("[::1]:9999", LONG).address()).isEqualTo("[::1]:9999");
        assertThat(new RuntimeApi("unix@/run/h.sock", LONG).address()).isEqualTo("/run/h.sock");
        assertThat(new RuntimeApi("ipv4@lb:9999", LONG).address()).isEqualTo("lb:9999");
        for (String wrong : List.of("", "lb", "lb:", ":9999", "lb:http", "lb:0", "lb:99999")) {
            assertThatThrownBy(() -> new RuntimeApi(wrong, LONG))
                    .as("'%s'", wrong)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("'" + wrong + "'")
                    .hasMessageContaining("host:port");
        }
        assertThatThrownBy(() -> new HaproxyBalancer("lb:9999", List.of("b; shutdown")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'b; shutdown'");
    }
}
