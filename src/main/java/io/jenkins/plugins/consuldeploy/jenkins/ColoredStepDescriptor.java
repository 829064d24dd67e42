package io.jenkins.plugins.consuldeploy.jenkins;

import hudson.model.Item;
import hudson.util.FormValidation;
import hudson.util.ListBoxModel;
import java.time.Duration;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.verb.POST;

/** The form of {@link ColoredStep}'s fields, for whoever may configure the job. */
public abstract class ColoredStepDescriptor extends ReleaseStepDescriptor {

    @POST
    public FormValidation doCheckMoveTimeout(@AncestorInPath Item item, @QueryParameter String value) {
        return given(item, value, text -> read("moveTimeout", text).time("moveTimeout", Duration.ZERO));
    }

    @POST
    public FormValidation doCheckLiveIs(@AncestorInPath Item item, @QueryParameter String value) {
        return oneOf(item, "liveIs", value, doFillLiveIsItems());
    }

    @POST
    public ListBoxModel doFillLiveIsItems() {
        return new ListBoxModel(
                new ListBoxModel.Option("Refuse", ColoredStep.AGREED),
                new ListBoxModel.Option("Believe the traffic", "traffic"),
                new ListBoxModel.Option("Believe the record, and move the traffic there", "record"));
    }
}
