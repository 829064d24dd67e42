package io.jenkins.plugins.consuldeploy.cli;

/** The command that was to handle an event failed; the message says how. */
final class HandlerFailedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    HandlerFailedException(String message) {
        super(message);
    }
}
