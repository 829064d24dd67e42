package io.jenkins.plugins.consuldeploy.cli;

import io.jenkins.plugins.consuldeploy.rolling.Outcome;
import io.jenkins.plugins.consuldeploy.rolling.ReleaseText;

/** A release is over and has not succeeded; the message says why. */
final class ReleaseEndedException extends Exception {

    private static final long serialVersionUID = 1L;

    ReleaseEndedException(Outcome outcome) {
        super(ReleaseText.sentence(outcome));
    }
}
