package io.jenkins.plugins.consuldeploy.registry;

import com.google.gson.JsonObject;
import java.util.List;

/**
 * Docker Hub ("Webhooks" of Docker's manual). It says no digest; what tells two pushes of one tag apart is the time of
 * the push.
 */
final class DockerHub implements Format {

    @Override
    public String sender() {
        return "Docker Hub";
    }

    @Override
    public boolean recognizes(JsonObject body) {
        return body.get("push_data") instanceof JsonObject
                && !Format.text(body, "repository", "repo_name").isEmpty();
    }

    @Override
    public List<Push> pushes(JsonObject body) throws BadNotificationException {
        return List.of(Push.of(
                "",
                Format.text(body, "repository", "repo_name"),
                Format.text(body, "push_data", "tag"),
                "",
                Format.text(body, "push_data", "pushed_at")));
    }
}
