package io.jenkins.plugins.consuldeploy.registry;

import com.google.gson.JsonObject;
import java.util.List;

/**
 * The shortest body that says what is needed, for a script or a CI job that pushed an image itself:
 * {@code {"repository": "registry.example.com/team/app", "tag": "v1", "digest": "sha256:…"}}. The digest may be left out.
 */
final class PlainPush implements Format {

    @Override
    public String sender() {
        return "a script";
    }

    @Override
    public boolean recognizes(JsonObject body) {
        return !Format.text(body, "repository").isEmpty()
                && !Format.text(body, "tag").isEmpty();
    }

    @Override
    public List<Push> pushes(JsonObject body) throws BadNotificationException {
        return List.of(Push.ofImage(
                Format.text(body, "repository"), Format.text(body, "tag"), Format.text(body, "digest"), ""));
    }
}
