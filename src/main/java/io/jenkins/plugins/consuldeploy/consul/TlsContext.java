package io.jenkins.plugins.consuldeploy.consul;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Collection;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import org.apache.http.ssl.SSLContextBuilder;

/**
 * A TLS context from PEM texts. The JDK reads certificates and PKCS#8 keys; {@code consul tls cert create} writes its
 * keys as SEC1, and others write PKCS#1, so these two are put into the PKCS#8 wrapping (RFC 5208, section 5) here.
 */
final class TlsContext {

    private static final Pattern PRIVATE_KEY =
            Pattern.compile("(?s)-----BEGIN ((?:RSA |EC |ENCRYPTED )?)PRIVATE KEY-----(.+?)-----END");
    private static final Pattern EC_PARAMETERS =
            Pattern.compile("-----BEGIN EC PARAMETERS-----[^-]+-----END EC PARAMETERS-----");
    private static final char[] NO_PASSWORD = new char[0];
    private static final byte[] RSA_ALGORITHM = {
        0x30, 0x0d, 0x06, 0x09, 0x2a, (byte) 0x86, 0x48, (byte) 0x86, (byte) 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00
    };
    private static final byte[] EC_PUBLIC_KEY = {0x06, 0x07, 0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x3d, 0x02, 0x01};

    private TlsContext() {}

    /** @throws IllegalArgumentException naming which of the texts can't be read and why */
    static SSLContext of(Tls tls) {
        SSLContextBuilder builder = SSLContextBuilder.create();
        try {
            if (!tls.verify()) {
                builder.loadTrustMaterial((chain, authType) -> true);
            } else if (tls.ca().isPresent()) {
                builder.loadTrustMaterial(authorities(tls.ca().get()), null);
            }
            if (tls.clientCert().isPresent()) {
                builder.loadKeyMaterial(
                        identity(tls.clientCert().get(), tls.clientKey().orElseThrow()), NO_PASSWORD);
            }
            return builder.build();
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalArgumentException("the TLS settings for Consul can't be used: " + e.getMessage(), e);
        }
    }

    private static KeyStore authorities(String pem) throws GeneralSecurityException, IOException {
        KeyStore store = emptyStore();
        int number = 0;
        for (Certificate certificate : certificates("CA certificate", pem)) {
            store.setCertificateEntry("ca-" + number++, certificate);
        }
        return store;
    }

    private static KeyStore identity(String certPem, String keyPem) throws GeneralSecurityException, IOException {
        Certificate[] chain = certificates("client certificate", certPem).toArray(Certificate[]::new);
        KeyStore store = emptyStore();
        store.setKeyEntry("client", privateKey(keyPem, (X509Certificate) chain[0]), NO_PASSWORD, chain);
        return store;
    }

    private static KeyStore emptyStore() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }

    private static Collection<? extends Certificate> certificates(String what, String pem)
            throws GeneralSecurityException {
        try {
            Collection<? extends Certificate> found = CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(pem.getBytes(StandardCharsets.UTF_8)));
            if (!found.isEmpty()) {
                return found;
            }
        } catch (CertificateException e) {
            throw new GeneralSecurityException("the " + what + " can't be read: " + e.getMessage(), e);
        }
        throw new GeneralSecurityException("the " + what + " holds no -----BEGIN CERTIFICATE----- block");
    }

    private static PrivateKey privateKey(String pem, X509Certificate certificate) throws GeneralSecurityException {
        Matcher block = PRIVATE_KEY.matcher(EC_PARAMETERS.matcher(pem).replaceAll(""));
        if (!block.find()) {
            throw new GeneralSecurityException("the client key holds no private key in PEM");
        }
        if (block.group(1).equals("ENCRYPTED ") || block.group(2).contains("ENCRYPTED")) {
            throw new GeneralSecurityException(
                    "the client key is encrypted; give it decrypted: openssl pkcs8 -in key.pem -out plain.pem");
        }
        PrivateKey key;
        try {
            byte[] der = Base64.getDecoder().decode(block.group(2).replaceAll("\\s", ""));
            byte[] pkcs8 =
                    switch (block.group(1)) {
                        case "RSA " -> wrapped(RSA_ALGORITHM, der);
                        case "EC " -> wrapped(ecAlgorithm(certificate), der);
                        default -> der;
                    };
            key = KeyFactory.getInstance(certificate.getPublicKey().getAlgorithm())
                    .generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
        } catch (InvalidKeySpecException | IllegalArgumentException e) {
            throw new GeneralSecurityException(
                    "the client key can't be read as one of the client certificate's kind, "
                            + certificate.getPublicKey().getAlgorithm(),
                    e);
        }
        checkBelongsTo(certificate, key);
        return key;
    }

    /** A pair that is none would only be noticed by Consul, which says no more than "bad certificate". */
    private static void checkBelongsTo(X509Certificate certificate, PrivateKey key) throws GeneralSecurityException {
        byte[] text = "a text to sign".getBytes(StandardCharsets.UTF_8);
        Signature signature =
                Signature.getInstance(key.getAlgorithm().equals("RSA") ? "SHA256withRSA" : "SHA256withECDSA");
        signature.initSign(key);
        signature.update(text);
        byte[] signed = signature.sign();
        signature.initVerify(certificate.getPublicKey());
        signature.update(text);
        boolean belongs;
        try {
            belongs = signature.verify(signed);
        } catch (SignatureException e) {
            belongs = false;
        }
        if (!belongs) {
            throw new GeneralSecurityException("the client key is not the one of the client certificate for "
                    + certificate.getSubjectX500Principal());
        }
    }

    /** The certificate's public key (SubjectPublicKeyInfo) starts with the algorithm and the curve that the key has. */
    private static byte[] ecAlgorithm(X509Certificate certificate) throws GeneralSecurityException {
        byte[] info = certificate.getPublicKey().getEncoded();
        int start = 2 + (info[1] < 0 ? info[1] & 0x7f : 0);
        int length = 2 + info[start + 1];
        byte[] algorithm = new byte[length];
        System.arraycopy(info, start, algorithm, 0, length);
        for (int i = 0; i < EC_PUBLIC_KEY.length; i++) {
            if (algorithm[2 + i] != EC_PUBLIC_KEY[i]) {
                throw new GeneralSecurityException(
                        "the client key is an EC key, and the client certificate is for another kind of key");
            }
        }
        return algorithm;
    }

    private static byte[] wrapped(byte[] algorithm, byte[] key) {
        ByteArrayOutputStream inner = new ByteArrayOutputStream();
        inner.writeBytes(new byte[] {0x02, 0x01, 0x00});
        inner.writeBytes(algorithm);
        inner.writeBytes(der((byte) 0x04, key));
        return der((byte) 0x30, inner.toByteArray());
    }

    private static byte[] der(byte tag, byte[] content) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(tag);
        if (content.length < 0x80) {
            out.write(content.length);
        } else if (content.length < 0x100) {
            out.write(0x81);
            out.write(content.length);
        } else {
            out.write(0x82);
            out.write(content.length >> 8);
            out.write(content.length);
        }
        out.writeBytes(content);
        return out.toByteArray();
    }
}
