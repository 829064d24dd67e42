package io.jenkins.plugins.consuldeploy.rolling;

import io.jenkins.plugins.consuldeploy.fleet.Host;
import io.jenkins.plugins.consuldeploy.phase.Durations;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What a release does, in lines for people. */
public final class ReleaseText {

    private ReleaseText() {}

    /** {@code release 20260301-123000-4f2a91c0: 4 hosts in 2 batches}. */
    public static String heading(String release, List<Host> hosts, int batches) {
        return "release " + release + ": " + hosts.size() + (hosts.size() == 1 ? " host" : " hosts") + " in " + batches
                + (batches == 1 ? " batch" : " batches");
    }

    /** {@code app1: draining -> out (340ms)}. How long a host had to wait for its turn is of no interest. */
    public static String transition(Host host, HostPhase from, HostPhase to, Duration took, Optional<String> detail) {
        String time = from == HostPhase.WAITING || took.isNegative() ? "" : " (" + Durations.show(took) + ")";
        return host + ": " + from.word() + " -> " + to.word() + time
                + detail.map(text -> ": " + text).orElse("");
    }

    /** {@code the release 20260301-123000-4f2a91c0 of web failed: app3: exit code 1}. */
    public static String sentence(Outcome outcome) {
        return "the release " + outcome.id() + " of " + outcome.app() + " "
                + switch (outcome.state()) {
                    case SUCCEEDED -> "succeeded";
                    case FAILED -> "failed";
                    case ROLLED_BACK -> "was rolled back";
                    case ABORTED -> "was ended";
                    case RUNNING, ROLLING_BACK -> "is not over";
                }
                + outcome.reason().map(why -> ": " + why).orElse("");
    }

    /** Which hosts it left out of service, and what becomes of them. */
    public static String leftBehind(Outcome outcome) {
        if (outcome.out().isEmpty()) {
            return "It left no host out of service.";
        }
        boolean isOne = outcome.out().size() == 1;
        return "Out of service: " + String.join(", ", outcome.out()) + ". The next release of " + outcome.app()
                + " begins with " + (isOne ? "it" : "them") + ", and puts " + (isOne ? "it" : "each")
                + " back as it was.";
    }
}
