package io.jenkins.plugins.consuldeploy.agent;

import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.ConsulException;
import io.jenkins.plugins.consuldeploy.phase.BadInputException;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;

/** The thread that keeps one deployment, and its patience: whatever fails is tried again, after a pause. */
final class Worker {

    private static final Logger LOG = Logger.getLogger(Worker.class.getName());
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
    /** For the requests that make the entries vanish. */
    private static final Duration LAST_WORDS = Duration.ofSeconds(3);

    private static final long STACK_BYTES = 256 * 1024;

    private final AgentConfig agent;
    private final DeploymentConfig deployment;
    private final Consul consul;
    private final Store store;
    private final Remains remains;
    private final Keeper keeper;
    private final Runnable onReady;
    private final Consumer<Throwable> onDeath;
    private final Thread thread;
    private final CountDownLatch noWork = new CountDownLatch(1);
    private boolean ready;

    /**
     * Opens a deployment's directory.
     *
     * @param onReady called once, when everything that is here was said
     * @param onDeath called when the thread can't go on
     * @throws BadInputException when the directory can't be used, or another agent uses it
     */
    Worker(
            AgentConfig agent,
            DeploymentConfig deployment,
            Consul consul,
            Disk disk,
            Tries.Pauses pauses,
            Runnable onReady,
            Consumer<Throwable> onDeath) {
        this.agent = agent;
        this.deployment = deployment;
        this.consul = consul;
        this.onReady = onReady;
        this.onDeath = onDeath;
        try {
            this.store = Store.open(disk, deployment.directory());
            this.remains = new Remains(disk, store.own());
            this.keeper = new Keeper(agent, deployment, consul, store, remains, new Tries(consul.time(), pauses));
        } catch (IOException e) {
            throw new BadInputException(
                    "path", deployment.path(), "it can't be used: " + e + ". Look at who owns it and at its space");
        }
        this.thread = new Thread(null, this::run, "deployment " + deployment.id(), STACK_BYTES);
        this.thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** Lets go of the directory again, when there was no start. */
    void release() {
        try {
            store.close();
        } catch (IOException e) {
            LOG.log(Level.FINE, "closing the lock of " + deployment.path(), e);
        }
    }

    /** Takes no more work; a script that runs is ended. */
    void stop() {
        keeper.stopHearing();
        thread.interrupt();
    }

    /** Waits for the end that {@link #stop} began: so long for what runs, and a little longer for Consul. */
    void join(Duration limit) throws InterruptedException {
        boolean idle = noWork.await(limit.toNanos(), TimeUnit.NANOSECONDS);
        thread.join(LAST_WORDS.toMillis());
        if (thread.isAlive()) {
            LOG.warning(deployment.id() + ": "
                    + (idle
                            ? "Consul does not answer; the session will expire by itself"
                            : "still busy; it is left to itself"));
        }
    }

    // Private

    private void run() {
        try {
            endFormerScript();
            keeper.open();
            keep();
        } catch (InterruptedException | ConsulException.Interrupted e) {
            LOG.fine(() -> deployment.id() + ": stopping");
        } catch (RuntimeException | Error e) {
            noWork.countDown();
            onDeath.accept(e);
            return;
        }
        Thread.interrupted(); // what is left to do has to be done
        noWork.countDown();
        leave();
        release();
    }

    /** Nothing is begun while it may still be at work. */
    private void endFormerScript() throws InterruptedException {
        for (int failures = 1; ; failures++) {
            try {
                remains.endScript(agent.grace());
                return;
            } catch (IOException e) {
                LOG.log(
                        Level.SEVERE,
                        deployment.id() + ": can't begin, for it can't be told whether a former agent's script still"
                                + " runs; looks again soon. See who owns " + store.own(),
                        e);
            }
            consul.time().sleep(pause(failures));
        }
    }

    private void leave() {
        try {
            keeper.leave();
        } catch (RuntimeException e) {
            LOG.log(Level.FINE, deployment.id() + ": the session will expire by itself", e);
        }
    }

    private void keep() throws InterruptedException {
        int failures = 0;
        while (true) {
            if (failures == 0) {
                keeper.rest();
            } else {
                consul.time().sleep(pause(failures));
            }
            try {
                keeper.work();
                failures = 0;
                if (!ready) {
                    ready = true;
                    onReady.run();
                }
            } catch (ConsulException.Interrupted e) {
                throw e;
            } catch (RivalException e) {
                failures++;
                LOG.severe(deployment.id() + ": " + e.getMessage());
            } catch (ConsulException | IOException e) {
                failures++;
                LOG.warning(deployment.id() + ": " + e.getMessage());
            } catch (RuntimeException e) {
                failures++;
                LOG.log(Level.SEVERE, deployment.id() + ": failed, and goes on", e);
            }
        }
    }

    private Duration pause(int failures) {
        Duration doubled = FIRST_PAUSE.multipliedBy(1L << Math.min(failures - 1, 10));
        return consul.time().jittered(doubled.compareTo(LONGEST_PAUSE) < 0 ? doubled : LONGEST_PAUSE, 0.2);
    }
}
