package io.jenkins.plugins.consuldeploy.agent;

import io.jenkins.plugins.consuldeploy.phase.NodeReport;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * How a script ended.
 *
 * @param exitCode absent when it was ended, or could not be started
 * @param output   its last lines
 */
record ScriptResult(Ending ending, OptionalInt exitCode, List<String> output) {

    ScriptResult {
        output = List.copyOf(output);
    }

    enum Ending {
        /** With exit code 0. */
        DONE,
        /** With another one, by its timeout, or it could not be started. */
        FAILED,
        /** It was ended because the agent is stopping, or had something else to do first: no failure of the version. */
        STOPPED
    }

    static final ScriptResult NOTHING_TO_DO = new ScriptResult(Ending.DONE, OptionalInt.of(0), List.of());

    /** Something else than a script failed. */
    static ScriptResult failed(String line) {
        return new ScriptResult(Ending.FAILED, OptionalInt.empty(), List.of(line));
    }

    boolean isDone() {
        return ending == Ending.DONE;
    }

    /** This result and the one of the script after it, as one. */
    ScriptResult followedBy(ScriptResult next) {
        List<String> lines = new ArrayList<>(output);
        lines.addAll(next.output());
        return new ScriptResult(
                next.ending(),
                next.exitCode(),
                lines.subList(Math.max(0, lines.size() - NodeReport.MAX_OUTPUT_LINES), lines.size()));
    }
}
