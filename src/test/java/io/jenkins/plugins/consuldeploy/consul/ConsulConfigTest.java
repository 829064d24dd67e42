package io.jenkins.plugins.consuldeploy.consul;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.Test;

public class ConsulConfigTest {

    @Test
    public void addressesAreReadAsConsulsCommandLineDoes() {
        Map<String, String> table = Map.ofEntries(
                Map.entry("127.0.0.1:8500", "http://127.0.0.1:8500"),
                Map.entry("consul", "http://consul:8500"),
                Map.entry("consul.example.com:80", "http://consul.example.com:80"),
                Map.entry("  consul:1  ", "http://consul:1"),
                Map.entry("http://consul:8500", "http://consul:8500"),
                Map.entry("http://consul", "http://consul:80"),
                Map.entry("https://consul", "https://consul:443"),
                Map.entry("HTTPS://Consul:8501", "https://Consul:8501"),
                Map.entry("https://consul:8501/", "https://consul:8501"),
                Map.entry("https://proxy/consul/api//", "https://proxy:443/consul/api"),
                Map.entry("[::1]:8500", "http://[::1]:8500"),
                Map.entry("http://[fe80::1]", "http://[fe80::1]:80"),
                Map.entry("consul:65535", "http://consul:65535"));
        table.forEach((text, uri) ->
                assertThat(ConsulConfig.parseAddress(text, false)).as(text).hasToString(uri));
    }

    @Test
    public void anAddressWithoutASchemeIsHttpsWhereTlsIsAskedFor() {
        assertThat(ConsulConfig.parseAddress("consul:8501", true)).hasToString("https://consul:8501");
        assertThat(ConsulConfig.parseAddress("http://consul:8500", true)).hasToString("http://consul:8500");
    }

    @Test
    public void anAddressThatCanNotBeReadIsShownWithWhatWouldBeAccepted() {
        for (String address : List.of(
                "",
                " ",
                "http://",
                "ftp://consul",
                "consul:port",
                "consul:0",
                "consul:65536",
                "consul:-1",
                "http://consul?x=y",
                "http://consul#x",
                "a b",
                "my_consul:8500",
                "::1",
                "/var/run/consul.sock")) {
            assertThatThrownBy(() -> ConsulConfig.parseAddress(address, false))
                    .as(address)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("'" + address + "'")
                    .hasMessageContaining("host:port");
        }
        assertThatThrownBy(() -> ConsulConfig.parseAddress("unix:///var/run/consul.sock", false))
                .hasMessageContaining("unix socket is not supported");
    }

    @Test
    public void aPasswordInAnAddressIsRefusedAndNotShown() {
        for (String address : List.of(
                "http://user:hunter2@consul:8500",
                "user:hunter2@consul",
                "https://hunter2@consul/x?y=z",
                "a b:hunter2@c")) {
            assertThatThrownBy(() -> ConsulConfig.parseAddress(address, false))
                    .as(address)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("…@c")
                    .satisfies(failure -> {
                        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
                            assertThat(cause.toString()).doesNotContain("hunter2");
                        }
                    });
        }
    }

    @Test
    public void everySettingCanBeChangedAloneAndKeepsTheOthers() {
        Tls tls = new Tls(Optional.of("ca"), Optional.empty(), Optional.empty(), false);
        ConsulConfig config = ConsulConfig.at("consul")
                .withTimeouts(Duration.ofSeconds(1), Duration.ofSeconds(2), Duration.ofSeconds(3))
                .withMaxConnections(7)
                .withDatacenter("dc2")
                .withToken(new AclToken("t"))
                .withAuth(new BasicAuth("u", "p"))
                .withProxy(URI.create("http://proxy:3128"))
                .withTls(tls)
                .withConsistency(Consistency.STALE)
                .withAddress(URI.create("https://other:8501"));

        assertThat(config)
                .isEqualTo(new ConsulConfig(
                        URI.create("https://other:8501"),
                        Optional.of("dc2"),
                        Optional.of(new AclToken("t")),
                        Optional.of(new BasicAuth("u", "p")),
                        Optional.of(URI.create("http://proxy:3128")),
                        tls,
                        Consistency.STALE,
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(2),
                        Duration.ofSeconds(3),
                        7));
    }

    @Test
    public void noSecretIsInItsText() {
        ConsulConfig config = ConsulConfig.at("consul")
                .withToken(new AclToken("s3cret-token"))
                .withAuth(new BasicAuth("user", "s3cret-password"))
                .withProxy(URI.create("http://user:s3cret-proxy@proxy:3128"))
                .withTls(
                        new Tls(Optional.of("s3cret-ca"), Optional.of("s3cret-cert"), Optional.of("s3cret-key"), true));
        assertThat(config.toString()).contains("consul:8500").doesNotContain("s3cret");
        assertThat(Optional.of(new AclToken("s3cret"))).asString().doesNotContain("s3cret");
    }

    @Test
    public void aTokenThatIsNoneIsRefusedAndNotShown() {
        assertThat(new AclToken(" token\n").secret()).isEqualTo("token");
        for (String token : List.of("", "  ", "s3cret\r\nX-Evil: yes", "s3cret\0")) {
            assertThatThrownBy(() -> new AclToken(token))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("ACL token")
                    .hasMessageNotContaining("s3cret");
        }
    }

    @Test
    public void basicAuthenticationIsUserColonPassword() {
        assertThat(BasicAuth.parse("user:pass:word")).isEqualTo(new BasicAuth("user", "pass:word"));
        assertThat(BasicAuth.parse("user:")).isEqualTo(new BasicAuth("user", ""));
        assertThatThrownBy(() -> BasicAuth.parse("s3cret"))
                .hasMessageContaining("user:password")
                .hasMessageNotContaining("s3cret");
    }

    @Test
    public void aCertificateWithoutItsKeyIsRefused() {
        assertThatThrownBy(() -> new Tls(Optional.empty(), Optional.of("c"), Optional.empty(), true))
                .hasMessageContaining("go together");
        assertThatThrownBy(() -> new Tls(Optional.empty(), Optional.empty(), Optional.of("k"), true))
                .hasMessageContaining("go together");
    }
}
