package io.jenkins.plugins.consuldeploy.consul;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Certificates and keys for a test's TLS: an authority with a server and a client of {@code consul tls}, whose keys are
 * SEC1, and clients of the JDK's keytool, whose keys can be had in every other form.
 */
final class Pki {

    static final char[] PASSWORD = "changeit".toCharArray();

    private final Path dir;
    private int clients;

    Pki(Path dir) {
        this.dir = dir;
        run(ConsulProcess.binary(), "tls", "ca", "create");
        run(ConsulProcess.binary(), "tls", "cert", "create", "-server", "-dc", "dc1");
        run(ConsulProcess.binary(), "tls", "cert", "create", "-client", "-dc", "dc1");
    }

    /** A client that keytool made; its certificate is its own authority. */
    record Client(String certificate, String pkcs8, String bare, Path keyStore) {}

    String ca() {
        return text("consul-agent-ca.pem");
    }

    String serverCertificate() {
        return text("dc1-server-consul-0.pem");
    }

    String clientCertificate() {
        return text("dc1-client-consul-0.pem");
    }

    /** SEC1: {@code BEGIN EC PRIVATE KEY}. */
    String clientKey() {
        return text("dc1-client-consul-0-key.pem");
    }

    /** Settings of a Consul with this server's certificate, which wants one from its clients and takes those named. */
    String hcl(int httpsPort, List<Client> others) {
        StringBuilder accepted = new StringBuilder(ca());
        others.forEach(client -> accepted.append('\n').append(client.certificate()));
        Path authorities = dir.resolve("accepted.pem");
        try {
            Files.writeString(authorities, accepted);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return "ports { https = " + httpsPort + " }, verify_incoming_https = true, ca_file = \"" + authorities
                + "\", cert_file = \"" + dir.resolve("dc1-server-consul-0.pem") + "\", key_file = \""
                + dir.resolve("dc1-server-consul-0-key.pem") + "\"";
    }

    /** Makes a client with a key of {@code RSA} or {@code EC}. */
    Client client(String algorithm, String... options) {
        String name = "client-" + ++clients;
        Path store = dir.resolve(name + ".p12");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "client",
                "-keyalg",
                algorithm,
                "-dname",
                "CN=" + name,
                "-ext",
                "eku=clientAuth,serverAuth",
                "-storetype",
                "PKCS12",
                "-keystore",
                store.toString(),
                "-storepass",
                new String(PASSWORD)));
        command.addAll(List.of(options));
        run(command.toArray(String[]::new));
        try {
            KeyStore keys = KeyStore.getInstance(store.toFile(), PASSWORD);
            Key key = keys.getKey("client", PASSWORD);
            String form = algorithm.equals("RSA") ? "RSA PRIVATE KEY" : "EC PRIVATE KEY";
            return new Client(
                    pem("CERTIFICATE", keys.getCertificate("client").getEncoded()),
                    pem("PRIVATE KEY", key.getEncoded()),
                    pem(form, unwrapped(key.getEncoded())),
                    store);
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** With Consul's own client. */
    Tls tls() {
        return new Tls(Optional.of(ca()), Optional.of(clientCertificate()), Optional.of(clientKey()), true);
    }

    // Private

    private String text(String file) {
        try {
            return Files.readString(dir.resolve(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String pem(String label, byte[] der) {
        return "-----BEGIN " + label + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der) + "\n-----END " + label + "-----\n";
    }

    /** What is inside of PKCS#8: SEQUENCE { INTEGER, SEQUENCE algorithm, OCTET STRING key }. */
    private static byte[] unwrapped(byte[] pkcs8) {
        ByteBuffer in = ByteBuffer.wrap(pkcs8);
        header(in);
        skip(in);
        skip(in);
        byte[] key = new byte[header(in)];
        in.get(key);
        return key;
    }

    private static void skip(ByteBuffer in) {
        int length = header(in);
        in.position(in.position() + length);
    }

    private static int header(ByteBuffer in) {
        in.get();
        int length = in.get() & 0xff;
        if (length < 0x80) {
            return length;
        }
        int value = 0;
        for (int i = 0; i < (length & 0x7f); i++) {
            value = value << 8 | in.get() & 0xff;
        }
        return value;
    }

    private void run(String... command) {
        File log = dir.resolve("log").toFile();
        try {
            Process process = new ProcessBuilder(command)
                    .directory(dir.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(log)
                    .start();
            if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
                process.destroyForcibly();
                throw new IllegalStateException(String.join(" ", command) + ": " + Files.readString(log.toPath()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
