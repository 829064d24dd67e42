package io.jenkins.plugins.consuldeploy.cli;

/** A release is over and has not succeeded; the message says why. */
final class ReleaseEndedException extends Exception {

    private static final long serialVersionUID = 1L;

    ReleaseEndedException(ReleaseEnd end) {
        super(end.sentence());
    }
}
