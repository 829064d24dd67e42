package io.jenkins.plugins.consuldeploy.consul;

import java.net.ConnectException;
import java.net.SocketException;
import java.security.GeneralSecurityException;
import java.util.Locale;
import java.util.Optional;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;

/** What a failed TLS connection means, which its exception says only to those who know TLS. */
final class TlsFailure {

    private TlsFailure() {}

    /** Whether it is about certificates or protocols, so that trying again is of no use. */
    static boolean isLasting(Throwable failure) {
        return failure instanceof SSLException
                && (isAboutTheServersCertificate(failure) || isNoTls(failure) || isAlert(failure));
    }

    /** What to do about it; empty when it has nothing to do with TLS. */
    static Optional<String> advice(ConsulConfig config, Throwable failure) {
        if (!config.address().getScheme().equals("https") || failure instanceof ConnectException) {
            return Optional.empty();
        }
        if (isAboutTheServersCertificate(failure)) {
            return Optional.of("Consul's certificate is not trusted, or is for another name than "
                    + config.address().getHost() + ": give the CA certificate that signed it (CONSUL_CACERT), or the"
                    + " address by a name that it has");
        }
        if (isNoTls(failure)) {
            return Optional.of("That port does not speak TLS: give the address with http://, or the HTTPS port");
        }
        if (isAlert(failure) || failure instanceof SSLException || failure instanceof SocketException) {
            return Optional.of(
                    config.tls().clientCert().isPresent()
                            ? "Consul may not take this client certificate: check that its own CA signed it"
                                    + " (CONSUL_CLIENT_CERT, CONSUL_CLIENT_KEY)"
                            : "Consul may want a client certificate (CONSUL_CLIENT_CERT, CONSUL_CLIENT_KEY)");
        }
        return Optional.empty();
    }

    private static boolean isAboutTheServersCertificate(Throwable failure) {
        if (failure instanceof SSLPeerUnverifiedException) {
            return true;
        }
        for (Throwable cause = failure.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof GeneralSecurityException) {
                return true;
            }
        }
        return false;
    }

    private static boolean isNoTls(Throwable failure) {
        return text(failure).contains("unrecognized ssl message");
    }

    private static boolean isAlert(Throwable failure) {
        return text(failure).contains("fatal alert");
    }

    private static String text(Throwable failure) {
        return failure.getMessage() == null ? "" : failure.getMessage().toLowerCase(Locale.ROOT);
    }
}
