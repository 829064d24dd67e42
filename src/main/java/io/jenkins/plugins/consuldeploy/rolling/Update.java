package io.jenkins.plugins.consuldeploy.rolling;

import io.jenkins.plugins.consuldeploy.fleet.Host;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What changes a host while it is out of service. It may be run again on a host where it was cut off. */
public interface Update {

    /**
     * One host's turn.
     *
     * @param index   its place in the release, from 0
     * @param back    whether it is to go back to what it ran before
     * @param attempt 1 at first; more when an earlier one was cut off
     */
    record Turn(
            String app, String release, Optional<String> version, Host host, int index, boolean back, int attempt) {}

    /**
     * Updates a host.
     *
     * @return why it failed; empty when it did not
     */
    Optional<String> run(Turn turn, Duration timeout) throws InterruptedException;

    /**
     * Gets everything ready that can be before the first host is taken out. It may be repeated.
     *
     * @return why a release can't begin; empty when it can
     */
    default Optional<String> prepare(List<Host> hosts, Duration timeout) throws InterruptedException {
        return Optional.empty();
    }

    /**
     * Does what is to be done once when every host is through. It may be repeated.
     *
     * @param back whether they all went back
     * @return why it failed; empty when it did not
     */
    default Optional<String> finish(boolean back) throws InterruptedException {
        return Optional.empty();
    }

    /** Whether {@link Turn#back()} means anything to it. */
    default boolean canGoBack() {
        return false;
    }

    /** Lets go of what it holds. */
    default void close() {}

    /** What it does to a host, for a plan. */
    String describe();

    /** What {@link #prepare} does, for a plan. */
    default Optional<String> describePreparation() {
        return Optional.empty();
    }

    /** What {@link #finish} does after success, for a plan. */
    default Optional<String> describeFinish() {
        return Optional.empty();
    }
}
