package io.jenkins.plugins.consuldeploy.registry;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Locale;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** HMAC-SHA256 (RFC 2104) over a body, as GitHub's {@code X-Hub-Signature-256} has it: {@code sha256=} and hexadecimal digits. */
public final class BodySignature {

    private static final String PREFIX = "sha256=";
    private static final String ALGORITHM = "HmacSHA256";

    private BodySignature() {}

    /** What the header has to say. The key can't be empty. */
    public static String of(String key, byte[] body) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(key.getBytes(StandardCharsets.UTF_8), ALGORITHM));
            return PREFIX + HexFormat.of().formatHex(mac.doFinal(body));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java has no " + ALGORITHM, e);
        }
    }

    /** Whether a header says so, with or without {@code sha256=}; takes the same time wherever it differs. */
    public static boolean matches(String key, byte[] body, String header) {
        String given = header.strip().toLowerCase(Locale.ROOT);
        String full = given.startsWith(PREFIX) ? given : PREFIX + given;
        return MessageDigest.isEqual(
                of(key, body).getBytes(StandardCharsets.UTF_8), full.getBytes(StandardCharsets.UTF_8));
    }
}
