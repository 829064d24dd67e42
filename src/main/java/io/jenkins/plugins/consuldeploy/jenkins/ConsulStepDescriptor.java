package io.jenkins.plugins.consuldeploy.jenkins;

import hudson.model.Item;
import hudson.util.FormValidation;
import io.jenkins.plugins.consuldeploy.phase.BadInputException;
import io.jenkins.plugins.consuldeploy.phase.Tree;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.verb.POST;

/** The form of the fields that every {@link ConsulStep} has, for whoever may configure the job. */
public abstract class ConsulStepDescriptor extends ServerStepDescriptor {

    @POST
    public FormValidation doCheckPrefix(
            @AncestorInPath Item item, @QueryParameter String value, @QueryParameter String consul) {
        return FieldCheck.inItem(item, value, text -> Tree.of(text, rootOf(consul)));
    }

    @POST
    public FormValidation doCheckService(@AncestorInPath Item item, @QueryParameter String value) {
        return FieldCheck.inItem(item, value, text -> Fields.expected("", text, ""));
    }

    @POST
    public FormValidation doCheckTag(
            @AncestorInPath Item item, @QueryParameter String value, @QueryParameter String service) {
        return FieldCheck.inItem(item, value, text -> Fields.expected("", service, text));
    }

    @POST
    public FormValidation doCheckActiveTimeout(@AncestorInPath Item item, @QueryParameter String value) {
        return FieldCheck.inItem(item, value, text -> Fields.duration("activeTimeout", text));
    }

    // Private

    private static String rootOf(String consul) {
        try {
            return ConsulServers.get().named(consul).getKeyRoot();
        } catch (BadInputException e) {
            return Tree.DEFAULT_ROOT; // another field's error
        }
    }
}
