package io.jenkins.plugins.consuldeploy.registry;

import java.util.List;

/**
 * What a body says.
 *
 * @param sender what kind of registry sent it, for people
 * @param pushes the tags that were pushed; none when it tells of something else, such as a pull or a layer
 */
public record Notification(String sender, List<Push> pushes) {

    public Notification {
        pushes = List.copyOf(pushes);
    }
}
