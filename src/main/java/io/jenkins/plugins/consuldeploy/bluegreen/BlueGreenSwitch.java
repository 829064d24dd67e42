package io.jenkins.plugins.consuldeploy.bluegreen;

import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.Lock;
import io.jenkins.plugins.consuldeploy.fleet.FleetException;
import io.jenkins.plugins.consuldeploy.journal.Journal;
import io.jenkins.plugins.consuldeploy.journal.ReleaseHead;
import io.jenkins.plugins.consuldeploy.journal.ReleaseHead.State;
import io.jenkins.plugins.consuldeploy.notify.ReleaseEvent;
import io.jenkins.plugins.consuldeploy.time.TimeSource;
import io.jenkins.plugins.consuldeploy.traffic.Color;
import io.jenkins.plugins.consuldeploy.traffic.Shares;
import java.time.Duration;
import java.util.Optional;

/**
 * A switch from one color to the other: the idle one is deployed and proved, traffic moves to it, and back at once when
 * something is wrong.
 *
 * <p>It is a record, not a thread. {@link #advance} goes on from wherever the record is, as far as it can without work of
 * the caller's, and returns when it wants some; whoever does it reports by {@link #worked}. A process that dies anywhere
 * leaves a record from which another goes on, and every act may be done twice. What is promised: traffic is never on a
 * color that has not passed its checks; when it is over, all of it goes to one color, and the record says to which.
 *
 * <p>Every method throws {@link io.jenkins.plugins.consuldeploy.journal.JournalException} when the lock was lost and
 * {@link io.jenkins.plugins.consuldeploy.consul.ConsulException} when Consul stays away: nothing is done after that. An
 * interrupt ends a wait at once and leaves the record as it is; {@link #abort} puts things in order. Not for use by
 * several threads at once.
 */
public final class BlueGreenSwitch implements AutoCloseable {

    private final SwitchSpec spec;
    private final SwitchPolicy policy;
    private final Lock lock;
    private final SwitchRecord record;
    private final ColorActs acts;
    private final WayOut out;
    private final SwitchListener listener;
    private final TimeSource time;
    /** Whether the new color has passed its checks since this process took the record up. */
    private boolean isProvedHere;

    private boolean isTakenUp;

    /** @param isNew whether its record was begun by this process, and not by one that died */
    BlueGreenSwitch(
            Consul consul, SwitchSpec spec, Lock lock, Journal journal, boolean isNew, SwitchListener listener) {
        this.spec = spec;
        this.policy = spec.policy();
        this.lock = lock;
        this.listener = listener;
        this.time = consul.time();
        this.record = new SwitchRecord(journal, time, listener);
        this.acts = new ColorActs(spec, record, listener, time);
        this.out = new WayOut(record, acts, listener);
        this.isTakenUp = !isNew;
    }

    /** Where a switch stands when {@link #advance} returns. */
    public sealed interface Step {

        /** The caller is to do this: deploy the color, verify it, or stop it. */
        record WorkWanted(SwitchPhase phase, ColorTurn turn) implements Step {}

        /** Nothing is left to do. */
        record Over(SwitchOutcome outcome) implements Step {}
    }

    /**
     * Goes on from where the record is, until work is wanted or all is over.
     *
     * @throws FleetException when traffic has to go back and does not; the record says so, and whoever goes on with it
     *                        tries again
     */
    public Step advance() throws InterruptedException {
        while (!isOver()) {
            if (record.state().returns().isPresent()) {
                out.goBack();
                continue;
            }
            Optional<Stage> stage = record.state().stage();
            if (stage.isEmpty()) {
                record.end(State.SUCCEEDED, nothingDone());
                continue;
            }
            if (isTakenUp && stage.get().phase().isWork()) {
                record.again();
            }
            isTakenUp = false;
            if (stage.get().phase().isWork()) {
                Optional<Step> wanted = wanted(stage.get().phase());
                if (wanted.isPresent()) {
                    return wanted.get();
                }
                continue;
            }
            go(stage.get());
        }
        return new Step.Over(outcome());
    }

    /** Reports that wanted work has ended. What is no longer wanted is not heard. */
    public void worked(SwitchPhase phase, Optional<String> failure) throws InterruptedException {
        if (isOver()
                || record.state().returns().isPresent()
                || !record.state().stage().map(Stage::phase).equals(Optional.of(phase))) {
            return;
        }
        isTakenUp = false;
        if (failure.isEmpty()) {
            record.pass(Optional.empty());
        } else if (phase.isSettled()) {
            out.leaveUndone(record.state().from().orElseThrow() + " was not stopped: " + failure.get());
        } else {
            out.fail(phase.word() + " " + record.state().to() + " failed: " + failure.get());
        }
    }

    /**
     * Ends it in order: traffic that has begun to move goes back; where the new color is live for good already, it stays.
     */
    public SwitchOutcome abort(String why) throws InterruptedException {
        if (!isOver() && record.state().returns().isEmpty()) {
            if (record.state().isSettled()) {
                record.stopped(why);
                record.end(
                        State.ABORTED, Optional.of(why + "; " + record.state().to() + " is live already and stays so"));
            } else {
                out.giveUp(State.ABORTED, why);
            }
        }
        if (!isOver()) {
            out.goBack();
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

    /** The id of its record. */
    public String id() {
        return record.head().id();
    }

    /** The session that holds its lock, by which a later run of the same caller takes it over. */
    public String session() {
        return lock.sessionId();
    }

    public SwitchOutcome outcome() {
        return SwitchOutcome.of(record.head());
    }

    /** Gives the lock back. The record stays. */
    @Override
    public void close() {
        acts.close();
        lock.close();
    }

    // Private

    ReleaseHead head() {
        return record.head();
    }

    void tell(ReleaseEvent.Kind kind) {
        record.tell(kind, Optional.empty());
    }

    /** Shows those who hear of it where it stands. */
    void introduce() {
        SwitchState state = record.state();
        listener.began(id(), state.from(), state.to(), state.course(), state.at());
    }

    /** Empty where whom it is about can't be found out, which is on record then. */
    private Optional<Step> wanted(SwitchPhase phase) throws InterruptedException {
        try {
            return Optional.of(new Step.WorkWanted(phase, turn(phase)));
        } catch (FleetException e) {
            worked(phase, Optional.of(e.getMessage()));
            return Optional.empty();
        }
    }

    private void go(Stage stage) throws InterruptedException {
        Color to = record.state().to();
        switch (stage.phase()) {
            case RESTORING -> restore(record.state().from().orElseThrow());
            case EMPTYING -> empty(to);
            case CHECKING -> {
                // The way back is for emergencies: a color that was well is so at once, or it is no way back.
                Optional<String> ill = record.state().back() ? acts.checkAgain(to) : acts.check(to);
                isProvedHere = ill.isEmpty();
                passOrFail(ill);
            }
            case PREPARING -> passOrFail(acts.prepare(to));
            case MOVING -> passOrFail(move(to, stage.percent()));
            case BAKING -> passOrFail(acts.observe(to, policy.bake()));
            case SOAKING -> passOrFail(acts.observe(to, policy.soak()));
            case DRAINING -> drain(record.state().from().orElseThrow());
            case KEEPING -> {
                acts.close();
                acts.pause(policy.stopOld().orElse(Duration.ZERO).minus(Duration.between(record.since(), time.now())));
                record.pass(Optional.empty());
            }
            case DEPLOYING, VERIFYING, STOPPING -> throw new IllegalStateException("this is the caller's to do");
        }
    }

    private void passOrFail(Optional<String> failure) throws InterruptedException {
        if (failure.isPresent()) {
            out.fail(failure.get());
        } else {
            record.pass(Optional.empty());
        }
    }

    private void restore(Color live) throws InterruptedException {
        Optional<String> refused = acts.checkAgain(live);
        if (refused.isEmpty()) {
            refused = acts.prepare(live);
        }
        passOrFail(refused.isPresent() ? refused : acts.move(Shares.all(live)));
    }

    private void empty(Color idle) throws InterruptedException {
        Optional<String> left = acts.drain(idle);
        if (left.isPresent() && !policy.cutOff()) {
            out.fail(idle + " still has connections from before, and would cut them off: " + left.get()
                    + ". Wait for them, or give cutOff");
        } else {
            record.pass(left);
        }
    }

    private Optional<String> move(Color to, int percent) throws InterruptedException {
        if (!isProvedHere) { // whoever took it up can't know whether what passed then is well still
            boolean wasChecked = record.state().course().contains(Stage.of(SwitchPhase.CHECKING));
            Optional<String> ill = wasChecked ? acts.checkAgain(to) : Optional.empty();
            if (ill.isPresent()) {
                return ill;
            }
            isProvedHere = true;
        }
        if (!record.state().back() && record.state().from().isPresent()) { // before the first move ever nobody answers
            acts.watch();
        }
        return acts.move(Shares.giving(to, percent));
    }

    private void drain(Color old) throws InterruptedException {
        acts.close();
        Optional<String> left = acts.drain(old);
        boolean stops = record.state().course().contains(Stage.of(SwitchPhase.STOPPING));
        if (left.isPresent() && !(stops && policy.cutOff())) { // which the next switch has to know of
            out.leaveUndone(old + (stops ? " was not stopped, for it" : "") + " still has connections: " + left.get());
        } else {
            record.pass(left);
        }
    }

    private Optional<String> nothingDone() {
        SwitchState state = record.state();
        return state.course().isEmpty()
                ? Optional.of(
                        state.to() + " has " + state.version(state.to()) + " and is live already; nothing was done")
                : Optional.empty();
    }

    private ColorTurn turn(SwitchPhase phase) throws InterruptedException {
        SwitchState state = record.state();
        Color color = phase == SwitchPhase.STOPPING ? state.from().orElseThrow() : state.to();
        return new ColorTurn(
                spec.app(),
                id(),
                phase == SwitchPhase.STOPPING
                        ? state.version(color).version()
                        : record.head().version(),
                color,
                phase == SwitchPhase.STOPPING ? Optional.of(state.to()) : state.from(),
                acts.hosts(color),
                state.attempt());
    }
}
