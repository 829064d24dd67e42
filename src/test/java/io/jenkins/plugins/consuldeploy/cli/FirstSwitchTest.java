package io.jenkins.plugins.consuldeploy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import io.jenkins.plugins.consuldeploy.balancer.HaproxyProcess;
import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.ConsulProcess;
import io.jenkins.plugins.consuldeploy.consul.ReservedPort;
import io.jenkins.plugins.consuldeploy.journal.ReleaseKeys;
import io.jenkins.plugins.consuldeploy.traffic.Color;
import io.jenkins.plugins.consuldeploy.traffic.ColorApp;
import io.jenkins.plugins.consuldeploy.traffic.Documents;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/**
 * The first switches of an application ever, from a shell, with a real HAProxy and a real Consul: nothing runs on either
 * color, so that HAProxy finds every server DOWN, until a deployment starts one.
 */
public class FirstSwitchTest {

    private static final String NOTHING_RUNS = "nothing runs";

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    private final HttpClient http = HttpClient.newHttpClient();
    private final Consul consul = ConsulProcess.shared().client();
    private final String address = ConsulProcess.shared().address();
    private final String app = ConsulProcess.uniquePrefix("first").replace('/', '-');
    private final Map<Color, ReservedPort> ports = new ConcurrentHashMap<>();
    private final ReservedPort unknown = ReservedPort.take();
    private final Map<Color, ColorApp> apps = new ConcurrentHashMap<>();
    private final ScheduledExecutorService hosts = Executors.newSingleThreadScheduledExecutor();
    /** Long, but where a test waits until it is over. */
    private String healthTimeout = "30s";

    private HaproxyProcess haproxy;

    @Before
    public void superviseHosts() {
        hosts.scheduleWithFixedDelay(this::startWhatIsDeployed, 0, 10, TimeUnit.MILLISECONDS);
    }

    @After
    public void close() {
        hosts.shutdownNow();
        stopHosts();
        haproxy.close();
        consul.close();
        ports.values().forEach(ReservedPort::close);
        unknown.close();
    }

    @Test
    public void theColorThatTheDocumentedConfigurationNamesCountsAsLiveThoughNothingRunsThere() throws Exception {
        start(documented());
        assertThat(visit()).isEqualTo(NOTHING_RUNS);

        JsonObject first = json(file("weights: [10, 100]"), "v1");

        assertThat(first.get("exit").getAsInt()).as(first.toString()).isZero();
        assertThat(first.get("from").getAsString()).isEqualTo("blue");
        assertThat(first.get("live").getAsString()).isEqualTo("green");
        assertThat(apps).containsOnlyKeys(Color.GREEN);
        assertThat(visit()).isEqualTo("green");

        healthTimeout = "2s";
        assertThat(run(file(), "v1", "--back").err()).contains("blue has not passed its checks");
        assertThat(visit()).isEqualTo("green");

        healthTimeout = "30s";
        JsonObject second = json(file("weights: [10, 100]"), "v2");

        assertThat(second.get("exit").getAsInt()).as(second.toString()).isZero();
        assertThat(second.get("live").getAsString()).isEqualTo("blue");
        assertThat(visit()).isEqualTo("blue");
    }

    @Test
    public void aFirstSwitchThatFailsMovesTrafficBackToTheColorThatIsConfigured() throws Exception {
        start(documented());

        CommandLineRun run = run(file("watch: {command: {command: 'false', interval: 20ms}}", "soak: 5s"), "v1");

        assertThat(run.exit()).isEqualTo(Exit.FAILED);
        assertThat(run.err()).contains("was moved back", "Live is blue.");
        assertThat(visit()).isEqualTo(NOTHING_RUNS);
    }

    @Test
    public void whereNoColorHasAWeightTheFirstSwitchGoesToBlue() throws Exception {
        start(servers("weight 0", "weight 0"));
        goesToBlue();
    }

    @Test
    public void whereEveryServerIsDisabledTheFirstSwitchGoesToBlue() throws Exception {
        start(servers("disabled", "disabled"));
        goesToBlue();
    }

    @Test
    public void theFirstColorThatIsFoundWantingKeepsItsTrafficAndTheNextSwitchGoesToGreen() throws Exception {
        start(servers("weight 0", "weight 0"));

        CommandLineRun run = run(file("watch: {command: {command: 'false', interval: 20ms}}", "soak: 5s"), "v1");

        assertThat(run.exit()).isEqualTo(Exit.FAILED);
        assertThat(run.err())
                .contains("there is no color to go back to, so traffic was left where it is (all to blue)")
                .contains("Live is blue.");
        assertThat(visit()).isEqualTo("blue");

        JsonObject next = json(file(), "v1");

        assertThat(next.get("exit").getAsInt()).as(next.toString()).isZero();
        assertThat(next.get("live").getAsString()).isEqualTo("green");
        assertThat(visit()).isEqualTo("green");
    }

    @Test
    public void theFirstColorThatDoesNotComeUpGetsNoTraffic() throws Exception {
        start(servers("weight 0", "weight 0"));

        healthTimeout = "2s";
        CommandLineRun run = run(file("verify: {command: 'exit 3'}"), "v1");

        assertThat(run.exit()).isEqualTo(Exit.FAILED);
        assertThat(run.err()).contains("exit code 3", "By the record no color is live.");
        assertThat(visit()).isEqualTo(NOTHING_RUNS);
        healthTimeout = "30s";
        assertThat(json(file(), "v1").get("live").getAsString()).isEqualTo("blue");
    }

    @Test
    public void aConfigurationThatNamesBothColorsIsRefusedAndNothingIsTouched() throws Exception {
        start(servers("", ""));

        CommandLineRun run = run(file(), "v1");

        assertThat(run.exit()).isEqualTo(Exit.BAD_INPUT);
        assertThat(run.err())
                .contains("says: blue 50%, green 50%; no record says which color is live")
                .contains("Look which is right, then move all traffic to one color by hand");
        assertNothingIsTouched();

        haproxy.ask("set server shop/green1 state drain");
        assertThat(json(file(), "v1").get("live").getAsString()).isEqualTo("green");
    }

    @Test
    public void aHostThatHaproxyDoesNotKnowIsNamedAndNothingIsTouched() throws Exception {
        start(documented());

        CommandLineRun run = run(unknown(file()), "v1");

        assertThat(run.exit()).isEqualTo(Exit.FAILED);
        assertThat(run.err()).contains("has no server of the host green9 (127.0.0.1:", "in the backend shop");
        assertNothingIsTouched();
    }

    @Test
    public void hostsThatOnlyTheirDeploymentBringsAreFoundAfterIt() throws Exception {
        start(servers("disabled", "disabled"));
        Path file = write("""
                blue: {consulService: {service: %1$s, tag: blue}}
                green: {consulService: {service: %1$s, tag: green}}
                """.formatted(app));

        for (Color color : Color.values()) {
            JsonObject json = json(file, "on " + color);

            assertThat(json.get("exit").getAsInt()).as(json.toString()).isZero();
            assertThat(json.get("live").getAsString()).isEqualTo(color.word());
            assertThat(visit()).isEqualTo(color.word());
        }
    }

    @Test
    public void hostsThatNoDeploymentBringsFailTheSwitchBeforeTrafficMoves() throws Exception {
        start(servers("disabled", "disabled"));
        healthTimeout = "2s";
        Path file = write("""
                blue: {consulService: {service: %1$s, tag: mauve}}
                green: {consulService: {service: %1$s, tag: green}}
                """.formatted(app));

        CommandLineRun run = run(file, "v1");

        assertThat(run.exit()).isEqualTo(Exit.FAILED);
        assertThat(run.err()).contains("blue has no hosts: ", "By the record no color is live.");
        assertThat(visit()).isEqualTo(NOTHING_RUNS);
    }

    // Private

    private void goesToBlue() throws Exception {
        CommandLineRun plan = run(file(), "v1", "--plan");
        JsonObject first = json(file("weights: [10, 100]"), "v1");

        assertThat(plan.out()).contains("no color is live").contains("deploy blue");
        assertThat(first.get("exit").getAsInt()).as(first.toString()).isZero();
        assertThat(first.has("from")).isFalse();
        assertThat(first.get("live").getAsString()).isEqualTo("blue");
        assertThat(apps).containsOnlyKeys(Color.BLUE);
        assertThat(visit()).isEqualTo("blue");
    }

    /** The backend of docs/blue-green, with ports of its own. */
    private String documented() throws IOException {
        String config = Documents.read("haproxy.cfg");
        return config.substring(config.indexOf("\nbackend shop"))
                .replace("10.0.0.11:8080", "127.0.0.1:" + port(Color.BLUE))
                .replace("10.0.0.21:8080", "127.0.0.1:" + port(Color.GREEN))
                .replace("inter 1s fastinter 200ms rise 2", "inter 100ms fastinter 50ms rise 2");
    }

    private String servers(String blue, String green) {
        return """
                backend shop
                  option httpchk GET /health
                  default-server check inter 100ms fastinter 50ms rise 2 fall 3
                  server blue1 127.0.0.1:%d %s
                  server green1 127.0.0.1:%d %s
                """.formatted(port(Color.BLUE), blue, port(Color.GREEN), green);
    }

    private void start(String backend) {
        haproxy = HaproxyProcess.start("""
                frontend web
                  bind 127.0.0.1:$PORT
                  default_backend shop
                """ + backend);
    }

    private void stopHosts() {
        apps.forEach((color, one) -> {
            one.close();
            ConsulProcess.shared().http("PUT", "/v1/agent/service/deregister/" + app + "-" + color, "");
        });
        apps.clear();
    }

    private int port(Color color) {
        return ports.computeIfAbsent(color, any -> ReservedPort.take()).number();
    }

    private Path file(String... more) throws IOException {
        return write("""
                blue: {list: [{name: blue1, address: 127.0.0.1, port: %d}]}
                green: {list: [{name: green1, address: 127.0.0.1, port: %d}]}
                %s
                """.formatted(port(Color.BLUE), port(Color.GREEN), String.join("\n", more)));
    }

    /** The deployment ends when its color is told to start, and not when it has. */
    private Path write(String colors) throws IOException {
        return Files.writeString(folder.getRoot().toPath().resolve("shop.yaml"), """
                app: %1$s
                version: ${version}
                traffic: {haproxy: {address: "%2$s", backend: shop}}
                deploy: {command: 'touch "%3$s/$COLOR"; while [ -e "%3$s/$COLOR" ]; do sleep 0.05; done', timeout: 20s}
                check: {http: {path: /health, interval: 50ms}}
                healthTimeout: %5$s
                moveTimeout: 20s
                drainTimeout: 10s
                %4$s
                """.formatted(
                        app, haproxy.address(), folder.getRoot(), colors, healthTimeout));
    }

    private Path unknown(Path file) throws IOException {
        return Files.writeString(
                file,
                Files.readString(file)
                        .replace("name: green1", "name: green9")
                        .replaceFirst("(green9.*port: )\\d+", "$1" + unknown));
    }

    private CommandLineRun run(Path file, String version, String... options) {
        return CommandLineRun.of(Stream.of(
                        Stream.of("switch", file.toString(), "--set", "version=" + version, "--server", address),
                        Stream.of(options))
                .flatMap(words -> words)
                .toArray(String[]::new));
    }

    private JsonObject json(Path file, String version) {
        return run(file, version, "--json").json();
    }

    /** What a visitor gets. */
    private String visit() throws Exception {
        HttpResponse<String> answer = http.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + haproxy.port() + "/"))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        return answer.statusCode() == 503 ? NOTHING_RUNS : answer.body();
    }

    private void assertNothingIsTouched() throws Exception {
        assertThat(consul.kv().list(keys().app(app))).isEmpty();
        assertThat(apps).isEmpty();
        assertThat(visit()).isEqualTo(NOTHING_RUNS);
    }

    private static ReleaseKeys keys() {
        return new ReleaseKeys("consul-deploy");
    }

    /** What supervises the hosts: starts a color that is asked for, and registers it. */
    private void startWhatIsDeployed() {
        for (Color color : Color.values()) {
            File asked = folder.getRoot().toPath().resolve(color.word()).toFile();
            if (asked.exists()) {
                apps.computeIfAbsent(color, one -> new ColorApp(one, port(one)));
                ConsulProcess.shared()
                        .http("PUT", "/v1/agent/service/register", """
                                {"Name": "%1$s", "ID": "%1$s-%2$s", "Tags": ["%2$s"], "Address": "127.0.0.1", "Port": %3$d}
                                """.formatted(app, color, port(color)));
                asked.delete();
            }
        }
    }
}
