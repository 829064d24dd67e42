package io.jenkins.plugins.consuldeploy.registry;

/** A body that can't be understood. The message says why; what it quotes of the body is cut and printable. */
public final class BadNotificationException extends Exception {

    private static final long serialVersionUID = 1L;

    public BadNotificationException(String message) {
        super(message);
    }
}
