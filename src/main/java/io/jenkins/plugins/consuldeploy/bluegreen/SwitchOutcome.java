package io.jenkins.plugins.consuldeploy.bluegreen;

import io.jenkins.plugins.consuldeploy.journal.ReleaseHead;
import io.jenkins.plugins.consuldeploy.traffic.Color;
import java.util.Optional;

/**
 * How a switch stands, or ended.
 *
 * @param reason why it ended as it did; with success, what was not done
 * @param from   where traffic went before; empty before the first release ever
 * @param to     where it was to go
 * @param live   the color that all traffic goes to, by the record; empty where there is none
 * @param stage  where it is, or was stopped; empty when it is through
 * @param back   whether it was a way back to the color before
 */
public record SwitchOutcome(
        String id,
        String app,
        ReleaseHead.State state,
        Optional<String> version,
        Optional<String> reason,
        Optional<Color> from,
        Color to,
        Optional<Color> live,
        Optional<Stage> stage,
        boolean back) {

    static SwitchOutcome of(ReleaseHead head) {
        SwitchState state = SwitchState.parse(head.progress());
        return new SwitchOutcome(
                head.id(),
                head.app(),
                head.state(),
                head.version(),
                head.reason(),
                state.from(),
                state.to(),
                state.live(),
                state.stage(),
                state.back());
    }

    public boolean succeeded() {
        return state == ReleaseHead.State.SUCCEEDED;
    }
}
