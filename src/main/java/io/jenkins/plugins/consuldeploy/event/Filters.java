package io.jenkins.plugins.consuldeploy.event;

import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.Services;
import io.jenkins.plugins.consuldeploy.consul.Services.Registered;
import io.jenkins.plugins.consuldeploy.phase.BadInputException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Which nodes are meant: those that match every expression that is given. Like Consul's own filters, an expression may
 * match anywhere in the name; {@code ^} and {@code $} pin it down.
 *
 * @param node    matches the node's name
 * @param service matches the name or the id of a service on it
 * @param tag     matches a tag of that service
 */
public record Filters(Optional<Pattern> node, Optional<Pattern> service, Optional<Pattern> tag) {

    public static final Filters NONE = new Filters(Optional.empty(), Optional.empty(), Optional.empty());

    public Filters {
        if (tag.isPresent() && service.isEmpty()) {
            throw new BadInputException(
                    "tag", tag.get().pattern(), "a tag is one of a service; give an expression for the service too");
        }
    }

    /** @throws BadInputException naming the one that is no regular expression */
    public static Filters of(Optional<String> node, Optional<String> service, Optional<String> tag) {
        return new Filters(
                node.map(text -> pattern("node", text)),
                service.map(text -> pattern("service", text)),
                tag.map(text -> pattern("tag", text)));
    }

    /**
     * The nodes that match and whose Consul agents are alive, by their names.
     *
     * @throws BadInputException when there are none
     */
    public List<Services.Node> find(Consul consul) {
        Set<String> live = consul.services().liveNodes();
        List<Services.Node> found = new ArrayList<>();
        for (Services.Node one : consul.services().nodes()) {
            if (live.contains(one.name())
                    && matches(node, one.name())
                    && (service.isEmpty() || !services(consul, one.name()).isEmpty())) {
                found.add(one);
            }
        }
        if (found.isEmpty()) {
            throw new BadInputException(
                    "filters",
                    describe(),
                    "of " + live.size() + " nodes with a living Consul agent that the token may see none matches;"
                            + " nothing was fired");
        }
        found.sort(Comparator.comparing(Services.Node::name));
        return found;
    }

    /** Those of a node's services that match, or all where no service is asked for. */
    public List<Registered> services(Consul consul, String name) {
        return consul.services().on(name).stream()
                .filter(one -> (matches(service, one.service()) || matches(service, one.id()))
                        && (tag.isEmpty() || one.tags().stream().anyMatch(text -> matches(tag, text))))
                .toList();
    }

    /** {@code node /app1-.*&#47;, service /web/}. */
    public String describe() {
        List<String> parts = new ArrayList<>();
        node.ifPresent(pattern -> parts.add("node /" + pattern + "/"));
        service.ifPresent(pattern -> parts.add("service /" + pattern + "/"));
        tag.ifPresent(pattern -> parts.add("tag /" + pattern + "/"));
        return parts.isEmpty() ? "every node" : String.join(", ", parts);
    }

    // Private

    private static boolean matches(Optional<Pattern> pattern, String text) {
        return pattern.isEmpty() || pattern.get().matcher(text).find();
    }

    private static Pattern pattern(String field, String text) {
        try {
            return Pattern.compile(text);
        } catch (PatternSyntaxException e) {
            throw new BadInputException(field, text, "it is no regular expression: " + e.getDescription());
        }
    }
}
