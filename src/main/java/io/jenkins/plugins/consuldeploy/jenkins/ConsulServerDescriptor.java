package io.jenkins.plugins.consuldeploy.jenkins;

import com.cloudbees.plugins.credentials.CredentialsMatcher;
import com.cloudbees.plugins.credentials.CredentialsMatchers;
import com.cloudbees.plugins.credentials.common.StandardCertificateCredentials;
import com.cloudbees.plugins.credentials.common.StandardCredentials;
import com.cloudbees.plugins.credentials.common.StandardListBoxModel;
import com.cloudbees.plugins.credentials.common.StandardUsernamePasswordCredentials;
import com.cloudbees.plugins.credentials.domains.DomainRequirement;
import com.cloudbees.plugins.credentials.domains.URIRequirementBuilder;
import hudson.Util;
import hudson.model.Descriptor;
import hudson.security.ACL;
import hudson.util.FormValidation;
import hudson.util.ListBoxModel;
import io.jenkins.plugins.consuldeploy.consul.ConsulConfig;
import io.jenkins.plugins.consuldeploy.phase.BadInputException;
import java.util.List;
import jenkins.model.Jenkins;
import org.jenkinsci.plugins.plaincredentials.FileCredentials;
import org.jenkinsci.plugins.plaincredentials.StringCredentials;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.verb.POST;

/** The form of a {@link ConsulServer}: everything in it is for administrators alone. */
public abstract class ConsulServerDescriptor extends Descriptor<ConsulServer> {

    private static final CredentialsMatcher TOKENS = CredentialsMatchers.instanceOf(StringCredentials.class);
    private static final CredentialsMatcher USERS =
            CredentialsMatchers.instanceOf(StandardUsernamePasswordCredentials.class);
    private static final CredentialsMatcher CLIENT_CERTIFICATES = CredentialsMatchers.anyOf(
            CredentialsMatchers.instanceOf(StandardCertificateCredentials.class),
            CredentialsMatchers.instanceOf(FileCredentials.class));

    @Override
    public String getDisplayName() {
        return "Consul server";
    }

    /** Shows the leader, and what the token may not do. */
    @POST
    public FormValidation doTestConnection(
            @QueryParameter String address,
            @QueryParameter String datacenter,
            @QueryParameter String tokenCredentialsId,
            @QueryParameter String authCredentialsId,
            @QueryParameter String caCertificate,
            @QueryParameter String clientCertificateCredentialsId,
            @QueryParameter boolean skipVerify,
            @QueryParameter String keyRoot,
            @QueryParameter String connectTimeout,
            @QueryParameter String readTimeout) {
        Jenkins.get().checkPermission(Jenkins.ADMINISTER);
        ConsulServer server = new ConsulServer("(this one)", address);
        server.setDatacenter(datacenter);
        server.setTokenCredentialsId(tokenCredentialsId);
        server.setAuthCredentialsId(authCredentialsId);
        server.setCaCertificate(caCertificate);
        server.setClientCertificateCredentialsId(clientCertificateCredentialsId);
        server.setSkipVerify(skipVerify);
        server.setKeyRoot(keyRoot);
        server.setConnectTimeout(connectTimeout);
        server.setReadTimeout(readTimeout);
        return ConnectionTest.of(server);
    }

    @POST
    public FormValidation doCheckName(@QueryParameter String value) {
        return FieldCheck.byAdministrator(value, ConsulServerDescriptor::checkName);
    }

    @POST
    public FormValidation doCheckAddress(@QueryParameter String value) {
        return FieldCheck.byAdministrator(value, address -> ConsulConfig.parseAddress(address, false));
    }

    @POST
    public FormValidation doCheckDatacenter(@QueryParameter String value) {
        return FieldCheck.byAdministrator(value, Fields::datacenter);
    }

    @POST
    public FormValidation doCheckCaCertificate(@QueryParameter String value) {
        return FieldCheck.byAdministrator(
                value, pem -> Fields.given(pem).ifPresent(text -> Pem.checkAuthorities("CA certificate", text)));
    }

    /** It tells nobody anything, so nobody is asked for a permission. */
    @POST
    public FormValidation doCheckSkipVerify(@QueryParameter boolean value) {
        return value
                ? FormValidation.warning("Whoever answers in this Consul's place can then read the token")
                : FormValidation.ok();
    }

    @POST
    public FormValidation doCheckKeyRoot(@QueryParameter String value) {
        return FieldCheck.byAdministrator(value, Fields::keyRoot);
    }

    @POST
    public FormValidation doCheckConnectTimeout(@QueryParameter String value) {
        return FieldCheck.byAdministrator(value, text -> Fields.duration("connect timeout", text));
    }

    @POST
    public FormValidation doCheckReadTimeout(@QueryParameter String value) {
        return FieldCheck.byAdministrator(value, text -> Fields.duration("read timeout", text));
    }

    @POST
    public FormValidation doCheckOutageLimit(@QueryParameter String value) {
        return FieldCheck.byAdministrator(value, text -> Fields.duration("outage limit", text));
    }

    @POST
    public FormValidation doCheckTokenCredentialsId(@QueryParameter String value, @QueryParameter String address) {
        return FieldCheck.byAdministrator(value, id -> checkChoice(id, address, TOKENS));
    }

    @POST
    public FormValidation doCheckAuthCredentialsId(@QueryParameter String value, @QueryParameter String address) {
        return FieldCheck.byAdministrator(value, id -> checkChoice(id, address, USERS));
    }

    @POST
    public FormValidation doCheckClientCertificateCredentialsId(
            @QueryParameter String value, @QueryParameter String address) {
        return FieldCheck.byAdministrator(value, id -> checkChoice(id, address, CLIENT_CERTIFICATES));
    }

    @POST
    public ListBoxModel doFillTokenCredentialsIdItems(
            @QueryParameter String tokenCredentialsId, @QueryParameter String address) {
        return choices(tokenCredentialsId, address, TOKENS);
    }

    @POST
    public ListBoxModel doFillAuthCredentialsIdItems(
            @QueryParameter String authCredentialsId, @QueryParameter String address) {
        return choices(authCredentialsId, address, USERS);
    }

    @POST
    public ListBoxModel doFillClientCertificateCredentialsIdItems(
            @QueryParameter String clientCertificateCredentialsId, @QueryParameter String address) {
        return choices(clientCertificateCredentialsId, address, CLIENT_CERTIFICATES);
    }

    // Private

    private static void checkName(String name) {
        if (name.isEmpty()) {
            throw new BadInputException("name", "it is empty; give the name that Jenkinsfiles use");
        }
    }

    private static ListBoxModel choices(String current, String address, CredentialsMatcher matcher) {
        StandardListBoxModel choices = new StandardListBoxModel();
        choices.includeEmptyValue();
        if (FieldCheck.mayConfigure(null)) {
            choices.includeMatchingAs(
                    ACL.SYSTEM2, Jenkins.get(), StandardCredentials.class, requirements(address), matcher);
        }
        return choices.includeCurrentValue(Util.fixNull(current));
    }

    private static void checkChoice(String id, String address, CredentialsMatcher matcher) {
        if (choices("", address, matcher).stream().noneMatch(choice -> choice.value.equals(id))) {
            throw new BadInputException("credentials", id, "Jenkins has none of that ID and kind for this address");
        }
    }

    private static List<DomainRequirement> requirements(String address) {
        return URIRequirementBuilder.fromUri(address).build();
    }
}
