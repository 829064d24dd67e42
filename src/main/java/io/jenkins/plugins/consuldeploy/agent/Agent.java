package io.jenkins.plugins.consuldeploy.agent;

import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.phase.Durations;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.logging.Logger;

/**
 * The agent of one node. It never gives up on Consul: while it can't be asked, what runs keeps running, and when it is
 * back everything is said anew. What it does and sees it says with {@code java.util.logging}.
 */
public final class Agent implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(Agent.class.getName());
    /** For what SIGKILL takes, after the grace. */
    private static final Duration KILLING = Duration.ofSeconds(2);

    private final AgentConfig config;
    private final Consul consul;
    private final boolean ownsConsul;
    private final Disk disk;
    private final Tries.Pauses pauses;
    private final CountDownLatch ready;
    private final CountDownLatch ended = new CountDownLatch(1);
    private final List<Worker> workers = new ArrayList<>();
    private volatile Throwable death;
    private boolean closed;
    private long startedAt;

    /** An agent with a client of its own, which it closes. */
    public Agent(AgentConfig config) {
        this(config, new Consul(config.consul()), true, new Disk(), Tries.Pauses.DEFAULT);
    }

    /** One of many agents that share a client, which the caller closes after them. */
    public Agent(AgentConfig config, Consul consul) {
        this(config, consul, false, new Disk(), Tries.Pauses.DEFAULT);
    }

    Agent(AgentConfig config, Consul consul, boolean ownsConsul, Disk disk, Tries.Pauses pauses) {
        this.config = config;
        this.consul = consul;
        this.ownsConsul = ownsConsul;
        this.disk = disk;
        this.pauses = pauses;
        this.ready = new CountDownLatch(config.deployments().size());
    }

    /**
     * Works until it is closed, from a shutdown hook or another thread.
     *
     * @throws io.jenkins.plugins.consuldeploy.phase.BadInputException when one of the paths can't be used, or another
     *     agent works there; nothing was started then
     * @throws InterruptedException  when interrupted; the agent is closed then
     * @throws IllegalStateException when it can't go on, for want of memory, say; a supervisor has to start it again
     */
    public void run() throws InterruptedException {
        start();
        try {
            ended.await();
        } catch (InterruptedException e) {
            close();
            throw e;
        }
        if (death != null) {
            throw new IllegalStateException("the agent can't go on: " + death, death);
        }
    }

    /**
     * Starts to work, on threads of its own.
     *
     * @throws io.jenkins.plugins.consuldeploy.phase.BadInputException as {@link #run}
     */
    public void start() {
        startedAt = consul.time().nanoTime();
        config.warnings().forEach(LOG::warning);
        List<Worker> opened = new ArrayList<>();
        boolean complete = false;
        try {
            for (DeploymentConfig deployment : config.deployments()) {
                opened.add(new Worker(config, deployment, consul, disk, pauses, this::oneMoreReady, this::died));
            }
            complete = true;
        } finally {
            if (!complete) {
                opened.forEach(Worker::release);
            }
        }
        synchronized (this) {
            if (closed) {
                opened.forEach(Worker::release);
                return;
            }
            workers.addAll(opened);
        }
        opened.forEach(Worker::start);
    }

    /**
     * Waits until Consul has been told of everything that is here, for every deployment.
     *
     * @return whether that was so within {@code limit}
     */
    public boolean awaitReady(Duration limit) throws InterruptedException {
        return ready.await(limit.toNanos(), TimeUnit.NANOSECONDS);
    }

    /**
     * Stops: takes no more work, ends a running script with SIGTERM and, after the grace, SIGKILL, and destroys the
     * sessions, so that the node's entries vanish. Returns within the grace and a few seconds, whatever hangs.
     */
    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
        }
        workers.forEach(Worker::stop);
        long deadline = System.nanoTime() + config.grace().plus(KILLING).toNanos();
        boolean interrupted = false;
        for (Worker worker : workers) {
            try {
                worker.join(Duration.ofNanos(deadline - System.nanoTime()));
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (ownsConsul) {
            consul.close();
        }
        ended.countDown();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    // Private

    /** For one that has died: does the rest of what a kill does. What is at Consul stays there. */
    void bury() {
        workers.forEach(Worker::stop);
        workers.forEach(Worker::release);
        if (ownsConsul) {
            consul.close();
        }
    }

    private void oneMoreReady() {
        ready.countDown();
        if (ready.getCount() == 0) {
            LOG.info(config.name() + ": ready after "
                    + Durations.show(consul.time().since(startedAt)) + ", at Consul "
                    + consul.config().address());
        }
    }

    private void died(Throwable cause) {
        death = cause;
        ended.countDown();
    }
}
