package io.jenkins.plugins.consuldeploy.traffic;

import java.util.Locale;

/** One of two fleets that run the same application: one is live, the other is idle and gets the next version. */
public enum Color {
    BLUE,
    GREEN;

    public Color other() {
        return this == BLUE ? GREEN : BLUE;
    }

    /** As it is written: {@code blue} or {@code green}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    @Override
    public String toString() {
        return word();
    }
}
