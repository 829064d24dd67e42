package io.jenkins.plugins.consuldeploy.spec;

import io.jenkins.plugins.consuldeploy.phase.Tree;
import io.jenkins.plugins.consuldeploy.phase.Version;
import io.jenkins.plugins.consuldeploy.rolling.AgentUpdate;
import io.jenkins.plugins.consuldeploy.rolling.CommandUpdate;
import io.jenkins.plugins.consuldeploy.rolling.EventUpdate;
import io.jenkins.plugins.consuldeploy.rolling.KeyUpdate;
import io.jenkins.plugins.consuldeploy.rolling.Restart;
import io.jenkins.plugins.consuldeploy.rolling.SharedKey;
import io.jenkins.plugins.consuldeploy.rolling.Update;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The word {@code update}: what changes a host while it is out of service. */
final class UpdateWords {

    private static final String[] KINDS = {"command", "agent", "event", "consulKey"};

    private static final List<String> BACK = List.of("command", "consulKey");

    private UpdateWords() {}

    static Update read(Words update, Map<String, String> variables, Surroundings with) {
        update.only("command", "agent", "event", "consulKey", "timeout", "back");
        Map<String, Object> kindOnly = update.asMap();
        kindOnly.remove("timeout");
        kindOnly.remove("back");
        String kind = update.sibling(kindOnly).choice(KINDS);
        Optional<String> back = update.optionalText("back");
        if (back.isPresent() && !BACK.contains(kind)) {
            throw update.bad(
                    "back",
                    back.get(),
                    "an update by '" + kind + "' has no such field; it goes with " + String.join(", ", BACK));
        }
        return switch (kind) {
            case "command" -> new CommandUpdate(update.text(kind), back, variables, with.output(), with.commands());
            case "agent" -> {
                Words agent = update.words(kind).only("prefix", "version");
                Tree tree = agent.checked("prefix", agent.text("prefix"), () -> with.tree(agent.text("prefix")));
                Version version =
                        agent.checked("version", agent.text("version"), () -> new Version(agent.text("version")));
                yield new AgentUpdate(with.consul(), tree, version, with.caller());
            }
            case "event" -> {
                EventWords event = EventWords.read(update.words(kind), with);
                yield new EventUpdate(with.consul(), event.event(), event.acknowledged());
            }
            default -> {
                Words key = update.words(kind).only("key", "value", "shared", "restart");
                String value = key.optionalText("value").orElseThrow(() -> key.missing("value"));
                yield new KeyUpdate(
                        with.consul(),
                        key.text("key"),
                        value,
                        back,
                        key.optionalText("shared").map(shared -> new SharedKey(with.consul(), with.keyRoot(), shared)),
                        key.optionalWords("restart").map(restart -> restart(restart.only("service", "seen"))));
            }
        };
    }

    // Private

    private static Restart restart(Words words) {
        String seen = words.optionalText("seen").orElse(Restart.BY_CHECKS);
        return words.checked("seen", seen, () -> Restart.parse("seen", words.text("service"), seen));
    }
}
