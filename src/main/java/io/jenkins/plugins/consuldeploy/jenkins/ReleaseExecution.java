package io.jenkins.plugins.consuldeploy.jenkins;

import hudson.AbortException;
import hudson.EnvVars;
import hudson.FilePath;
import hudson.Launcher;
import hudson.model.Run;
import hudson.model.TaskListener;
import hudson.security.ACL;
import hudson.security.ACLContext;
import io.jenkins.plugins.consuldeploy.journal.JournalException;
import io.jenkins.plugins.consuldeploy.phase.Durations;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.logging.Level;
import java.util.logging.Logger;
import jenkins.model.Jenkins;
import jenkins.util.Timer;
import org.jenkinsci.plugins.workflow.steps.BodyExecution;
import org.jenkinsci.plugins.workflow.steps.BodyInvoker;
import org.jenkinsci.plugins.workflow.steps.EnvironmentExpander;
import org.jenkinsci.plugins.workflow.steps.FlowInterruptedException;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.jenkinsci.plugins.workflow.steps.StepExecution;
import org.springframework.security.core.Authentication;

/**
 * A release's step at work. A thread works on it while the release itself does something; none while the step's block
 * runs. What is kept through a restart of Jenkins is what it takes to go on from the release's record: its id, its lock's
 * session, and for which turn the block runs.
 */
final class ReleaseExecution extends StepExecution {

    private static final long serialVersionUID = 1L;
    private static final Logger LOG = Logger.getLogger(ReleaseExecution.class.getName());
    private static final long WRITE_SECONDS = 10;
    private static final long LOOK_AFTER_LOCK_SECONDS = 2;
    private static final int TRIES_TO_END = 2;

    private final ReleaseRequest request;
    private long startedAt;
    private String id;
    private String session;
    /** For which the block runs, or has run and that is not on record yet. */
    private String turn;

    private boolean hasBlockEnded;
    private String blockFailure;
    private BodyExecution block;

    private transient BuildRelease open;
    private transient Thread worker;
    private transient boolean isCalledAgain;
    private transient boolean isResumed;
    private transient boolean isOver;
    private transient int endings;
    private transient Throwable stopCause;

    ReleaseExecution(ReleaseRequest request, StepContext context) {
        super(context);
        this.request = request;
    }

    @Override
    public boolean start() {
        startedAt = System.currentTimeMillis();
        callWorker();
        return false;
    }

    @Override
    public void onResume() {
        isResumed = true;
        callWorker();
    }

    /** The first request ends it in order: what was not changed goes back, and the log says what did not. A second one is final. */
    @Override
    public void stop(Throwable cause) throws Exception {
        boolean again;
        BodyExecution running;
        synchronized (this) {
            again = stopCause != null;
            stopCause = cause;
            running = blockRuns() ? block : null;
            if (worker != null) {
                worker.interrupt();
            }
        }
        if (again) {
            super.stop(cause);
        } else if (running == null || !running.cancel(cause)) {
            callWorker();
        }
    }

    @Override
    public synchronized String getStatus() {
        Duration since = Duration.ofMillis(System.currentTimeMillis() - startedAt);
        return request.doing() + (turn == null ? "" : ": its steps run for " + turn) + ", for " + Durations.show(since)
                + " so far";
    }

    // Private

    /** On the pipeline's own thread, together with the block: what is written then has both or neither. */
    synchronized void blockBegins(String name) {
        turn = name;
        hasBlockEnded = false;
        blockFailure = null;
    }

    /** On the pipeline's own thread. */
    void blockEnded(String name, Throwable failure) {
        synchronized (this) {
            if (!name.equals(turn)) {
                return;
            }
            hasBlockEnded = true;
            blockFailure = failure == null ? null : reason(failure);
            if (failure instanceof FlowInterruptedException interrupted
                    && interrupted.isActualInterruption()
                    && stopCause == null) {
                stopCause = failure;
            }
        }
        callWorker();
    }

    private static String reason(Throwable failure) {
        return "its steps: " + (failure.getMessage() == null ? failure.toString() : failure.getMessage());
    }

    private void callWorker() {
        Authentication authentication = Jenkins.getAuthentication2();
        DeployThreads.get().start(() -> {
            try (ACLContext ignored = ACL.as2(authentication)) {
                work();
            }
        });
    }

    /** One thread at a time; whoever comes meanwhile leaves it to that one. */
    private void work() {
        synchronized (this) {
            isCalledAgain = worker != null;
            if (isCalledAgain || isOver) {
                return;
            }
            worker = Thread.currentThread();
        }
        do {
            try {
                goOn();
            } catch (Throwable e) {
                end(null, e);
            }
        } while (isWanted());
    }

    private synchronized boolean isWanted() {
        boolean again = isCalledAgain && !isOver;
        isCalledAgain = false;
        if (!again) {
            worker = null;
            Thread.interrupted();
        }
        return again;
    }

    private void goOn() throws IOException, InterruptedException {
        if (open == null) {
            open();
        }
        Optional<Throwable> stopped = stopped();
        if (blockRuns()) {
            if (open.release().isOver()) {
                block().cancel(new AbortException("the release was ended elsewhere: "
                        + open.release().end().sentence()));
            }
            return; // whoever ends it calls again
        }
        OpenRelease.End ended = stopped.isPresent() ? abort() : carryOn();
        if (ended != null) {
            open.close();
            open = null;
            if (stopped.isPresent()) {
                log().getLogger().println(ended.sentence() + "\n" + ended.leftBehind());
                end(null, stopped.get());
            } else {
                end(BuildRelease.result(ended, Duration.ofMillis(System.currentTimeMillis() - startedAt)), null);
            }
        }
    }

    private void open() throws IOException, InterruptedException {
        BuildAccess build = new BuildAccess(getContext().get(Run.class), log());
        if (isResumed) {
            log().getLogger().println("Jenkins is back: going on to " + request.doing());
        }
        Optional<Former> former = former();
        open = former.isEmpty()
                ? BuildRelease.start(build, request, commands(), isResumed)
                : BuildRelease.resume(
                        build,
                        request,
                        commands(),
                        former.get().id(),
                        former.get().session());
        DeployThreads.get().closeAtEnd(this, open::leave);
        synchronized (this) {
            id = open.release().id();
            session = open.release().session();
        }
        write();
        if (blockRuns()) {
            lookAfterLock(block());
        }
    }

    /** @return how it ended; null when its block runs */
    private OpenRelease.End carryOn() throws IOException, InterruptedException {
        if (!request.wantsBlock()) {
            return open.run(() -> DeployThreads.get().areEnding());
        }
        return open.explained(() -> {
            reportBlock();
            Optional<OpenRelease.Turn> wanted = open.release().advance();
            wanted.ifPresent(this::startBlock);
            return wanted.isPresent() ? null : open.release().end();
        });
    }

    private synchronized BodyExecution block() {
        return block;
    }

    /** What an earlier run left: there is none before the release is on record. */
    private record Former(String id, String session) {}

    private synchronized Optional<Former> former() {
        return Optional.ofNullable(id).map(known -> new Former(known, session));
    }

    private synchronized boolean blockRuns() {
        return turn != null && !hasBlockEnded;
    }

    private OpenRelease.End abort() throws AbortException, InterruptedException {
        Thread.interrupted();
        return open.explained(() -> {
            reportBlock();
            return open.release().abort("aborted");
        });
    }

    private void reportBlock() throws InterruptedException {
        String ended;
        Optional<String> failure;
        synchronized (this) {
            ended = turn;
            failure = Optional.ofNullable(blockFailure);
        }
        if (ended != null) {
            open.release().blockEnded(ended, failure);
            synchronized (this) {
                turn = null;
                block = null;
            }
        }
    }

    private void startBlock(OpenRelease.Turn wanted) {
        try {
            BodyInvoker invoker = getContext()
                    .newBodyInvoker()
                    .withContext(EnvironmentExpander.merge(
                            getContext().get(EnvironmentExpander.class),
                            EnvironmentExpander.constant(wanted.environment())))
                    .withDisplayName(wanted.name())
                    .withCallback(new ReleaseBlock(this, wanted.name()));
            BodyExecution started = invoker.start();
            synchronized (this) {
                block = started;
            }
            lookAfterLock(started);
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException("could not run the step's block for " + wanted.name(), e);
        }
    }

    /** Nobody holds a thread meanwhile, and still the block must not go on when somebody else may begin it anew. */
    private void lookAfterLock(BodyExecution running) {
        Timer.get()
                .schedule(
                        () -> {
                            OpenRelease release;
                            synchronized (this) {
                                if (block != running || hasBlockEnded || open == null) {
                                    return;
                                }
                                release = open.release();
                            }
                            try {
                                release.checkOurs();
                                lookAfterLock(running);
                            } catch (JournalException e) {
                                running.cancel(new AbortException(e.getMessage()));
                            }
                        },
                        LOOK_AFTER_LOCK_SECONDS,
                        TimeUnit.SECONDS);
    }

    private Optional<BuildCommands> commands() throws IOException, InterruptedException {
        Launcher launcher = getContext().get(Launcher.class);
        FilePath workspace = getContext().get(FilePath.class);
        EnvVars env = getContext().get(EnvVars.class);
        return launcher == null || workspace == null
                ? Optional.empty()
                : Optional.of(new BuildCommands(launcher, workspace, env == null ? new EnvVars() : env));
    }

    private TaskListener log() throws IOException, InterruptedException {
        return getContext().get(TaskListener.class);
    }

    private synchronized Optional<Throwable> stopped() {
        return Optional.ofNullable(stopCause);
    }

    /** Whoever asked to stop gets that, even where it came too late: nothing is to follow in the Jenkinsfile. */
    private void end(Object result, Throwable failure) {
        boolean isInterrupt = failure instanceof InterruptedException;
        if (failure != null && DeployThreads.get().areEnding()) {
            LOG.log(Level.FINE, failure, () -> "left when Jenkins went down: " + request.doing());
            return; // it goes on when Jenkins is back
        }
        Throwable stopped;
        synchronized (this) {
            stopped = stopCause;
            if (isInterrupt && stopped != null && id != null && endings < TRIES_TO_END) {
                endings++;
                isCalledAgain = true; // to end it in order
                return;
            }
            isOver = true;
        }
        if (open != null) {
            open.close();
            open = null;
        }
        DeployThreads.get().letGo(this);
        if (stopped != null) {
            if (failure != null && failure != stopped && !isInterrupt) {
                say(failure.getMessage());
                stopped.addSuppressed(failure);
            }
            getContext().onFailure(stopped);
        } else if (failure != null) {
            getContext().onFailure(failure);
        } else {
            getContext().onSuccess(result);
        }
    }

    private void say(String text) {
        try {
            log().getLogger().println(text);
        } catch (IOException | InterruptedException e) {
            LOG.log(Level.WARNING, e, () -> "no log for: " + text);
        }
    }

    /** Waits until what is kept is on disk, for what follows must not be done without it. */
    private void write() throws InterruptedException {
        try {
            getContext().saveState().get(WRITE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            LOG.log(Level.WARNING, e, () -> "can't write down how far " + request.doing() + " is");
        }
    }
}
