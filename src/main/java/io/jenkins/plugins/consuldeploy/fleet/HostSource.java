package io.jenkins.plugins.consuldeploy.fleet;

import java.util.List;

/** Where the hosts of a release come from. */
public interface HostSource {

    /**
     * Finds them, in a stable order.
     *
     * @return empty when there are none, which the caller takes for an error
     * @throws FleetException when the source can't be asked
     */
    List<Host> find() throws InterruptedException;

    /** What it is, for logs and errors: {@code the Consul service web}, {@code EC2 instances with stack=web}. */
    String describe();
}
