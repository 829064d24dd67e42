package io.jenkins.plugins.consuldeploy.agent;

import java.util.List;
import java.util.OptionalInt;

/**
 * How a script ended.
 *
 * @param exitCode absent when it was ended, or could not be started
 * @param output   its last lines
 */
record ScriptResult(Ending ending, OptionalInt exitCode, List<String> output) {

    enum Ending {
        /** With exit code 0. */
        DONE,
        /** With another one, by its timeout, or it could not be started. */
        FAILED,
        /** The agent was stopped meanwhile, and ended it: that is no failure of the version. */
        STOPPED
    }

    boolean isDone() {
        return ending == Ending.DONE;
    }
}
