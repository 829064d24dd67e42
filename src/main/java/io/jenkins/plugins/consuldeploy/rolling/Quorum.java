package io.jenkins.plugins.consuldeploy.rolling;

import io.jenkins.plugins.consuldeploy.phase.Durations;
import io.jenkins.plugins.consuldeploy.time.TimeSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Sees that enough hosts stay in service before others are taken out: read at their balancers, not assumed. */
final class Quorum {

    private final RollingPolicy policy;
    private final ReleaseRecord record;
    private final Balancers balancers;
    private final TimeSource time;

    Quorum(RollingPolicy policy, ReleaseRecord record, Balancers balancers, TimeSource time) {
        this.policy = policy;
        this.record = record;
        this.balancers = balancers;
        this.time = time;
    }

    /**
     * Reads how the other hosts are, and waits for those that are on their way.
     *
     * @return why these can't be taken out; empty when enough others are in service, or when these get no traffic anyway
     */
    Optional<String> refusal(List<HostTurn> batch) throws InterruptedException {
        if (balancers.inService(batch).isEmpty()) {
            return Optional.empty();
        }
        int serving =
                (int) record.turns().stream().filter(balancers::getsTraffic).count();
        int wanted = policy.minInService(record.turns().size(), serving);
        Set<String> going = names(batch);
        List<HostTurn> others = record.turns(turn -> !going.contains(turn.host().name()));
        long start = time.nanoTime();
        while (true) {
            record.checkOurs();
            List<HostTurn> down = down(others);
            int in = others.size() - down.size();
            if (in >= wanted) {
                return Optional.empty();
            }
            if (time.since(start).compareTo(policy.healthTimeout()) > 0) {
                return Optional.of("can't take out " + String.join(", ", going) + ": of the other " + others.size()
                        + " hosts " + in + " are in service, and " + wanted + " have to be (minHealthy), after "
                        + Durations.show(policy.healthTimeout()) + "; not in service: "
                        + String.join(", ", names(down)));
            }
            time.sleep(balancers.pollInterval(others));
        }
    }

    // Private

    /** One that this release left out is down, also where there is no balancer to say so. */
    private List<HostTurn> down(List<HostTurn> others) throws InterruptedException {
        Set<String> well = balancers.inService(others);
        return others.stream()
                .filter(other -> !well.contains(other.host().name()) || other.isLeftOut())
                .toList();
    }

    private static Set<String> names(List<HostTurn> turns) {
        return turns.stream().map(turn -> turn.host().name()).collect(Collectors.toCollection(java.util.TreeSet::new));
    }
}
