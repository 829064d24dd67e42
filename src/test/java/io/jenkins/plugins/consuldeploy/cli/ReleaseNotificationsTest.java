package io.jenkins.plugins.consuldeploy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonParser;
import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import com.sun.net.httpserver.HttpServer;
import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.ConsulProcess;
import io.jenkins.plugins.consuldeploy.fleet.AwsConfig;
import io.jenkins.plugins.consuldeploy.journal.Journal;
import io.jenkins.plugins.consuldeploy.journal.ReleaseKeys;
import io.jenkins.plugins.consuldeploy.notify.Secret;
import io.jenkins.plugins.consuldeploy.notify.SignedWebhook;
import io.jenkins.plugins.consuldeploy.phase.Caller;
import io.jenkins.plugins.consuldeploy.rolling.Releases;
import io.jenkins.plugins.consuldeploy.rolling.RollingListener;
import io.jenkins.plugins.consuldeploy.spec.RollingWords;
import io.jenkins.plugins.consuldeploy.spec.Surroundings;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** What a release from a shell tells people and machines: a real webhook's server, a real mail server. */
public class ReleaseNotificationsTest {

    private static final String PATH = "/services/s3cr3tt0ken";
    private static final String KEY = "a signing key";

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    private final Consul consul = ConsulProcess.shared().client();
    private final String address = ConsulProcess.shared().address();
    private final String app = ConsulProcess.uniquePrefix("told");
    private final List<String> told = new CopyOnWriteArrayList<>();
    private final List<Boolean> signed = new CopyOnWriteArrayList<>();
    private HttpServer hooks;
    private GreenMail mail;

    @Before
    public void start() throws IOException {
        hooks = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 10);
        hooks.createContext(PATH, exchange -> {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            var headers = exchange.getRequestHeaders();
            var json = JsonParser.parseString(body).getAsJsonObject();
            told.add(
                    json.has("attachments")
                            ? json.get("text").getAsString()
                            : json.get("event").getAsString());
            if (headers.containsKey(SignedWebhook.SIGNATURE_HEADER)) {
                signed.add(headers.getFirst(SignedWebhook.SIGNATURE_HEADER)
                        .equals(SignedWebhook.signature(
                                new Secret(KEY), headers.getFirst(SignedWebhook.TIMESTAMP_HEADER), body)));
            }
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        hooks.createContext("/gone", exchange -> {
            exchange.sendResponseHeaders(410, -1);
            exchange.close();
        });
        hooks.start();
        mail = new GreenMail(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));
        mail.start();
    }

    @After
    public void close() {
        hooks.stop(0);
        mail.stop();
        consul.close();
    }

    @Test
    public void everyChannelIsToldHowAReleaseBeginsAndEnds() throws Exception {
        Path file = release("[deploys, oncall, log]", "true");

        CommandLineRun run = run("roll", file.toString(), "--channels", channels());

        assertThat(run.exit()).as(run.err()).isZero();
        assertThat(told).containsExactly("started", "succeeded");
        assertThat(signed).containsExactly(true, true);
        assertThat(mail.getReceivedMessages()).hasSize(2);
        assertThat(mail.getReceivedMessages()[1].getSubject()).startsWith(app + ": released in ");
        assertThat(run.err().lines())
                .as("the log of a shell")
                .anyMatch(line -> line.startsWith(app + ": release started (release "))
                .anyMatch(line -> line.startsWith(app + ": released in "));
        assertThat(recorded()).contains("oncall").doesNotContain("s3cr3t", KEY);
    }

    @Test
    public void aFailedHostAndTheEndThatItBringsAreTold() throws Exception {
        Path failing = release("[deploys]", "exit 3");
        CommandLineRun failed = run("roll", failing.toString(), "--channels", channels());
        assertThat(failed.exit()).isEqualTo(Exit.FAILED);
        assertThat(failed.err()).contains("--channels " + channels());
        assertThat(told).containsExactly("started", "host_failed", "failed");

        told.clear();
        Path goingBack = Files.writeString(
                failing,
                Files.readString(failing)
                        .replace("\"exit 3\"", "\"[ $HOST != b ]\", back: \"true\"")
                        .concat("onFailure: rollback\n"));
        assertThat(run("roll", goingBack.toString(), "--channels", channels()).exit())
                .isEqualTo(Exit.FAILED);
        assertThat(told).containsExactly("started", "host_failed", "rolled_back");
    }

    @Test
    public void aReleaseThatASignalEndsIsToldAsAborted() throws Exception {
        Path begun = folder.getRoot().toPath().resolve("begun");
        Path file = release("{slack: '${env:HOOK}'}", "touch " + begun + "; sleep 100");
        ProcessBuilder deployer = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Main.class.getName(),
                        "roll",
                        file.toString(),
                        "--server",
                        address)
                .redirectErrorStream(true)
                .redirectOutput(folder.newFile("log"));
        deployer.environment().put("HOOK", hook(PATH));
        Process running = deployer.start();
        try {
            Awaitility.await().until(() -> Files.exists(begun));
            running.destroy();
            assertThat(running.waitFor(60, TimeUnit.SECONDS)).isTrue();
        } finally {
            running.destroyForcibly();
        }
        assertThat(told.get(0)).isEqualTo(app + ": release started");
        assertThat(told.get(told.size() - 1)).startsWith(app + ": release aborted after ");
    }

    @Test
    public void whatCannotBeDeliveredIsSaidAtTheEndAndFailsNothing() throws Exception {
        Path file = release("['log', {slack: '${env:HOOK}'}]", "true");

        CommandLineRun run = run(Map.of("HOOK", hook("/gone/s3cr3t")), "roll", file.toString(), "--json", "--quiet");

        assertThat(run.exit()).isZero();
        assertThat(run.err().lines())
                .filteredOn(line -> line.startsWith("warning: not delivered to Slack at http://127.0.0.1:"))
                .hasSize(2)
                .allMatch(line -> line.contains("answered HTTP 410"));
        assertThat(run.err()).doesNotContain("s3cr3t");
        assertThat(run.json().getAsJsonArray("undelivered")).hasSize(2);
    }

    @Test
    public void aChannelThatIsNotKnownIsRefusedAtTheStartAndSaidWhereAReleaseIsGoneOnWith() throws Exception {
        Path file = release("[deploys, nobody]", "true");

        CommandLineRun refused = run("roll", file.toString(), "--channels", channels());

        assertThat(refused.exit()).isEqualTo(Exit.BAD_INPUT);
        assertThat(refused.err())
                .contains("web.yaml, line 4, column 19: notify[1].name 'nobody': no channel of this name; ")
                .contains("channels.yaml has deploys, oncall");
        assertThat(run("roll", file.toString()).err())
                .contains("notify[0].name 'deploys'", "--channels FILE or CONSUL_DEPLOY_CHANNELS says where");
        assertThat(told).isEmpty();

        String begun = leftRunning();
        CommandLineRun resumed = run("resume", begun);

        assertThat(resumed.exit()).as(resumed.err()).isZero();
        assertThat(resumed.err())
                .contains("warning: not everybody can be notified from here: notify[0].name 'deploys'")
                .contains("warning: not everybody can be notified from here: notify[1].slack.url '${env:HOOK}'");

        told.clear();
        String another = leftRunning();
        assertThat(run(Map.of("HOOK", hook(PATH), ChannelOption.VARIABLE, channels()), "resume", another, "--abort")
                        .exit())
                .isZero();
        assertThat(told).contains("resumed", "aborted");
    }

    // Private

    /** The id of a release that its deployer left before its first host. */
    private String leftRunning() throws Exception {
        YamlFile file = YamlFile.read(release("[deploys, {slack: '${env:HOOK}'}]", "true"));
        var channels = new ShellChannels(
                Optional.of(Path.of(channels())), Map.of("HOOK", hook("/gone")), consul.time(), line -> {});
        var surroundings = new Surroundings(
                consul,
                "consul-deploy",
                new Caller("ann", "process 12"),
                words -> AwsConfig.fromEnvironment(),
                (host, line) -> {},
                channels);
        var words = new RollingWords(surroundings);
        var releases = new Releases(consul, new ReleaseKeys("consul-deploy"), surroundings.caller(), words);
        try (var release = releases.start(
                words.read(file.tree(), Map.of(), file.places()).spec(),
                Releases.IfDead.REPAIR,
                new RollingListener() {})) {
            return release.id();
        }
    }

    private String recorded() {
        return Journal.releases(consul, new ReleaseKeys("consul-deploy"), app)
                .get(0)
                .spec();
    }

    private Path release(String notify, String command) throws IOException {
        return Files.writeString(folder.getRoot().toPath().resolve("web.yaml"), """
                app: %s
                hosts: {list: [a, b]}
                update: {command: "%s"}
                notify: %s
                """.formatted(app, command, notify));
    }

    private String channels() throws IOException {
        return Files.writeString(folder.getRoot().toPath().resolve("channels.yaml"), """
                deploys: {webhook: {url: "%s", key: %s}}
                oncall: {mail: {server: 127.0.0.1, port: %d, from: deploys@example.com, to: ops@example.com}}
                """.formatted(
                                hook(PATH), KEY, mail.getSmtp().getPort()))
                .toString();
    }

    private String hook(String path) {
        return "http://127.0.0.1:" + hooks.getAddress().getPort() + path;
    }

    private CommandLineRun run(String... args) {
        return run(Map.of(), args);
    }

    private CommandLineRun run(Map<String, String> env, String... args) {
        List<String> all = new ArrayList<>(List.of(args));
        all.addAll(List.of("--server", address));
        return CommandLineRun.of(env, all.toArray(String[]::new));
    }
}
