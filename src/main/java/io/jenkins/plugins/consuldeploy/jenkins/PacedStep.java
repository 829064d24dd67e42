package io.jenkins.plugins.consuldeploy.jenkins;

import hudson.Util;
import io.jenkins.plugins.consuldeploy.rolling.RollingPolicy.OnHostFailure;
import java.util.Map;
import org.kohsuke.stapler.DataBoundSetter;

/** How a release goes through its hosts, as the fields say it: a step of which the rest is elsewhere. */
public abstract class PacedStep extends ReleaseStep {

    private static final String STOP = OnHostFailure.STOP.word();

    private String batch;
    private String canary;
    private String canaryPause;
    private String pause;
    private String minHealthy;
    private String maxFailures;
    private String onFailure;

    PacedStep(String app) {
        super(app);
    }

    public Object getBatch() {
        return Fields.numberOrText(batch);
    }

    /** @param batch a number, or a text such as {@code 25%} */
    @DataBoundSetter
    public void setBatch(Object batch) {
        this.batch = Fields.text("batch", batch);
    }

    public Object getCanary() {
        return Fields.numberOrText(canary);
    }

    /** @param canary a number, or a text such as {@code 10%} */
    @DataBoundSetter
    public void setCanary(Object canary) {
        this.canary = Fields.text("canary", canary);
    }

    public String getCanaryPause() {
        return canaryPause;
    }

    @DataBoundSetter
    public void setCanaryPause(String canaryPause) {
        this.canaryPause = Util.fixEmptyAndTrim(canaryPause);
    }

    public String getPause() {
        return pause;
    }

    @DataBoundSetter
    public void setPause(String pause) {
        this.pause = Util.fixEmptyAndTrim(pause);
    }

    public Object getMinHealthy() {
        return Fields.numberOrText(minHealthy);
    }

    /** @param minHealthy a number, or a text such as {@code 50%} */
    @DataBoundSetter
    public void setMinHealthy(Object minHealthy) {
        this.minHealthy = Fields.text("minHealthy", minHealthy);
    }

    public Object getMaxFailures() {
        return Fields.numberOrText(maxFailures);
    }

    /** @param maxFailures a number, or a text */
    @DataBoundSetter
    public void setMaxFailures(Object maxFailures) {
        this.maxFailures = Fields.text("maxFailures", maxFailures);
    }

    public String getOnFailure() {
        return onFailure == null ? STOP : onFailure;
    }

    @DataBoundSetter
    public void setOnFailure(String onFailure) {
        this.onFailure = Util.fixEmptyAndTrim(onFailure);
    }

    // Private

    /** Adds what was given to the words of a release. */
    final void putPace(Map<String, Object> words) {
        put(words, "batch", batch);
        put(words, "canary", canary);
        put(words, "canaryPause", canaryPause);
        put(words, "pause", pause);
        put(words, "minHealthy", minHealthy);
        put(words, "maxFailures", maxFailures);
        put(words, "onFailure", STOP.equals(onFailure) ? null : onFailure);
    }
}
