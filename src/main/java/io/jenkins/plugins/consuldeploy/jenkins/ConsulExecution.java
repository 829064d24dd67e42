package io.jenkins.plugins.consuldeploy.jenkins;

import hudson.AbortException;
import hudson.model.Run;
import hudson.model.TaskListener;
import hudson.security.ACL;
import hudson.security.ACLContext;
import io.jenkins.plugins.consuldeploy.phase.Durations;
import io.jenkins.plugins.consuldeploy.phase.Progress;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.logging.Level;
import java.util.logging.Logger;
import jenkins.model.Jenkins;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.jenkinsci.plugins.workflow.steps.StepExecution;
import org.springframework.security.core.Authentication;

/**
 * A {@link ConsulStep} at work, on a thread of its own. What is kept through a restart of Jenkins is what the same call
 * made again needs: the fields, and what is {@link Remembered}. The call finds what is done already.
 */
final class ConsulExecution extends StepExecution {

    private static final long serialVersionUID = 1L;
    private static final Logger LOG = Logger.getLogger(ConsulExecution.class.getName());
    private static final long WRITE_SECONDS = 10;

    private final ConsulStep step;
    private final Remembered remembered = new Remembered();
    private long startedAt;
    private transient volatile String doing;
    private transient Thread worker;
    private transient Throwable stopCause;

    ConsulExecution(ConsulStep step, StepContext context) {
        super(context);
        this.step = step;
    }

    @Override
    public boolean start() {
        startedAt = System.currentTimeMillis();
        launch(false);
        return false;
    }

    @Override
    public void onResume() {
        launch(true);
    }

    /** The first request ends the wait and lets the lock be given back and the log be written; a second one is final. */
    @Override
    public void stop(Throwable cause) throws Exception {
        boolean again;
        synchronized (this) {
            again = stopCause != null;
            stopCause = cause;
            if (worker != null) {
                worker.interrupt();
            }
        }
        if (again) {
            super.stop(cause);
        }
    }

    @Override
    public String getStatus() {
        Duration since = Duration.between(Instant.ofEpochMilli(startedAt), Instant.now());
        String now = doing;
        return step.doing() + (now == null ? "" : ": " + now) + ", for " + Durations.show(since) + " so far";
    }

    // Private

    private void launch(boolean resumed) {
        Authentication authentication = Jenkins.getAuthentication2();
        DeployThreads.get().start(() -> {
            try (ACLContext ignored = ACL.as2(authentication)) {
                work(resumed);
            }
        });
    }

    private void work(boolean resumed) {
        if (!begin()) {
            return;
        }
        Object result = null;
        Throwable failure = null;
        try {
            result = carryOut(getContext().get(Run.class), getContext().get(TaskListener.class), resumed);
        } catch (Throwable e) {
            failure = e;
        }
        end(result, failure);
    }

    private Object carryOut(Run<?, ?> run, TaskListener log, boolean resumed)
            throws AbortException, InterruptedException {
        if (resumed) {
            log.getLogger().println("Jenkins is back: going on to " + step.doing());
        }
        try {
            return new BuildDeployment(run, log).carryOut(step, remembered, this::happened);
        } catch (InterruptedException e) {
            if (DeployThreads.get().areEnding()) {
                log.getLogger().println("Jenkins is going down: this goes on when it is back");
            }
            throw e;
        }
    }

    private boolean begin() {
        synchronized (this) {
            if (stopCause == null) {
                worker = Thread.currentThread();
                return true;
            }
        }
        end(null, new InterruptedException());
        return false;
    }

    /** Whoever asked to stop gets that, even where it came too late: nothing is to follow in the Jenkinsfile. */
    private void end(Object result, Throwable failure) {
        Throwable stopped;
        synchronized (this) {
            worker = null;
            stopped = stopCause;
        }
        if (stopped != null) {
            if (failure != null && !(failure instanceof InterruptedException)) {
                stopped.addSuppressed(failure);
            }
            getContext().onFailure(stopped);
        } else if (failure == null) {
            getContext().onSuccess(result);
        } else if (!(failure instanceof InterruptedException
                && DeployThreads.get().areEnding())) {
            getContext().onFailure(failure);
        }
    }

    private void happened(Progress progress) {
        if (remembered.hears(progress)) {
            write();
        }
        if (progress instanceof Progress.PhaseStarted started) {
            doing = started.phase().word();
        } else if (progress instanceof Progress.Awaiting awaiting) {
            doing = "waiting for " + awaiting.expected();
        }
    }

    /** Waits until what is remembered is on disk, for what follows must not be done without it. */
    private void write() {
        try {
            getContext().saveState().get(WRITE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the next wait ends by it
        } catch (ExecutionException | TimeoutException e) {
            LOG.log(Level.WARNING, e, () -> "can't write down how far " + step.doing() + " is");
        }
    }
}
