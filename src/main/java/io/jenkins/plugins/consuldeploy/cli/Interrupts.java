package io.jenkins.plugins.consuldeploy.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Turns Ctrl-C and SIGTERM into an interrupt of the thread that works, which then says what it left behind and gives
 * back its lock. The JVM ends with the signal's exit code, 130 or 143, but with 0 where the work was done all the same.
 */
final class Interrupts {

    private static final int INSIST_SECONDS = 3;

    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile int exit = Exit.INTERRUPTED;

    private Interrupts() {}

    /** @param insists whether to interrupt again: else a Consul that is away is waited for to give the lock back */
    static Interrupts catchFor(Thread worker, boolean insists) {
        Interrupts interrupts = new Interrupts();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> interrupts.end(worker, insists), "interrupts"));
        return interrupts;
    }

    /** The work is over. */
    void ended(int exitCode) {
        exit = exitCode;
        ended.countDown();
    }

    private void end(Thread worker, boolean insists) {
        if (ended.getCount() == 0) {
            return; // this is the exit of the program itself
        }
        try {
            do {
                worker.interrupt();
            } while (!ended.await(INSIST_SECONDS, TimeUnit.SECONDS) && insists);
            ended.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (exit == Exit.DONE) {
            Runtime.getRuntime().halt(Exit.DONE);
        }
    }
}
