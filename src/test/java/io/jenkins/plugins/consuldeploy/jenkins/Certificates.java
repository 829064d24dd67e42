package io.jenkins.plugins.consuldeploy.jenkins;

import io.jenkins.plugins.consuldeploy.consul.ConsulProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Certificates of an authority of the tests' own, as Consul's command line makes them. */
final class Certificates implements AutoCloseable {

    private final Path dir;

    private Certificates(Path dir) {
        this.dir = dir;
    }

    /** Makes an authority, a server's certificate and a client's. */
    static Certificates make() {
        try {
            Certificates made = new Certificates(Files.createTempDirectory("certificates"));
            made.consul("tls", "ca", "create");
            made.consul("tls", "cert", "create", "-server");
            made.consul("tls", "cert", "create", "-client");
            return made;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String ca() {
        return text("consul-agent-ca.pem");
    }

    String caKey() {
        return text("consul-agent-ca-key.pem");
    }

    String client() {
        return text("dc1-client-consul-0.pem");
    }

    String clientKey() {
        return text("dc1-client-consul-0-key.pem");
    }

    /** The configuration of a Consul that answers HTTPS on {@code port}, to those alone who show a certificate. */
    String[] serverConfig(int port) {
        return new String[] {
            "ports { https = " + port + " }",
            "ca_file = \"" + dir.resolve("consul-agent-ca.pem") + "\"",
            "cert_file = \"" + dir.resolve("dc1-server-consul-0.pem") + "\"",
            "key_file = \"" + dir.resolve("dc1-server-consul-0-key.pem") + "\"",
            "verify_incoming_https = true"
        };
    }

    @Override
    public void close() {
        try (Stream<Path> files = Files.walk(dir)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    // Private

    private void consul(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(ConsulProcess.binary()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .directory(dir.toFile())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes());
        try {
            if (process.waitFor() != 0) {
                throw new IOException(command + ": " + said);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    private String text(String file) {
        try {
            return Files.readString(dir.resolve(file)).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
