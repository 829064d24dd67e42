package io.jenkins.plugins.consuldeploy.cli;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Turns Ctrl-C and SIGTERM into an interrupt of the thread that works, which then says what it left behind and gives
 * back its lock. The JVM ends with the signal's exit code, 130 or 143, but with 0 where the work was done all the same.
 */
final class Interrupts {

    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile int exit = Exit.INTERRUPTED;

    private Interrupts() {}

    /**
     * @param insistAfter after which to interrupt again, and again: else a Consul that is away is waited for to give the
     *                    lock back. Empty where the end must not be disturbed
     */
    static Interrupts catchFor(Thread worker, Optional<Duration> insistAfter) {
        Interrupts interrupts = new Interrupts();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> interrupts.end(worker, insistAfter), "interrupts"));
        return interrupts;
    }

    /** The work is over. */
    void ended(int exitCode) {
        exit = exitCode;
        ended.countDown();
    }

    private void end(Thread worker, Optional<Duration> insistAfter) {
        if (ended.getCount() == 0) {
            return; // this is the exit of the program itself
        }
        try {
            do {
                worker.interrupt();
            } while (insistAfter.isPresent() && !ended.await(insistAfter.get().toMillis(), TimeUnit.MILLISECONDS));
            ended.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (exit == Exit.DONE) {
            Runtime.getRuntime().halt(Exit.DONE);
        }
    }
}
