package io.jenkins.plugins.consuldeploy.rolling;

import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.Lock;
import io.jenkins.plugins.consuldeploy.fleet.Host;
import io.jenkins.plugins.consuldeploy.journal.Journal;
import io.jenkins.plugins.consuldeploy.journal.ReleaseHead.State;
import io.jenkins.plugins.consuldeploy.notify.ReleaseEvent;
import io.jenkins.plugins.consuldeploy.phase.Durations;
import io.jenkins.plugins.consuldeploy.rolling.RollingPolicy.OnHostFailure;
import io.jenkins.plugins.consuldeploy.time.TimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
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
    private final HostActs acts;
    private final Suspensions suspensions;
    private final RollingListener listener;
    private final TimeSource time;
    /** Why no further host is touched, other than for those that failed. Found out anew by whoever resumes. */
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
        this.acts = new HostActs(spec, record, balancers, time);
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
        if (isOver()) {
            suspensions.resume(); // what it could not when it ended
        }
        while (!isOver()) {
            acts.keepOut(record.turns(HostTurn::isLeftOut));
            suspensions.suspend();
            List<HostTurn> turns = nextTurns();
            if (turns.isEmpty()) {
                Optional<Step> last = wrapUp();
                if (last.isPresent()) {
                    return last.get();
                }
                continue;
            }
            switch (turns.get(0).phase()) {
                case WAITING -> takeOut(turns);
                case DRAINING -> halt(acts.drain(turns));
                case OUT -> acts.beginUpdate(turns, isStopping());
                case UPDATING -> {
                    acts.beginAgain(turns);
                    return new Step.UpdateWanted(
                            turns.stream().map(this::updateOf).toList());
                }
                case CHECKING -> acts.check(turns);
                case RETURNING -> acts.putBack(turns);
                case IN_SERVICE, FAILED -> throw new IllegalStateException("a host that is through has no turn");
            }
        }
        return new Step.Over(outcome());
    }

    /** Reports that a wanted update has ended. */
    public void updated(Update.Turn turn, Optional<String> failure) {
        updated(turn.host().name(), failure);
    }

    /** The same of a host by its name: whoever was away meanwhile may know no more of it. */
    public void updated(String host, Optional<String> failure) {
        HostTurn updating = record.turn(host);
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
        if (!isOver()) {
            for (HostTurn turn : record.turns(turn -> turn.phase().isInFlight())) {
                acts.endInOrder(turn, why);
            }
            suspensions.resume();
            record.end(State.ABORTED, Optional.of(why));
            acts.keepOut(record.turns(HostTurn::isLeftOut)); // last, for a balancer that hangs takes its time
        }
        return outcome();
    }

    /** @throws io.jenkins.plugins.consuldeploy.journal.JournalException when the lock is known to be lost */
    public void checkOurs() {
        record.checkOurs();
    }

    /** Whether nothing is left to do. */
    public boolean isOver() {
        return record.head().state().isOver();
    }

    /** The hosts whose update has not begun. None on the way back. */
    public List<Host> toUpdate() {
        boolean forward = record.head().state() == State.RUNNING;
        return record.turns(turn -> forward && turn.phase().compareTo(HostPhase.UPDATING) < 0).stream()
                .map(HostTurn::host)
                .toList();
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

    // Private

    /**
     * Puts in order what a dead holder left, or what an ended release could not resume. Whoever was put back is in
     * service again afterwards, so that the next release finds its hosts as they were.
     */
    void settle(String why) throws InterruptedException {
        if (isOver()) {
            suspensions.resume();
            return;
        }
        List<HostTurn> flying = record.turns(turn -> turn.phase().isInFlight());
        abort(why);
        List<HostTurn> back = flying.stream()
                .map(turn -> record.turn(turn.host()))
                .filter(turn -> !turn.isLeftOut())
                .toList();
        long start = time.nanoTime();
        while (balancers.asBefore(back).size() < back.size()) {
            if (time.since(start).compareTo(policy.healthTimeout()) > 0) {
                listener.note(names(back) + " of the earlier release were put back, and are not all in service after "
                        + Durations.show(policy.healthTimeout()));
                return;
            }
            time.sleep(balancers.pollInterval(back));
        }
    }

    void tell(ReleaseEvent.Kind kind) {
        record.tell(kind, Optional.empty(), Optional.empty());
    }

    /** Shows those who hear of it where it stands. */
    void introduce() {
        List<HostTurn> turns = record.turns();
        listener.began(
                id(),
                turns.stream().map(HostTurn::host).toList(),
                1 + turns.stream().mapToInt(HostTurn::batch).max().orElse(0));
        turns.stream()
                .filter(turn -> turn.phase() != HostPhase.WAITING)
                .forEach(turn -> listener.stands(turn.host(), turn.phase()));
    }

    private boolean isGoingBack() {
        return record.head().state() == State.ROLLING_BACK;
    }

    /** Those of the first batch that is not through which are as far as the foremost of it. */
    private List<HostTurn> nextTurns() {
        if (isGoingBack()) {
            record.turns(turn -> turn.changed()
                            && !turn.back()
                            && (turn.phase() == HostPhase.IN_SERVICE || turn.phase() == HostPhase.FAILED))
                    .forEach(record::turnBack);
        }
        List<HostTurn> open = new ArrayList<>(record.turns(turn -> turn.phase().isInFlight()
                || turn.phase() == HostPhase.WAITING && !isStopping() && turn.back() == isGoingBack()));
        // Whoever is out already comes first, and who is foremost before: that gives traffic a host before it takes
        // one.
        open.sort(Comparator.comparing((HostTurn turn) -> turn.phase() == HostPhase.WAITING));
        return open.stream()
                .filter(turn -> turn.batch() == open.get(0).batch())
                .collect(Collectors.groupingBy(HostTurn::phase))
                .entrySet()
                .stream()
                .max(java.util.Map.Entry.comparingByKey())
                .map(java.util.Map.Entry::getValue)
                .orElse(List.of());
    }

    private void takeOut(List<HostTurn> turns) throws InterruptedException {
        pauseBefore(turns.get(0).batch());
        halt(acts.begin(turns));
    }

    private void halt(Optional<String> refusal) {
        if (refusal.isPresent()) {
            halted = refusal;
            listener.note(refusal.get());
        }
    }

    /** Whether no further host is to be taken out. A rollback goes on beyond hosts that fail. */
    private boolean isStopping() {
        return halted.isPresent()
                || !isGoingBack()
                        && record.turns(turn -> turn.phase() == HostPhase.FAILED)
                                        .size()
                                >= policy.failuresThatEnd();
    }

    private Optional<Step> wrapUp() throws InterruptedException {
        boolean back = isGoingBack();
        Optional<String> whyNot = whyNot();
        if (!back && isStopping() && goesBack()) {
            record.goBack(whyNot);
            isFinished = false;
            halted = Optional.empty();
            return Optional.empty();
        }
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

    private boolean goesBack() {
        return policy.onFailure() == OnHostFailure.ROLLBACK
                && !record.turns(HostTurn::changed).isEmpty();
    }

    private Optional<String> whyNot() {
        List<HostTurn> failed = record.turns(turn -> turn.phase() == HostPhase.FAILED);
        return failed.isEmpty()
                ? halted
                : Optional.of(failed.stream()
                        .map(turn -> turn.host() + ": " + turn.reason().orElse("failed"))
                        .collect(Collectors.joining("; ")));
    }

    private void pauseBefore(int batch) throws InterruptedException {
        if (batch > pausedBefore && !isGoingBack()) {
            pausedBefore = batch;
            Duration pause = policy.pauseBefore(batch);
            if (!pause.isZero()) {
                listener.note("pausing for " + Durations.show(pause) + " before batch " + (batch + 1));
                time.sleep(pause);
            }
        }
    }

    private Update.Turn updateOf(HostTurn turn) {
        HostTurn now = record.turn(turn.host());
        return new Update.Turn(
                spec.app(), id(), record.head().version(), now.host(), now.index(), now.back(), now.attempt());
    }

    private static String names(List<HostTurn> turns) {
        return turns.stream().map(turn -> turn.host().name()).collect(Collectors.joining(", "));
    }
}
