package io.jenkins.plugins.consuldeploy.bluegreen;

import java.util.ArrayList;
import java.util.List;

/** Which stages a switch goes through. */
final class Course {

    private static final int ALL = 100;

    private Course() {}

    /**
     * To the idle color, with what is deployed to it.
     *
     * @param restores whether traffic first goes where the record says
     * @param isFirst  whether no color is live, so that there is nothing to share traffic with and nowhere to go back to
     * @param mayHold  whether the idle color may have connections from an earlier switch
     */
    static List<Stage> forward(SwitchSpec spec, boolean restores, boolean isFirst, boolean mayHold) {
        List<Stage> course = new ArrayList<>();
        add(course, restores, SwitchPhase.RESTORING);
        add(course, mayHold, SwitchPhase.EMPTYING);
        add(course, spec.deploys(), SwitchPhase.DEPLOYING);
        add(course, spec.check().isPresent(), SwitchPhase.CHECKING);
        add(course, spec.verifies(), SwitchPhase.VERIFYING);
        add(course, true, SwitchPhase.PREPARING);
        for (int weight : isFirst ? List.of(ALL) : spec.policy().weights()) {
            course.add(new Stage(SwitchPhase.MOVING, weight));
            if (weight < ALL) {
                course.add(new Stage(SwitchPhase.BAKING, weight));
            }
        }
        add(course, true, SwitchPhase.SOAKING);
        if (!isFirst) {
            boolean stops = spec.stops() && spec.policy().stopOld().isPresent();
            add(course, true, SwitchPhase.DRAINING);
            add(course, stops && !spec.policy().stopOld().get().isZero(), SwitchPhase.KEEPING);
            add(course, stops, SwitchPhase.STOPPING);
        }
        return course;
    }

    /** To the color before, in one move. Forced, it waits for nothing that could say no. */
    static List<Stage> back(SwitchSpec spec, boolean restores, boolean isForced) {
        List<Stage> course = new ArrayList<>();
        add(course, restores, SwitchPhase.RESTORING);
        add(course, spec.check().isPresent() && !isForced, SwitchPhase.CHECKING);
        add(course, !isForced, SwitchPhase.PREPARING);
        course.add(new Stage(SwitchPhase.MOVING, ALL));
        add(course, true, SwitchPhase.DRAINING);
        return course;
    }

    private static void add(List<Stage> course, boolean wanted, SwitchPhase phase) {
        if (wanted) {
            course.add(Stage.of(phase));
        }
    }
}
