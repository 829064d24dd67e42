package io.jenkins.plugins.consuldeploy.cli;

import io.jenkins.plugins.consuldeploy.rolling.Outcome;

/** A release is over and has not succeeded; the message says why. */
final class ReleaseEndedException extends Exception {

    private static final long serialVersionUID = 1L;

    ReleaseEndedException(Outcome outcome) {
        super(sentence(outcome));
    }

    /** {@code the release 20260301-123000-4f2a of web failed: app3: exit code 1}. */
    static String sentence(Outcome outcome) {
        return "the release " + outcome.id() + " of " + outcome.app() + " "
                + switch (outcome.state()) {
                    case SUCCEEDED -> "succeeded";
                    case FAILED -> "failed";
                    case ROLLED_BACK -> "was rolled back";
                    case ABORTED -> "was ended";
                    case RUNNING, ROLLING_BACK -> "is not over";
                }
                + outcome.reason().map(why -> ": " + why).orElse("");
    }
}
