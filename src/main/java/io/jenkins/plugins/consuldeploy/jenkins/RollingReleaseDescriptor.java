package io.jenkins.plugins.consuldeploy.jenkins;

import hudson.Util;
import hudson.model.Descriptor;
import hudson.model.Item;
import hudson.util.FormValidation;
import hudson.util.ListBoxModel;
import io.jenkins.plugins.consuldeploy.jenkins.parts.NoCheck;
import io.jenkins.plugins.consuldeploy.jenkins.parts.NoUpdate;
import io.jenkins.plugins.consuldeploy.jenkins.parts.Plain;
import io.jenkins.plugins.consuldeploy.phase.BadInputException;
import io.jenkins.plugins.consuldeploy.phase.BatchSize;
import io.jenkins.plugins.consuldeploy.rolling.MinHealthy;
import io.jenkins.plugins.consuldeploy.rolling.RollingPolicy.OnHostFailure;
import io.jenkins.plugins.consuldeploy.spec.Words;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import jenkins.model.Jenkins;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.verb.POST;

/** The form of {@link RollingReleaseStep}, for whoever may configure the job. */
public abstract class RollingReleaseDescriptor extends ServerStepDescriptor {

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

    /** What a form has where no check is given. */
    public Descriptor<?> getNoCheck() {
        return Jenkins.get().getDescriptorOrDie(NoCheck.class);
    }

    /** What a form has where no update is given. */
    public Descriptor<?> getNoUpdate() {
        return Jenkins.get().getDescriptorOrDie(NoUpdate.class);
    }

    @Override
    public String argumentsToString(Map<String, Object> arguments) {
        Object version = arguments.get("version");
        return arguments.get("app") + (version == null ? "" : " " + version);
    }

    @POST
    public FormValidation doCheckApp(@AncestorInPath Item item, @QueryParameter String value) {
        return FieldCheck.inItem(item, value, text -> read("app", text).text("app"));
    }

    @POST
    public FormValidation doCheckVersion(@AncestorInPath Item item, @QueryParameter String value) {
        return given(item, value, text -> read("version", text).text("version"));
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
    public FormValidation doCheckIfDead(@AncestorInPath Item item, @QueryParameter String value) {
        return oneOf(item, "ifDead", value, doFillIfDeadItems());
    }

    @POST
    public FormValidation doCheckDrainTimeout(@AncestorInPath Item item, @QueryParameter String value) {
        return given(item, value, text -> read("drainTimeout", text).time("drainTimeout", Duration.ZERO));
    }

    @POST
    public FormValidation doCheckHealthTimeout(@AncestorInPath Item item, @QueryParameter String value) {
        return given(item, value, text -> read("healthTimeout", text).time("healthTimeout", Duration.ZERO));
    }

    @POST
    public FormValidation doCheckAws(@AncestorInPath Item item, @QueryParameter String value) {
        return FieldCheck.inItem(item, value, AwsAccounts.get()::meant);
    }

    @POST
    public FormValidation doCheckNotify(@AncestorInPath Item item, @QueryParameter String value) {
        return given(item, value, text -> Plain.list("notify", text)
                .forEach(name -> NotificationChannels.get().check(name.toString())));
    }

    @POST
    public ListBoxModel doFillOnFailureItems() {
        return new ListBoxModel(
                new ListBoxModel.Option("Stop: no further host is touched", OnHostFailure.STOP.word()),
                new ListBoxModel.Option("Go on with the next host", OnHostFailure.CONTINUE.word()),
                new ListBoxModel.Option("Roll back every host that was changed", OnHostFailure.ROLLBACK.word()));
    }

    @POST
    public ListBoxModel doFillIfDeadItems() {
        return new ListBoxModel(
                new ListBoxModel.Option("Put it in order first", "repair"),
                new ListBoxModel.Option("Refuse", "refuse"));
    }

    @POST
    public ListBoxModel doFillAwsItems(@AncestorInPath Item item, @QueryParameter String aws) {
        List<AwsAccount> accounts =
                FieldCheck.mayConfigure(item) ? AwsAccounts.get().getAccounts() : List.of();
        ListBoxModel names = new ListBoxModel();
        names.add(accounts.size() == 1 ? "(the only one: " + accounts.get(0).getName() + ")" : "", "");
        accounts.forEach(account -> names.add(account.getName()));
        String current = Util.fixNull(aws);
        if (names.stream().noneMatch(choice -> choice.value.equals(current))) {
            names.add(current);
        }
        return names;
    }

    // Private

    private static FormValidation given(Item item, String value, Consumer<String> parsing) {
        return FieldCheck.inItem(item, value, text -> {
            if (!text.isEmpty()) {
                parsing.accept(text);
            }
        });
    }

    private static FormValidation oneOf(Item item, String field, String value, ListBoxModel choices) {
        return given(item, value, text -> {
            if (choices.stream().noneMatch(choice -> choice.value.equals(text))) {
                throw new BadInputException(
                        field,
                        text,
                        "one of "
                                + String.join(
                                        ", ",
                                        choices.stream()
                                                .map(choice -> choice.value)
                                                .toList()));
            }
        });
    }

    private static Words read(String field, String text) {
        return Words.of(Map.of(field, text), Words.Places.UNKNOWN);
    }
}
