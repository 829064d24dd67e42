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
 * @param goneOn   the release on record that is gone on with, where it is not a new one
 * @param sameKeys the options that lead to the same Consul and keys
 */
record NextSteps(List<String> again, Optional<String> goneOn, List<String> sameKeys) {

    private static final String HOLDS_RELEASE = "release ";

    /**
     * @param outcome how the release stands, if one was begun or gone on with
     * @param wasOver whether it was over before
     */
    Failure after(Failure failure, Optional<Outcome> outcome, boolean wasOver) {
        if (failure.cause() instanceof LockHeldException held) {
            return failure.saying(afterLocked(held.holder().what()));
        }
        if (outcome.isEmpty()) {
            boolean saysAll = failure.exit() == Exit.BAD_INPUT || failure.exit() == Exit.LOCKED;
            return saysAll ? failure : failure.saying("\n" + afterNothing());
        }
        if (wasOver) {
            return failure.saying("\n" + afterOver(outcome.get()));
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

    private String afterNothing() {
        return goneOn.map(id -> "The release " + id + " stays on record as it stands. Go on with it: " + resume(id))
                .orElse("No release was begun; no host was touched for it. When the cause is gone: " + command(again));
    }

    private String afterOver(Outcome outcome) {
        return "That was its end already, and nothing was done now. Done were then: " + orNone(outcome.done())
                + "; out of service: " + orNone(outcome.out())
                + ". What came after it: " + command(List.of("releases", "--app", outcome.app()));
    }

    private static String orNone(List<String> names) {
        return names.isEmpty() ? "none" : Names.of(names);
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
