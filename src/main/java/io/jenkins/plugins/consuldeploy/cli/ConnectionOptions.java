package io.jenkins.plugins.consuldeploy.cli;

import io.jenkins.plugins.consuldeploy.consul.AclToken;
import io.jenkins.plugins.consuldeploy.consul.BasicAuth;
import io.jenkins.plugins.consuldeploy.consul.ConsulConfig;
import io.jenkins.plugins.consuldeploy.consul.ConsulEnvironment;
import io.jenkins.plugins.consuldeploy.consul.Tls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Where Consul is: options over a Depro file over the environment, each thing on its own. */
final class ConnectionOptions {

    @Option(
            names = {"--server", "--http-addr"},
            order = 100,
            paramLabel = "ADDRESS",
            description = "Consul's HTTP address, host:port or URL (else CONSUL_HTTP_ADDR, else 127.0.0.1:8500).")
    private Optional<String> server = Optional.empty();

    @Option(
            names = "--token",
            order = 101,
            paramLabel = "TOKEN",
            description =
                    "ACL token. Others see it in the list of processes: prefer CONSUL_HTTP_TOKEN or --token-file.")
    private Optional<String> token = Optional.empty();

    @Option(
            names = "--token-file",
            order = 102,
            paramLabel = "FILE",
            description = "File with the ACL token (else CONSUL_HTTP_TOKEN_FILE).")
    private Optional<String> tokenFile = Optional.empty();

    @Option(
            names = "--auth",
            order = 103,
            paramLabel = "USER:PASSWORD",
            description = "HTTP basic authentication (prefer CONSUL_HTTP_AUTH).")
    private Optional<String> auth = Optional.empty();

    @Option(
            names = "--datacenter",
            order = 104,
            paramLabel = "NAME",
            description = "Consul's datacenter, when it is not the asked agent's own.")
    private Optional<String> datacenter = Optional.empty();

    @Option(
            names = {"--ca-file", "--ca-cert"},
            order = 105,
            paramLabel = "FILE",
            description = "Authority that signed Consul's certificate, PEM (else CONSUL_CACERT).")
    private Optional<String> caFile = Optional.empty();

    @Option(
            names = "--client-cert",
            order = 106,
            paramLabel = "FILE",
            description = "Our certificate, PEM (else CONSUL_CLIENT_CERT).")
    private Optional<String> clientCert = Optional.empty();

    @Option(
            names = "--client-key",
            order = 107,
            paramLabel = "FILE",
            description = "Its private key, PEM (else CONSUL_CLIENT_KEY).")
    private Optional<String> clientKey = Optional.empty();

    @Option(
            names = "--tls-skip-verify",
            order = 108,
            description = "Do not check Consul's certificate (else CONSUL_HTTP_SSL_VERIFY).")
    private boolean skipVerify;

    List<String> warnings() {
        return token.isPresent()
                ? List.of("--token shows in the list of processes; prefer CONSUL_HTTP_TOKEN or --token-file")
                : List.of();
    }

    /** What was given, as words, for a command that is shown to people: without secrets. */
    List<String> words() {
        List<String> words = new ArrayList<>();
        add("--server", server, words);
        add("--token-file", tokenFile, words);
        add("--datacenter", datacenter, words);
        add("--ca-file", caFile, words);
        add("--client-cert", clientCert, words);
        add("--client-key", clientKey, words);
        if (skipVerify) {
            words.add("--tls-skip-verify");
        }
        return words;
    }

    private static void add(String option, Optional<String> value, List<String> words) {
        value.ifPresent(given -> words.addAll(List.of(option, given)));
    }

    /** @throws IllegalArgumentException naming the option, file or variable that can't be used */
    ConsulConfig config(Map<String, String> env) {
        return config(env, Optional.empty());
    }

    /** @param defaults what Depro's file says, over the environment and under the options */
    ConsulConfig config(Map<String, String> env, Optional<DeproFile> defaults) {
        Optional<String> address = server.or(() -> defaults.flatMap(DeproFile::server));
        Optional<String> secret = token.or(
                        () -> tokenFile.map(name -> file("--token-file", name).strip()))
                .or(() -> defaults.flatMap(DeproFile::token));
        Optional<String> basic = auth.or(() -> defaults.flatMap(DeproFile::auth));
        Optional<String> dc = datacenter.or(() -> defaults.flatMap(DeproFile::datacenter));

        Map<String, String> rest = new HashMap<>(env); // what is given here must not fail for a bad variable
        address.ifPresent(given -> rest.remove("CONSUL_HTTP_ADDR"));
        secret.ifPresent(given -> rest.keySet().removeAll(List.of("CONSUL_HTTP_TOKEN", "CONSUL_HTTP_TOKEN_FILE")));
        basic.ifPresent(given -> rest.remove("CONSUL_HTTP_AUTH"));
        caFile.ifPresent(given -> rest.remove("CONSUL_CACERT"));
        if (clientCert.isPresent() || clientKey.isPresent()) {
            rest.keySet().removeAll(List.of("CONSUL_CLIENT_CERT", "CONSUL_CLIENT_KEY"));
        }
        ConsulConfig read = ConsulEnvironment.read(rest);

        if (address.isPresent()) {
            boolean ssl = read.address().getScheme().equals("https");
            read = read.withAddress(ConsulConfig.parseAddress(address.get(), ssl));
        }
        if (secret.isPresent()) {
            read = read.withToken(new AclToken(secret.get()));
        }
        if (basic.isPresent()) {
            read = read.withAuth(BasicAuth.parse(basic.get()));
        }
        if (dc.isPresent()) {
            read = read.withDatacenter(dc.get());
        }
        Tls tls = read.tls();
        return read.withTls(new Tls(
                caFile.map(name -> file("--ca-file", name)).or(tls::ca),
                clientCert.map(name -> file("--client-cert", name)).or(tls::clientCert),
                clientKey.map(name -> file("--client-key", name)).or(tls::clientKey),
                tls.verify() && !skipVerify));
    }

    private static String file(String option, String name) {
        try {
            return Files.readString(Path.of(name));
        } catch (IOException e) {
            throw new IllegalArgumentException(option + " names the file " + name + ", which can't be read: " + e, e);
        }
    }
}
