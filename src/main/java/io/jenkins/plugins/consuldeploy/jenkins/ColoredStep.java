package io.jenkins.plugins.consuldeploy.jenkins;

import hudson.Util;
import io.jenkins.plugins.consuldeploy.jenkins.parts.Hosts;
import io.jenkins.plugins.consuldeploy.jenkins.parts.Traffic;
import java.util.Map;
import org.kohsuke.stapler.DataBoundSetter;

/** What a switch there and one back have in common: the hosts of two colors, and what moves the traffic between them. */
public abstract class ColoredStep extends ReleaseStep {

    static final String AGREED = "agreed";

    private final Hosts blue;
    private final Hosts green;
    private final Traffic traffic;
    private String moveTimeout;
    private String liveIs;
    private boolean force;

    ColoredStep(String app, Hosts blue, Hosts green, Traffic traffic) {
        super(app);
        this.blue = blue;
        this.green = green;
        this.traffic = traffic;
    }

    public Hosts getBlue() {
        return blue;
    }

    public Hosts getGreen() {
        return green;
    }

    public Traffic getTraffic() {
        return traffic;
    }

    public String getMoveTimeout() {
        return moveTimeout;
    }

    @DataBoundSetter
    public void setMoveTimeout(String moveTimeout) {
        this.moveTimeout = Util.fixEmptyAndTrim(moveTimeout);
    }

    public String getLiveIs() {
        return liveIs == null ? AGREED : liveIs;
    }

    @DataBoundSetter
    public void setLiveIs(String liveIs) {
        this.liveIs = Util.fixEmptyAndTrim(liveIs);
    }

    public boolean isForce() {
        return force;
    }

    @DataBoundSetter
    public void setForce(boolean force) {
        this.force = force;
    }

    // Private

    @Override
    void putOwn(Map<String, Object> words) {
        put(words, "blue", blue);
        put(words, "green", green);
        put(words, "traffic", traffic);
        put(words, "moveTimeout", moveTimeout);
        put(words, "liveIs", AGREED.equals(liveIs) ? null : liveIs);
        put(words, SwitchEngine.FORCE, force);
    }
}
