package io.jenkins.plugins.consuldeploy.cli;

/** Exit codes. */
final class Exit {

    static final int DONE = 0;
    /** The deployment or the release failed, was rolled back, or was ended. */
    static final int FAILED = 1;
    /** The input can't be used; nothing was touched. */
    static final int BAD_INPUT = 2;
    /** Consul could not be asked, or forbade it. */
    static final int CONSUL = 3;
    /** Somebody else holds the lock, or has left a release behind. */
    static final int LOCKED = 4;
    /** Ended by Ctrl-C, as shells count signals. */
    static final int INTERRUPTED = 130;

    private Exit() {}
}
