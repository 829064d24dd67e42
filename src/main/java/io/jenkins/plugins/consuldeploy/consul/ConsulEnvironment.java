package io.jenkins.plugins.consuldeploy.consul;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** The environment variables of Consul's own command line ("Consul Commands: Environment Variables"), read as it does. */
public final class ConsulEnvironment {

    private final Map<String, String> variables;

    private ConsulEnvironment(Map<String, String> variables) {
        this.variables = variables;
    }

    /**
     * The configuration that the variables describe; {@code 127.0.0.1:8500} when they say nothing.
     *
     * @throws IllegalArgumentException when a variable can't be read, or a file that one names; it names the variable
     */
    public static ConsulConfig read(Map<String, String> variables) {
        return new ConsulEnvironment(variables).config();
    }

    private ConsulConfig config() {
        ConsulConfig config = ConsulConfig.at("127.0.0.1:" + ConsulConfig.DEFAULT_PORT)
                .withAddress(address())
                .withTls(tls());
        Optional<String> file = file("CONSUL_HTTP_TOKEN_FILE").filter(content -> !content.isBlank());
        Optional<String> token = file.or(() -> text("CONSUL_HTTP_TOKEN"));
        if (token.isPresent()) {
            String name = file.isPresent() ? "CONSUL_HTTP_TOKEN_FILE" : "CONSUL_HTTP_TOKEN";
            config = config.withToken(of(name, () -> new AclToken(token.get())));
        }
        Optional<String> auth = text("CONSUL_HTTP_AUTH");
        if (auth.isPresent()) {
            config = config.withAuth(of("CONSUL_HTTP_AUTH", () -> BasicAuth.parse(auth.get())));
        }
        Optional<String> datacenter = text("CONSUL_DATACENTER");
        return datacenter.isPresent() ? config.withDatacenter(datacenter.get()) : config;
    }

    /** Consul's command line never goes back to http where TLS was asked for, whatever the address says. */
    private URI address() {
        boolean ssl = flag("CONSUL_HTTP_SSL", false);
        String text = text("CONSUL_HTTP_ADDR").orElse("127.0.0.1:" + ConsulConfig.DEFAULT_PORT);
        return of(
                "CONSUL_HTTP_ADDR",
                () -> ConsulConfig.parseAddress(ssl ? text.replaceFirst("^(?i)http://", "https://") : text, ssl));
    }

    private Tls tls() {
        Optional<String> ca = file("CONSUL_CACERT");
        Optional<String> cert = file("CONSUL_CLIENT_CERT");
        Optional<String> key = file("CONSUL_CLIENT_KEY");
        boolean verify = flag("CONSUL_HTTP_SSL_VERIFY", true);
        return of("CONSUL_CLIENT_CERT, CONSUL_CLIENT_KEY", () -> new Tls(ca, cert, key, verify));
    }

    /** Names the variable in the failure of whoever reads its text. */
    private static <T> T of(String name, Supplier<T> reading) {
        try {
            return reading.get();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(name + ": " + e.getMessage(), e);
        }
    }

    private Optional<String> text(String name) {
        return Optional.ofNullable(variables.get(name)).filter(value -> !value.isBlank());
    }

    private boolean flag(String name, boolean otherwise) {
        return text(name)
                .map(String::strip)
                .map(value -> switch (value.toLowerCase(Locale.ROOT)) {
                    case "1", "t", "true" -> true;
                    case "0", "f", "false" -> false;
                    default -> throw new IllegalArgumentException(name + "='" + value + "' is neither true nor false");
                })
                .orElse(otherwise);
    }

    private Optional<String> file(String name) {
        return text(name).map(value -> {
            try {
                return Files.readString(Path.of(value));
            } catch (IOException | InvalidPathException e) {
                throw new IllegalArgumentException(
                        name + " names the file " + value + ", which can't be read: " + e, e);
            }
        });
    }
}
