package io.jenkins.plugins.consuldeploy.bluegreen;

import io.jenkins.plugins.consuldeploy.bluegreen.ColorVersion.State;
import io.jenkins.plugins.consuldeploy.journal.Journal;
import io.jenkins.plugins.consuldeploy.journal.ReleaseHead;
import io.jenkins.plugins.consuldeploy.notify.ReleaseEvent;
import io.jenkins.plugins.consuldeploy.time.TimeSource;
import io.jenkins.plugins.consuldeploy.traffic.Color;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** A switch's record as the engine reads and writes it: the one place where it goes from stage to stage. */
final class SwitchRecord {

    private final Journal journal;
    private final TimeSource time;
    private final SwitchListener listener;
    private SwitchState state;

    SwitchRecord(Journal journal, TimeSource time, SwitchListener listener) {
        this.journal = journal;
        this.time = time;
        this.listener = listener;
        this.state = SwitchState.parse(journal.head().progress());
    }

    ReleaseHead head() {
        return journal.head();
    }

    SwitchState state() {
        return state;
    }

    /** To be called before each act that no transaction fences. */
    void checkOurs() {
        journal.checkOurs();
    }

    /** Records that the stage is through and the next one begins. */
    void pass(Optional<String> detail) {
        Stage passed = state.stage().orElseThrow();
        Duration took = Duration.between(state.since(), time.now());
        write(entered(state.next(time.now())));
        listener.passed(passed, state.stage(), took, detail);
    }

    /** Records that the stage begins anew, for it may have been cut off. */
    void again() {
        write(state.again(time.now()));
    }

    /** Records that all traffic goes where it came from, and why, before it does. */
    void goBack(Color to, ReleaseHead.State end, String why) {
        state.stage().ifPresent(stage -> listener.stopped(stage, why));
        SwitchState returning = state.returning(new SwitchState.Return(to, end));
        if (!state.back()) { // it is nothing to go back to later
            returning = returning.with(state.to(), new ColorVersion(head().version(), State.UNPROVED));
        }
        journal.write(head().with(ReleaseHead.State.ROLLING_BACK, Optional.of(why))
                .withProgress(state.at(), returning.toJson()));
        state = returning;
        listener.movingBack(to);
    }

    /**
     * Records where all traffic stays, or that nobody knows.
     *
     * @param isBad whether the new color was found wanting, so that its version is to be deployed anew and not to be gone
     *              back to
     */
    void leave(Optional<Color> live, boolean isBad) {
        SwitchState left = state.with(live);
        write(isBad ? left.with(left.to(), new ColorVersion(head().version(), State.UNPROVED)) : left);
    }

    void end(ReleaseHead.State end, Optional<String> why) {
        journal.write(head().ended(end, time.now(), why));
        tell(ReleaseHead.told(end), why);
    }

    void stopped(String why) {
        state.stage().ifPresent(stage -> listener.stopped(stage, why));
    }

    void tell(ReleaseEvent.Kind kind, Optional<String> detail) {
        listener.event(head().event(kind, time.now(), Optional.empty(), detail));
    }

    /** The first stage, as it begins. */
    static SwitchState begun(SwitchState state, Optional<String> version) {
        return entered(state, version);
    }

    // Private

    private void write(SwitchState next) {
        journal.write(head().withProgress(next.at(), next.toJson()));
        state = next;
    }

    private SwitchState entered(SwitchState next) {
        return entered(next, head().version());
    }

    /** What the colors run changes before it is deployed, for it may be cut off in the middle. */
    private static SwitchState entered(SwitchState next, Optional<String> version) {
        if (next.back() || next.stage().isEmpty()) {
            return next;
        }
        return switch (next.stage().get().phase()) {
            case DEPLOYING -> next.with(next.to(), new ColorVersion(version, State.UNPROVED));
            case MOVING -> next.with(next.to(), new ColorVersion(version, State.PROVED));
            case STOPPING ->
                next.from()
                        .map(old -> next.with(
                                old, new ColorVersion(next.version(old).version(), State.STOPPED)))
                        .orElse(next);
            default -> next;
        };
    }

    /** Since when the stage is what it is. */
    Instant since() {
        return state.since();
    }
}
