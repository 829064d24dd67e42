package io.jenkins.plugins.consuldeploy.health;

import java.util.Optional;

/** Looks at what visitors get while something is done that they should not notice. */
public interface Watch {

    /** Begins to look, until it is closed. */
    Watching begin();

    /** What it looks at, for a plan. */
    String describe();

    /** A watch that has begun. */
    interface Watching extends AutoCloseable {

        /** What is wrong by now, as far as enough was seen to say so. It returns at once. */
        Optional<String> trouble();

        /** Looks once more, and judges by whatever was seen. */
        Optional<String> verdict() throws InterruptedException;

        @Override
        void close();
    }
}
