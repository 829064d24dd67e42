package io.jenkins.plugins.consuldeploy.jenkins;

import io.jenkins.plugins.consuldeploy.phase.BadInputException;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.Base64;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Certificates and keys as text. */
final class Pem {

    private static final Pattern CERTIFICATE =
            Pattern.compile("-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----");
    private static final Pattern PRIVATE_KEY =
            Pattern.compile("-----BEGIN [A-Z ]*PRIVATE KEY-----[^-]+-----END [A-Z ]*PRIVATE KEY-----");
    private static final Base64.Encoder LINES = Base64.getMimeEncoder(64, new byte[] {'\n'});

    private Pem() {}

    /** The certificates in a text, which may hold other things too. */
    static String certificates(String text) {
        return CERTIFICATE.matcher(text).results().map(MatchResult::group).collect(Collectors.joining("\n"));
    }

    /** The first private key in a text, or nothing. */
    static String privateKey(String text) {
        return PRIVATE_KEY
                .matcher(text)
                .results()
                .map(MatchResult::group)
                .findFirst()
                .orElse("");
    }

    static boolean holdsPrivateKey(String text) {
        return text.contains("PRIVATE KEY");
    }

    /** One block of bytes. */
    static String block(String kind, byte[] der) {
        return "-----BEGIN " + kind + "-----\n" + LINES.encodeToString(der) + "\n-----END " + kind + "-----";
    }

    /** @throws BadInputException for a text that is not certificates alone; it does not show the text */
    static void checkAuthorities(String field, String text) {
        if (holdsPrivateKey(text)) {
            throw new BadInputException(field, "it holds a private key, which is a secret; give certificates alone");
        }
        String certificates = certificates(text);
        if (certificates.isEmpty()) {
            throw new BadInputException(field, "it holds no -----BEGIN CERTIFICATE----- block");
        }
        try {
            CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(certificates.getBytes(StandardCharsets.UTF_8)));
        } catch (CertificateException e) {
            throw new BadInputException(field, "it can't be read: " + e.getMessage());
        }
    }
}
