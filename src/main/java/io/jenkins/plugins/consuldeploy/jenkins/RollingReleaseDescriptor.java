package io.jenkins.plugins.consuldeploy.jenkins;

import hudson.model.Descriptor;
import hudson.model.Item;
import hudson.util.FormValidation;
import hudson.util.ListBoxModel;
import io.jenkins.plugins.consuldeploy.jenkins.parts.NoUpdate;
import io.jenkins.plugins.consuldeploy.phase.BadInputException;
import io.jenkins.plugins.consuldeploy.phase.BatchSize;
import io.jenkins.plugins.consuldeploy.rolling.MinHealthy;
import io.jenkins.plugins.consuldeploy.rolling.RollingPolicy.OnHostFailure;
import java.time.Duration;
import jenkins.model.Jenkins;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.verb.POST;

/** The form of {@link RollingReleaseStep}, for whoever may configure the job. */
public abstract class RollingReleaseDescriptor extends ReleaseStepDescriptor {

    @Override
    public String getFunctionName() {
        return "rollingRelease";
    }

    @Override
    public String getDisplayName() {
        return "Release host by host behind load balancers";
    }

    /** Once for each host; a step without one says by {@code update} what happens to it. */
    @Override
    public boolean takesImplicitBlockArgument() {
        return true;
    }

    /** What a form has where no update is given. */
    public Descriptor<?> getNoUpdate() {
        return Jenkins.get().getDescriptorOrDie(NoUpdate.class);
    }

    @POST
    public FormValidation doCheckBatch(@AncestorInPath Item item, @QueryParameter String value) {
        return given(item, value, text -> BatchSize.parse("batch", text));
    }

    @POST
    public FormValidation doCheckCanary(@AncestorInPath Item item, @QueryParameter String value) {
        return given(item, value, text -> BatchSize.parse("canary", text));
    }

    @POST
    public FormValidation doCheckCanaryPause(@AncestorInPath Item item, @QueryParameter String value) {
        return given(item, value, text -> read("canaryPause", text).duration("canaryPause", Duration.ZERO));
    }

    @POST
    public FormValidation doCheckPause(@AncestorInPath Item item, @QueryParameter String value) {
        return given(item, value, text -> read("pause", text).duration("pause", Duration.ZERO));
    }

    @POST
    public FormValidation doCheckMinHealthy(@AncestorInPath Item item, @QueryParameter String value) {
        return given(item, value, text -> MinHealthy.parse("minHealthy", text));
    }

    /** It goes with one choice of what follows a failure only. */
    @POST
    public FormValidation doCheckMaxFailures(
            @AncestorInPath Item item, @QueryParameter String value, @QueryParameter String onFailure) {
        return given(item, value, text -> {
            int number = read("maxFailures", text).number("maxFailures", 0, 0, Integer.MAX_VALUE);
            if (number > 0 && !OnHostFailure.CONTINUE.word().equals(onFailure)) {
                throw new BadInputException("maxFailures", text, "it goes with 'On failure: go on' only");
            }
        });
    }

    @POST
    public FormValidation doCheckOnFailure(@AncestorInPath Item item, @QueryParameter String value) {
        return oneOf(item, "onFailure", value, doFillOnFailureItems());
    }

    @POST
    public ListBoxModel doFillOnFailureItems() {
        return new ListBoxModel(
                new ListBoxModel.Option("Stop: no further host is touched", OnHostFailure.STOP.word()),
                new ListBoxModel.Option("Go on with the next host", OnHostFailure.CONTINUE.word()),
                new ListBoxModel.Option("Roll back every host that was changed", OnHostFailure.ROLLBACK.word()));
    }
}
