package io.jenkins.plugins.consuldeploy.phase;

import java.util.Locale;
import java.util.Optional;

/** What a node says of a version. */
public enum NodeState {
    /** It is preparing or activating it. */
    BUSY,
    /** It is prepared. */
    READY,
    /** It runs. */
    ACTIVE,
    /** It could not be prepared or activated; the node's report has the output. */
    FAILED;

    /** Reads our words and Depro's. A word that nobody knows counts as busy: the node is there and has not said more. */
    public static NodeState parse(String word) {
        return known(word).orElse(BUSY);
    }

    private static Optional<NodeState> known(String word) {
        return Optional.ofNullable(
                switch (word) {
                    case "busy", "deploying", "starting" -> BUSY;
                    case "ready", "available" -> READY;
                    case "active" -> ACTIVE;
                    case "failed" -> FAILED;
                    default -> null;
                });
    }

    /** The word in Consul. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether the version could be activated there. */
    public boolean isPrepared() {
        return this == READY || this == ACTIVE;
    }

    @Override
    public String toString() {
        return word();
    }
}
