package io.jenkins.plugins.consuldeploy.spec;

import io.jenkins.plugins.consuldeploy.fleet.AlarmActions;
import io.jenkins.plugins.consuldeploy.fleet.AutoScalingProcesses;
import io.jenkins.plugins.consuldeploy.fleet.Suspension;
import java.util.List;

/** The word {@code suspend}: what is kept still around a release. */
final class SuspendWords {

    private static final String[] KINDS = {"autoScaling", "alarms"};

    private SuspendWords() {}

    static Suspension read(Words suspension, Words aws, Surroundings with) {
        String kind = suspension.choice(KINDS);
        if (kind.equals("alarms")) {
            return new AlarmActions(with.aws(aws), suspension.texts(kind));
        }
        Words group = HostWords.named(suspension, kind, "group").only("group", "processes");
        List<String> processes = group.texts("processes");
        return new AutoScalingProcesses(
                with.aws(aws), group.text("group"), processes.isEmpty() ? AutoScalingProcesses.DEFAULT : processes);
    }
}
