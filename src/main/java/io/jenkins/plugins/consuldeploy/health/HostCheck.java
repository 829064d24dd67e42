package io.jenkins.plugins.consuldeploy.health;

import io.jenkins.plugins.consuldeploy.fleet.Host;
import java.time.Duration;
import java.util.Optional;

/** A check with its patience: it asks as often as it takes. What a release asks of a host before it gets traffic. */
public interface HostCheck {

    /**
     * Waits until the host is well.
     *
     * @return why it is not, after {@code timeout}; empty when it is
     */
    Optional<String> await(Host host, Duration timeout) throws InterruptedException;

    /**
     * Asks a host that was well and may have traffic whether it still is: a few times, so that one lost answer is no
     * illness, and without the patience for a host that starts.
     *
     * @param timeout at the most; each try has a timeout of its own too
     * @return why it is not, after {@value Probe#TRIES_AGAIN} times the tries that it has to pass in a row; empty when it is
     */
    Optional<String> again(Host host, Duration timeout) throws InterruptedException;

    String describe();
}
