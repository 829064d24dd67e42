package io.jenkins.plugins.consuldeploy.bluegreen;

import io.jenkins.plugins.consuldeploy.journal.ReleaseHead;
import io.jenkins.plugins.consuldeploy.phase.BadInputException;
import io.jenkins.plugins.consuldeploy.traffic.Color;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How a switch begins: from which color it goes to which, and through which stages.
 *
 * @param isForced whether a version that is live is deployed again; of a way back, whether nobody is asked first
 * @param live     where traffic goes now
 * @param last     the switch before
 * @param wasBroughtBack whether traffic comes back from the other color already, for whoever moved it there has died
 */
record Beginning(
        SwitchSpec spec, boolean isForced, Live live, Optional<ReleaseHead> last, boolean wasBroughtBack, Instant now) {

    /** @throws BadInputException where there is nowhere to go back to */
    SwitchState state(boolean back) {
        return back ? back() : forward();
    }

    /** Whether putting a dead switch in order moves traffic back to where it came from. */
    static boolean isBroughtBack(ReleaseHead dead) {
        SwitchState state = SwitchState.parse(dead.progress());
        return !state.back()
                && state.hasMoved()
                && !state.isSettled()
                && state.from().isPresent();
    }

    // Private

    private SwitchState forward() {
        Optional<Color> from = live.color();
        boolean isLiveAlready = from.map(this::version)
                .filter(running -> running.state() == ColorVersion.State.PROVED
                        && running.version().isPresent()
                        && running.version().equals(spec.version()))
                .isPresent();
        if (isLiveAlready && !isForced && !live.restores()) {
            return begin(false, from.get(), List.of());
        }
        boolean mayHold = last.filter(head -> head.state() != ReleaseHead.State.SUCCEEDED
                        || head.reason().isPresent())
                .isPresent();
        SwitchState state = begin(
                false,
                from.map(Color::other).orElse(Color.BLUE),
                Course.forward(spec, live.restores(), from.isEmpty(), mayHold && from.isPresent()));
        return SwitchRecord.begun(state, spec.version());
    }

    private SwitchState back() {
        Color from = live.color()
                .orElseThrow(() -> new BadInputException(
                        "back", spec.app(), "no color is live, so there is none to go back from"));
        if (wasBroughtBack) { // to go to the other color now would be to follow the dead one
            return begin(true, from, List.of());
        }
        Color to = from.other();
        ColorVersion previous = version(to);
        boolean isUnknown = previous.state() == ColorVersion.State.UNKNOWN;
        boolean isFit = previous.state() == ColorVersion.State.PROVED
                || isUnknown && spec.check().isPresent();
        if (!isFit && !isForced) {
            throw new BadInputException(
                    "back",
                    to.word(),
                    "it has " + previous + (isUnknown ? ", as far as anybody knows, and there is no check" : "")
                            + "; live is " + from
                            + ". Deploy to it by a switch, or give force to go there all the same");
        }
        return begin(true, to, Course.back(spec, live.restores(), isForced));
    }

    private SwitchState begin(boolean back, Color to, List<Stage> course) {
        return SwitchState.begin(
                back,
                live.color(),
                to,
                course,
                now,
                before().map(SwitchState::versions).orElse(Map.of()));
    }

    private ColorVersion version(Color color) {
        return before().map(state -> state.version(color)).orElse(ColorVersion.UNKNOWN);
    }

    private Optional<SwitchState> before() {
        return last.map(head -> SwitchState.parse(head.progress()));
    }
}
