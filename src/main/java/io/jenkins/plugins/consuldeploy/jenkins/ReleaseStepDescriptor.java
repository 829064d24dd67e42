package io.jenkins.plugins.consuldeploy.jenkins;

import hudson.Util;
import hudson.model.Descriptor;
import hudson.model.Item;
import hudson.util.FormValidation;
import hudson.util.ListBoxModel;
import io.jenkins.plugins.consuldeploy.jenkins.parts.NoCheck;
import io.jenkins.plugins.consuldeploy.jenkins.parts.Plain;
import io.jenkins.plugins.consuldeploy.phase.BadInputException;
import io.jenkins.plugins.consuldeploy.spec.Words;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import jenkins.model.Jenkins;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.verb.POST;

/** The form of {@link ReleaseStep}'s fields, for whoever may configure the job. */
public abstract class ReleaseStepDescriptor extends ServerStepDescriptor {

    /** What a form has where no check is given. */
    public Descriptor<?> getNoCheck() {
        return Jenkins.get().getDescriptorOrDie(NoCheck.class);
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

    static FormValidation given(Item item, String value, Consumer<String> parsing) {
        return FieldCheck.inItem(item, value, text -> {
            if (!text.isEmpty()) {
                parsing.accept(text);
            }
        });
    }

    static FormValidation oneOf(Item item, String field, String value, ListBoxModel choices) {
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

    static Words read(String field, String text) {
        return Words.of(Map.of(field, text), Words.Places.UNKNOWN);
    }
}
