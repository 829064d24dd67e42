package io.jenkins.plugins.consuldeploy.phase;

import java.util.Locale;

/** The parts of a deployment, in their order. */
public enum Phase {
    /** Every node gets the version onto its disk; nothing that runs changes. */
    PREPARE,
    /** The version becomes the one to run: everywhere in one transaction, or batch by batch. */
    COMMIT,
    /** Every node is seen to run it. */
    CONFIRM,
    /** The previous version becomes the one to run again. */
    ROLLBACK,
    /** Old versions go. */
    CLEAN;

    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
