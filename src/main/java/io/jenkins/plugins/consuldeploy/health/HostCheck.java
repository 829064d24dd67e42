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

    String describe();
}
