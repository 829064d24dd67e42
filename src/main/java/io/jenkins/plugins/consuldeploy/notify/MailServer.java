package io.jenkins.plugins.consuldeploy.notify;

import java.time.Duration;
import java.util.Optional;

/**
 * Where mail is handed in (SMTP, RFC 5321).
 *
 * @param timeout for each answer of the server, and for connecting
 */
public record MailServer(String host, int port, Security security, Optional<Login> login, Duration timeout) {

    public static final Duration TIMEOUT = Duration.ofSeconds(10);

    /** How the connection is kept secret. */
    public enum Security {
        /** Not at all. */
        NONE,
        /** From a command on, which the server must have (RFC 3207); commonly at port 587. */
        STARTTLS,
        /** From the start; commonly at port 465. */
        TLS
    }

    /** Who hands it in. */
    public record Login(String user, Secret password) {}

    /** @throws IllegalArgumentException naming the field, what it has and what would be accepted */
    public MailServer {
        if (host.isBlank()) {
            throw new IllegalArgumentException("the mail server has no name");
        }
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("mail server port " + port + "; give one from 1 to 65535");
        }
        if (timeout.toMillis() < 1 || timeout.toMillis() > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("mail server timeout " + timeout + "; give one from 1 ms to 24 days");
        }
    }

    @Override
    public String toString() {
        return host + ":" + port;
    }
}
