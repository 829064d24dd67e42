package io.jenkins.plugins.consuldeploy.jenkins;

import com.cloudbees.jenkins.plugins.awscredentials.AmazonWebServicesCredentials;
import com.cloudbees.plugins.credentials.common.StandardListBoxModel;
import hudson.Util;
import hudson.model.Descriptor;
import hudson.security.ACL;
import hudson.util.FormValidation;
import hudson.util.ListBoxModel;
import io.jenkins.plugins.consuldeploy.fleet.AwsConfig;
import io.jenkins.plugins.consuldeploy.phase.BadInputException;
import io.jenkins.plugins.consuldeploy.spec.AwsWords;
import io.jenkins.plugins.consuldeploy.spec.Words;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import jenkins.model.Jenkins;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.verb.POST;

/** The form of an {@link AwsAccount}: everything in it is for administrators alone. */
public abstract class AwsAccountDescriptor extends Descriptor<AwsAccount> {

    private static final Pattern REGION = Pattern.compile("[a-z]{2,}(-[a-z]+)+-\\d+");

    @Override
    public String getDisplayName() {
        return "AWS account";
    }

    @POST
    public FormValidation doCheckName(@QueryParameter String value) {
        return FieldCheck.byAdministrator(value, name -> {
            if (name.isEmpty()) {
                throw new BadInputException("name", "it is empty; give the name that Jenkinsfiles use");
            }
        });
    }

    @POST
    public FormValidation doCheckRegion(@QueryParameter String value) {
        return given(value, region -> {
            if (!REGION.matcher(region).matches()) {
                throw new BadInputException("region", region, "a region such as eu-west-1");
            }
        });
    }

    @POST
    public FormValidation doCheckCredentialsId(@QueryParameter String value) {
        return given(value, id -> {
            if (choices("").stream().noneMatch(choice -> choice.value.equals(id))) {
                throw new BadInputException("credentials", id, "Jenkins has no AWS credentials of that ID");
            }
        });
    }

    @POST
    public FormValidation doCheckRole(@QueryParameter String value) {
        return given(value, role -> read(Map.of("role", role)));
    }

    @POST
    public FormValidation doCheckExternalId(@QueryParameter String value, @QueryParameter String role) {
        return given(value, id -> needsRole("external ID", id, role));
    }

    @POST
    public FormValidation doCheckRoleSession(@QueryParameter String value, @QueryParameter String role) {
        return given(value, session -> {
            needsRole("role session", session, role);
            read(Map.of("role", role, "roleSession", session));
        });
    }

    @POST
    public FormValidation doCheckEndpoint(@QueryParameter String value) {
        return given(value, endpoint -> {
            if (!endpoint.startsWith("http://") && !endpoint.startsWith("https://")) {
                throw new BadInputException("endpoint", endpoint, "an address such as https://aws.example.com");
            }
            read(Map.of("endpoint", endpoint));
        });
    }

    @POST
    public ListBoxModel doFillCredentialsIdItems(@QueryParameter String credentialsId) {
        return choices(credentialsId);
    }

    // Private

    private static FormValidation given(String value, Consumer<String> parsing) {
        return FieldCheck.byAdministrator(value, text -> {
            if (!text.isEmpty()) {
                parsing.accept(text);
            }
        });
    }

    private static void needsRole(String field, String value, String role) {
        if (Util.fixEmptyAndTrim(role) == null) {
            throw new BadInputException(field, value, "it goes with a role; give that too");
        }
    }

    private static void read(Map<String, Object> words) {
        AwsWords.over(AwsConfig.fromEnvironment(), Words.of(words, Words.Places.UNKNOWN));
    }

    private static ListBoxModel choices(String current) {
        StandardListBoxModel choices = new StandardListBoxModel();
        choices.includeEmptyValue();
        if (FieldCheck.mayConfigure(null)) {
            choices.includeAs(ACL.SYSTEM2, Jenkins.get(), AmazonWebServicesCredentials.class);
        }
        return choices.includeCurrentValue(Util.fixNull(current));
    }
}
