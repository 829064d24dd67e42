package io.jenkins.plugins.consuldeploy.spec;

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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A rolling release as it is written, and from its record: the words with their variables filled in, and the variables
 * that its commands find in their environment.
 */
public final class RollingWords implements RollingSpec.Reader {

    /** What a command finds in its environment besides what is set for it. */
    public static final Set<String> COMMAND_VARIABLES = Set.of(
            "HOST", "HOST_ID", "HOST_ADDRESS", "HOST_PORT", "HOST_ZONE", "HOST_INDEX", "APP", "RELEASE_ID", "VERSION");

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
        return read(WrittenRelease.of(tree, variables, COMMAND_VARIABLES, places));
    }

    /** The record of a release in whose words nothing is left to be filled in. */
    public static String record(Map<String, Object> tree) {
        return WrittenRelease.record(tree);
    }

    /** Reads the record of a release that is to begin. */
    public Reading readNew(String record) {
        return read(WrittenRelease.ofRecord(record, false));
    }

    /** Reads a release's record. A channel to notify that is not known here is no error: the release has begun. */
    public Reading readRecord(String text) {
        return read(WrittenRelease.ofRecord(text, true));
    }

    @Override
    public RollingSpec read(String text) {
        return readRecord(text).spec();
    }

    // Private

    private Reading read(WrittenRelease written) {
        Words words = written.words();
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
        Words aws = written.aws(with);
        String app = written.app();
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
        Optional<Update> update = updateWords.map(one -> UpdateWords.read(one, written.variables(), with));
        Duration updateTimeout = updateWords
                .map(one -> one.time("timeout", RollingPolicy.DEFAULT.updateTimeout()))
                .orElse(RollingPolicy.DEFAULT.updateTimeout());
        RollingPolicy policy = policy(words, updateTimeout);
        boolean canGoBack = update.map(Update::canGoBack).orElse(true);
        if (policy.onFailure() == OnHostFailure.ROLLBACK && !canGoBack) {
            throw words.bad(
                    "onFailure", "rollback", "the update has no way back; give 'back' beside its command or value");
        }
        Audience audience = written.audience(with);
        RollingSpec spec = new RollingSpec(
                app,
                written.version(),
                alternating(HostWords.read(words.words("hosts"), aws, with)),
                balancers,
                suspensions,
                words.optionalWords("check").map(one -> CheckWords.read(one, written.known(), with)),
                policy,
                canGoBack,
                written.record());
        return new Reading(spec, update, updateTimeout, written.ifDead(), audience);
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
