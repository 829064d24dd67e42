package io.jenkins.plugins.consuldeploy.jenkins;

import hudson.Extension;
import hudson.Util;
import hudson.model.Describable;
import java.util.LinkedHashMap;
import java.util.Map;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;

/** One way to AWS, by the name that the steps give it. Of secrets it has the credentials' ID only. */
public final class AwsAccount implements Describable<AwsAccount> {

    private final String name;
    private String region;
    private String credentialsId;
    private String role;
    private String externalId;
    private String roleSession;
    private String endpoint;

    @DataBoundConstructor
    public AwsAccount(String name) {
        this.name = Util.fixNull(name).strip();
    }

    public String getName() {
        return name;
    }

    public String getRegion() {
        return region;
    }

    @DataBoundSetter
    public void setRegion(String region) {
        this.region = Util.fixEmptyAndTrim(region);
    }

    public String getCredentialsId() {
        return credentialsId;
    }

    @DataBoundSetter
    public void setCredentialsId(String credentialsId) {
        this.credentialsId = Util.fixEmptyAndTrim(credentialsId);
    }

    public String getRole() {
        return role;
    }

    @DataBoundSetter
    public void setRole(String role) {
        this.role = Util.fixEmptyAndTrim(role);
    }

    public String getExternalId() {
        return externalId;
    }

    @DataBoundSetter
    public void setExternalId(String externalId) {
        this.externalId = Util.fixEmptyAndTrim(externalId);
    }

    public String getRoleSession() {
        return roleSession;
    }

    @DataBoundSetter
    public void setRoleSession(String roleSession) {
        this.roleSession = Util.fixEmptyAndTrim(roleSession);
    }

    public String getEndpoint() {
        return endpoint;
    }

    @DataBoundSetter
    public void setEndpoint(String endpoint) {
        this.endpoint = Util.fixEmptyAndTrim(endpoint);
    }

    // Private

    /** What of it stands in a release's record, so that it can be gone on with from a shell that has credentials. */
    Map<String, Object> words() {
        Map<String, Object> words = new LinkedHashMap<>();
        put(words, "region", region);
        put(words, "role", role);
        put(words, "externalId", externalId);
        put(words, "roleSession", roleSession);
        put(words, "endpoint", endpoint);
        return words;
    }

    private static void put(Map<String, Object> words, String field, String text) {
        if (text != null) {
            words.put(field, text);
        }
    }

    /** See {@link AwsAccountDescriptor}. */
    @Extension
    public static final class DescriptorImpl extends AwsAccountDescriptor {}
}
