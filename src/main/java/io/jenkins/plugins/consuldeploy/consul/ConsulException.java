package io.jenkins.plugins.consuldeploy.consul;

/**
 * Consul could not be asked, or said no. The message is for the person on call: what was being done, to which key or
 * service, at which address, what Consul answered, and what to do next.
 */
public abstract sealed class ConsulException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    ConsulException(String message, Throwable cause) {
        super(message, cause);
    }

    /**
     * No answer, or none from a cluster with a leader, for longer than was to be ridden out. A write may or may not
     * have happened: read before it is done again.
     */
    public static final class Unreachable extends ConsulException {
        private static final long serialVersionUID = 1L;

        Unreachable(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /** The token may not do this (HTTP 401 or 403); the message names the permission and the key or service. */
    public static final class Forbidden extends ConsulException {
        private static final long serialVersionUID = 1L;

        Forbidden(String message) {
            super(message, null);
        }
    }

    /** Consul understood and refused, or answered what can't be understood. Doing the same again won't help. */
    public static final class Refused extends ConsulException {
        private static final long serialVersionUID = 1L;

        Refused(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /** The thread was interrupted while it waited for Consul; its interrupt flag is set again. */
    public static final class Interrupted extends ConsulException {
        private static final long serialVersionUID = 1L;

        Interrupted(String message, Throwable cause) {
            super(message, cause);
        }
    }
}
