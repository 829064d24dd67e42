package io.jenkins.plugins.consuldeploy.phase;

/** The deployment's lock was lost in the middle. Whoever has it now goes on; this one did nothing more. */
public final class LockLostException extends Exception {

    private static final long serialVersionUID = 1L;

    LockLostException(String message) {
        super(message);
    }
}
