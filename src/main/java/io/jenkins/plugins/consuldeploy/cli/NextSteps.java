package io.jenkins.plugins.consuldeploy.cli;

import io.jenkins.plugins.consuldeploy.consul.LockHeldException;
import io.jenkins.plugins.consuldeploy.journal.ReleaseLock;
import io.jenkins.plugins.consuldeploy.phase.Durations;
import io.jenkins.plugins.consuldeploy.rolling.Outcome;
import io.jenkins.plugins.consuldeploy.rolling.ReleaseText;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What whoever is on call does after a release that did not succeed: as commands to be given.
 *
 * @param again    the words of the command that releases anew
 * @param sameKeys the options that lead to the same Consul and keys
 */
record NextSteps(List<String> again, List<String> sameKeys) {

    private static final String HOLDS_RELEASE = "release ";

    /** @param outcome how the release stands, if one was begun or gone on with */
    Failure after(Failure failure, Optional<Outcome> outcome) {
        if (failure.cause() instanceof LockHeldException held) {
            return failure.saying(afterLocked(held.holder().what()));
        }
        if (outcome.isEmpty()) {
            return failure.exit() == Exit.INTERRUPTED ? failure.saying(". No release was begun") : failure;
        }
        if (!outcome.get().state().isOver()) {
            return failure.saying(
                    "\nThe release " + outcome.get().id() + " stays on record as it stands. Go on with it: "
                            + resume(outcome.get().id()));
        }
        String how = failure.exit() == Exit.INTERRUPTED ? ": " + ReleaseText.sentence(outcome.get()) : "";
        return failure.saying(how + "\n" + afterEnd(outcome.get()));
    }

    // Private

    private String afterLocked(String what) {
        String resume = what.startsWith(HOLDS_RELEASE) ? resume(what.substring(HOLDS_RELEASE.length())) : "";
        return "\nWait until it is done. If it is dead"
                + (resume.isEmpty()
                        ? ", its lock is free within " + Durations.show(ReleaseLock.DEAD_HOLDER_LIMIT)
                        : ", go on with it: " + resume);
    }

    private String afterEnd(Outcome outcome) {
        return ReleaseText.leftBehind(outcome)
                + (outcome.done().isEmpty() ? "" : " Done: " + Names.of(outcome.done()) + ".")
                + "\nWhen the cause is gone: " + command(again);
    }

    private String resume(String id) {
        return command(List.of("resume", id));
    }

    private String command(List<String> words) {
        List<String> all = new ArrayList<>(List.of("consul-deploy"));
        all.addAll(words);
        all.addAll(sameKeys);
        return String.join(" ", all.stream().map(NextSteps::quoted).toList());
    }

    /** As a shell reads it. */
    private static String quoted(String word) {
        return word.matches("[A-Za-z0-9_./:=@%+,-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
    }
}
