package io.jenkins.plugins.consuldeploy.jenkins;

import hudson.model.Descriptor;
import hudson.model.Item;
import hudson.util.FormValidation;
import io.jenkins.plugins.consuldeploy.jenkins.parts.ColorCommand;
import io.jenkins.plugins.consuldeploy.jenkins.parts.NoColorWork;
import io.jenkins.plugins.consuldeploy.jenkins.parts.NoWatch;
import io.jenkins.plugins.consuldeploy.jenkins.parts.Plain;
import io.jenkins.plugins.consuldeploy.spec.SwitchWords;
import java.time.Duration;
import java.util.List;
import jenkins.model.Jenkins;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.verb.POST;

/** The form of {@link BlueGreenSwitchStep}, for whoever may configure the job. */
public abstract class BlueGreenSwitchDescriptor extends ColoredStepDescriptor {

    @Override
    public String getFunctionName() {
        return "blueGreenSwitch";
    }

    @Override
    public String getDisplayName() {
        return "Switch from one color to the other";
    }

    /** Once, for the idle color; a step without one says by {@code deploy} what happens to it. */
    @Override
    public boolean takesImplicitBlockArgument() {
        return true;
    }

    /** What a form has where nothing is done to a color. */
    public Descriptor<?> getNoWork() {
        return Jenkins.get().getDescriptorOrDie(NoColorWork.class);
    }

    /** What a form has where nothing is watched. */
    public Descriptor<?> getNoWatch() {
        return Jenkins.get().getDescriptorOrDie(NoWatch.class);
    }

    /** What verifies or stops a color. */
    public List<Descriptor<?>> getCommands() {
        return List.of(getNoWork(), Jenkins.get().getDescriptorOrDie(ColorCommand.class));
    }

    @POST
    public FormValidation doCheckWeights(@AncestorInPath Item item, @QueryParameter String value) {
        return given(item, value, text -> SwitchWords.checkWeights(Plain.list("weights", text)));
    }

    @POST
    public FormValidation doCheckBake(@AncestorInPath Item item, @QueryParameter String value) {
        return given(item, value, text -> read("bake", text).duration("bake", Duration.ZERO));
    }

    @POST
    public FormValidation doCheckSoak(@AncestorInPath Item item, @QueryParameter String value) {
        return given(item, value, text -> read("soak", text).duration("soak", Duration.ZERO));
    }

    @POST
    public FormValidation doCheckStopOld(@AncestorInPath Item item, @QueryParameter String value) {
        return given(item, value, SwitchWords::checkStopOld);
    }
}
