package io.jenkins.plugins.consuldeploy.journal;

/**
 * A release's record can't be written: its lock was lost, or somebody else wrote it. Whoever gets this stops before its
 * next act; the record is as the other left it.
 */
public final class JournalException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    JournalException(String message) {
        super(message);
    }
}
