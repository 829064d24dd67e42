package io.jenkins.plugins.consuldeploy.rolling;

import io.jenkins.plugins.consuldeploy.journal.ReleaseHead;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * How a release stands, or ended.
 *
 * @param done   the hosts that are through
 * @param failed why each of the others that failed did
 * @param out    the hosts that this release left out of service
 */
public record Outcome(
        String id,
        String app,
        ReleaseHead.State state,
        Optional<String> reason,
        List<String> done,
        Map<String, String> failed,
        List<String> out) {

    static Outcome of(ReleaseHead head, List<HostTurn> turns) {
        Map<String, String> failed = new TreeMap<>();
        for (HostTurn turn : turns) {
            if (turn.phase() == HostPhase.FAILED) {
                failed.put(turn.host().name(), turn.reason().orElse("failed"));
            }
        }
        return new Outcome(
                head.id(),
                head.app(),
                head.state(),
                head.reason(),
                turns.stream()
                        .filter(turn -> turn.phase() == HostPhase.IN_SERVICE)
                        .map(turn -> turn.host().name())
                        .toList(),
                failed,
                turns.stream()
                        .filter(HostTurn::isLeftOut)
                        .map(turn -> turn.host().name())
                        .toList());
    }

    public boolean succeeded() {
        return state == ReleaseHead.State.SUCCEEDED;
    }
}
