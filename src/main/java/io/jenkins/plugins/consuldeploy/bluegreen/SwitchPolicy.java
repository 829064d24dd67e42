package io.jenkins.plugins.consuldeploy.bluegreen;

import io.jenkins.plugins.consuldeploy.phase.BadInputException;
import io.jenkins.plugins.consuldeploy.phase.Durations;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How traffic moves.
 *
 * @param weights      the new color's shares, in percent, one after the other; the last is 100
 * @param bake         how long each share but the last is watched
 * @param soak         how long all of it is watched before the switch is for good
 * @param stopOld      how long after that the old color is kept before it is stopped; never where absent
 * @param cutOff       whether connections that do not end in time are cut off: those of the idle color when it is
 *                     deployed, and those of the old one when it is stopped. Otherwise the one fails the switch before
 *                     anything is touched, and the other leaves the old color running
 * @param checkTimeout for each host's checks
 * @param moveTimeout  for what moves traffic to get ready, and again for each move
 * @param drainTimeout for a color's connections to end
 */
public record SwitchPolicy(
        List<Integer> weights,
        Duration bake,
        Duration soak,
        Optional<Duration> stopOld,
        boolean cutOff,
        Duration checkTimeout,
        Duration moveTimeout,
        Duration drainTimeout) {

    /** All of the traffic at once; the old color stays. */
    public static final SwitchPolicy DEFAULT = new SwitchPolicy(
            List.of(100),
            Duration.ZERO,
            Duration.ZERO,
            Optional.empty(),
            false,
            Duration.ofMinutes(5),
            Duration.ofMinutes(5),
            Duration.ofMinutes(5));

    /** @throws BadInputException naming what can't be so */
    public SwitchPolicy {
        weights = List.copyOf(weights);
        int before = 0;
        for (int weight : weights) {
            if (weight <= before || weight > 100) {
                throw weights(weights);
            }
            before = weight;
        }
        if (before != 100) {
            throw weights(weights);
        }
        positive("healthTimeout", checkTimeout);
        positive("moveTimeout", moveTimeout);
        positive("drainTimeout", drainTimeout);
    }

    private static BadInputException weights(List<Integer> weights) {
        return new BadInputException(
                "weights",
                weights.toString(),
                "percentages, each larger than the one before, up to 100: [10, 50, 100]");
    }

    private static void positive(String field, Duration duration) {
        if (duration.isZero() || duration.isNegative()) {
            throw new BadInputException(field, Durations.show(duration), "a duration above zero, such as 5m");
        }
    }
}
