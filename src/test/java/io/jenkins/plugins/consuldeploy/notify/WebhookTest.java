package io.jenkins.plugins.consuldeploy.notify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpServer;
import io.jenkins.plugins.consuldeploy.time.TimeSource;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.ServerSocket;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;

public class WebhookTest {

    private static final String PATH = "/services/T000AAA/B000BBB/s3cr3tt0ken";
    private static final Secret KEY = new Secret("a signing key");

    private final List<Call> calls = new ArrayList<>();
    private HttpServer server;
    private int status = 200;
    private String answer = "ok";

    private record Call(String uri, Headers headers, String body) {
        JsonObject json() {
            return JsonParser.parseString(body).getAsJsonObject();
        }
    }

    @Before
    public void startServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 10);
        server.createContext("/", exchange -> {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            calls.add(new Call(exchange.getRequestURI().toString(), exchange.getRequestHeaders(), body));
            byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().add("Retry-After", "7");
            exchange.sendResponseHeaders(status, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        server.start();
    }

    @After
    public void stopServer() {
        server.stop(0);
    }

    @Test
    public void slackGetsAMessageWithAnAttachment() throws Exception {
        slack().deliver(Events.hostFailed("app3", "<!channel> HTTP 503 & \"more\""));

        assertThat(calls).singleElement().satisfies(call -> {
            assertThat(call.uri()).isEqualTo(PATH);
            assertThat(call.headers().getFirst("Content-Type")).startsWith("application/json");
            assertThat(call.json().get("text").getAsString()).isEqualTo("web v7: host app3 failed");
            JsonObject attachment =
                    call.json().getAsJsonArray("attachments").get(0).getAsJsonObject();
            assertThat(attachment.get("color").getAsString()).isEqualTo("danger");
            assertThat(attachment.get("text").getAsString())
                    .as("nobody's output can address a whole channel")
                    .isEqualTo("&lt;!channel&gt; HTTP 503 &amp; \"more\"");
            assertThat(attachment.get("ts").getAsLong()).isEqualTo(Events.AT.getEpochSecond());
            assertThat(attachment.getAsJsonArray("fields").toString()).contains("app3", "v7", "alice");
        });
    }

    @Test
    public void aSignedWebhookGetsTheDocumentedJsonWithAValidSignature() throws Exception {
        Instant now = Instant.parse("2026-03-01T12:30:07Z");

        signed(now).deliver(Events.hostFailed("app3", "HTTP 503"));

        assertThat(calls).singleElement().satisfies(call -> {
            assertThat(call.json().keySet())
                    .containsExactly(
                            "id",
                            "event",
                            "app",
                            "release",
                            "version",
                            "who",
                            "at",
                            "elapsed_seconds",
                            "host",
                            "detail",
                            "text");
            assertThat(call.json().get("event").getAsString()).isEqualTo("host_failed");
            assertThat(call.json().get("elapsed_seconds").getAsDouble()).isEqualTo(125.0);
            assertThat(call.headers().getFirst(SignedWebhook.EVENT_HEADER)).isEqualTo("host_failed");
            String timestamp = call.headers().getFirst(SignedWebhook.TIMESTAMP_HEADER);
            assertThat(timestamp).isEqualTo(Long.toString(now.getEpochSecond()));
            assertThat(call.headers().getFirst(SignedWebhook.SIGNATURE_HEADER))
                    .isEqualTo(SignedWebhook.signature(KEY, timestamp, call.body()));
            assertThat(call.headers().getFirst(SignedWebhook.ID_HEADER))
                    .isEqualTo(call.json().get("id").getAsString());
        });
    }

    @Test
    public void theSignatureIsTheOneThatOtherToolsMake() {
        // printf '1700000000.{"a":1}' | openssl dgst -sha256 -hmac 'a signing key'
        assertThat(SignedWebhook.signature(KEY, "1700000000", "{\"a\":1}"))
                .isEqualTo("sha256=ef0cd6f01a28bac862f73f556863c53c99c825eaccca560ba83cf130fefe6323");
    }

    @Test
    public void anotherTryIsSignedAnewAndHasTheSameId() throws Exception {
        signed(Instant.ofEpochSecond(1_700_000_000)).deliver(Events.of(ReleaseEvent.Kind.STARTED));
        signed(Instant.ofEpochSecond(1_700_000_030)).deliver(Events.of(ReleaseEvent.Kind.STARTED));
        signed(Instant.ofEpochSecond(1_700_000_030)).deliver(Events.of(ReleaseEvent.Kind.FAILED));

        List<String> ids = calls.stream()
                .map(call -> call.headers().getFirst(SignedWebhook.ID_HEADER))
                .toList();
        List<String> signatures = calls.stream()
                .map(call -> call.headers().getFirst(SignedWebhook.SIGNATURE_HEADER))
                .toList();
        assertThat(ids.get(0)).isEqualTo(ids.get(1)).isNotEqualTo(ids.get(2)).hasSize(32);
        assertThat(signatures).doesNotHaveDuplicates();
    }

    @Test
    public void whatPassesIsTriedAgainAndWhatDoesNotIsNot() {
        for (int passing : List.of(408, 429, 500, 503)) {
            status = passing;
            assertThat(failure()).satisfies(failure -> {
                assertThat(failure.isHopeless()).isFalse();
                assertThat(failure.pause()).contains(Duration.ofSeconds(7));
            });
        }
        for (int hopeless : List.of(302, 400, 401, 403, 404, 410)) {
            status = hopeless;
            assertThat(failure().isHopeless()).isTrue();
        }
    }

    @Test
    public void noFailureShowsTheSecretOfAnUrl() {
        status = 404;
        answer = "no such hook: " + url().uri() + "?x and B000BBB/s3cr3tt0ken";
        assertThat(failure())
                .hasMessage("Slack at http://127.0.0.1:" + server.getAddress().getPort()
                        + "/… answered HTTP 404 (no such hook: …?x and …/…)")
                .hasNoCause();

        server.stop(0);
        assertThat(failure())
                .hasMessageContaining("no answer from Slack at http://127.0.0.1:")
                .hasMessageContaining("nobody listens there")
                .hasMessageNotContaining("s3cr3t")
                .hasNoCause();
        assertThat(slack().describe() + slack() + url()).doesNotContain("s3cr3t");
        assertThat(signed(Events.AT).describe() + signed(Events.AT) + KEY)
                .doesNotContain("s3cr3t")
                .doesNotContain(KEY.text());
    }

    @Test
    public void anUrlThatIsNoneIsRefusedWithoutShowingIt() {
        for (String text :
                List.of("", "hooks/s3cr3t", "ftp://host/s3cr3t", "https://u:s3cr3t@host/", "http://s3cr3t^/")) {
            assertThatThrownBy(() -> SecretUrl.of(text))
                    .as("'%s'", text)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("https://host/path")
                    .hasMessageNotContaining("s3cr3t")
                    .hasNoCause();
        }
        assertThat(SecretUrl.of("https://host")).hasToString("https://host");
        assertThat(SecretUrl.of("https://host?token=s3cr3t")).hasToString("https://host/…");
    }

    @Test
    public void aWebhookThatDoesNotAnswerIsGivenUpAfterTheTimeout() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            WebhookClient client = new WebhookClient(HttpClient.newHttpClient(), Duration.ofMillis(200));
            SlackWebhook slack =
                    new SlackWebhook(SecretUrl.of("http://127.0.0.1:" + silent.getLocalPort() + PATH), client);

            assertThatThrownBy(() -> slack.deliver(Events.of(ReleaseEvent.Kind.STARTED)))
                    .isInstanceOfSatisfying(DeliveryException.class, e -> assertThat(e.isHopeless())
                            .isFalse())
                    .hasMessageContaining("within 0.2 s");
        }
    }

    @Test
    public void aNameWithoutAnAddressIsSaid() {
        SlackWebhook slack =
                new SlackWebhook(SecretUrl.of("http://no-such-host.invalid" + PATH), WebhookClient.direct());

        assertThatThrownBy(() -> slack.deliver(Events.of(ReleaseEvent.Kind.STARTED)))
                .hasMessageContaining("no-such-host.invalid has no address");
    }

    @Test
    public void itGoesThroughTheProxyThatIsSelected() throws Exception {
        ProxySelector proxy = ProxySelector.of(
                new InetSocketAddress("127.0.0.1", server.getAddress().getPort()));
        SlackWebhook slack =
                new SlackWebhook(SecretUrl.of("http://hooks.invalid" + PATH), WebhookClient.through(proxy));

        slack.deliver(Events.of(ReleaseEvent.Kind.STARTED));

        assertThat(calls).singleElement().satisfies(call -> assertThat(call.uri())
                .isEqualTo("http://hooks.invalid" + PATH));
    }

    // What the tests ask

    private SecretUrl url() {
        return SecretUrl.of("http://127.0.0.1:" + server.getAddress().getPort() + PATH);
    }

    private SlackWebhook slack() {
        return new SlackWebhook(url(), WebhookClient.direct());
    }

    private SignedWebhook signed(Instant now) {
        TimeSource stopped = new TimeSource() {
            @Override
            public Instant now() {
                return now;
            }

            @Override
            public long nanoTime() {
                return 0;
            }

            @Override
            public void sleep(Duration duration) {}

            @Override
            public double random() {
                return 0.5;
            }
        };
        return new SignedWebhook(url(), KEY, WebhookClient.direct(), stopped);
    }

    private DeliveryException failure() {
        return catchThrowableOfType(
                DeliveryException.class, () -> slack().deliver(Events.of(ReleaseEvent.Kind.STARTED)));
    }
}
