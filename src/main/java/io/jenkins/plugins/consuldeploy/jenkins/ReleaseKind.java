package io.jenkins.plugins.consuldeploy.jenkins;

import io.jenkins.plugins.consuldeploy.journal.ReleaseKeys;
import io.jenkins.plugins.consuldeploy.spec.Surroundings;
import java.io.PrintStream;
import java.util.Map;

/** What a build may ask for. Their names are kept by builds through a restart. */
enum ReleaseKind {
    ROLLING("release", "release") {
        @Override
        ReleaseEngine engine(Map<String, Object> words, Surroundings with, ReleaseKeys keys, PrintStream log) {
            return new RollingEngine(words, with, keys, log);
        }

        @Override
        boolean wantsBlock(Map<String, Object> words) {
            return !words.containsKey("update");
        }
    },
    SWITCH("switch", "switch") {
        @Override
        ReleaseEngine engine(Map<String, Object> words, Surroundings with, ReleaseKeys keys, PrintStream log) {
            return new SwitchEngine(false, words, with, keys, log);
        }

        @Override
        boolean wantsBlock(Map<String, Object> words) {
            return words.get("deploy") instanceof Map<?, ?> deploy && deploy.containsKey("body");
        }
    },
    BACK("switch back", "switch") {
        @Override
        ReleaseEngine engine(Map<String, Object> words, Surroundings with, ReleaseKeys keys, PrintStream log) {
            return new SwitchEngine(true, words, with, keys, log);
        }

        @Override
        boolean wantsBlock(Map<String, Object> words) {
            return false;
        }
    };

    private final String doing;
    private final String noun;

    ReleaseKind(String doing, String noun) {
        this.doing = doing;
        this.noun = noun;
    }

    /**
     * What does it.
     *
     * @throws io.jenkins.plugins.consuldeploy.phase.BadInputException when fault is found with its words
     */
    abstract ReleaseEngine engine(Map<String, Object> words, Surroundings with, ReleaseKeys keys, PrintStream log);

    abstract boolean wantsBlock(Map<String, Object> words);

    /** The verb. */
    String doing() {
        return doing;
    }

    String noun() {
        return noun;
    }
}
