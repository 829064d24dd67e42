package io.jenkins.plugins.consuldeploy.rolling;

import io.jenkins.plugins.consuldeploy.fleet.Host;
import io.jenkins.plugins.consuldeploy.fleet.Suspension;
import io.jenkins.plugins.consuldeploy.journal.ReleaseHead;
import io.jenkins.plugins.consuldeploy.phase.Durations;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/** What a release would do, in the words of a person. */
final class Plan {

    private Plan() {}

    static List<String> of(RollingSpec spec, List<ReleaseHead> dead, Lineup lineup, Update update)
            throws InterruptedException {
        List<String> lines = new ArrayList<>();
        lines.add("take the lock of " + spec.app());
        for (ReleaseHead head : dead) {
            lines.add("put in order what the release " + head.id() + " of " + head.who() + " (" + head.build()
                    + ") left " + head.state().word());
        }
        update.describePreparation().ifPresent(lines::add);
        for (Suspension suspension : spec.suspensions()) {
            List<String> items = suspension.toSuspend();
            lines.add(
                    items.isEmpty()
                            ? "suspend nothing of " + suspension.name() + ": nothing of it is running"
                            : "suspend " + String.join(", ", items) + " of " + suspension.name());
        }
        addBatches(spec, lineup, update, lines);
        update.describeFinish().ifPresent(lines::add);
        for (Suspension suspension : spec.suspensions()) {
            lines.add("resume of " + suspension.name() + " what was suspended");
        }
        lines.add("give the lock back");
        return lines;
    }

    // Private

    private static void addBatches(RollingSpec spec, Lineup lineup, Update update, List<String> lines) {
        RollingPolicy policy = spec.policy();
        List<List<Host>> batches = lineup.batches();
        int serving = lineup.serving();
        for (int i = 0; i < batches.size(); i++) {
            List<Host> batch = batches.get(i);
            String which = "batch " + (i + 1) + " of " + batches.size() + ": ";
            if (i > 0 && !policy.pauseBefore(i).isZero()) {
                lines.add(which + "pause for " + Durations.show(policy.pauseBefore(i)) + " before it");
            }
            lines.add(which + "see that " + policy.minInService(lineup.size(), serving) + " of the other "
                    + (lineup.size() - batch.size()) + " hosts are in service");
            for (Host host : batch) {
                TreeSet<String> in =
                        new TreeSet<>(lineup.memberships().get(host.name()).keySet());
                String from = in.isEmpty() ? "nothing, for it is in no load balancer" : String.join(", ", in);
                lines.add(which + "take " + host + " out of " + from + ", at most "
                        + Durations.show(policy.drainTimeout()) + " for it to drain");
                lines.add(which + "on " + host + " " + update.describe());
                spec.check().ifPresent(check -> lines.add(which + "check " + host + ": " + check.describe()));
                lines.add(which + "put " + host + " back into " + from + ", at most "
                        + Durations.show(policy.healthTimeout()) + " for it to be in service");
            }
        }
    }
}
