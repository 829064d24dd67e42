package io.jenkins.plugins.consuldeploy.bluegreen;

import io.jenkins.plugins.consuldeploy.phase.BadInputException;
import io.jenkins.plugins.consuldeploy.traffic.Color;
import io.jenkins.plugins.consuldeploy.traffic.Going;
import io.jenkins.plugins.consuldeploy.traffic.Shares;
import java.util.Locale;
import java.util.Optional;

/**
 * Which color is live: what moves traffic is asked, and what it says is compared with the last switch's record.
 *
 * @param color    empty where no color is, as before the first release ever
 * @param restores whether traffic has to be moved there first
 */
record Live(Optional<Color> color, boolean restores) {

    /**
     * Finds it out.
     *
     * @param traffic  what moves it, for an error
     * @param recorded what the last switch's record says; empty where there is none, or it says that none was live
     * @throws BadInputException where the two differ, or traffic goes to both colors, and nobody said which is right
     */
    static Live find(String traffic, Going going, Optional<Color> recorded, LiveIs wins) {
        boolean toOneOrNone = going.agreed()
                .filter(shares -> shares.live().isPresent() || shares.equals(Shares.NONE))
                .isPresent();
        Optional<Color> said = going.agreed().flatMap(Shares::live);
        if (toOneOrNone && (recorded.isEmpty() || said.equals(recorded))) {
            return new Live(said, false);
        }
        // Before the first release ever, a part that sends traffic nowhere yet does not contradict the others.
        Optional<Color> only = recorded.isEmpty() ? going.only() : Optional.empty();
        if (wins == LiveIs.TRAFFIC && (toOneOrNone || only.isPresent())) {
            return new Live(toOneOrNone ? said : only, false);
        }
        if (wins == LiveIs.RECORD && recorded.isPresent()) {
            return new Live(recorded, true);
        }
        String record = recorded.map(color -> "the record of the last switch says that " + color + " is live")
                .orElse("no record says which color is live");
        throw new BadInputException(
                "liveIs",
                wins.name().toLowerCase(Locale.ROOT),
                traffic + " says: " + going + "; " + record + ". Look which is right, then "
                        + (toOneOrNone || only.isPresent() ? "give liveIs 'traffic', or " : "")
                        + (recorded.isPresent()
                                ? "give liveIs 'record', which moves all traffic there first"
                                : "move all traffic to one color by hand"));
    }
}
