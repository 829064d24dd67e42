package io.jenkins.plugins.consuldeploy.event;

import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.Events;
import io.jenkins.plugins.consuldeploy.phase.BadInputException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A user event to be fired: its name, and what it carries.
 *
 * <p>It is fired at nodes by their exact names, several in one event where they fit. Consul's own filters are not used:
 * its service filter is compared with the ids of services, not their names, and its expressions are read anew on each
 * node, so that who was listed would not be who gets it.
 */
public record UserEvent(String name, String payload) {

    private static final String SPECIAL = "\\.+*?()|[]{}^$";

    /** @throws BadInputException when there is no name, or no room for a node's name */
    public UserEvent {
        if (name.isBlank() || name.codePoints().anyMatch(Character::isISOControl)) {
            throw new BadInputException("event", name, "give the name that the nodes' watches wait for");
        }
        if (room(name, payload) < 1) {
            throw tooLong(name, payload, "");
        }
    }

    /**
     * Fires it.
     *
     * @return the ids of the events that it took
     * @throws BadInputException when it is too long for a node's name; nothing is fired then
     */
    public List<String> fire(Consul consul, List<String> nodes) {
        List<String> filters = filters(nodes);
        List<String> ids = new ArrayList<>();
        for (String filter : filters) {
            ids.add(consul.events()
                    .fire(name, payload, new Events.Target(Optional.of(filter), Optional.empty(), Optional.empty()))
                    .id());
        }
        return ids;
    }

    /**
     * Sees that it can be fired at each of these.
     *
     * @throws BadInputException when it is too long for one of them
     */
    public void check(List<String> nodes) {
        filters(nodes);
    }

    // Private

    /** Expressions that match these names and no others, each short enough. */
    List<String> filters(List<String> nodes) {
        List<String> filters = new ArrayList<>();
        StringBuilder names = new StringBuilder();
        int room = room(name, payload) - "^()$".length();
        for (String node : nodes) {
            String quoted = quoted(node);
            if (bytes(quoted) > room) {
                throw tooLong(name, payload, node);
            }
            if (names.length() > 0 && bytes(names.toString()) + 1 + bytes(quoted) > room) {
                filters.add("^(" + names + ")$");
                names.setLength(0);
            }
            names.append(names.length() == 0 ? "" : "|").append(quoted);
        }
        if (names.length() > 0) {
            filters.add("^(" + names + ")$");
        }
        return filters;
    }

    /** As Go's regexp.QuoteMeta. */
    private static String quoted(String text) {
        StringBuilder quoted = new StringBuilder();
        for (char c : text.toCharArray()) {
            quoted.append(SPECIAL.indexOf(c) >= 0 ? "\\" : "").append(c);
        }
        return quoted.toString();
    }

    private static int room(String name, String payload) {
        return Events.MAX_CONTENT_BYTES - 2 * bytes(name) - bytes(payload);
    }

    private static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    private static BadInputException tooLong(String name, String payload, String node) {
        return new BadInputException(
                "payload",
                payload,
                "it has " + bytes(payload) + " bytes. Consul's limit of " + Events.MAX_PAYLOAD_BYTES
                        + " is for the encoded event: payload, twice the event's name (2 x " + bytes(name)
                        + ") and the node's name" + (node.isEmpty() ? "" : " (" + node + ")") + " can have "
                        + Events.MAX_CONTENT_BYTES
                        + " together. Put the text under a key and its name into the payload");
    }
}
