package io.jenkins.plugins.consuldeploy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.jenkins.plugins.consuldeploy.consul.ConsulProcess;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.AfterClass;
import org.junit.BeforeClass;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;
import picocli.CommandLine;

/** Where Consul is and what it lets us do. */
public class ConnectionTest {

    private static ConsulProcess guarded;
    private static String secret;

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    @BeforeClass
    public static void startConsulWithAcls() {
        guarded = ConsulProcess.startWithAcls();
        secret = guarded.token("key_prefix \"\" { policy = \"read\" }").secret();
    }

    @AfterClass
    public static void stopConsul() {
        guarded.close();
    }

    @Test
    public void aConsulThatDoesNotAnswerEndsWithThreeAndItsAddress() {
        CommandLineRun run = CommandLineRun.of("query", "--prefix", "p", "--server", "127.0.0.1:1", "--json");

        assertThat(run.exit()).isEqualTo(Exit.CONSUL);
        assertThat(run.err())
                .contains("no answer from Consul at http://127.0.0.1:1", " s (", "Check the address")
                .doesNotContain("\tat ");
        assertThat(run.json().get("outcome").getAsString()).isEqualTo("consul");
    }

    @Test
    public void aTokenThatIsMissingEndsWithThreeAndThePermissionThatItNeeds() {
        CommandLineRun run = CommandLineRun.of(
                "deploy", "v1", "--prefix", "api/version", "--nodes", "1", "--server", guarded.address());

        assertThat(run.exit()).isEqualTo(Exit.CONSUL);
        assertThat(run.err()).contains("HTTP 403", "No token was sent", "session:write");
        assertThat(CommandLineRun.of("query", "--prefix", "api/version", "--server", guarded.address())
                        .err())
                .contains("key:read on \"consul-deploy/deploy/api%2Fversion/lock\"");
    }

    @Test
    public void theTokenComesFromTheOptionTheFileOrTheEnvironmentAndIsNeverShown() throws Exception {
        Path file = folder.newFile("token").toPath();
        Files.writeString(file, secret + "\n");
        Path depro = folder.newFile("tool.json").toPath();
        Files.writeString(depro, "{\"token\": \"" + secret + "\"}");
        String server = guarded.address();

        CommandLineRun option = CommandLineRun.of("query", "-prefix=p", "-server", server, "-token", secret, "-v");
        List<CommandLineRun> runs = List.of(
                option,
                CommandLineRun.of("query", "--prefix=p", "--server", server, "--token-file", file.toString(), "-v"),
                CommandLineRun.of("query", "--prefix=p", "--server", server, "--config", depro.toString(), "-v"),
                CommandLineRun.of(Map.of("CONSUL_HTTP_TOKEN", secret), "query", "--prefix=p", "--server", server, "-v"),
                CommandLineRun.of(
                        Map.of("CONSUL_HTTP_TOKEN_FILE", file.toString()), "query", "-prefix=p", "-server", server),
                CommandLineRun.of(
                        Map.of("CONSUL_HTTP_TOKEN", "wrong"),
                        "query",
                        "-prefix=p",
                        "-server",
                        server,
                        "-token",
                        secret));

        assertThat(runs).allSatisfy(run -> {
            assertThat(run.exit()).as(run.err()).isZero();
            assertThat(run.out() + run.err()).doesNotContain(secret);
        });
        assertThat(option.err()).contains("warning: --token shows in the list of processes");
        assertThat(runs.get(1).err()).doesNotContain("warning");
    }

    @Test
    public void aTokenIsShownInNoFailureEvenWithTheTraceOfIt() {
        CommandLineRun wrong = CommandLineRun.of(
                "query", "--prefix", "p", "--server", guarded.address(), "--token", "wrong-" + secret, "-v", "--json");
        CommandLineRun nowhere = CommandLineRun.of(
                "query", "--prefix", "p", "--server", "127.0.0.1:1", "--token", secret, "-v", "--json");

        assertThat(List.of(wrong, nowhere)).allSatisfy(run -> {
            assertThat(run.exit()).isEqualTo(Exit.CONSUL);
            assertThat(run.err()).contains("\tat ");
            assertThat(run.out() + run.err()).doesNotContain(secret);
        });
        assertThat(nowhere.err()).contains("trying again");
    }

    @Test
    public void credentialsAndDatacenterAreSentAsConsulsOwnCommandLineSendsThem() throws Exception {
        List<String> seen = new CopyOnWriteArrayList<>();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            seen.add(exchange.getRequestURI().getQuery() + " "
                    + exchange.getRequestHeaders().getFirst("Authorization") + " "
                    + exchange.getRequestHeaders().getFirst("X-Consul-Token"));
            exchange.getResponseHeaders().add("X-Consul-Index", "1");
            exchange.sendResponseHeaders(200, 2);
            exchange.getResponseBody().write("[]".getBytes(StandardCharsets.UTF_8));
            exchange.close();
        });
        server.start();
        try {
            CommandLineRun run = CommandLineRun.of(
                    "query",
                    "-prefix=p",
                    "-http-addr=http://127.0.0.1:" + server.getAddress().getPort(),
                    "-auth=ann:pass word",
                    "-datacenter=dc2",
                    "-token=t");
            assertThat(run.exit()).as(run.err()).isZero();
        } finally {
            server.stop(0);
        }
        assertThat(seen).isNotEmpty().allSatisfy(request -> assertThat(request)
                .contains("dc=dc2", "Basic YW5uOnBhc3Mgd29yZA== t"));
    }

    @Test
    public void anAddressWithoutASchemeFollowsTheEnvironment() {
        ConnectionOptions options = CommandLine.populateCommand(new ConnectionOptions(), "--server", "consul.example");

        assertThat(options.config(Map.of()).address()).hasToString("http://consul.example:8500");
        assertThat(options.config(Map.of("CONSUL_HTTP_SSL", "true")).address())
                .hasToString("https://consul.example:8500");
    }
}
