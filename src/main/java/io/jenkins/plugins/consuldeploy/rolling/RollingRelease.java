package io.jenkins.plugins.consuldeploy.rolling;

import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.Lock;
import io.jenkins.plugins.consuldeploy.fleet.Host;
import io.jenkins.plugins.consuldeploy.journal.Journal;
import io.jenkins.plugins.consuldeploy.journal.ReleaseHead.State;
import io.jenkins.plugins.consuldeploy.notify.ReleaseEvent;
import io.jenkins.plugins.consuldeploy.rolling.RollingPolicy.OnHostFailure;
import io.jenkins.plugins.consuldeploy.time.TimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A rolling release: one batch of hosts at a time out of its load balancers, updated, checked, put back.
 *
 * <p>It is a record, not a thread. {@link #advance} goes on from wherever the record is, as far as it can without an
 * update, and returns when it wants one; whoever runs updates reports each by {@link #updated}. A process that dies
 * anywhere leaves a record from which another goes on, and every act may be done twice. What is promised of the record
 * is in the design: never more hosts out than the batch, never fewer in service than asked for, each host back to
 * exactly the balancers that it came from, what was suspended resumed, one release an application.
 *
 * <p>Every method throws {@link io.jenkins.plugins.consuldeploy.journal.JournalException} when the lock was lost and
 * {@link io.jenkins.plugins.consuldeploy.consul.ConsulException} when Consul stays away: nothing is done after that. An
 * interrupt ends a wait at once and leaves the record as it is; {@link #abort} puts things in order. Not for use by
 * several threads at once.
 */
public final class RollingRelease implements AutoCloseable {

    private final RollingSpec spec;
    private final RollingPolicy policy;
    private final Lock lock;
    private final ReleaseRecord record;
    private final Balancers balancers;
    private final Suspensions suspensions;
    private final RollingListener listener;
    private final TimeSource time;
    private Optional<String> halted = Optional.empty();
    private boolean isFinished;
    private int pausedBefore;

    RollingRelease(Consul consul, RollingSpec spec, Lock lock, Journal journal, RollingListener listener) {
        this.spec = spec;
        this.policy = spec.policy();
        this.lock = lock;
        this.listener = listener;
        this.time = consul.time();
        this.record = new ReleaseRecord(journal, time, listener);
        this.balancers = new Balancers(spec.balancers(), record, time);
        this.suspensions = new Suspensions(spec.suspensions(), record, listener);
    }

    /** Where a release stands when {@link #advance} returns. */
    public sealed interface Step {

        /** These hosts are out of service and wait for their updates, which may run side by side. */
        record UpdateWanted(List<Update.Turn> turns) implements Step {}

        /** Every host is through, and what is done once for all of them is left to do. */
        record FinishWanted(boolean back) implements Step {}

        /** Nothing is left to do. */
        record Over(Outcome outcome) implements Step {}
    }

    /** Goes on from where the record is, until updates are wanted or all is over. */
    public Step advance() throws InterruptedException {
        while (!record.head().state().isOver()) {
            suspensions.suspend();
            List<HostTurn> batch = nextBatch();
            if (batch.isEmpty()) {
                Optional<Step> last = wrapUp();
                if (last.isPresent()) {
                    return last.get();
                }
                continue;
            }
            HostPhase behind = batch.get(0).phase();
            List<HostTurn> turns =
                    batch.stream().filter(turn -> turn.phase() == behind).toList();
            switch (behind) {
                case WAITING -> takeOut(turns, batch);
                case DRAINING -> drain(turns);
                case OUT -> beginUpdate(turns);
                case UPDATING -> {
                    return new Step.UpdateWanted(
                            turns.stream().map(this::updateOf).toList());
                }
                case CHECKING -> check(turns);
                case RETURNING -> putBack(turns);
                case IN_SERVICE, FAILED -> throw new IllegalStateException("a host that is through is in no batch");
            }
        }
        return new Step.Over(outcome());
    }

    /** Reports that a wanted update has ended. */
    public void updated(Update.Turn turn, Optional<String> failure) {
        HostTurn updating = record.turn(turn.host());
        if (updating.phase() == HostPhase.UPDATING) {
            record.go(updating, failure.isPresent() ? HostPhase.FAILED : HostPhase.CHECKING, failure);
        }
    }

    /** Reports that what is done once for all hosts has been done, or why it has not. */
    public void finished(Optional<String> failure) {
        isFinished = true;
        halted = failure;
    }

    /**
     * Ends it in order: a host that was not changed is put back, one that was is left out and said, what was suspended
     * is resumed.
     */
    public Outcome abort(String why) throws InterruptedException {
        if (!record.head().state().isOver()) {
            for (HostTurn turn : record.turns(turn -> turn.phase().isInFlight())) {
                endInOrder(turn, why);
            }
            suspensions.resume();
            record.end(State.ABORTED, Optional.of(why));
        }
        return outcome();
    }

    /**
     * Puts in order what a dead holder left, or what an ended release could not resume. Whoever was put back is in
     * service again afterwards, so that the next release finds its hosts as they were.
     */
    void settle(String why) throws InterruptedException {
        if (record.head().state().isOver()) {
            suspensions.resume();
            return;
        }
        List<HostTurn> flying = record.turns(turn -> turn.phase().isInFlight());
        abort(why);
        List<HostTurn> back = flying.stream()
                .map(turn -> record.turn(turn.host()))
                .filter(turn -> turn.phase() != HostPhase.FAILED)
                .toList();
        long start = time.nanoTime();
        while (balancers.inService(back).size() < back.size()) {
            if (time.since(start).compareTo(policy.healthTimeout()) > 0) {
                listener.note(names(back) + " of the earlier release were put back, and are not all in service after "
                        + show(policy.healthTimeout()));
                return;
            }
            time.sleep(balancers.pollInterval(back));
        }
    }

    void tell(ReleaseEvent.Kind kind) {
        record.tell(kind, Optional.empty(), Optional.empty());
    }

    List<Host> hosts() {
        return record.turns().stream().map(HostTurn::host).toList();
    }

    int batches() {
        return 1 + record.turns().stream().mapToInt(HostTurn::batch).max().orElse(0);
    }

    /** The id of its record. */
    public String id() {
        return record.head().id();
    }

    /** The session that holds its lock, by which a later run of the same caller takes it over. */
    public String session() {
        return lock.sessionId();
    }

    public Outcome outcome() {
        return Outcome.of(record.head(), record.turns());
    }

    /** Gives the lock back. The record stays. */
    @Override
    public void close() {
        lock.close();
    }

    // The acts

    private void takeOut(List<HostTurn> turns, List<HostTurn> batch) throws InterruptedException {
        pauseBefore(turns.get(0).batch());
        Optional<String> refusal = tooFewOthers(batch);
        if (refusal.isPresent()) {
            halted = refusal;
            listener.note(refusal.get());
            return;
        }
        for (HostTurn turn : turns) {
            HostTurn draining = record.go(turn, HostPhase.DRAINING, Optional.empty());
            Optional<String> failure = balancers.takeOut(draining);
            if (failure.isPresent()) {
                record.go(draining, HostPhase.RETURNING, failure);
            }
        }
    }

    private void drain(List<HostTurn> turns) throws InterruptedException {
        for (HostTurn turn : turns) {
            // Again after a crash: it may have come between the record and the act.
            Optional<String> failure = balancers.takeOut(turn);
            if (failure.isPresent()) {
                record.go(turn, HostPhase.RETURNING, failure);
            }
        }
        await(phase(turns, HostPhase.DRAINING), policy.drainTimeout(), balancers::out, HostPhase.OUT, turn -> {
            String why = "was not drained after " + show(policy.drainTimeout()) + " (" + balancers.describe(turn) + ")";
            record.go(turn, policy.cutOff() ? HostPhase.OUT : HostPhase.RETURNING, Optional.of(why));
        });
    }

    private void beginUpdate(List<HostTurn> turns) {
        for (HostTurn turn : turns) {
            record.go(
                    turn, isStopping() && !turn.changed() ? HostPhase.RETURNING : HostPhase.UPDATING, Optional.empty());
        }
    }

    private void check(List<HostTurn> turns) throws InterruptedException {
        for (HostTurn turn : turns) {
            record.checkOurs();
            Optional<String> failure = spec.check().isPresent()
                    ? spec.check().get().await(turn.host(), policy.healthTimeout())
                    : Optional.empty();
            record.go(turn, failure.isPresent() ? HostPhase.FAILED : HostPhase.RETURNING, failure);
        }
    }

    private void putBack(List<HostTurn> turns) throws InterruptedException {
        for (HostTurn turn : turns) {
            Optional<String> failure = balancers.putBack(turn);
            if (failure.isPresent()) {
                record.go(turn, HostPhase.FAILED, failure.map(why -> "could not be put back: " + why));
            }
        }
        List<HostTurn> returning = phase(turns, HostPhase.RETURNING);
        for (HostTurn turn : returning) {
            HostPhase end = turn.reason().isPresent()
                    ? HostPhase.FAILED
                    : turn.changed() ? HostPhase.IN_SERVICE : HostPhase.WAITING;
            await(
                    List.of(turn),
                    policy.healthTimeout(),
                    balancers::inService,
                    end,
                    late -> record.go(
                            late,
                            HostPhase.FAILED,
                            Optional.of("was not in service again after " + show(policy.healthTimeout()) + " ("
                                    + balancers.describe(late) + ")")));
        }
    }

    private void endInOrder(HostTurn turn, String why) throws InterruptedException {
        boolean untouched = !turn.changed() || turn.phase() == HostPhase.RETURNING;
        if (!untouched) {
            record.go(
                    turn,
                    HostPhase.FAILED,
                    Optional.of(why + " while " + turn.phase().word() + "; left out of service"));
            return;
        }
        HostTurn returning =
                turn.phase() == HostPhase.RETURNING ? turn : record.go(turn, HostPhase.RETURNING, Optional.of(why));
        Optional<String> failure = balancers.putBack(returning);
        if (failure.isPresent()) {
            record.go(returning, HostPhase.FAILED, failure.map(reason -> "could not be put back: " + reason));
        } else {
            record.go(returning, returning.changed() ? HostPhase.IN_SERVICE : HostPhase.WAITING, Optional.empty());
        }
    }

    private Optional<Step> wrapUp() throws InterruptedException {
        boolean back = record.head().state() == State.ROLLING_BACK;
        boolean goesBack = !back
                && isStopping()
                && policy.onFailure() == OnHostFailure.ROLLBACK
                && !record.turns(HostTurn::changed).isEmpty();
        if (goesBack) {
            record.goBack(whyNot());
            isFinished = false;
            halted = Optional.empty();
            return Optional.empty();
        }
        Optional<String> whyNot = whyNot();
        if (whyNot.isEmpty() && !isFinished) {
            return Optional.of(new Step.FinishWanted(back));
        }
        suspensions.resume();
        if (whyNot.isPresent()) {
            record.end(State.FAILED, whyNot.map(why -> back ? "not all of it could go back: " + why : why));
        } else {
            record.end(back ? State.ROLLED_BACK : State.SUCCEEDED, record.head().reason());
        }
        return Optional.empty();
    }

    private Optional<String> whyNot() {
        List<HostTurn> failed = record.turns(turn -> turn.phase() == HostPhase.FAILED);
        return failed.isEmpty()
                ? halted
                : Optional.of(failed.stream()
                        .map(turn -> turn.host() + " " + turn.reason().orElse("failed"))
                        .collect(Collectors.joining("; ")));
    }

    // What the acts ask

    /** Those of the first batch that is not through, the ones that are furthest behind first. */
    private List<HostTurn> nextBatch() {
        boolean back = record.head().state() == State.ROLLING_BACK;
        if (back) {
            record.turns(turn -> turn.changed()
                            && !turn.back()
                            && (turn.phase() == HostPhase.IN_SERVICE || turn.phase() == HostPhase.FAILED))
                    .forEach(record::turnBack);
        }
        List<HostTurn> open = new ArrayList<>(record.turns(turn -> turn.phase().isInFlight()
                || turn.phase() == HostPhase.WAITING && !isStopping() && turn.back() == back));
        // Whoever is out already comes first, also on the way back: that gives traffic a host before it takes one.
        open.sort(Comparator.comparing(turn -> turn.phase() == HostPhase.WAITING));
        return open.stream()
                .filter(turn -> turn.batch() == open.get(0).batch())
                .sorted(Comparator.comparing(HostTurn::phase))
                .toList();
    }

    /** Whether no further host is to be taken out. A rollback goes on beyond hosts that fail. */
    private boolean isStopping() {
        return halted.isPresent()
                || record.head().state() == State.RUNNING
                        && record.turns(turn -> turn.phase() == HostPhase.FAILED)
                                        .size()
                                >= policy.failuresThatEnd();
    }

    /** Reads how the other hosts are, and waits for those that are on their way; empty when enough are in service. */
    private Optional<String> tooFewOthers(List<HostTurn> batch) throws InterruptedException {
        int wanted = policy.minInService(record.turns().size());
        List<HostTurn> others = record.turns(turn -> !batch.contains(turn));
        if (balancers.inService(batch).isEmpty()) {
            return Optional.empty(); // nobody is taken away from the traffic
        }
        long start = time.nanoTime();
        while (true) {
            Set<String> well = balancers.inService(others);
            List<HostTurn> down = others.stream()
                    .filter(other ->
                            !well.contains(other.host().name()) || other.phase() == HostPhase.FAILED && other.changed())
                    .toList();
            if (others.size() - down.size() >= wanted) {
                return Optional.empty();
            }
            if (time.since(start).compareTo(policy.healthTimeout()) > 0) {
                return Optional.of("can't take out " + names(batch) + ": of the other " + others.size() + " hosts "
                        + (others.size() - down.size()) + " are in service, and minHealthy is " + wanted
                        + "; not in service: " + names(down));
            }
            time.sleep(balancers.pollInterval(others));
        }
    }

    private interface Question {
        Set<String> areSo(List<HostTurn> turns) throws InterruptedException;
    }

    private interface Verdict {
        void on(HostTurn turn) throws InterruptedException;
    }

    /** Waits for each of these, and lets those go on at once for which it is so. */
    private void await(List<HostTurn> turns, Duration timeout, Question question, HostPhase next, Verdict late)
            throws InterruptedException {
        List<HostTurn> pending = new ArrayList<>(turns);
        long start = time.nanoTime();
        while (!pending.isEmpty()) {
            record.checkOurs();
            Set<String> so = question.areSo(pending);
            for (HostTurn turn : List.copyOf(pending)) {
                if (so.contains(turn.host().name())) {
                    record.go(turn, next, turn.reason());
                    pending.remove(turn);
                } else if (time.since(start).compareTo(timeout) > 0) {
                    late.on(turn);
                    pending.remove(turn);
                }
            }
            if (!pending.isEmpty()) {
                time.sleep(balancers.pollInterval(pending));
            }
        }
    }

    private void pauseBefore(int batch) throws InterruptedException {
        if (batch > pausedBefore) {
            pausedBefore = batch;
            Duration pause = batch == 1 && !policy.canaryPause().isZero() ? policy.canaryPause() : policy.pause();
            if (!pause.isZero()) {
                listener.note("pausing for " + show(pause) + " before batch " + (batch + 1));
                time.sleep(pause);
            }
        }
    }

    private Update.Turn updateOf(HostTurn turn) {
        return new Update.Turn(
                spec.app(), id(), record.head().version(), turn.host(), turn.index(), turn.back(), turn.attempt());
    }

    private List<HostTurn> phase(List<HostTurn> turns, HostPhase phase) {
        return turns.stream()
                .map(turn -> record.turn(turn.host()))
                .filter(turn -> turn.phase() == phase)
                .toList();
    }

    private static String names(List<HostTurn> turns) {
        return turns.stream().map(turn -> turn.host().name()).collect(Collectors.joining(", "));
    }

    private static String show(Duration duration) {
        return io.jenkins.plugins.consuldeploy.phase.Durations.show(duration);
    }
}
