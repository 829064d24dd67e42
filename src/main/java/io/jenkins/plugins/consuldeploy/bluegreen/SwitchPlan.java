package io.jenkins.plugins.consuldeploy.bluegreen;

import io.jenkins.plugins.consuldeploy.health.HostCheck;
import io.jenkins.plugins.consuldeploy.health.Watch;
import io.jenkins.plugins.consuldeploy.journal.ReleaseHead;
import io.jenkins.plugins.consuldeploy.phase.Durations;
import io.jenkins.plugins.consuldeploy.traffic.Color;
import io.jenkins.plugins.consuldeploy.traffic.Shares;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What a switch would do, in the words of a person. */
final class SwitchPlan {

    private SwitchPlan() {}

    static List<String> of(SwitchSpec spec, List<ReleaseHead> dead, SwitchState state, SwitchWork work) {
        List<String> lines = new ArrayList<>();
        lines.add("take the lock of " + spec.app());
        for (ReleaseHead head : dead) {
            lines.add("put in order what the " + head.noun() + " " + head.id() + " of " + head.who() + " ("
                    + head.build() + ") left " + head.state().word());
        }
        lines.add(state.from().map(color -> color + " is live").orElse("no color is live"));
        if (state.course().isEmpty()) {
            lines.add(state.to() + " has " + state.version(state.to()) + " already: do nothing");
        }
        state.course().forEach(stage -> lines.add(line(spec, state, stage, work)));
        lines.add("give the lock back");
        return lines;
    }

    // Private

    private static String line(SwitchSpec spec, SwitchState state, Stage stage, SwitchWork work) {
        SwitchPolicy policy = spec.policy();
        Color to = state.to();
        String old = state.from().map(Color::word).orElse("no color");
        String traffic = spec.traffic().name();
        return stage.word() + ": "
                + switch (stage.phase()) {
                    case RESTORING ->
                        "check " + old + ", and move all traffic of " + traffic + " to it, as the record says";
                    case EMPTYING ->
                        "wait until connections to " + to + " from before have ended, at most "
                                + Durations.show(policy.drainTimeout());
                    case DEPLOYING -> "deploy " + to + work(work, stage, " by the build's block");
                    case CHECKING ->
                        "ask each host of " + to + ": "
                                + spec.check().map(HostCheck::describe).orElse("nothing") + ", at most "
                                + Durations.show(policy.checkTimeout());
                    case VERIFYING -> "verify " + to + work(work, stage, " by the build");
                    case PREPARING ->
                        "get " + traffic + " ready for " + to + ", at most " + Durations.show(policy.moveTimeout());
                    case MOVING -> String.join(", then ", spec.traffic().describe(Shares.giving(to, stage.percent())));
                    case BAKING -> watched(spec, policy.bake()) + ", then ask the hosts of " + to + " again";
                    case SOAKING -> watched(spec, policy.soak()) + "; else move all traffic back to " + old;
                    case DRAINING ->
                        "wait until connections to " + old + " have ended, at most "
                                + Durations.show(policy.drainTimeout());
                    case KEEPING ->
                        "keep " + old + " for "
                                + Durations.show(policy.stopOld().orElse(Duration.ZERO));
                    case STOPPING -> "stop " + old + work(work, stage, " by the build");
                };
    }

    private static String work(SwitchWork work, Stage stage, String otherwise) {
        return work.of(stage.phase())
                .map(job -> ": " + job.work().describe() + ", at most " + Durations.show(job.timeout()))
                .orElse(otherwise);
    }

    private static String watched(SwitchSpec spec, Duration length) {
        return "for " + Durations.show(length)
                + spec.watch()
                        .map(Watch::describe)
                        .map(what -> " watch " + what)
                        .orElse(" wait");
    }
}
