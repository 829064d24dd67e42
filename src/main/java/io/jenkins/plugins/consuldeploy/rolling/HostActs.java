package io.jenkins.plugins.consuldeploy.rolling;

import io.jenkins.plugins.consuldeploy.fleet.SideBySide;
import io.jenkins.plugins.consuldeploy.phase.Durations;
import io.jenkins.plugins.consuldeploy.time.TimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What is done to hosts. Each act is on record before it begins, may be done twice, and takes its hosts to another phase.
 */
final class HostActs {

    private static final String AGAIN = "begun again, for whoever began it did not see its end";

    private final RollingSpec spec;
    private final RollingPolicy policy;
    private final ReleaseRecord record;
    private final Balancers balancers;
    private final Quorum quorum;
    private final TimeSource time;
    /** Those for which this process has seen that enough others are in service. */
    private final Set<String> cleared = new HashSet<>();
    /** Those whose update this process has begun. */
    private final Set<String> begun = new HashSet<>();

    HostActs(RollingSpec spec, ReleaseRecord record, Balancers balancers, TimeSource time) {
        this.spec = spec;
        this.policy = spec.policy();
        this.record = record;
        this.balancers = balancers;
        this.time = time;
        this.quorum = new Quorum(policy, record, balancers, time);
    }

    /** @return why none of these may be taken out now; then they are as they were */
    Optional<String> begin(List<HostTurn> turns) throws InterruptedException {
        Optional<String> refusal = quorum.refusal(turns);
        if (refusal.isEmpty()) {
            for (HostTurn turn : turns) {
                cleared.add(turn.host().name());
                record.go(turn, HostPhase.DRAINING, Optional.empty());
            }
        }
        return refusal;
    }

    /** @return why these may not be taken out any more, by now; then they go back */
    Optional<String> drain(List<HostTurn> turns) throws InterruptedException {
        List<HostTurn> resumed = turns.stream()
                .filter(turn -> turn.fit() && !cleared.contains(turn.host().name()))
                .toList();
        Optional<String> refusal = resumed.isEmpty() ? Optional.empty() : quorum.refusal(resumed);
        if (refusal.isPresent()) {
            resumed.forEach(turn -> record.go(turn, HostPhase.RETURNING, Optional.empty()));
            return refusal;
        }
        List<HostTurn> draining = new ArrayList<>();
        for (HostTurn turn : turns) {
            Optional<String> failure = balancers.takeOut(turn);
            if (failure.isPresent()) {
                giveUp(turn, "could not be taken out: " + failure.get());
            } else {
                draining.add(turn);
            }
        }
        await(
                draining,
                policy.drainTimeout(),
                this::takenOut,
                turn -> record.go(turn, HostPhase.OUT, Optional.empty()),
                turn -> {
                    String why = "was not drained after " + Durations.show(policy.drainTimeout()) + " ("
                            + balancers.describe(turn) + ")";
                    if (policy.cutOff()) {
                        record.go(turn, HostPhase.OUT, Optional.of(why));
                    } else {
                        giveUp(turn, why);
                    }
                });
        return Optional.empty();
    }

    /** @param stops whether no further host is to be changed: then one that was not goes back */
    void beginUpdate(List<HostTurn> turns, boolean stops) {
        for (HostTurn turn : turns) {
            boolean goesBack = stops && !turn.changed();
            record.go(turn, goesBack ? HostPhase.RETURNING : HostPhase.UPDATING, Optional.empty());
            if (!goesBack) {
                begun.add(turn.host().name());
            }
        }
    }

    /** An update that another process has begun is begun anew, on record. */
    void beginAgain(List<HostTurn> turns) {
        for (HostTurn turn : turns) {
            if (begun.add(turn.host().name())) {
                record.go(turn, HostPhase.UPDATING, Optional.of(AGAIN));
            }
        }
    }

    void check(List<HostTurn> turns) throws InterruptedException {
        record.checkOurs();
        SideBySide.run(
                "check",
                turns,
                turn -> spec.check().isPresent()
                        ? spec.check().get().await(turn.host(), policy.healthTimeout())
                        : Optional.empty(),
                record::checkOurs,
                (turn, failure) ->
                        record.go(turn, failure.isPresent() ? HostPhase.FAILED : HostPhase.RETURNING, failure));
    }

    void putBack(List<HostTurn> turns) throws InterruptedException {
        List<HostTurn> returning = new ArrayList<>();
        for (HostTurn turn : turns) {
            Optional<String> failure = balancers.putBack(turn);
            if (failure.isPresent()) {
                notTakenBack(turn, "could not be put back: " + failure.get());
            } else {
                returning.add(turn);
            }
        }
        await(
                returning,
                policy.healthTimeout(),
                balancers::asBefore,
                turn -> record.go(turn, afterReturning(turn), turn.reason()),
                turn -> notTakenBack(
                        turn,
                        "was not in service again after " + Durations.show(policy.healthTimeout()) + " ("
                                + balancers.describe(turn) + ")"));
    }

    /**
     * Sees that hosts that were changed and failed stay out. A balancer that was restarted knows nothing of what it was
     * told, and gives them traffic again.
     */
    void keepOut(List<HostTurn> failed) throws InterruptedException {
        for (HostTurn turn : returned(failed.stream().filter(HostTurn::changed).toList())) {
            Optional<String> refused = balancers.takeOut(turn);
            record.note(turn.host() + " failed, and its balancers did not say any more that it is out: "
                    + refused.map(why -> "it could not be taken out once more: " + why)
                            .orElse("it was taken out once more"));
        }
    }

    /** Ends a host's turn where it is: one that is fit goes back without being waited for, any other stays out. */
    void endInOrder(HostTurn turn, String why) throws InterruptedException {
        if (!turn.fit()) {
            record.leaveOut(turn, why + " while " + turn.phase().word());
            return;
        }
        HostTurn returning =
                turn.phase() == HostPhase.RETURNING ? turn : record.go(turn, HostPhase.RETURNING, Optional.empty());
        Optional<String> failure = balancers.putBack(returning);
        if (failure.isPresent()) {
            notTakenBack(returning, "could not be put back: " + failure.get());
        } else {
            record.go(returning, afterReturning(returning), returning.reason());
        }
    }

    // Private

    /** Those that are out. One that came back, for its balancer was restarted meanwhile, is taken out again. */
    private Set<String> takenOut(List<HostTurn> turns) throws InterruptedException {
        Set<String> out = balancers.out(turns);
        List<HostTurn> others =
                turns.stream().filter(turn -> !out.contains(turn.host().name())).toList();
        for (HostTurn turn : returned(others)) {
            balancers.takeOut(turn); // where it is refused, the deadline ends it
        }
        return out;
    }

    private List<HostTurn> returned(List<HostTurn> takenOut) throws InterruptedException {
        Set<String> away = balancers.away(takenOut);
        return takenOut.stream()
                .filter(turn -> !away.contains(turn.host().name()))
                .toList();
    }

    /** One that is fit goes back to its traffic as it was before; the reason makes it a failure when it is there. */
    private void giveUp(HostTurn turn, String why) {
        if (turn.fit()) {
            record.go(turn, HostPhase.RETURNING, Optional.of(why));
        } else {
            record.leaveOut(turn, why);
        }
    }

    private static HostPhase afterReturning(HostTurn turn) {
        if (turn.reason().isPresent()) {
            return HostPhase.FAILED;
        }
        return turn.changed() ? HostPhase.IN_SERVICE : HostPhase.WAITING;
    }

    /** What was changed and failed stays out: it must not come into service by itself when nobody looks any more. */
    private void notTakenBack(HostTurn turn, String why) throws InterruptedException {
        Optional<String> stillIn = turn.changed() ? balancers.takeOut(turn) : Optional.empty();
        record.leaveOut(
                turn,
                why
                        + stillIn.map(failure -> "; and could not be taken out again: " + failure)
                                .orElse(""));
    }

    private interface Question {
        Set<String> areSo(List<HostTurn> turns) throws InterruptedException;
    }

    private interface Verdict {
        void on(HostTurn turn) throws InterruptedException;
    }

    /** Waits for each of these, and lets those go on at once for which it is so. */
    private void await(List<HostTurn> turns, Duration timeout, Question question, Verdict so, Verdict late)
            throws InterruptedException {
        List<HostTurn> pending = new ArrayList<>(turns);
        long start = time.nanoTime();
        while (!pending.isEmpty()) {
            record.checkOurs();
            Set<String> those = question.areSo(pending);
            boolean isLate = time.since(start).compareTo(timeout) > 0;
            for (HostTurn turn : List.copyOf(pending)) {
                if (those.contains(turn.host().name())) {
                    so.on(turn);
                    pending.remove(turn);
                } else if (isLate) {
                    late.on(turn);
                    pending.remove(turn);
                }
            }
            if (!pending.isEmpty()) {
                time.sleep(balancers.pollInterval(pending));
            }
        }
    }
}
