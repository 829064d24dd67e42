package io.jenkins.plugins.consuldeploy.bluegreen;

import io.jenkins.plugins.consuldeploy.fleet.FleetException;
import io.jenkins.plugins.consuldeploy.journal.ReleaseHead.State;
import io.jenkins.plugins.consuldeploy.traffic.Color;
import io.jenkins.plugins.consuldeploy.traffic.Going;
import io.jenkins.plugins.consuldeploy.traffic.Shares;
import java.util.Optional;

/** How a switch that does not come to the end of its course ends in order. */
final class WayOut {

    private final SwitchRecord record;
    private final ColorActs acts;
    private final SwitchListener listener;

    WayOut(SwitchRecord record, ColorActs acts, SwitchListener listener) {
        this.record = record;
        this.acts = acts;
        this.listener = listener;
    }

    /** Traffic is where it should be; what is left of the old color stays. */
    void leaveUndone(String why) {
        record.stopped(why);
        record.end(State.SUCCEEDED, Optional.of(why));
    }

    void fail(String why) throws InterruptedException {
        giveUp(record.state().hasMoved() ? State.ROLLED_BACK : State.FAILED, why);
    }

    /** Ends it where no traffic has moved; else records that it goes back. */
    void giveUp(State end, String why) throws InterruptedException {
        SwitchState state = record.state();
        if (state.hasMoved() && state.from().isPresent()) {
            record.goBack(state.from().get(), end, why);
            return;
        }
        record.stopped(why);
        if (state.hasMoved()) {
            stay(end, why);
        } else {
            record.end(end, Optional.of(why));
        }
    }

    void goBack() throws InterruptedException {
        acts.close();
        SwitchState.Return back = record.state().returns().orElseThrow();
        Optional<String> refused = acts.moveBack(back.to());
        if (refused.isPresent()) {
            throw new FleetException("could not move all traffic back to " + back.to() + " after "
                    + record.head().reason().orElse("a failure") + ": " + refused.get()
                    + ". Traffic may go to both colors. It is on record: go on with "
                    + record.head().id()
                    + " once that is mended, or by a file that leaves it out");
        }
        record.end(back.end(), record.head().reason());
    }

    // Private

    /**
     * Leaves traffic where it is, for the first color ever has none before it. Where whoever moved it was stopped in the
     * middle, the rest follows: the color has passed its checks.
     */
    private void stay(State end, String why) throws InterruptedException {
        Color to = record.state().to();
        Optional<Going> going = acts.going();
        if (end == State.ABORTED && going.flatMap(Going::only).equals(Optional.of(to))) {
            acts.move(Shares.all(to)).ifPresent(listener::note);
            going = acts.going();
        }
        record.leave(going.flatMap(Going::agreed).flatMap(Shares::live), end == State.ROLLED_BACK);
        record.end(
                end == State.ROLLED_BACK ? State.FAILED : end,
                Optional.of(why + "; there is no color to go back to, so traffic was left where it is"
                        + going.map(where -> " (" + where + ")").orElse("")));
    }
}
