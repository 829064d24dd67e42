package io.jenkins.plugins.consuldeploy.notify;

import java.io.ByteArrayOutputStream;
import java.net.ConnectException;
import java.net.ProxySelector;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Posts JSON to webhooks, each within a timeout. It follows no redirect: what a secret URL is told to be somewhere else is
 * for a person to see. May be used by several channels and threads.
 */
public final class WebhookClient {

    /** For one try, from connecting to the end of the answer. */
    public static final Duration TIMEOUT = Duration.ofSeconds(10);

    private static final int QUOTED = 200;
    /** What asks for another try, besides 500 and above: timeout, too early, too many. */
    private static final Set<Integer> PASSING = Set.of(408, 425, 429);

    private final HttpClient http;
    private final Duration timeout;

    /** Without a proxy. */
    public static WebhookClient direct() {
        return through(HttpClient.Builder.NO_PROXY);
    }

    /** Through the proxies that this selects. */
    public static WebhookClient through(ProxySelector proxies) {
        return new WebhookClient(
                HttpClient.newBuilder()
                        .proxy(proxies)
                        .connectTimeout(TIMEOUT)
                        .version(HttpClient.Version.HTTP_1_1)
                        .build(),
                TIMEOUT);
    }

    /**
     * With a client that is there already, and its proxies and their passwords.
     *
     * @param timeout for one try, from connecting to the end of the answer
     */
    public WebhookClient(HttpClient http, Duration timeout) {
        this.http = http;
        this.timeout = timeout;
    }

    /**
     * Posts once.
     *
     * @param what it is that is posted to, for the failure: {@code Slack}
     * @throws DeliveryException unless the answer's status is 200 to 299
     */
    void post(String what, SecretUrl url, String json, Map<String, String> headers)
            throws DeliveryException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(url.uri())
                .header("Content-Type", "application/json; charset=utf-8")
                .header("User-Agent", "consul-deploy")
                .POST(HttpRequest.BodyPublishers.ofString(json));
        headers.forEach(request::header);
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        CompletableFuture<HttpResponse<Void>> answer = http.sendAsync(
                request.build(), HttpResponse.BodyHandlers.ofByteArrayConsumer(chunk -> keep(chunk, body)));
        String where = what + " at " + url;
        try {
            HttpResponse<Void> response = answer.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
            judge(where, url, response, body);
        } catch (TimeoutException e) {
            throw DeliveryException.passing(
                    "no answer from " + where + " within " + timeout.toMillis() / 1000.0 + " s");
        } catch (ExecutionException e) {
            throw DeliveryException.passing("no answer from " + where + " (" + describe(url, e.getCause()) + ")");
        } finally {
            answer.cancel(true);
        }
    }

    // Private

    private static void keep(Optional<byte[]> chunk, ByteArrayOutputStream body) {
        chunk.ifPresent(bytes -> body.write(bytes, 0, Math.min(bytes.length, Math.max(0, QUOTED * 4 - body.size()))));
    }

    private static void judge(String where, SecretUrl url, HttpResponse<Void> response, ByteArrayOutputStream body)
            throws DeliveryException {
        int status = response.statusCode();
        if (status >= 200 && status < 300) {
            return;
        }
        String said = url.scrub(body.toString(StandardCharsets.UTF_8)).strip().replaceAll("\\s+", " ");
        String message = where + " answered HTTP " + status
                + (said.isEmpty()
                        ? ""
                        : " (" + (said.length() <= QUOTED ? said : said.substring(0, QUOTED) + "…") + ")");
        if (status >= 500 || PASSING.contains(status)) {
            throw DeliveryException.passing(message, retryAfter(response));
        }
        throw DeliveryException.hopeless(message);
    }

    /** Only its form in seconds; a date is as good as none. */
    private static Optional<Duration> retryAfter(HttpResponse<Void> response) {
        return response.headers()
                .firstValue("Retry-After")
                .filter(text -> text.matches("\\d{1,6}"))
                .map(text -> Duration.ofSeconds(Long.parseLong(text)));
    }

    /** The client often says nothing but by the type of what it throws. */
    private static String describe(SecretUrl url, Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof UnresolvedAddressException) {
                return "the name " + url.uri().getHost() + " has no address, or the proxy's has none";
            }
            if (cause.getMessage() != null) {
                return cause.getClass().getSimpleName() + ": " + url.scrub(cause.getMessage());
            }
        }
        return failure instanceof ConnectException
                ? "nobody listens there, or the proxy does not"
                : failure.getClass().getSimpleName();
    }
}
