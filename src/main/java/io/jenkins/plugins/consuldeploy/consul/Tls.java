package io.jenkins.plugins.consuldeploy.consul;

import java.util.Optional;

/**
 * How a TLS connection to Consul is made; every text is PEM.
 *
 * @param ca          the authorities that may have signed Consul's certificate; the machine's own when absent
 * @param clientCert  our certificate (and its chain), where Consul asks for one
 * @param clientKey   its private key: PKCS#8, PKCS#1 or SEC1, not encrypted
 * @param verify      whether Consul's certificate and name are checked
 */
public record Tls(Optional<String> ca, Optional<String> clientCert, Optional<String> clientKey, boolean verify) {

    /** The machine's own authorities, no certificate of ours, everything verified. */
    public static final Tls DEFAULT = new Tls(Optional.empty(), Optional.empty(), Optional.empty(), true);

    public Tls {
        if (clientCert.isPresent() != clientKey.isPresent()) {
            throw new IllegalArgumentException(
                    "a TLS client certificate and its private key go together: give both or none of them");
        }
    }

    @Override
    public String toString() {
        return "Tls[ca=" + ca.map(pem -> "given").orElse("the machine's") + ", client certificate="
                + clientCert.map(pem -> "given").orElse("none") + ", verify=" + verify + "]";
    }
}
