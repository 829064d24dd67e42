package io.jenkins.plugins.consuldeploy.jenkins;

import com.cloudbees.plugins.credentials.common.StandardCertificateCredentials;
import hudson.util.Secret;
import io.jenkins.plugins.consuldeploy.phase.BadInputException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.Collections;
import org.jenkinsci.plugins.plaincredentials.FileCredentials;

/**
 * The certificate that Jenkins shows to Consul, from either kind of credentials that people have one in.
 *
 * @param certificates with their chain, as PEM
 * @param key          as PEM
 */
record ClientCertificate(String certificates, String key) {

    /** From a key store: an uploaded PKCS#12 file, or certificate and key as text. */
    static ClientCertificate of(StandardCertificateCredentials credentials) {
        KeyStore store = credentials.getKeyStore();
        char[] password = Secret.toString(credentials.getPassword()).toCharArray();
        try {
            for (String alias : Collections.list(store.aliases())) {
                if (store.isKeyEntry(alias)) {
                    return of(store.getCertificateChain(alias), store.getKey(alias, password));
                }
            }
        } catch (GeneralSecurityException e) {
            throw unusable(credentials.getId(), "it can't be read: " + e.getMessage());
        }
        throw unusable(credentials.getId(), "its key store holds no private key");
    }

    /** From a secret file with both as PEM, in whichever order. */
    static ClientCertificate of(FileCredentials credentials) {
        String text;
        try (InputStream content = credentials.getContent()) {
            text = new String(content.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw unusable(credentials.getId(), "it can't be read: " + e.getMessage());
        }
        ClientCertificate found = new ClientCertificate(Pem.certificates(text), Pem.privateKey(text));
        if (found.certificates.isEmpty() || found.key.isEmpty()) {
            throw unusable(
                    credentials.getId(),
                    "the file has to hold the certificate and its private key as PEM: cat client.pem client-key.pem");
        }
        return found;
    }

    private static ClientCertificate of(Certificate[] chain, Key key) throws GeneralSecurityException {
        StringBuilder certificates = new StringBuilder();
        for (Certificate certificate : chain) {
            certificates
                    .append(Pem.block("CERTIFICATE", certificate.getEncoded()))
                    .append('\n');
        }
        return new ClientCertificate(certificates.toString(), Pem.block("PRIVATE KEY", key.getEncoded()));
    }

    private static BadInputException unusable(String id, String why) {
        return new BadInputException("client certificate", id, why);
    }

    @Override
    public String toString() {
        return "(client certificate)";
    }
}
