package io.jenkins.plugins.consuldeploy.registry;

import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;

/**
 * GitHub's container registry: the events {@code package} and {@code registry_package} ("Webhook events and payloads" of
 * GitHub's manual). Packages of other kinds, and versions without a tag (each platform of an image is one), are left out;
 * so is the ping that GitHub sends when the webhook is made.
 */
final class GitHubPackages implements Format {

    private static final List<String> EVENTS = List.of("package", "registry_package");
    private static final List<String> ACTIONS = List.of("published", "updated");

    @Override
    public String sender() {
        return "GitHub";
    }

    @Override
    public boolean recognizes(JsonObject body) {
        boolean isPing = body.has("zen") && body.has("hook_id");
        return isPing || EVENTS.stream().anyMatch(event -> body.get(event) instanceof JsonObject);
    }

    @Override
    public List<Push> pushes(JsonObject body) throws BadNotificationException {
        List<Push> pushes = new ArrayList<>();
        for (String event : EVENTS) {
            JsonObject pack = Format.object(body, event);
            JsonObject version = Format.object(pack, "package_version");
            JsonObject container = Format.object(version, "container_metadata");
            String tag = Format.text(container, "tag", "name");
            if (ACTIONS.contains(Format.text(body, "action")) && !tag.isEmpty()) {
                pushes.add(Push.ofImage(
                        image(pack, version),
                        tag,
                        Format.text(container, "tag", "digest"),
                        Format.text(version, "updated_at")));
            }
        }
        return pushes;
    }

    /** {@code package_url} is how the version is pulled: {@code ghcr.io/octo/app:v1}. */
    private static String image(JsonObject pack, JsonObject version) {
        String url = Format.text(version, "package_url");
        int tag = url.indexOf(':', url.indexOf('/') + 1);
        return url.isEmpty()
                ? Format.text(pack, "namespace") + "/" + Format.text(pack, "name")
                : tag < 0 ? url : url.substring(0, tag);
    }
}
