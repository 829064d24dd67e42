package io.jenkins.plugins.consuldeploy.notify;

import com.google.gson.JsonObject;
import io.jenkins.plugins.consuldeploy.time.TimeSource;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Posts an event as JSON and signs it by HMAC-SHA256 (RFC 2104), as docs/notifications.md says. The signature is over the
 * time of the try and the body, so that a receiver can refuse what was recorded and is sent again; the id is the same for
 * each try, so that it can drop what it has got already.
 */
public final class SignedWebhook implements Channel {

    /** The event's id. */
    public static final String ID_HEADER = "X-Consul-Deploy-Id";
    /** The event's kind. */
    public static final String EVENT_HEADER = "X-Consul-Deploy-Event";
    /** When this try was made, in seconds since 1970. */
    public static final String TIMESTAMP_HEADER = "X-Consul-Deploy-Timestamp";
    /** {@code sha256=} and the signature in hexadecimal digits. */
    public static final String SIGNATURE_HEADER = "X-Consul-Deploy-Signature";

    private static final int ID_BYTES = 16;

    private final SecretUrl url;
    private final Secret key;
    private final WebhookClient client;
    private final TimeSource time;

    public SignedWebhook(SecretUrl url, Secret key, WebhookClient client, TimeSource time) {
        this.url = url;
        this.key = key;
        this.client = client;
        this.time = time;
    }

    @Override
    public void deliver(ReleaseEvent event) throws DeliveryException, InterruptedException {
        String id = id(event);
        String body = json(event, id);
        String timestamp = Long.toString(time.now().getEpochSecond());
        client.post(
                "the webhook",
                url,
                body,
                Map.of(
                        ID_HEADER,
                        id,
                        EVENT_HEADER,
                        event.kind().word(),
                        TIMESTAMP_HEADER,
                        timestamp,
                        SIGNATURE_HEADER,
                        signature(key, timestamp, body)));
    }

    @Override
    public String describe() {
        return "the webhook at " + url;
    }

    /** What {@link #SIGNATURE_HEADER} has to say for this timestamp and body. */
    public static String signature(Secret key, String timestamp, String body) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key.text().getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            byte[] signature = mac.doFinal((timestamp + "." + body).getBytes(StandardCharsets.UTF_8));
            return "sha256=" + HexFormat.of().formatHex(signature);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java has no HMAC-SHA256", e);
        }
    }

    // Private

    private static String json(ReleaseEvent event, String id) {
        JsonObject json = new JsonObject();
        json.addProperty("id", id);
        json.addProperty("event", event.kind().word());
        json.addProperty("app", event.app());
        json.addProperty("release", event.release());
        event.version().ifPresent(version -> json.addProperty("version", version));
        json.addProperty("who", event.who());
        json.addProperty("at", event.at().truncatedTo(ChronoUnit.MILLIS).toString());
        json.addProperty("elapsed_seconds", event.elapsed().toMillis() / 1000.0);
        event.host().ifPresent(host -> json.addProperty("host", host));
        event.detail().ifPresent(detail -> json.addProperty("detail", detail));
        json.addProperty("text", event.sentence());
        return json.toString();
    }

    private static String id(ReleaseEvent event) {
        String what = String.join(
                "\n",
                event.app(),
                event.release(),
                event.kind().word(),
                event.host().orElse(""),
                event.at().toString());
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(what.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, ID_BYTES);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java has no SHA-256", e);
        }
    }
}
