package io.jenkins.plugins.consuldeploy.fleet;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;

/** Does the same for several hosts at once, each on a thread of its own, and hears of each as soon as it is done. */
public final class SideBySide {

    private static final Duration LOOK_UP = Duration.ofMillis(200);
    /** For a command that is ended to be gone: twice what it has between SIGTERM and SIGKILL, and some more. */
    private static final Duration LAST_WORDS = Duration.ofSeconds(5);

    private SideBySide() {}

    /** What is done for one. */
    public interface Work<T> {

        /** @return why it failed; empty when it did not */
        Optional<String> on(T item) throws InterruptedException;
    }

    /**
     * Does it for all of them and waits.
     *
     * @param meanwhile called now and then, on this thread; what it throws ends the work
     * @param done      hears of each, on this thread; what could not be done at all is a failure too
     * @throws InterruptedException when interrupted; the work on every thread has been interrupted too then, and ended
     *                              if it ends within seconds
     */
    public static <T> void run(
            String doing, List<T> items, Work<T> work, Runnable meanwhile, BiConsumer<T, Optional<String>> done)
            throws InterruptedException {
        record Done<T>(T item, Optional<String> failure, Optional<Error> error) {}
        BlockingQueue<Done<T>> ended = new LinkedBlockingQueue<>();
        List<Thread> threads = new ArrayList<>();
        for (T item : items) {
            Thread thread = new Thread(
                    () -> {
                        try {
                            ended.add(new Done<>(item, work.on(item), Optional.empty()));
                        } catch (InterruptedException | RuntimeException e) {
                            ended.add(new Done<>(item, Optional.of("could not " + doing + ": " + e), Optional.empty()));
                        } catch (Error e) {
                            ended.add(new Done<>(item, Optional.empty(), Optional.of(e)));
                        }
                    },
                    Thread.currentThread().getName() + ": " + doing);
            thread.setDaemon(true);
            threads.add(thread);
        }
        threads.forEach(Thread::start);
        try {
            for (int left = items.size(); left > 0; ) {
                Done<T> next = ended.poll(LOOK_UP.toMillis(), TimeUnit.MILLISECONDS);
                if (next == null) {
                    meanwhile.run();
                    continue;
                }
                if (next.error().isPresent()) {
                    throw next.error().get();
                }
                left--;
                done.accept(next.item(), next.failure());
            }
        } finally {
            end(threads);
        }
    }

    // Private

    /** Nothing may go on for a release that has ended, or that somebody else goes on with. */
    private static void end(List<Thread> threads) {
        threads.forEach(Thread::interrupt);
        long deadline = System.nanoTime() + LAST_WORDS.toNanos();
        try {
            for (Thread thread : threads) {
                long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
                thread.join(Math.max(1, left));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
