package io.jenkins.plugins.consuldeploy.spec;

import io.jenkins.plugins.consuldeploy.bluegreen.AgentWork;
import io.jenkins.plugins.consuldeploy.bluegreen.ColorWork;
import io.jenkins.plugins.consuldeploy.bluegreen.CommandWork;
import io.jenkins.plugins.consuldeploy.bluegreen.EventWork;
import io.jenkins.plugins.consuldeploy.bluegreen.SwitchWork;
import io.jenkins.plugins.consuldeploy.phase.Tree;
import io.jenkins.plugins.consuldeploy.phase.Version;
import io.jenkins.plugins.consuldeploy.traffic.Color;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The words {@code deploy}, {@code verify} and {@code stop}: what is done to a color. */
final class WorkWords {

    /** Whoever began the switch does it himself, by a block of steps: only a build's record has this word. */
    private static final String BODY = "body";

    private WorkWords() {}

    /** One of them; empty where it is not there, or a build's own. */
    static Optional<SwitchWork.Job> read(WrittenRelease written, String name, List<String> kinds, Surroundings with) {
        Optional<Words> found = written.words().optionalWords(name);
        if (found.isEmpty()) {
            return Optional.empty();
        }
        Map<String, Object> kindOnly = found.get().asMap();
        kindOnly.remove("timeout");
        if (kindOnly.containsKey(BODY)) {
            return Optional.empty();
        }
        Words work = found.get();
        for (Map.Entry<String, Object> one : kindOnly.entrySet()) {
            if (!kinds.contains(one.getKey())) {
                throw work.bad(
                        one.getKey(),
                        String.valueOf(one.getValue()),
                        "no such field; there are " + String.join(", ", kinds) + ", timeout");
            }
        }
        String kind = work.sibling(kindOnly).choice(kinds.toArray(String[]::new));
        return Optional.of(
                new SwitchWork.Job(work(written, work, kind, with), work.time("timeout", SwitchWork.TIMEOUT)));
    }

    // Private

    private static ColorWork work(WrittenRelease written, Words work, String kind, Surroundings with) {
        return switch (kind) {
            case "command" -> new CommandWork(work.text(kind), written.variables(), with.output(), with.commands());
            case "agent" -> {
                Words agent = work.words(kind).only("blue", "green", "version");
                Map<Color, Tree> trees = new EnumMap<>(Color.class);
                for (Color color : Color.values()) {
                    String prefix = agent.text(color.word());
                    trees.put(color, agent.checked(color.word(), prefix, () -> with.tree(prefix)));
                }
                if (trees.get(Color.BLUE).prefix().equals(trees.get(Color.GREEN).prefix())) {
                    throw agent.bad(
                            Color.GREEN.word(),
                            trees.get(Color.GREEN).prefix(),
                            "blue has this prefix; each color needs one of its own");
                }
                String version =
                        agent.optionalText("version").or(written::version).orElseThrow(() -> agent.missing("version"));
                yield new AgentWork(
                        with.consul(),
                        trees,
                        agent.checked("version", version, () -> new Version(version)),
                        with.caller());
            }
            default -> {
                EventWords event = EventWords.read(work.words(kind), with);
                yield new EventWork(with.consul(), event.event(), event.acknowledged());
            }
        };
    }
}
