package io.jenkins.plugins.consuldeploy.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.Assume.assumeTrue;

import com.google.gson.JsonObject;
import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.ConsulProcess;
import io.jenkins.plugins.consuldeploy.consul.KvEntry;
import io.jenkins.plugins.consuldeploy.consul.ReservedPort;
import io.jenkins.plugins.consuldeploy.traffic.Color;
import io.jenkins.plugins.consuldeploy.traffic.ColorApp;
import io.jenkins.plugins.consuldeploy.traffic.Documents;
import io.jenkins.plugins.consuldeploy.traffic.NginxHost;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/**
 * Switches by keys in Consul: a real consul-template renders a real nginx from them, both configured as docs/blue-green
 * says.
 */
public class RenderedProxyTest {

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    private final HttpClient http = HttpClient.newHttpClient();
    private final Consul consul = ConsulProcess.shared().client();
    private final String address = ConsulProcess.shared().address();
    private final String app = ConsulProcess.uniquePrefix("rendered").replace('/', '-');
    private final Map<Color, ColorApp> apps = new EnumMap<>(Color.class);
    private final List<Process> processes = new ArrayList<>();
    private final ReservedPort port = ReservedPort.take();
    private Path dir;

    @Before
    public void startAProxyThatHasNothingToRenderFrom() throws IOException {
        assumeTrue(
                "there is no consul-template: put it on the PATH, or run bin/setup consul-template, which builds it"
                        + " where Go is",
                TemplatedFleet.binary().isPresent());
        dir = folder.getRoot().toPath();
        for (Color color : Color.values()) {
            apps.put(color, new ColorApp(color, 0));
            ConsulProcess.shared().http("PUT", "/v1/agent/service/register", """
                            {"Name": "%1$s", "ID": "%1$s-%2$s", "Tags": ["%2$s"], "Address": "127.0.0.1", "Port": %3$d}
                            """.formatted(
                            app, color, apps.get(color).port()));
        }
        Files.createDirectory(dir.resolve("conf.d"));
        Files.writeString(dir.resolve("nginx.conf"), """
                %s
                daemon off;
                pid %s/nginx.pid;
                events {}
                http { access_log off; include %2$s/conf.d/*.conf; }
                """.formatted(
                        "root".equals(System.getProperty("user.name")) ? "user root;" : "", dir));
        for (String name : List.of("shop.conf.ctmpl", "consul-template.hcl")) {
            Files.writeString(dir.resolve(name), here(Documents.read(name)));
        }
        start(NginxHost.binary(), "-p", dir.toString(), "-e", dir + "/error.log", "-c", dir + "/nginx.conf");
        Awaitility.await().until(() -> Files.exists(dir.resolve("nginx.pid")));
        start(TemplatedFleet.binary().orElseThrow(), "-config", dir + "/consul-template.hcl");
    }

    @After
    public void close() throws InterruptedException {
        if (!processes.isEmpty()) {
            processes.get(processes.size() - 1).destroyForcibly().waitFor();
            processes.get(0).destroy(); // nginx ends its workers then
            processes.get(0).waitFor();
        }
        apps.forEach((color, one) -> {
            one.close();
            ConsulProcess.shared().http("PUT", "/v1/agent/service/deregister/" + app + "-" + color, "");
        });
        consul.kv().deleteTree(app + "/");
        consul.close();
        port.close();
    }

    @Test
    public void trafficFollowsTheKeysFromTheFirstSwitchOnBackAndForth() throws Exception {
        assertThat(visit()).as("before there is a key").isEqualTo("nobody");

        int version = 1;
        for (Color color : List.of(Color.BLUE, Color.GREEN, Color.BLUE)) {
            JsonObject json = run("--set", "version=v" + version, "--json");

            assertThat(json.get("exit").getAsInt()).as(json + log()).isZero();
            assertThat(json.get("live").getAsString()).isEqualTo(color.word());
            visitorsGet(color.word());
            assertThat(key("color")).isEqualTo(color.word());
            assertThat(key("version/" + color)).isEqualTo("v" + version++);
            assertThat(key("port")).isEqualTo(Integer.toString(apps.get(color).port()));
        }
        assertThat(run("--back", "--json").get("live").getAsString()).isEqualTo("green");
        visitorsGet("green");
    }

    @Test
    public void aProxyThatIsNotRenderedAnyMoreHasTheKeysPutBack() throws Exception {
        assertThat(run("--set", "version=v1", "--json").get("live").getAsString())
                .as(log())
                .isEqualTo("blue");
        processes.get(1).destroyForcibly().waitFor();

        JsonObject json = run("--set", "version=v2", "--json");

        assertThat(json.get("exit").getAsInt()).isEqualTo(Exit.FAILED);
        assertThat(json.get("error").getAsString())
                .contains("the front " + front() + " is answered by blue after 3.0s", "It was moved back to blue");
        assertThat(key("color")).isEqualTo("blue");
        visitorsGet("blue");
    }

    @Test
    public void aColorOfWhichNoInstancePassesEndsNeitherTheProxyNorWhatRendersIt() throws Exception {
        assertThat(run("--set", "version=v1", "--json").get("live").getAsString())
                .as(log())
                .isEqualTo("blue");
        String service = "/v1/agent/service/maintenance/" + app + "-blue?enable=";

        ConsulProcess.shared().http("PUT", service + "true", "");
        visitorsGet("HTTP 502");
        ConsulProcess.shared().http("PUT", service + "false", "");

        visitorsGet("blue");
        assertThat(processes).allMatch(Process::isAlive);
    }

    // Private

    private String here(String text) {
        return text.replace("127.0.0.1:8500", address)
                .replace("/etc/consul-template", dir.toString())
                .replace("/etc/nginx", dir.toString())
                .replace("/shop.conf\"", "/live.conf\"")
                .replace("nginx -", NginxHost.binary() + " -e " + dir + "/error.log -c " + dir + "/nginx.conf -")
                .replace("\"shop/color\"", "\"" + app + "/color\"")
                .replace("%s.shop", "%s." + app)
                .replace("listen 80 ", "listen 127.0.0.1:" + port + " ");
    }

    private void start(String... command) throws IOException {
        processes.add(new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(dir.resolve("log-" + processes.size()).toFile())
                .start());
    }

    private String log() throws IOException {
        return "\n" + Files.readString(dir.resolve("log-0")) + Files.readString(dir.resolve("log-1"));
    }

    private String front() {
        return "http://127.0.0.1:" + port + "/";
    }

    private JsonObject run(String... options) throws IOException {
        Path file = Files.writeString(dir.resolve("shop.yaml"), """
                app: %1$s
                blue: {list: [{name: blue1, address: 127.0.0.1, port: %2$d}]}
                green: {list: [{name: green1, address: 127.0.0.1, port: %3$d}]}
                traffic: {consulKey: {app: %1$s, longestRequest: 10ms, fronts: [{url: "%4$s", header: X-Color}]}}
                check: {http: {path: /, interval: 50ms}}
                moveTimeout: %5$s
                """.formatted(
                        app,
                        apps.get(Color.BLUE).port(),
                        apps.get(Color.GREEN).port(),
                        front(),
                        processes.get(1).isAlive() ? "30s" : "3s"));
        return CommandLineRun.of(
                        Stream.of(Stream.of("switch", file.toString(), "--server", address), Stream.of(options))
                                .flatMap(words -> words)
                                .toArray(String[]::new))
                .json();
    }

    private String key(String name) {
        Optional<KvEntry> entry = consul.kv().get(app + "/" + name);
        return entry.map(KvEntry::value).orElse("");
    }

    /** Soon: one who keeps the connection to an old worker gets its answers until that worker hears of its end. */
    private void visitorsGet(String answer) {
        Awaitility.await()
                .ignoreExceptionsInstanceOf(IOException.class) // an old worker may end between a request and its answer
                .untilAsserted(() -> assertThat(visit()).isEqualTo(answer));
    }

    /** What a visitor gets. */
    private String visit() throws Exception {
        try {
            HttpResponse<String> answer = http.send(
                    HttpRequest.newBuilder(URI.create(front())).build(), HttpResponse.BodyHandlers.ofString());
            return answer.statusCode() == 200 ? answer.body() : "HTTP " + answer.statusCode();
        } catch (ConnectException e) {
            return "nobody";
        }
    }
}
