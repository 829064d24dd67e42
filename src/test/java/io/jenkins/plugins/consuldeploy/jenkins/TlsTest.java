package io.jenkins.plugins.consuldeploy.jenkins;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.cloudbees.plugins.credentials.Credentials;
import com.cloudbees.plugins.credentials.CredentialsScope;
import com.cloudbees.plugins.credentials.SecretBytes;
import com.cloudbees.plugins.credentials.SystemCredentialsProvider;
import com.cloudbees.plugins.credentials.impl.CertificateCredentialsImpl;
import com.cloudbees.plugins.credentials.impl.CertificateCredentialsImpl.PEMEntryKeyStoreSource;
import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.ConsulException;
import io.jenkins.plugins.consuldeploy.consul.ConsulProcess;
import io.jenkins.plugins.consuldeploy.consul.ReservedPort;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jenkinsci.plugins.plaincredentials.impl.FileCredentialsImpl;
import org.junit.AfterClass;
import org.junit.Before;
import org.junit.BeforeClass;
import org.junit.ClassRule;
import org.junit.Test;
import org.jvnet.hudson.test.JenkinsRule;

/** A Consul that answers those alone who show a certificate, with each kind of credentials that can hold one. */
public class TlsTest {

    @ClassRule
    public static final JenkinsRule r = new JenkinsRule();

    private static Certificates certificates;
    private static ConsulProcess process;
    private static ReservedPort port;
    private static String address;

    @BeforeClass
    public static void startAConsulThatAsksForACertificate() throws IOException {
        certificates = Certificates.make();
        port = ReservedPort.take();
        address = "https://127.0.0.1:" + port;
        process = ConsulProcess.start(certificates.serverConfig(port.number()));
    }

    @AfterClass
    public static void stopIt() {
        process.close();
        port.close();
        certificates.close();
    }

    @Before
    public void forgetTheCredentials() {
        SystemCredentialsProvider.getInstance().getCredentials().clear();
    }

    @Test
    public void aSecretFileHoldsCertificateAndKey() throws Exception {
        give(file(certificates.client() + "\n" + certificates.clientKey()));
        assertThat(leader(server())).isPresent();
    }

    @Test
    public void aSecretFileMayHoldTheKeyFirst() throws Exception {
        give(file(certificates.clientKey() + "\n" + certificates.client()));
        assertThat(leader(server())).isPresent();
    }

    @Test
    public void aCertificateCredentialHoldsBoth() throws Exception {
        give(new CertificateCredentialsImpl(
                CredentialsScope.SYSTEM,
                "client",
                "",
                "a-password-of-its-own",
                new PEMEntryKeyStoreSource(certificates.client(), certificates.clientKey())));
        assertThat(leader(server())).isPresent();
    }

    @Test
    public void aFileWithoutAKeyIsToldOf() throws Exception {
        give(file(certificates.client()));
        assertThatThrownBy(() -> leader(server()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("client certificate 'client'")
                .hasMessageContaining("certificate and its private key as PEM");
    }

    @Test
    public void credentialsThatAreGoneAreNamed() {
        assertThatThrownBy(() -> leader(server()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("client certificate 'client'");
    }

    @Test
    public void aConsulOfAnotherAuthorityIsNotBelieved() throws Exception {
        give(file(certificates.client() + "\n" + certificates.clientKey()));
        ConsulServer server = server();
        server.setCaCertificate(null);
        assertThatThrownBy(() -> leader(server)).isInstanceOf(ConsulException.class);
        server.setSkipVerify(true);
        assertThat(leader(server)).isPresent();
    }

    @Test
    public void aPrivateKeyIsNotStoredWithTheCaCertificate() {
        ConsulServer server = server();
        server.setCaCertificate(certificates.caKey() + "\n" + certificates.ca());
        assertThat(server.getCaCertificate()).isEqualTo(certificates.ca());
        server.setCaCertificate(certificates.caKey());
        assertThat(server.getCaCertificate()).isNull();
    }

    @Test
    public void aCaCertificateThatIsNoneIsToldOf() throws Exception {
        give(file(certificates.client() + "\n" + certificates.clientKey()));
        ConsulServer server = server();
        server.setCaCertificate("consul-agent-ca.pem");
        assertThatThrownBy(() -> leader(server))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("CA certificate");
    }

    // What the tests share

    private static ConsulServer server() {
        ConsulServer server = new ConsulServer("tls", address);
        server.setCaCertificate(certificates.ca());
        server.setClientCertificateCredentialsId("client");
        return server;
    }

    private static Optional<String> leader(ConsulServer server) {
        try (Consul consul = new Consul(ServerAccess.config(server, CredentialSource.ofJenkins(), Optional.empty()))) {
            return consul.cluster().leader();
        }
    }

    private static Credentials file(String text) {
        return new FileCredentialsImpl(
                CredentialsScope.SYSTEM,
                "client",
                "",
                "client.pem",
                SecretBytes.fromRawBytes(text.getBytes(StandardCharsets.UTF_8)));
    }

    private static void give(Credentials credentials) throws IOException {
        SystemCredentialsProvider.getInstance().getCredentials().add(credentials);
        SystemCredentialsProvider.getInstance().save();
    }
}
