package io.jenkins.plugins.consuldeploy.registry;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The registry of the Distribution project ("Work with notifications" of its manual), and GitLab's container registry,
 * which came from it and sends the same. Events of pulls, of layers, and of manifests without a tag are left out.
 */
final class DistributionRegistry implements Format {

    @Override
    public String sender() {
        return "Docker distribution";
    }

    @Override
    public boolean recognizes(JsonObject body) {
        JsonElement events = body.get("events");
        return events != null
                && events.isJsonArray()
                && events.getAsJsonArray().asList().stream()
                        .allMatch(event -> event instanceof JsonObject fields && fields.has("action"));
    }

    @Override
    public List<Push> pushes(JsonObject body) throws BadNotificationException {
        List<Push> pushes = new ArrayList<>();
        for (JsonObject event : Format.objects(body, "events")) {
            JsonObject target = Format.object(event, "target");
            String tag = Format.text(target, "tag");
            if (Format.text(event, "action").equals("push") && !tag.isEmpty()) {
                pushes.add(Push.of(
                        host(Format.text(target, "url")),
                        Format.text(target, "repository"),
                        tag,
                        Format.text(target, "digest"),
                        Format.text(event, "timestamp")));
            }
        }
        return pushes;
    }

    private static String host(String url) {
        try {
            return Optional.ofNullable(new URI(url).getAuthority()).orElse("");
        } catch (URISyntaxException e) {
            return "";
        }
    }
}
