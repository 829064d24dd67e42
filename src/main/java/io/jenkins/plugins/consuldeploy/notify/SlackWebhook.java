package io.jenkins.plugins.consuldeploy.notify;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.Map;
import java.util.Optional;

/**
 * An incoming webhook of Slack, or of what understands the same JSON: Mattermost, Rocket.Chat, Discord's {@code /slack}
 * ("Sending messages using incoming webhooks" and "Formatting text for app surfaces" of Slack's documentation).
 */
public final class SlackWebhook implements Channel {

    /** Of one field, in characters; Slack cuts a message off somewhere above. */
    private static final int LONGEST_TEXT = 3000;

    private final SecretUrl url;
    private final WebhookClient client;

    public SlackWebhook(SecretUrl url, WebhookClient client) {
        this.url = url;
        this.client = client;
    }

    @Override
    public void deliver(ReleaseEvent event) throws DeliveryException, InterruptedException {
        client.post("Slack", url, json(event), Map.of());
    }

    @Override
    public String describe() {
        return "Slack at " + url;
    }

    // Private

    private static String json(ReleaseEvent event) {
        JsonObject attachment = new JsonObject();
        attachment.addProperty("fallback", escaped(event.sentence()));
        attachment.addProperty("color", color(event.kind()));
        event.detail().ifPresent(why -> attachment.addProperty("text", escaped(why)));
        JsonArray fields = new JsonArray();
        addField(fields, "Application", Optional.of(event.app()));
        addField(fields, "Version", event.version());
        addField(fields, "Host", event.host());
        addField(fields, "By", Optional.of(event.who()));
        attachment.add("fields", fields);
        attachment.addProperty("footer", escaped("release " + event.release()));
        attachment.addProperty("ts", event.at().getEpochSecond());
        JsonArray attachments = new JsonArray();
        attachments.add(attachment);
        JsonObject message = new JsonObject();
        message.addProperty("text", escaped(event.headline()));
        message.add("attachments", attachments);
        return message.toString();
    }

    private static void addField(JsonArray fields, String title, Optional<String> value) {
        value.ifPresent(text -> {
            JsonObject field = new JsonObject();
            field.addProperty("title", title);
            field.addProperty("value", escaped(text));
            field.addProperty("short", true);
            fields.add(field);
        });
    }

    private static String color(ReleaseEvent.Kind kind) {
        return switch (kind) {
            case STARTED, RESUMED -> "#439FE0";
            case SUCCEEDED -> "good";
            case ROLLED_BACK, ABORTED -> "warning";
            case HOST_FAILED, FAILED -> "danger";
        };
    }

    /** Slack's three control characters: a host's output must not mention a whole channel. */
    private static String escaped(String text) {
        String shortened = text.length() <= LONGEST_TEXT ? text : text.substring(0, LONGEST_TEXT) + "…";
        return shortened.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
