package io.jenkins.plugins.consuldeploy.jenkins;

import com.cloudbees.plugins.credentials.common.StandardListBoxModel;
import hudson.Util;
import hudson.model.Item;
import hudson.model.Queue;
import hudson.model.Run;
import hudson.model.TaskListener;
import hudson.model.queue.Tasks;
import hudson.security.ACL;
import hudson.util.FormValidation;
import hudson.util.ListBoxModel;
import io.jenkins.plugins.consuldeploy.phase.BadInputException;
import java.util.List;
import java.util.Set;
import jenkins.model.Jenkins;
import org.jenkinsci.plugins.plaincredentials.StringCredentials;
import org.jenkinsci.plugins.workflow.steps.StepDescriptor;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.verb.POST;
import org.springframework.security.core.Authentication;

/** The form of the fields by which every step says at which Consul, and with which token. */
public abstract class ServerStepDescriptor extends StepDescriptor {

    @Override
    public Set<? extends Class<?>> getRequiredContext() {
        return Set.of(Run.class, TaskListener.class);
    }

    @POST
    public FormValidation doCheckConsul(@AncestorInPath Item item, @QueryParameter String value) {
        return FieldCheck.inItem(item, value, ConsulServers.get()::named);
    }

    @POST
    public FormValidation doCheckCredentialsId(@AncestorInPath Item item, @QueryParameter String value) {
        return FieldCheck.inItem(item, value, id -> {
            if (tokens(item).stream().noneMatch(choice -> choice.value.equals(id))) {
                throw new BadInputException("credentialsId", id, "this job can use no secret text of that ID");
            }
        });
    }

    @POST
    public ListBoxModel doFillConsulItems(@AncestorInPath Item item, @QueryParameter String consul) {
        List<ConsulServer> servers =
                FieldCheck.mayConfigure(item) ? ConsulServers.get().getServers() : List.of();
        ListBoxModel names = new ListBoxModel();
        names.add(servers.size() == 1 ? "(the only one: " + servers.get(0).getName() + ")" : "", "");
        servers.forEach(server -> names.add(server.getName()));
        String current = Util.fixNull(consul);
        if (names.stream().noneMatch(choice -> choice.value.equals(current))) {
            names.add(current);
        }
        return names;
    }

    @POST
    public ListBoxModel doFillCredentialsIdItems(@AncestorInPath Item item, @QueryParameter String credentialsId) {
        StandardListBoxModel choices = FieldCheck.mayConfigure(item) ? tokens(item) : new StandardListBoxModel();
        return choices.includeCurrentValue(Util.fixNull(credentialsId));
    }

    // Private

    private static StandardListBoxModel tokens(Item item) {
        StandardListBoxModel tokens = new StandardListBoxModel();
        tokens.includeEmptyValue();
        if (item == null) {
            tokens.includeAs(ACL.SYSTEM2, Jenkins.get(), StringCredentials.class);
        } else {
            Authentication builds = item instanceof Queue.Task task ? Tasks.getAuthenticationOf2(task) : ACL.SYSTEM2;
            tokens.includeAs(builds, item, StringCredentials.class);
        }
        return tokens;
    }
}
