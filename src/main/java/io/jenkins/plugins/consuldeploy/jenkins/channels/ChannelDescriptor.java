package io.jenkins.plugins.consuldeploy.jenkins.channels;

import com.cloudbees.plugins.credentials.common.StandardCredentials;
import com.cloudbees.plugins.credentials.common.StandardListBoxModel;
import hudson.Util;
import hudson.model.Descriptor;
import hudson.security.ACL;
import hudson.util.FormValidation;
import hudson.util.ListBoxModel;
import io.jenkins.plugins.consuldeploy.jenkins.FieldCheck;
import io.jenkins.plugins.consuldeploy.phase.BadInputException;
import java.util.function.Consumer;
import jenkins.model.Jenkins;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.verb.POST;

/** The form of a channel: everything in it is for administrators alone. */
public abstract class ChannelDescriptor extends Descriptor<NotificationChannel> {

    ChannelDescriptor(Class<? extends NotificationChannel> channel) {
        super(channel);
    }

    @POST
    public FormValidation doCheckName(@QueryParameter String value) {
        return needed("name", value);
    }

    static FormValidation needed(String field, String value) {
        return FieldCheck.byAdministrator(value, text -> {
            if (text.isEmpty()) {
                throw new BadInputException(field, "it is empty; it has to be given");
            }
        });
    }

    static FormValidation given(String value, Consumer<String> parsing) {
        return FieldCheck.byAdministrator(value, text -> {
            if (!text.isEmpty()) {
                parsing.accept(text);
            }
        });
    }

    static FormValidation credentials(String field, String value, Class<? extends StandardCredentials> type) {
        return FieldCheck.byAdministrator(value, id -> {
            if (choices("", type).stream().noneMatch(choice -> choice.value.equals(id)) || id.isEmpty()) {
                throw new BadInputException(field, id, "Jenkins has no credentials of that ID and kind");
            }
        });
    }

    static ListBoxModel choices(String current, Class<? extends StandardCredentials> type) {
        StandardListBoxModel choices = new StandardListBoxModel();
        choices.includeEmptyValue();
        if (FieldCheck.mayConfigure(null)) {
            choices.includeAs(ACL.SYSTEM2, Jenkins.get(), type);
        }
        return choices.includeCurrentValue(Util.fixNull(current));
    }
}
