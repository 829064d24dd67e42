package io.jenkins.plugins.consuldeploy.jenkins;

import hudson.Extension;
import hudson.Util;
import hudson.model.Describable;
import io.jenkins.plugins.consuldeploy.phase.Tree;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;

/** One Consul, by the name that the steps give it. Of secrets it has the credentials' IDs only. */
public final class ConsulServer implements Describable<ConsulServer> {

    private final String name;
    private final String address;
    private String datacenter;
    private String tokenCredentialsId;
    private String authCredentialsId;
    private String caCertificate;
    private String clientCertificateCredentialsId;
    private boolean skipVerify;
    private String keyRoot;
    private String connectTimeout;
    private String readTimeout;
    private String outageLimit;

    @DataBoundConstructor
    public ConsulServer(String name, String address) {
        this.name = Util.fixNull(name).strip();
        this.address = Util.fixNull(address).strip();
    }

    public String getName() {
        return name;
    }

    public String getAddress() {
        return address;
    }

    public String getDatacenter() {
        return datacenter;
    }

    @DataBoundSetter
    public void setDatacenter(String datacenter) {
        this.datacenter = Util.fixEmptyAndTrim(datacenter);
    }

    public String getTokenCredentialsId() {
        return tokenCredentialsId;
    }

    @DataBoundSetter
    public void setTokenCredentialsId(String id) {
        this.tokenCredentialsId = Util.fixEmptyAndTrim(id);
    }

    public String getAuthCredentialsId() {
        return authCredentialsId;
    }

    @DataBoundSetter
    public void setAuthCredentialsId(String id) {
        this.authCredentialsId = Util.fixEmptyAndTrim(id);
    }

    public String getCaCertificate() {
        return caCertificate;
    }

    /** This is stored as it is: a private key that was pasted along with it is left out. */
    @DataBoundSetter
    public void setCaCertificate(String pem) {
        String text = Util.fixEmptyAndTrim(pem);
        this.caCertificate =
                text != null && Pem.holdsPrivateKey(text) ? Util.fixEmptyAndTrim(Pem.certificates(text)) : text;
    }

    public String getClientCertificateCredentialsId() {
        return clientCertificateCredentialsId;
    }

    @DataBoundSetter
    public void setClientCertificateCredentialsId(String id) {
        this.clientCertificateCredentialsId = Util.fixEmptyAndTrim(id);
    }

    public boolean isSkipVerify() {
        return skipVerify;
    }

    @DataBoundSetter
    public void setSkipVerify(boolean skipVerify) {
        this.skipVerify = skipVerify;
    }

    public String getKeyRoot() {
        return keyRoot == null ? Tree.DEFAULT_ROOT : keyRoot;
    }

    @DataBoundSetter
    public void setKeyRoot(String keyRoot) {
        this.keyRoot = Util.fixEmptyAndTrim(keyRoot);
    }

    public String getConnectTimeout() {
        return connectTimeout;
    }

    @DataBoundSetter
    public void setConnectTimeout(String duration) {
        this.connectTimeout = Util.fixEmptyAndTrim(duration);
    }

    public String getReadTimeout() {
        return readTimeout;
    }

    @DataBoundSetter
    public void setReadTimeout(String duration) {
        this.readTimeout = Util.fixEmptyAndTrim(duration);
    }

    public String getOutageLimit() {
        return outageLimit;
    }

    @DataBoundSetter
    public void setOutageLimit(String duration) {
        this.outageLimit = Util.fixEmptyAndTrim(duration);
    }

    /** See {@link ConsulServerDescriptor}. */
    @Extension
    public static final class DescriptorImpl extends ConsulServerDescriptor {}
}
