package io.jenkins.plugins.consuldeploy.traffic;

import java.util.Optional;

/**
 * How much of the traffic each color gets, in percent: 100 together, or nothing at all.
 *
 * @param blue  in percent
 * @param green in percent
 */
public record Shares(int blue, int green) {

    /** Neither color gets traffic, as before the first release ever. */
    public static final Shares NONE = new Shares(0, 0);

    public Shares {
        boolean all = blue >= 0 && green >= 0 && blue + green == 100;
        if (!all && (blue != 0 || green != 0)) {
            throw new IllegalArgumentException("blue " + blue + "% and green " + green + "% are not 100% together");
        }
    }

    /** All of it to one color. */
    public static Shares all(Color color) {
        return giving(color, 100);
    }

    /** So much to one color, in percent, and the rest to the other. */
    public static Shares giving(Color color, int percent) {
        return color == Color.BLUE ? new Shares(percent, 100 - percent) : new Shares(100 - percent, percent);
    }

    public int of(Color color) {
        return color == Color.BLUE ? blue : green;
    }

    /** The color that gets all of it; empty where both get some, or neither. */
    public Optional<Color> live() {
        if (blue == 100) {
            return Optional.of(Color.BLUE);
        }
        return green == 100 ? Optional.of(Color.GREEN) : Optional.empty();
    }

    @Override
    public String toString() {
        return equals(NONE)
                ? "no color"
                : live().map(color -> "all to " + color).orElse("blue " + blue + "%, green " + green + "%");
    }
}
