package io.jenkins.plugins.consuldeploy.spec;

import io.jenkins.plugins.consuldeploy.bluegreen.ColorTurn;
import io.jenkins.plugins.consuldeploy.bluegreen.LiveIs;
import io.jenkins.plugins.consuldeploy.bluegreen.SwitchPolicy;
import io.jenkins.plugins.consuldeploy.bluegreen.SwitchSpec;
import io.jenkins.plugins.consuldeploy.bluegreen.SwitchWork;
import io.jenkins.plugins.consuldeploy.fleet.HostSource;
import io.jenkins.plugins.consuldeploy.journal.Settler.IfDead;
import io.jenkins.plugins.consuldeploy.traffic.Color;
import io.jenkins.plugins.consuldeploy.traffic.TrafficSwitch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A switch between two colors as it is written, and from its record. */
public final class SwitchWords implements SwitchSpec.Reader {

    /** What a command finds in its environment besides what is set for it: of a color, or of the host that it checks. */
    public static final Set<String> COMMAND_VARIABLES = Stream.concat(
                    ColorTurn.VARIABLES.stream(),
                    Stream.of("HOST", "HOST_ID", "HOST_ADDRESS", "HOST_PORT", "HOST_ZONE"))
            .collect(Collectors.toUnmodifiableSet());

    private static final String NEVER = "never";
    private static final String AFTER_SOAK = "afterSoak";

    private final Surroundings with;

    public SwitchWords(Surroundings with) {
        this.with = with;
    }

    /**
     * A switch, what is done to its colors where the words say that, and whom it tells what becomes of it.
     *
     * @param work lacks what is a build's own block of steps: {@code {body: true}}
     */
    public record Reading(SwitchSpec spec, SwitchWork work, LiveIs liveIs, IfDead ifDead, Audience audience) {}

    /**
     * Reads a switch.
     *
     * @param variables for {@code ${name}} in its values, and for its commands' environment
     * @throws io.jenkins.plugins.consuldeploy.phase.BadInputException naming the field, by its path and its place
     */
    public Reading read(Map<String, Object> tree, Map<String, String> variables, Words.Places places) {
        return read(WrittenRelease.of(tree, variables, COMMAND_VARIABLES, places));
    }

    /** The record of a switch in whose words nothing is left to be filled in. */
    public static String record(Map<String, Object> tree) {
        return WrittenRelease.record(tree);
    }

    /** Reads the record of a switch that is to begin. */
    public Reading readNew(String record) {
        return read(WrittenRelease.ofRecord(record, false));
    }

    /** Reads a switch's record. A channel to notify that is not known here is no error: the switch has begun. */
    public Reading readRecord(String text) {
        return read(WrittenRelease.ofRecord(text, true));
    }

    /**
     * Finds fault with the word {@code weights} alone.
     *
     * @throws io.jenkins.plugins.consuldeploy.phase.BadInputException when it can't be so
     */
    public static void checkWeights(List<?> weights) {
        policy(Words.of(Map.of("weights", weights), Words.Places.UNKNOWN));
    }

    /**
     * Finds fault with the word {@code stopOld} alone.
     *
     * @throws io.jenkins.plugins.consuldeploy.phase.BadInputException when it can't be so
     */
    public static void checkStopOld(String text) {
        stopOld(Words.of(Map.of("stopOld", text), Words.Places.UNKNOWN));
    }

    @Override
    public SwitchSpec read(String text) {
        return readRecord(text).spec();
    }

    // Private

    private Reading read(WrittenRelease written) {
        Words words = written.words();
        words.only(
                "app",
                "version",
                "blue",
                "green",
                "traffic",
                "weights",
                "bake",
                "soak",
                "stopOld",
                "stop",
                "deploy",
                "verify",
                "check",
                "watch",
                "healthTimeout",
                "moveTimeout",
                "drainTimeout",
                "cutOff",
                "liveIs",
                "ifDead",
                "notify",
                "aws");
        Words aws = written.aws(with);
        String app = written.app();
        Map<Color, HostSource> hosts = new EnumMap<>(Color.class);
        for (Color color : Color.values()) {
            hosts.put(color, HostWords.read(words.words(color.word()), aws, with));
        }
        TrafficSwitch traffic = TrafficWords.read(words.words("traffic"), app, hosts, aws, with);
        SwitchPolicy policy = policy(words);
        if (policy.weights().size() > 1) {
            traffic.whyNoWeights().ifPresent(why -> {
                throw words.bad("weights", policy.weights().toString(), why + "; leave the word out");
            });
        }
        checkStop(words, policy);
        SwitchWork work = new SwitchWork(
                WorkWords.read(written, "deploy", List.of("command", "agent", "event"), with),
                WorkWords.read(written, "verify", List.of("command"), with),
                WorkWords.read(written, "stop", List.of("command"), with));
        SwitchSpec spec = new SwitchSpec(
                app,
                written.version(),
                hosts,
                traffic,
                words.optionalWords("check").map(one -> CheckWords.read(one, written.known(), with)),
                words.optionalWords("watch").map(one -> WatchWords.read(one, written.known(), with)),
                words.has("deploy"),
                words.has("verify"),
                words.has("stop"),
                policy,
                written.record());
        return new Reading(spec, work, liveIs(words), written.ifDead(), written.audience(with));
    }

    private static SwitchPolicy policy(Words words) {
        SwitchPolicy usual = SwitchPolicy.DEFAULT;
        List<Integer> weights = weights(words).orElse(usual.weights());
        Duration bake = words.duration("bake", usual.bake());
        Duration soak = words.duration("soak", usual.soak());
        Optional<Duration> stopOld = stopOld(words);
        boolean cutOff = words.flag("cutOff", usual.cutOff());
        Duration healthTimeout = words.time("healthTimeout", usual.checkTimeout());
        Duration moveTimeout = words.time("moveTimeout", usual.moveTimeout());
        Duration drainTimeout = words.time("drainTimeout", usual.drainTimeout());
        return words.placed(
                () -> new SwitchPolicy(weights, bake, soak, stopOld, cutOff, healthTimeout, moveTimeout, drainTimeout));
    }

    private static Optional<List<Integer>> weights(Words words) {
        if (!words.has("weights")) {
            return Optional.empty();
        }
        List<Integer> weights = new ArrayList<>();
        for (String text : words.texts("weights")) {
            String number = text.strip().replaceFirst("%$", "");
            if (!number.matches("[0-9]{1,3}")) {
                throw words.bad(
                        "weights",
                        words.texts("weights").toString(),
                        "percentages, each larger than the one before, up to 100: [10, 50, 100]");
            }
            weights.add(Integer.parseInt(number));
        }
        return Optional.of(weights);
    }

    private static Optional<Duration> stopOld(Words words) {
        String text = words.optionalText("stopOld").orElse(NEVER);
        return switch (text) {
            case NEVER -> Optional.empty();
            case AFTER_SOAK -> Optional.of(Duration.ZERO);
            default -> {
                if (!text.strip().matches("[0-9].*")) {
                    throw words.bad("stopOld", text, "'never', 'afterSoak', or how long the old color is kept, as 30m");
                }
                yield Optional.of(words.duration("stopOld", Duration.ZERO));
            }
        };
    }

    private static void checkStop(Words words, SwitchPolicy policy) {
        if (policy.stopOld().isPresent() && !words.has("stop")) {
            throw words.bad(
                    "stopOld", words.text("stopOld"), "nothing says how; give 'stop' too, such as {command: ./stop}");
        }
        if (policy.stopOld().isEmpty() && words.has("stop")) {
            throw words.bad(
                    "stop",
                    words.asMap().get("stop").toString(),
                    "nothing says when; give 'stopOld' too: afterSoak, or a duration");
        }
    }

    private static LiveIs liveIs(Words words) {
        String text = words.optionalText("liveIs").orElse("agreed");
        return switch (text) {
            case "agreed" -> LiveIs.AGREED;
            case "traffic" -> LiveIs.TRAFFIC;
            case "record" -> LiveIs.RECORD;
            default -> throw words.bad("liveIs", text, "'agreed', 'traffic' or 'record'");
        };
    }
}
