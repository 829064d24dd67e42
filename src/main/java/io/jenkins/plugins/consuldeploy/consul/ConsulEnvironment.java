package io.jenkins.plugins.consuldeploy.consul;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

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
        boolean ssl = flag("CONSUL_HTTP_SSL", false);
        ConsulConfig config = ConsulConfig.at("127.0.0.1:" + ConsulConfig.DEFAULT_PORT)
                .withAddress(ConsulConfig.parseAddress(text("CONSUL_HTTP_ADDR").orElse("127.0.0.1:8500"), ssl))
                .withTls(new Tls(
                        file("CONSUL_CACERT"),
                        file("CONSUL_CLIENT_CERT"),
                        file("CONSUL_CLIENT_KEY"),
                        flag("CONSUL_HTTP_SSL_VERIFY", true)));
        Optional<String> token = text("CONSUL_HTTP_TOKEN")
                .or(() -> file("CONSUL_HTTP_TOKEN_FILE").map(String::strip));
        if (token.isPresent()) {
            config = config.withToken(new AclToken(token.get()));
        }
        Optional<String> auth = text("CONSUL_HTTP_AUTH");
        if (auth.isPresent()) {
            config = config.withAuth(BasicAuth.parse(auth.get()));
        }
        Optional<String> datacenter = text("CONSUL_DATACENTER");
        return datacenter.isPresent() ? config.withDatacenter(datacenter.get()) : config;
    }

    private Optional<String> text(String name) {
        return Optional.ofNullable(variables.get(name)).filter(value -> !value.isBlank());
    }

    private boolean flag(String name, boolean otherwise) {
        return text(name)
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
            } catch (IOException e) {
                throw new IllegalArgumentException(
                        name + " names the file " + value + ", which can't be read: " + e, e);
            }
        });
    }
}
