package io.jenkins.plugins.consuldeploy.cli;

import io.jenkins.plugins.consuldeploy.bluegreen.SwitchPhase;
import io.jenkins.plugins.consuldeploy.consul.LockHeldException;
import io.jenkins.plugins.consuldeploy.journal.ReleaseLock;
import io.jenkins.plugins.consuldeploy.phase.Durations;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What whoever is on call does after a release that did not succeed: as commands to be given.
 *
 * @param noun     what is begun anew: {@code release} or {@code switch}
 * @param again    the words of the command that releases anew; empty where its file is not known
 * @param goneOn   the release on record that is gone on with, where it is not a new one
 * @param sameKeys the options that lead to the same Consul and keys
 */
record NextSteps(String noun, List<String> again, Optional<String> goneOn, List<String> sameKeys) {

    private static final String HOLDS_RELEASE = "release ";

    /**
     * @param outcome how the release stands, if one was begun or gone on with
     * @param wasOver whether it was over before
     */
    Failure after(Failure failure, Optional<ReleaseEnd> outcome, boolean wasOver) {
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
            return failure.saying("\nThe " + outcome.get().noun() + " "
                    + outcome.get().id() + " stays on record as it stands. Go on with it: "
                    + resume(outcome.get().id()));
        }
        String how = failure.exit() == Exit.INTERRUPTED ? ": " + outcome.get().sentence() : "";
        return failure.saying(how + "\n" + afterEnd(outcome.get()));
    }

    /** After one that succeeded: the way back of a switch. */
    List<String> after(ReleaseEnd end) {
        boolean canGoBack = end instanceof ReleaseEnd.Switched switched
                && !switched.outcome().back()
                && switched.outcome()
                        .stage()
                        .filter(stage -> stage.phase() == SwitchPhase.STOPPING)
                        .isEmpty()
                && switched.outcome()
                        .from()
                        .filter(from -> from != switched.outcome().to())
                        .isPresent();
        if (!canGoBack) {
            return List.of();
        }
        List<String> words = new ArrayList<>(again(end));
        words.add("--back");
        return List.of("The way back, as long as the other color runs: " + command(words));
    }

    // Private

    private List<String> again(ReleaseEnd end) {
        return again.isEmpty() ? List.of(end instanceof ReleaseEnd.Switched ? "switch" : "roll", "FILE") : again;
    }

    private String afterLocked(String what) {
        String resume = what.startsWith(HOLDS_RELEASE) ? resume(what.substring(HOLDS_RELEASE.length())) : "";
        return "\nWait until it is done. If it is dead"
                + (resume.isEmpty()
                        ? ", its lock is free within " + Durations.show(ReleaseLock.DEAD_HOLDER_LIMIT)
                        : ", go on with it: " + resume)
                + (again.contains("--back")
                        ? ". To go back without waiting for it, end it as it stands (" + command(List.of("unlock"))
                                + " --app APP), and give this again"
                        : "");
    }

    private String afterNothing() {
        String untouched = noun.equals("switch") ? "no traffic was moved for it" : "no host was touched for it";
        return goneOn.map(
                        id -> "The " + noun + " " + id + " stays on record as it stands. Go on with it: " + resume(id))
                .orElse("No " + noun + " was begun; " + untouched + ". When the cause is gone: " + command(again));
    }

    private String afterOver(ReleaseEnd end) {
        return "That was its end already, and nothing was done now. " + end.wasLeft() + " What came after it: "
                + command(List.of("releases", "--app", end.app()));
    }

    private String afterEnd(ReleaseEnd end) {
        return end.leaves() + "\nWhen the cause is gone: " + command(again(end));
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
