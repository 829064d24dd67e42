package io.jenkins.plugins.consuldeploy.registry;

import com.google.gson.JsonObject;
import java.util.List;
import java.util.Optional;

/**
 * Where a body that no registry known here sends has what is needed.
 *
 * @param digest where the digest is, if there is one
 */
public record PushPaths(JsonPath repository, JsonPath tag, Optional<JsonPath> digest) {

    List<Push> pushes(JsonObject body) throws BadNotificationException {
        String found = "";
        if (digest.isPresent()) {
            found = digest.get().text(body).orElse("");
        }
        return List.of(Push.ofImage(needed(repository, body), needed(tag, body), found, ""));
    }

    private static String needed(JsonPath path, JsonObject body) throws BadNotificationException {
        return path.text(body)
                .orElseThrow(() -> new BadNotificationException("there is nothing at " + path + " in the body"));
    }
}
