package io.jenkins.plugins.consuldeploy.jenkins;

import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * A release of any kind that is open: what a build needs of its engine. Whoever works on it throws what that throws. Not
 * for use by several threads at once, but for {@link #isOver} and {@link #checkOurs}.
 */
interface OpenRelease extends AutoCloseable {

    /** A run of the step's block. */
    record Turn(String name, Map<String, String> environment) {}

    /**
     * How it ended.
     *
     * @param sentence   for people
     * @param leftBehind what it left, for whoever is on call
     * @param facts      plain values for the Jenkinsfile
     */
    record End(boolean succeeded, String sentence, String leftBehind, Map<String, Object> facts) {}

    String id();

    /** The session of its lock. */
    String session();

    boolean isOver();

    /** @throws io.jenkins.plugins.consuldeploy.journal.JournalException when its lock is known to be lost */
    void checkOurs();

    /**
     * Goes on until the step's block is to run; empty when it is over. An interrupt leaves it as it is on record.
     */
    Optional<Turn> advance() throws InterruptedException;

    void blockEnded(String turn, Optional<String> failure) throws InterruptedException;

    /**
     * Runs it to its end, where no block is wanted.
     *
     * @param goesDown asked after an interrupt: whether this build goes on with it later; else it is ended in order
     */
    End run(BooleanSupplier goesDown) throws InterruptedException;

    /** Ends it in order. */
    End abort(String why) throws InterruptedException;

    /** How it stands, or ended. */
    End end();

    /** Gives its lock back. */
    @Override
    void close();
}
