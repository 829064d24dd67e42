package io.jenkins.plugins.consuldeploy.agent;

import io.jenkins.plugins.consuldeploy.consul.Consul;
import java.time.Duration;

/**
 * The agent of one node. It never gives up on Consul: while it can't be asked, what runs keeps running, and when it is
 * back everything is announced anew. What it does and sees it says with {@code java.util.logging}.
 */
public final class Agent implements AutoCloseable {

    /** An agent with a client of its own, which it closes. */
    public Agent(AgentConfig config) {
        this(config, new Consul(config.consul()), true);
    }

    /** One of many agents that share a client, which the caller closes after them. */
    public Agent(AgentConfig config, Consul consul) {
        this(config, consul, false);
    }

    private Agent(AgentConfig config, Consul consul, boolean ownsConsul) {}

    /**
     * Works until it is closed, from a shutdown hook or another thread.
     *
     * @throws io.jenkins.plugins.consuldeploy.phase.BadInputException when another agent works on one of the paths
     * @throws InterruptedException when interrupted; the agent is closed then
     */
    public void run() throws InterruptedException {
        throw new UnsupportedOperationException("not there yet");
    }

    /** Starts to work, on threads of its own. */
    public void start() {
        throw new UnsupportedOperationException("not there yet");
    }

    /**
     * Waits until Consul has been told of everything that is there, for every deployment.
     *
     * @return whether that was so within {@code limit}
     */
    public boolean awaitReady(Duration limit) throws InterruptedException {
        throw new UnsupportedOperationException("not there yet");
    }

    /**
     * Stops: takes no more work, ends a running script with SIGTERM and, after the grace, SIGKILL, and destroys the
     * sessions, so that the node's entries vanish. Returns within the grace and a few seconds.
     */
    @Override
    public void close() {
        throw new UnsupportedOperationException("not there yet");
    }
}
