package io.jenkins.plugins.consuldeploy.fleet;

/**
 * A fleet's platform could not be asked or refused: says what was being done, to which host or group, what was answered,
 * and what to do next.
 */
public class FleetException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public FleetException(String message) {
        super(message);
    }

    public FleetException(String message, Throwable cause) {
        super(message, cause);
    }
}
