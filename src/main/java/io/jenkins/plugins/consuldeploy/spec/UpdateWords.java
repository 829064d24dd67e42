package io.jenkins.plugins.consuldeploy.spec;

import io.jenkins.plugins.consuldeploy.phase.Tree;
import io.jenkins.plugins.consuldeploy.phase.Version;
import io.jenkins.plugins.consuldeploy.rolling.AgentUpdate;
import io.jenkins.plugins.consuldeploy.rolling.CommandUpdate;
import io.jenkins.plugins.consuldeploy.rolling.EventUpdate;
import io.jenkins.plugins.consuldeploy.rolling.KeyUpdate;
import io.jenkins.plugins.consuldeploy.rolling.Update;
import java.util.Map;
import java.util.Optional;

/** The word {@code update}: what changes a host while it is out of service. */
final class UpdateWords {

    private static final String[] KINDS = {"command", "agent", "event", "consulKey"};

    private UpdateWords() {}

    static Update read(Words update, Map<String, String> variables, Surroundings with) {
        update.only("command", "agent", "event", "consulKey", "timeout", "back");
        Map<String, Object> kindOnly = update.asMap();
        kindOnly.remove("timeout");
        kindOnly.remove("back");
        String kind = update.sibling(kindOnly).choice(KINDS);
        Optional<String> back = update.optionalText("back");
        return switch (kind) {
            case "command" -> new CommandUpdate(update.text(kind), back, variables, with.output());
            case "agent" -> {
                Words agent = update.words(kind).only("prefix", "version");
                Tree tree = agent.checked("prefix", agent.text("prefix"), () -> with.tree(agent.text("prefix")));
                Version version =
                        agent.checked("version", agent.text("version"), () -> new Version(agent.text("version")));
                yield new AgentUpdate(with.consul(), tree, version, with.caller());
            }
            case "event" -> {
                Words event = update.words(kind).only("name", "payload", "acknowledged");
                yield new EventUpdate(
                        with.consul(),
                        event.text("name"),
                        event.optionalText("payload").orElse(""),
                        event.optionalText("acknowledged")
                                .map(prefix -> event.checked("acknowledged", prefix, () -> with.tree(prefix))));
            }
            default -> {
                Words key = update.words(kind).only("key", "value");
                yield new KeyUpdate(with.consul(), key.text("key"), key.text("value"), back);
            }
        };
    }
}
