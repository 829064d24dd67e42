package io.jenkins.plugins.consuldeploy.consul;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

public class ConsulEnvironmentTest {

    @Rule
    public final TemporaryFolder files = new TemporaryFolder();

    @Test
    public void withoutVariablesItIsTheLocalAgent() {
        assertThat(read()).isEqualTo(ConsulConfig.at("127.0.0.1:8500"));
    }

    @Test
    public void anEmptyVariableSaysNothing() {
        assertThat(read(
                        "CONSUL_HTTP_ADDR", "",
                        "CONSUL_HTTP_TOKEN", "",
                        "CONSUL_HTTP_TOKEN_FILE", " ",
                        "CONSUL_HTTP_SSL", "",
                        "CONSUL_CACERT", "",
                        "CONSUL_HTTP_SSL_VERIFY", "",
                        "CONSUL_HTTP_AUTH", ""))
                .isEqualTo(ConsulConfig.at("127.0.0.1:8500"));
    }

    @Test
    public void theAddressIsRead() {
        assertThat(read("CONSUL_HTTP_ADDR", "consul.example.com:1234").address())
                .hasToString("http://consul.example.com:1234");
        assertThat(read("CONSUL_HTTP_ADDR", "https://consul:8501").address()).hasToString("https://consul:8501");
    }

    @Test
    public void sslMeansHttpsAlsoWhereTheAddressSaysHttp() {
        assertThat(read("CONSUL_HTTP_SSL", "true").address()).hasToString("https://127.0.0.1:8500");
        assertThat(read("CONSUL_HTTP_SSL", "1", "CONSUL_HTTP_ADDR", "consul:8501")
                        .address())
                .hasToString("https://consul:8501");
        assertThat(read("CONSUL_HTTP_SSL", "true", "CONSUL_HTTP_ADDR", "http://consul:8501")
                        .address())
                .hasToString("https://consul:8501");
        assertThat(read("CONSUL_HTTP_SSL", "false", "CONSUL_HTTP_ADDR", "https://consul:8501")
                        .address())
                .hasToString("https://consul:8501");
    }

    @Test
    public void theTokenIsRead() {
        assertThat(token(read("CONSUL_HTTP_TOKEN", " t0ken "))).isEqualTo("t0ken");
    }

    @Test
    public void theTokensFileWinsOverTheToken() throws IOException {
        String file = file("from-file\n");
        assertThat(token(read("CONSUL_HTTP_TOKEN_FILE", file))).isEqualTo("from-file");
        assertThat(token(read("CONSUL_HTTP_TOKEN_FILE", file, "CONSUL_HTTP_TOKEN", "from-variable")))
                .isEqualTo("from-file");
    }

    @Test
    public void anEmptyTokensFileSaysNothing() throws IOException {
        String file = file(" \n");
        assertThat(token(read("CONSUL_HTTP_TOKEN_FILE", file, "CONSUL_HTTP_TOKEN", "from-variable")))
                .isEqualTo("from-variable");
        assertThat(read("CONSUL_HTTP_TOKEN_FILE", file).token()).isEmpty();
    }

    @Test
    public void basicAuthenticationAndDatacenterAreRead() {
        ConsulConfig config = read("CONSUL_HTTP_AUTH", "user:pass:word", "CONSUL_DATACENTER", "dc2");
        assertThat(config.auth()).contains(new BasicAuth("user", "pass:word"));
        assertThat(config.datacenter()).contains("dc2");
    }

    @Test
    public void certificatesAndKeyAreReadFromTheirFiles() throws IOException {
        ConsulConfig config = read(
                "CONSUL_CACERT", file("the ca"),
                "CONSUL_CLIENT_CERT", file("the cert"),
                "CONSUL_CLIENT_KEY", file("the key"),
                "CONSUL_HTTP_SSL_VERIFY", "false");
        assertThat(config.tls())
                .isEqualTo(new Tls(Optional.of("the ca"), Optional.of("the cert"), Optional.of("the key"), false));
    }

    @Test
    public void truthIsWrittenAsGoReadsIt() {
        for (String yes : List.of("1", "t", "T", "true", "TRUE", "True", " true ")) {
            assertThat(read("CONSUL_HTTP_SSL", yes).address().getScheme())
                    .as(yes)
                    .isEqualTo("https");
        }
        for (String no : List.of("0", "f", "F", "false", "FALSE", "False")) {
            assertThat(read("CONSUL_HTTP_SSL_VERIFY", no).tls().verify()).as(no).isFalse();
        }
    }

    @Test
    public void aVariableThatCanNotBeReadIsNamed() throws IOException {
        assertBad("CONSUL_HTTP_SSL", "yes", "'yes' is neither true nor false");
        assertBad("CONSUL_HTTP_SSL_VERIFY", "2", "'2' is neither true nor false");
        assertBad("CONSUL_HTTP_ADDR", "ftp://consul", "'ftp://consul'");
        assertBad("CONSUL_HTTP_TOKEN_FILE", "/no/such/file", "/no/such/file");
        assertBad("CONSUL_HTTP_TOKEN_FILE", "a\0b", "can't be read");
        assertBad("CONSUL_CACERT", "/no/such/file", "/no/such/file");
        assertBad("CONSUL_HTTP_AUTH", "justauser", "user:password");
        assertBad("CONSUL_CLIENT_CERT", file("c"), "CONSUL_CLIENT_KEY");
        assertBad("CONSUL_CLIENT_KEY", file("k"), "CONSUL_CLIENT_CERT");
        assertBad("CONSUL_HTTP_TOKEN", "a\nb", "ACL token");
    }

    @Test
    public void noFailureShowsASecret() throws IOException {
        for (Map.Entry<String, String> bad : Map.of(
                        "CONSUL_HTTP_TOKEN", "s3cret\nx",
                        "CONSUL_HTTP_AUTH", "s3cret",
                        "CONSUL_HTTP_ADDR", "http://user:s3cret@consul",
                        "CONSUL_HTTP_TOKEN_FILE", file("s3cret\0"))
                .entrySet()) {
            assertThatThrownBy(() -> read(bad.getKey(), bad.getValue()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .satisfies(failure -> {
                        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
                            assertThat(cause.toString()).doesNotContain("s3cret");
                        }
                    });
        }
    }

    private static void assertBad(String name, String value, String words) {
        assertThatThrownBy(() -> read(name, value))
                .as(name)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(name)
                .hasMessageContaining(words);
    }

    private static String token(ConsulConfig config) {
        return config.token().orElseThrow().secret();
    }

    private static ConsulConfig read(String... pairs) {
        Map<String, String> variables = new HashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            variables.put(pairs[i], pairs[i + 1]);
        }
        return ConsulEnvironment.read(variables);
    }

    private String file(String content) throws IOException {
        Path file = files.newFile().toPath();
        Files.writeString(file, content);
        return file.toString();
    }
}
