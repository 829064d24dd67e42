package io.jenkins.plugins.consuldeploy.registry;

import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;

/**
 * Harbor ("Configure Webhook Notifications" of its manual), in its own format and as CloudEvents. For what was pushed
 * without a tag it puts the digest in the tag's place: that is left out, and so is every event but a push.
 */
final class Harbor implements Format {

    private static final List<String> PUSHES = List.of("PUSH_ARTIFACT", "harbor.artifact.pushed");

    @Override
    public String sender() {
        return "Harbor";
    }

    @Override
    public boolean recognizes(JsonObject body) {
        return !Format.text(body, "type").isEmpty()
                && (body.get("event_data") instanceof JsonObject
                        || Format.text(body, "type").startsWith("harbor."));
    }

    @Override
    public List<Push> pushes(JsonObject body) throws BadNotificationException {
        List<Push> pushes = new ArrayList<>();
        if (!PUSHES.contains(Format.text(body, "type"))) {
            return pushes;
        }
        JsonObject data = Format.object(body, body.has("event_data") ? "event_data" : "data");
        String repository = Format.text(data, "repository", "repo_full_name");
        for (JsonObject resource : Format.objects(data, "resources")) {
            String tag = Format.text(resource, "tag");
            if (!tag.isEmpty() && !tag.contains(":")) {
                String host = host(Format.text(resource, "resource_url"), repository);
                pushes.add(Push.of(host, repository, tag, Format.text(resource, "digest"), mark(body)));
            }
        }
        return pushes;
    }

    private static String host(String resource, String repository) {
        int scheme = resource.indexOf("://");
        String reference = scheme < 0 ? resource : resource.substring(scheme + "://".length());
        int name = reference.indexOf("/" + repository);
        return name < 0 ? "" : reference.substring(0, name);
    }

    private static String mark(JsonObject body) {
        String at = Format.text(body, "occur_at");
        return at.isEmpty() ? Format.text(body, "time") : at;
    }
}
