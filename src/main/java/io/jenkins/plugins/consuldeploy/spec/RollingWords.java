package io.jenkins.plugins.consuldeploy.spec;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.ToNumberPolicy;
import com.google.gson.reflect.TypeToken;
import io.jenkins.plugins.consuldeploy.balancer.LoadBalancer;
import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.fleet.HostSource;
import io.jenkins.plugins.consuldeploy.fleet.Suspension;
import io.jenkins.plugins.consuldeploy.fleet.ZoneOrder;
import io.jenkins.plugins.consuldeploy.phase.BatchSize;
import io.jenkins.plugins.consuldeploy.rolling.MinHealthy;
import io.jenkins.plugins.consuldeploy.rolling.Releases;
import io.jenkins.plugins.consuldeploy.rolling.RollingPolicy;
import io.jenkins.plugins.consuldeploy.rolling.RollingPolicy.OnHostFailure;
import io.jenkins.plugins.consuldeploy.rolling.RollingSpec;
import io.jenkins.plugins.consuldeploy.rolling.Update;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * A rolling release as it is written, and from its record: the words with their variables filled in, and the variables
 * that its commands find in their environment.
 */
public final class RollingWords implements RollingSpec.Reader {

    /** What a command finds in its environment besides what is set for it. */
    public static final Set<String> COMMAND_VARIABLES = Set.of(
            "HOST", "HOST_ID", "HOST_ADDRESS", "HOST_PORT", "HOST_ZONE", "HOST_INDEX", "APP", "RELEASE_ID", "VERSION");

    private static final Gson GSON = new GsonBuilder()
            .disableHtmlEscaping()
            .setObjectToNumberStrategy(ToNumberPolicy.LONG_OR_DOUBLE)
            .create();
    private static final int MAX_NAME = 100;
    private static final String WORDS = "words";
    private static final String VARIABLES = "variables";
    private static final Words NOTHING = Words.of(Map.of(), Words.Places.UNKNOWN);

    private final Surroundings with;

    public RollingWords(Surroundings with) {
        this.with = with;
    }

    /** The Consul that is spoken to. */
    public Consul consul() {
        return with.consul();
    }

    /** A release, what updates its hosts where the words say that, and whom it tells what becomes of it. */
    public record Reading(
            RollingSpec spec,
            Optional<Update> update,
            Duration updateTimeout,
            Releases.IfDead ifDead,
            Audience audience) {}

    /**
     * Reads a release.
     *
     * @param variables for {@code ${name}} in its values, and for its commands' environment
     * @throws io.jenkins.plugins.consuldeploy.phase.BadInputException naming the field, by its path and its place
     */
    public Reading read(Map<String, Object> tree, Map<String, String> variables, Words.Places places) {
        variables.keySet().forEach(name -> Variables.checkName(name, COMMAND_VARIABLES));
        Map<String, Object> filled = Variables.fill(tree, variables, COMMAND_VARIABLES, places);
        return read(Words.of(filled, places), filled, new TreeMap<>(variables), false);
    }

    /** The record of a release in whose words nothing is left to be filled in. */
    public static String record(Map<String, Object> tree) {
        Map<String, Object> record = new LinkedHashMap<>();
        record.put(WORDS, tree);
        record.put(VARIABLES, Map.of());
        return GSON.toJson(record);
    }

    /** Reads the record of a release that is to begin. */
    public Reading readNew(String record) {
        return readRecord(record, false);
    }

    /** Reads a release's record. A channel to notify that is not known here is no error: the release has begun. */
    public Reading readRecord(String text) {
        return readRecord(text, true);
    }

    @Override
    public RollingSpec read(String text) {
        return readRecord(text).spec();
    }

    // Private

    private Reading readRecord(String text, boolean isOnRecord) {
        Map<String, Map<String, Object>> recorded =
                GSON.fromJson(text, new TypeToken<Map<String, Map<String, Object>>>() {}.getType());
        Map<String, String> variables = new TreeMap<>();
        recorded.get(VARIABLES).forEach((name, value) -> variables.put(name, String.valueOf(value)));
        return read(Words.of(recorded.get(WORDS), Words.Places.UNKNOWN), recorded.get(WORDS), variables, isOnRecord);
    }

    private Reading read(Words words, Map<String, Object> tree, Map<String, String> variables, boolean isOnRecord) {
        words.only(
                "app",
                "version",
                "hosts",
                "loadBalancers",
                "batch",
                "canary",
                "canaryPause",
                "pause",
                "minHealthy",
                "maxFailures",
                "onFailure",
                "drainTimeout",
                "cutOff",
                "healthTimeout",
                "update",
                "check",
                "suspend",
                "notify",
                "aws",
                "ifDead");
        Words aws = words.optionalWords("aws").orElse(NOTHING);
        if (words.has("aws")) {
            with.checkAws(aws);
        }
        String app = words.text("app");
        if (app.codePoints().anyMatch(Character::isISOControl) || app.length() > MAX_NAME) {
            throw words.bad("app", app, "a name of at most " + MAX_NAME + " characters, without control characters");
        }
        List<LoadBalancer> balancers = new ArrayList<>();
        words.list("loadBalancers").forEach(one -> balancers.add(BalancerWords.read(one, aws, with)));
        List<Suspension> suspensions = new ArrayList<>();
        words.list("suspend").forEach(one -> suspensions.add(SuspendWords.read(one, aws, with)));
        checkDiffer(
                words,
                "loadBalancers",
                balancers.stream().map(LoadBalancer::name).toList());
        checkDiffer(words, "suspend", suspensions.stream().map(Suspension::name).toList());
        Optional<Words> updateWords = words.optionalWords("update");
        Optional<Update> update = updateWords.map(one -> UpdateWords.read(one, variables, with));
        Duration updateTimeout = updateWords
                .map(one -> one.time("timeout", RollingPolicy.DEFAULT.updateTimeout()))
                .orElse(RollingPolicy.DEFAULT.updateTimeout());
        RollingPolicy policy = policy(words, updateTimeout);
        boolean canGoBack = update.map(Update::canGoBack).orElse(true);
        if (policy.onFailure() == OnHostFailure.ROLLBACK && !canGoBack) {
            throw words.bad(
                    "onFailure", "rollback", "the update has no way back; give 'back' beside its command or value");
        }
        Audience audience = Audience.read(words, with, isOnRecord);
        Optional<String> version =
                words.optionalText("version").or(() -> Optional.ofNullable(variables.get("version")));
        Map<String, String> known = new TreeMap<>(variables);
        known.put("APP", app);
        version.ifPresent(name -> known.put("VERSION", name));
        Map<String, Object> record = new LinkedHashMap<>();
        record.put(WORDS, tree);
        record.put(VARIABLES, variables);
        RollingSpec spec = new RollingSpec(
                app,
                version,
                alternating(HostWords.read(words.words("hosts"), aws, with)),
                balancers,
                suspensions,
                words.optionalWords("check").map(one -> CheckWords.read(one, known, with)),
                policy,
                canGoBack,
                GSON.toJson(record));
        return new Reading(spec, update, updateTimeout, ifDead(words), audience);
    }

    /** The record finds each by its name. */
    private static void checkDiffer(Words words, String field, List<String> names) {
        for (int i = 0; i < names.size(); i++) {
            if (names.subList(0, i).contains(names.get(i))) {
                throw words.bad(field + "[" + i + "]", names.get(i), "it is there twice; leave one out");
            }
        }
    }

    private static RollingPolicy policy(Words words, Duration updateTimeout) {
        RollingPolicy usual = RollingPolicy.DEFAULT;
        BatchSize batch = size(words, "batch").orElse(usual.batch());
        Optional<BatchSize> canary = size(words, "canary");
        Duration canaryPause = words.duration("canaryPause", usual.canaryPause());
        Duration pause = words.duration("pause", usual.pause());
        Optional<MinHealthy> minHealthy = words.optionalText("minHealthy")
                .map(text -> words.checked("minHealthy", text, () -> MinHealthy.parse("minHealthy", text)));
        int maxFailures = words.number("maxFailures", usual.maxFailures(), 0, Integer.MAX_VALUE);
        OnHostFailure onFailure = onFailure(words);
        Duration drainTimeout = words.time("drainTimeout", usual.drainTimeout());
        boolean cutOff = words.flag("cutOff", usual.cutOff());
        Duration healthTimeout = words.time("healthTimeout", usual.healthTimeout());
        return words.placed(() -> new RollingPolicy(
                batch,
                canary,
                canaryPause,
                pause,
                minHealthy,
                maxFailures,
                onFailure,
                drainTimeout,
                cutOff,
                updateTimeout,
                healthTimeout));
    }

    private static Optional<BatchSize> size(Words words, String name) {
        return words.optionalText(name).map(text -> words.checked(name, text, () -> BatchSize.parse(name, text)));
    }

    private static OnHostFailure onFailure(Words words) {
        String text = words.optionalText("onFailure").orElse("stop");
        return switch (text) {
            case "stop" -> OnHostFailure.STOP;
            case "continue" -> OnHostFailure.CONTINUE;
            case "rollback" -> OnHostFailure.ROLLBACK;
            default -> throw words.bad("onFailure", text, "'stop', 'continue' or 'rollback'");
        };
    }

    private static Releases.IfDead ifDead(Words words) {
        String text = words.optionalText("ifDead").orElse("repair");
        return switch (text) {
            case "repair" -> Releases.IfDead.REPAIR;
            case "refuse" -> Releases.IfDead.REFUSE;
            default -> throw words.bad("ifDead", text, "'repair' or 'refuse'");
        };
    }

    private static HostSource alternating(HostSource source) {
        return new HostSource() {
            @Override
            public List<io.jenkins.plugins.consuldeploy.fleet.Host> find() throws InterruptedException {
                return ZoneOrder.alternating(source.find());
            }

            @Override
            public String describe() {
                return source.describe();
            }
        };
    }
}
