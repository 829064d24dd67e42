package io.jenkins.plugins.consuldeploy.jenkins;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.cloudbees.plugins.credentials.Credentials;
import com.cloudbees.plugins.credentials.CredentialsScope;
import com.cloudbees.plugins.credentials.SystemCredentialsProvider;
import com.cloudbees.plugins.credentials.impl.UsernamePasswordCredentialsImpl;
import hudson.ProxyConfiguration;
import hudson.util.Secret;
import io.jenkins.plugins.consuldeploy.consul.BasicAuth;
import io.jenkins.plugins.consuldeploy.consul.ConsulConfig;
import io.jenkins.plugins.consuldeploy.phase.BadInputException;
import io.jenkins.plugins.consuldeploy.phase.Tree;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.htmlunit.html.HtmlElement;
import org.htmlunit.html.HtmlForm;
import org.jenkinsci.plugins.plaincredentials.impl.StringCredentialsImpl;
import org.junit.After;
import org.junit.BeforeClass;
import org.junit.ClassRule;
import org.junit.Test;
import org.jvnet.hudson.test.JenkinsRule;

public class ConsulServersTest {

    @ClassRule
    public static final JenkinsRule r = new JenkinsRule();

    private static String ca;

    @BeforeClass
    public static void makeACertificate() {
        try (Certificates certificates = Certificates.make()) {
            ca = certificates.ca();
        }
    }

    @After
    public void forgetEverything() throws Exception {
        ConsulServers.get().setServers(List.of());
        SystemCredentialsProvider.getInstance().getCredentials().clear();
        r.jenkins.setProxy(null);
    }

    @Test
    public void theFormKeepsEveryField() throws Exception {
        give(new StringCredentialsImpl(CredentialsScope.SYSTEM, "token", "", Secret.fromString("t0ken")));
        give(new UsernamePasswordCredentialsImpl(CredentialsScope.GLOBAL, "user", "", "jenkins", "passw0rd-passw0rd"));
        ConsulServer server = new ConsulServer("production", "https://consul.example.com:8501");
        server.setDatacenter("dc2");
        server.setTokenCredentialsId("token");
        server.setAuthCredentialsId("user");
        server.setCaCertificate(ca);
        server.setClientCertificateCredentialsId("client");
        server.setSkipVerify(true);
        server.setKeyRoot("deployments");
        server.setConnectTimeout("2s");
        server.setReadTimeout("20s");
        server.setOutageLimit("5m");
        ConsulServers.get().setServers(List.of(server, new ConsulServer("staging", "127.0.0.1:8500")));

        r.configRoundtrip();

        assertThat(ConsulServers.get().getServers()).hasSize(2);
        r.assertEqualDataBoundBeans(server, ConsulServers.get().getServers().get(0));
        r.assertEqualDataBoundBeans(
                new ConsulServer("staging", "127.0.0.1:8500"),
                ConsulServers.get().getServers().get(1));
    }

    @Test
    public void aFormWithoutServersRemovesThem() throws Exception {
        ConsulServers.get().setServers(List.of(new ConsulServer("staging", "127.0.0.1:8500")));
        try (JenkinsRule.WebClient browser = r.createWebClient()) {
            HtmlForm form = browser.goTo("configure").getFormByName("config");
            HtmlElement server = (HtmlElement) form.getInputByValue("staging")
                    .getFirstByXPath("ancestor::div[contains(@class, 'repeated-chunk')]");
            server.<HtmlElement>getFirstByXPath(".//button[contains(@class, 'repeatable-delete')]")
                    .click();
            await().atMost(Duration.ofSeconds(60)).until(() -> !server.isAttachedToPage());
            r.submit(form);
        }
        assertThat(ConsulServers.get().getServers()).isEmpty();
    }

    @Test
    public void whatIsConfiguredIsThereAfterALoad() {
        ConsulServers.get().setServers(List.of(new ConsulServer("staging", "127.0.0.1:8500")));
        assertThat(new ConsulServers().getServers())
                .extracting(ConsulServer::getAddress)
                .containsExactly("127.0.0.1:8500");
    }

    @Test
    public void twoServersCanNotHaveOneName() {
        assertThatThrownBy(() -> ConsulServers.get()
                        .setServers(List.of(new ConsulServer("a", "one:8500"), new ConsulServer("a", "two:8500"))))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("name 'a'");
    }

    @Test
    public void aNameIsNeededOnlyWhereThereAreSeveral() {
        ConsulServers servers = ConsulServers.get();
        assertThatThrownBy(() -> servers.named("")).hasMessageContaining("no Consul server is configured");
        servers.setServers(List.of(new ConsulServer("eu", "one:8500")));
        assertThat(servers.named(null).getName()).isEqualTo("eu");
        assertThat(servers.named(" eu ").getName()).isEqualTo("eu");
        servers.setServers(List.of(new ConsulServer("eu", "one:8500"), new ConsulServer("us", "two:8500")));
        assertThatThrownBy(() -> servers.named("")).hasMessageContaining("eu, us");
        assertThatThrownBy(() -> servers.named("asia")).hasMessageContaining("consul 'asia'");
    }

    @Test
    public void whatIsNotConfiguredIsAsTheClientHasIt() {
        ConsulConfig config = config(new ConsulServer("a", "one"));
        ConsulConfig usual = ConsulConfig.at("one");
        assertThat(config).isEqualTo(usual);
        assertThat(new ConsulServer("a", "one").getKeyRoot()).isEqualTo(Tree.DEFAULT_ROOT);
    }

    @Test
    public void whatIsConfiguredReachesTheClient() throws Exception {
        give(new StringCredentialsImpl(CredentialsScope.SYSTEM, "token", "", Secret.fromString("t0ken")));
        give(new UsernamePasswordCredentialsImpl(CredentialsScope.GLOBAL, "user", "", "jenkins", "passw0rd-passw0rd"));
        ConsulServer server = new ConsulServer("a", "https://one:8501");
        server.setDatacenter("dc2");
        server.setTokenCredentialsId("token");
        server.setAuthCredentialsId("user");
        server.setCaCertificate(ca);
        server.setConnectTimeout("2s");
        server.setReadTimeout("20s");
        server.setOutageLimit("5m");
        ConsulConfig config = config(server);
        assertThat(config.address()).isEqualTo(URI.create("https://one:8501"));
        assertThat(config.datacenter()).hasValue("dc2");
        assertThat(config.token().orElseThrow().secret()).isEqualTo("t0ken");
        assertThat(config.auth()).hasValue(new BasicAuth("jenkins", "passw0rd-passw0rd"));
        assertThat(config.tls().ca()).hasValue(ca);
        assertThat(config.tls().verify()).isTrue();
        assertThat(config.connectTimeout()).isEqualTo(Duration.ofSeconds(2));
        assertThat(config.readTimeout()).isEqualTo(Duration.ofSeconds(20));
        assertThat(config.outageLimit()).isEqualTo(Duration.ofMinutes(5));
        assertThat(config.toString()).doesNotContain("t0ken").doesNotContain("passw0rd");
    }

    @Test
    public void jenkinsProxyIsUsedButForTheHostsThatItExcludes() throws Exception {
        r.jenkins.setProxy(new ProxyConfiguration("proxy.example.com", 3128, null, null, "*.internal,127.0.0.1"));
        assertThat(config(new ConsulServer("a", "consul.example.com:8500")).proxy())
                .hasValue(URI.create("http://proxy.example.com:3128"));
        assertThat(config(new ConsulServer("a", "consul.internal:8500")).proxy())
                .isEmpty();
        assertThat(config(new ConsulServer("a", "127.0.0.1:8500")).proxy()).isEmpty();
    }

    @Test
    public void aProxyThatAsksForALoginGetsJenkins() throws Exception {
        r.jenkins.setProxy(new ProxyConfiguration("proxy.example.com", 3128, "jenkins", "p@ss/word"));
        ConsulConfig config = config(new ConsulServer("a", "consul.example.com:8500"));
        assertThat(config.proxy().orElseThrow().getUserInfo()).isEqualTo("jenkins:p@ss/word");
        assertThat(config.toString()).doesNotContain("p@ss").doesNotContain("p%40ss");
    }

    private static ConsulConfig config(ConsulServer server) {
        return ServerAccess.config(server, CredentialSource.ofJenkins(), Optional.empty());
    }

    private static void give(Credentials credentials) throws IOException {
        SystemCredentialsProvider.getInstance().getCredentials().add(credentials);
        SystemCredentialsProvider.getInstance().save();
    }
}
