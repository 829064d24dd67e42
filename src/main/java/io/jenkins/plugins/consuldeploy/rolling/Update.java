package io.jenkins.plugins.consuldeploy.rolling;

import io.jenkins.plugins.consuldeploy.fleet.Host;
import java.time.Duration;
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

    /** What it does, for a plan. */
    String describe();
}
