package io.jenkins.plugins.consuldeploy.balancer;

import io.jenkins.plugins.consuldeploy.time.TimeSource;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One answer for all who ask within a while, so that a batch of hosts is polled at the price of one call. What this program
 * changes itself makes it {@link #forget} the answer.
 */
final class Recent<T> {

    private final TimeSource time;
    private final Duration freshFor;
    private final Question<T> question;
    private final ReentrantLock asking = new ReentrantLock();
    private Optional<T> answer = Optional.empty();
    private long askedAt;

    /** Asks anew. */
    interface Question<T> {
        T ask() throws InterruptedException;
    }

    Recent(TimeSource time, Duration freshFor, Question<T> question) {
        this.time = time;
        this.freshFor = freshFor;
        this.question = question;
    }

    /** The answer of at most a while ago; who comes while another asks waits for that one's. A failure is not kept. */
    T get() throws InterruptedException {
        asking.lockInterruptibly();
        try {
            if (answer.isEmpty() || time.since(askedAt).compareTo(freshFor) >= 0) {
                // An answer is as old as its question: it may be about any moment after it.
                long now = time.nanoTime();
                answer = Optional.of(question.ask());
                askedAt = now;
            }
            return answer.get();
        } finally {
            asking.unlock();
        }
    }

    void forget() throws InterruptedException {
        asking.lockInterruptibly();
        try {
            answer = Optional.empty();
        } finally {
            asking.unlock();
        }
    }
}
