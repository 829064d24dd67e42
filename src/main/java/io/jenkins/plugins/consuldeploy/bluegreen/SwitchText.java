package io.jenkins.plugins.consuldeploy.bluegreen;

import io.jenkins.plugins.consuldeploy.phase.Durations;
import io.jenkins.plugins.consuldeploy.traffic.Color;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What a switch does, in lines for people. */
public final class SwitchText {

    private SwitchText() {}

    /** {@code switch 20260301-123000-4f2a91c0: blue -> green, 7 stages}; and how many are through of one that is gone on with. */
    public static String heading(String release, Optional<Color> from, Color to, List<Stage> course, int at) {
        String stages = course.size() + (course.size() == 1 ? " stage" : " stages");
        return "switch " + release + ": " + from.map(Color::word).orElse("no color") + " -> " + to + ", " + stages
                + (at == 0 ? "" : ", " + at + " of them done");
    }

    /** {@code checking -> moving 50% (340ms)}. */
    public static String passed(Stage stage, Optional<Stage> next, Duration took, Optional<String> detail) {
        return stage + " -> " + next.map(Stage::word).orElse("done")
                + (took.isNegative() ? "" : " (" + Durations.show(took) + ")")
                + detail.map(text -> ": " + text).orElse("");
    }

    /** {@code baking 50% ended: 7 of the last 20 visits ...}. */
    public static String stopped(Stage stage, String why) {
        return stage + " ended: " + why;
    }

    public static String movingBack(Color to) {
        return "moving all traffic back to " + to;
    }

    /** {@code the switch 20260301-123000-4f2a91c0 of shop to green succeeded}. */
    public static String sentence(SwitchOutcome outcome) {
        return "the switch " + outcome.id() + " of " + outcome.app() + (outcome.back() ? " back" : "") + " to "
                + outcome.to() + " "
                + switch (outcome.state()) {
                    case SUCCEEDED -> "succeeded";
                    case FAILED -> "failed";
                    case ROLLED_BACK -> "was moved back";
                    case ABORTED -> "was ended";
                    case RUNNING, ROLLING_BACK -> "is not over";
                }
                + outcome.reason().map(why -> ": " + why).orElse("");
    }

    /** Which color has the traffic at the end. */
    public static String live(SwitchOutcome outcome) {
        return outcome.live().map(color -> "Live is " + color + ".").orElse("By the record no color is live.");
    }
}
