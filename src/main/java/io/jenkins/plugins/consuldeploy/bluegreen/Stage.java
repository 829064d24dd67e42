package io.jenkins.plugins.consuldeploy.bluegreen;

/**
 * One stage of a switch's course.
 *
 * @param percent of the traffic, at the new color: where it moves and bakes; else 0
 */
public record Stage(SwitchPhase phase, int percent) {

    static Stage of(SwitchPhase phase) {
        return new Stage(phase, 0);
    }

    /** As on record and for people: {@code checking}, {@code moving 50%}. */
    public String word() {
        return percent == 0 ? phase.word() : phase.word() + " " + percent + "%";
    }

    static Stage parse(String word) {
        int space = word.indexOf(' ');
        return space < 0
                ? of(phase(word))
                : new Stage(
                        phase(word.substring(0, space)),
                        Integer.parseInt(word.substring(space + 1, word.length() - 1)));
    }

    @Override
    public String toString() {
        return word();
    }

    private static SwitchPhase phase(String word) {
        return SwitchPhase.valueOf(word.toUpperCase(java.util.Locale.ROOT));
    }
}
