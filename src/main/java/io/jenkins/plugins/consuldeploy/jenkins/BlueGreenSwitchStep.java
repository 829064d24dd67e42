package io.jenkins.plugins.consuldeploy.jenkins;

import hudson.Extension;
import hudson.Util;
import io.jenkins.plugins.consuldeploy.jenkins.parts.ColorWork;
import io.jenkins.plugins.consuldeploy.jenkins.parts.Hosts;
import io.jenkins.plugins.consuldeploy.jenkins.parts.NoColorWork;
import io.jenkins.plugins.consuldeploy.jenkins.parts.NoWatch;
import io.jenkins.plugins.consuldeploy.jenkins.parts.Plain;
import io.jenkins.plugins.consuldeploy.jenkins.parts.Traffic;
import io.jenkins.plugins.consuldeploy.jenkins.parts.Watch;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;

/**
 * {@code blueGreenSwitch}: the idle color is deployed and proved, and gets the traffic. What deploys it is the step's
 * block, or {@code deploy}, or neither, where it was deployed before.
 */
public final class BlueGreenSwitchStep extends ColoredStep {

    private static final String NEVER = "never";

    private List<Object> weights;
    private String bake;
    private String soak;
    private String stopOld;
    private ColorWork stop;
    private ColorWork deploy;
    private ColorWork verify;
    private Watch watch;
    /** Whether a block that is there is nobody's: see {@link BlockFunction}. */
    private boolean deployed;

    @DataBoundConstructor
    public BlueGreenSwitchStep(String app, Hosts blue, Hosts green, Traffic traffic) {
        super(app, blue, green, traffic);
    }

    public Object getWeights() {
        return weights;
    }

    /** As a form shows them. */
    public String getWeightsAsText() {
        return weights == null
                ? ""
                : String.join(", ", weights.stream().map(String::valueOf).toList());
    }

    /** @param weights a list of percentages, or a text with commas between them */
    @DataBoundSetter
    public void setWeights(Object weights) {
        List<Object> given = weights instanceof Number one ? List.of(one) : Plain.list("weights", weights);
        this.weights = given == null
                ? null
                : new ArrayList<>(given.stream()
                        .map(weight -> Fields.numberOrText(Fields.text("weights", weight)))
                        .toList());
    }

    public String getBake() {
        return bake;
    }

    @DataBoundSetter
    public void setBake(String bake) {
        this.bake = Util.fixEmptyAndTrim(bake);
    }

    public String getSoak() {
        return soak;
    }

    @DataBoundSetter
    public void setSoak(String soak) {
        this.soak = Util.fixEmptyAndTrim(soak);
    }

    public String getStopOld() {
        return stopOld;
    }

    @DataBoundSetter
    public void setStopOld(String stopOld) {
        this.stopOld = Util.fixEmptyAndTrim(stopOld);
    }

    public ColorWork getStop() {
        return stop;
    }

    @DataBoundSetter
    public void setStop(ColorWork stop) {
        this.stop = stop instanceof NoColorWork ? null : stop;
    }

    public ColorWork getDeploy() {
        return deploy;
    }

    @DataBoundSetter
    public void setDeploy(ColorWork deploy) {
        this.deploy = deploy instanceof NoColorWork ? null : deploy;
    }

    public ColorWork getVerify() {
        return verify;
    }

    @DataBoundSetter
    public void setVerify(ColorWork verify) {
        this.verify = verify instanceof NoColorWork ? null : verify;
    }

    public Watch getWatch() {
        return watch;
    }

    @DataBoundSetter
    public void setWatch(Watch watch) {
        this.watch = watch instanceof NoWatch ? null : watch;
    }

    public boolean isDeployed() {
        return deployed;
    }

    @DataBoundSetter
    public void setDeployed(boolean deployed) {
        this.deployed = deployed;
    }

    // Private

    @Override
    ReleaseKind kind() {
        return ReleaseKind.SWITCH;
    }

    @Override
    void putOwn(Map<String, Object> words) {
        super.putOwn(words);
        if (weights != null) {
            words.put("weights", new ArrayList<>(weights));
        }
        put(words, "bake", bake);
        put(words, "soak", soak);
        put(words, "stopOld", NEVER.equals(stopOld) ? null : stopOld);
        put(words, "stop", stop);
        if (deploy != null) {
            put(words, "deploy", deploy);
        } else if (!deployed) {
            words.put("deploy", Map.of("body", true));
        }
        put(words, "verify", verify);
        put(words, "watch", watch);
    }

    /** See {@link BlueGreenSwitchDescriptor}. */
    @Extension
    public static final class DescriptorImpl extends BlueGreenSwitchDescriptor {}
}
