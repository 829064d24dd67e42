package io.jenkins.plugins.consuldeploy.jenkins.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jvnet.hudson.test.JenkinsRule;

/** A registry, which has no login at Jenkins and no crumb. */
final class Sender {

    private final JenkinsRule jenkins;
    private final HttpClient http = HttpClient.newHttpClient();

    Sender(JenkinsRule jenkins) {
        this.jenkins = jenkins;
    }

    /** A body as the registry's documentation has it. */
    static String body(String name) throws IOException {
        try (InputStream body =
                Sender.class.getResourceAsStream("/io/jenkins/plugins/consuldeploy/registry/" + name + ".json")) {
            return new String(body.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    static String plain(String repository, String tag, String digit) {
        return "{\"repository\": \"" + repository + "\", \"tag\": \"" + tag + "\", \"digest\": \"sha256:"
                + digit.repeat(64) + "\"}";
    }

    HttpResponse<String> post(RuleId rule, String body, String... headers) throws Exception {
        return send("POST", WebhookAddress.of(rule), body, headers);
    }

    /** The same, which Jenkins takes. */
    String delivered(RuleId rule, String body, String... headers) throws Exception {
        HttpResponse<String> answer = post(rule, body, headers);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return answer.body().strip();
    }

    HttpResponse<String> send(String method, String path, String body, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(jenkins.getURL() + path))
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
                .header("Content-Type", "application/json");
        if (headers.length > 0) {
            request.headers(headers);
        }
        return http.send(request.build(), BodyHandlers.ofString());
    }

    /** Without its length told beforehand. */
    HttpResponse<String> stream(RuleId rule, byte[] body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(jenkins.getURL() + WebhookAddress.of(rule)))
                .POST(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body)))
                .build();
        return http.send(request, BodyHandlers.ofString());
    }

    /** The latest delivery that was written down. */
    static Delivery latest() {
        List<Delivery> recent = Deliveries.get().recent();
        assertThat(recent).isNotEmpty();
        return recent.get(0);
    }
}
