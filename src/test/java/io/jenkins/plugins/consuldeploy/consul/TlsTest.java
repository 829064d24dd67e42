package io.jenkins.plugins.consuldeploy.consul;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.jenkins.plugins.consuldeploy.time.ManualTime;
import java.net.InetSocketAddress;
import java.security.KeyStore;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.AfterClass;
import org.junit.BeforeClass;
import org.junit.ClassRule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** Over TLS to a Consul that wants a client's certificate. */
public class TlsTest {

    @ClassRule
    public static final TemporaryFolder FILES = new TemporaryFolder();

    private static Pki pki;
    private static Pki.Client rsa;
    private static Pki.Client ec;
    private static Pki.Client ec384;
    private static Pki.Client stranger;
    private static ConsulProcess process;
    private static ReservedPort port;

    @BeforeClass
    public static void start() throws Exception {
        pki = new Pki(FILES.getRoot().toPath());
        rsa = pki.client("RSA");
        ec = pki.client("EC");
        ec384 = pki.client("EC", "-groupname", "secp384r1");
        stranger = pki.client("RSA");
        port = ReservedPort.take();
        process = ConsulProcess.start(pki.hcl(port.number(), List.of(rsa, ec, ec384)));
    }

    @AfterClass
    public static void stop() {
        process.close();
        port.close();
    }

    @Test
    public void consulsOwnCertificateAndSec1KeyWork() {
        assertThat(pki.clientKey()).contains("BEGIN EC PRIVATE KEY");
        assertAccepted(pki.tls());
    }

    @Test
    public void pkcs8KeysWork() {
        assertThat(rsa.pkcs8()).startsWith("-----BEGIN PRIVATE KEY");
        assertAccepted(client(rsa.certificate(), rsa.pkcs8()));
        assertAccepted(client(ec.certificate(), ec.pkcs8()));
    }

    @Test
    public void aPkcs1KeyWorks() {
        assertThat(rsa.bare()).startsWith("-----BEGIN RSA PRIVATE KEY");
        assertAccepted(client(rsa.certificate(), rsa.bare()));
    }

    @Test
    public void sec1KeysOfEveryCurveWork() {
        assertAccepted(client(ec.certificate(), ec.bare()));
        assertAccepted(client(ec384.certificate(), ec384.bare()));
    }

    @Test
    public void whatStandsAroundAKeyOrCertificateDoesNotMatter() {
        String parameters = "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n";
        assertAccepted(client(
                "Bag Attributes\n    friendlyName: x\n" + ec.certificate().replace("\n", "\r\n"),
                "# a comment\n" + parameters + ec.bare().replace("\n", "\r\n") + "\n\n"));
    }

    @Test
    public void aBundleOfAuthoritiesWorks() {
        assertAccepted(new Tls(
                Optional.of(rsa.certificate() + pki.ca()),
                Optional.of(pki.clientCertificate()),
                Optional.of(pki.clientKey()),
                true));
    }

    @Test
    public void withoutVerifyingAnyAuthorityWorks() {
        assertAccepted(new Tls(
                Optional.of(rsa.certificate()),
                Optional.of(pki.clientCertificate()),
                Optional.of(pki.clientKey()),
                false));
        assertAccepted(
                new Tls(Optional.empty(), Optional.of(pki.clientCertificate()), Optional.of(pki.clientKey()), false));
    }

    @Test
    public void aServerOfAnotherAuthorityIsRefusedAtOnceWithWords() {
        for (Optional<String> wrong : List.of(Optional.of(rsa.certificate()), Optional.<String>empty())) {
            assertRefused(
                    new Tls(wrong, Optional.of(pki.clientCertificate()), Optional.of(pki.clientKey()), true),
                    "https://127.0.0.1:" + port,
                    "certificate",
                    "CONSUL_CACERT");
        }
    }

    @Test
    public void aServerOfAnotherNameIsRefusedAtOnceWithWords() throws Exception {
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(KeyStore.getInstance(rsa.keyStore().toFile(), Pki.PASSWORD), Pki.PASSWORD);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        HttpsServer server = HttpsServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(context));
        server.start();
        try {
            assertRefused(
                    "https://127.0.0.1:" + server.getAddress().getPort(),
                    new Tls(Optional.of(rsa.certificate()), Optional.empty(), Optional.empty(), true),
                    "for another name than 127.0.0.1");
        } finally {
            server.stop(0);
        }
    }

    @Test
    public void aClientWithoutACertificateIsToldToGiveOne() {
        assertUnreachable(
                new Tls(Optional.of(pki.ca()), Optional.empty(), Optional.empty(), true),
                "Consul may want a client certificate (CONSUL_CLIENT_CERT");
    }

    @Test
    public void aClientOfAnotherAuthorityIsToldSo() {
        assertUnreachable(client(stranger.certificate(), stranger.pkcs8()), "may not take this client certificate");
    }

    @Test
    public void speakingTlsToAPortThatDoesNotIsSaid() {
        assertRefused("https://" + process.address(), pki.tls(), "http://");
    }

    @Test
    public void speakingHttpToATlsPortIsSaid() {
        try (Consul consul = new Consul(ConsulConfig.at("http://127.0.0.1:" + port))) {
            assertThatThrownBy(() -> consul.kv().get("a"))
                    .isInstanceOf(ConsulException.Refused.class)
                    .hasMessageContaining("HTTPS server");
        }
    }

    @Test
    public void textsThatCanNotBeReadAreNamedBeforeAnythingIsSent() {
        assertUnreadable(new Tls(Optional.of("no pem"), Optional.empty(), Optional.empty(), true), "CA certificate");
        assertUnreadable(new Tls(Optional.of(""), Optional.empty(), Optional.empty(), true), "CA certificate");
        assertUnreadable(
                new Tls(
                        Optional.of("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"),
                        Optional.empty(),
                        Optional.empty(),
                        true),
                "CA certificate");
        assertUnreadable(client("no pem", rsa.pkcs8()), "client certificate");
        assertUnreadable(client(rsa.certificate(), "no pem"), "client key");
        assertUnreadable(client(rsa.certificate(), rsa.certificate()), "client key");
        assertUnreadable(client(rsa.certificate(), ec.bare()), "client key");
        assertUnreadable(client(rsa.certificate(), ec.pkcs8()), "client key");
        assertUnreadable(client(ec.certificate(), rsa.bare()), "client key");
        assertUnreadable(client(rsa.certificate(), rsa.bare().replaceAll("(?s)\n....", "\n####")), "client key");
        assertUnreadable(client(rsa.certificate(), rsa.bare().replaceAll("\nMII", "\nAII")), "client key");
        assertUnreadable(
                client(
                        rsa.certificate(),
                        "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIIF\n-----END ENCRYPTED PRIVATE KEY-----\n"),
                "is encrypted",
                "openssl pkcs8");
        assertUnreadable(
                client(
                        rsa.certificate(),
                        "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,AB\n\nMIIF\n"
                                + "-----END RSA PRIVATE KEY-----\n"),
                "is encrypted");
    }

    @Test
    public void aKeyThatIsNotTheCertificatesIsNamed() {
        assertUnreadable(client(rsa.certificate(), stranger.pkcs8()), "client key", "not the one of");
    }

    private static Tls client(String certificate, String key) {
        return new Tls(Optional.of(pki.ca()), Optional.of(certificate), Optional.of(key), true);
    }

    private static void assertAccepted(Tls tls) {
        try (Consul consul =
                new Consul(ConsulConfig.at("https://127.0.0.1:" + port).withTls(tls))) {
            consul.kv().put("tls", "x");
            assertThat(consul.kv().get("tls")).isPresent();
        }
    }

    private static void assertRefused(Tls tls, String... words) {
        assertRefused("https://127.0.0.1:" + port, tls, words);
    }

    private static void assertRefused(String address, Tls tls, String... words) {
        ManualTime time = new ManualTime();
        try (Consul consul = new Consul(ConsulConfig.at(address).withTls(tls), time)) {
            ConsulException failure = catchThrowableOfType(
                    ConsulException.class, () -> consul.kv().get("a"));
            assertThat(failure).hasMessageContaining("read the key a").hasMessageContainingAll(words);
            assertThat(failure.getMessage()).doesNotContain("BEGIN").hasSizeLessThan(900);
            assertThat(time.pauses()).isEmpty();
        }
    }

    /** With TLS 1.3 the client may only see the connection's end, which could be an outage too: so it tries again. */
    private static void assertUnreachable(Tls tls, String... words) {
        try (Consul consul =
                new Consul(ConsulConfig.at("https://127.0.0.1:" + port).withTls(tls), new ManualTime())) {
            assertThatThrownBy(() -> consul.kv().get("a"))
                    .isInstanceOf(ConsulException.Unreachable.class)
                    .hasMessageContainingAll(words);
        }
    }

    private static void assertUnreadable(Tls tls, String... words) {
        assertThatThrownBy(() ->
                        new Consul(ConsulConfig.at("https://127.0.0.1:" + port).withTls(tls)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("TLS settings for Consul")
                .hasMessageContainingAll(words)
                .hasMessageNotContaining("BEGIN RSA");
    }
}
