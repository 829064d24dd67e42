package io.jenkins.plugins.consuldeploy.jenkins;

import hudson.Extension;
import hudson.ExtensionList;
import hudson.init.Terminator;
import hudson.util.ClassLoaderSanityThreadFactory;
import hudson.util.DaemonThreadFactory;
import hudson.util.NamingThreadFactory;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** The threads on which deployments of pipelines run: one for each while it is in progress, none else. */
@Extension
public final class DeployThreads {

    private static final long IDLE_SECONDS = 30;

    private final ExecutorService threads = new ThreadPoolExecutor(
            0,
            Integer.MAX_VALUE,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            new NamingThreadFactory(new ClassLoaderSanityThreadFactory(new DaemonThreadFactory()), "consul-deploy"));

    private final Map<Object, Runnable> closings = new ConcurrentHashMap<>();
    private volatile boolean ending;

    static DeployThreads get() {
        return ExtensionList.lookupSingleton(DeployThreads.class);
    }

    /** Runs it at once; nothing happens any more when Jenkins is ending. */
    void start(Runnable work) {
        if (!ending) {
            threads.execute(work);
        }
    }

    /** Has this done when Jenkins ends, for an owner that has no thread then. */
    void closeAtEnd(Object owner, Runnable closing) {
        closings.put(owner, closing);
    }

    /** What was to be done for this owner when Jenkins ends is done, or not needed any more. */
    void letGo(Object owner) {
        closings.remove(owner);
    }

    /** Whether an interrupt means that Jenkins ends, and not that a build was aborted. */
    boolean areEnding() {
        return ending;
    }

    /** Jenkins ends. What is in progress goes on when it is back. */
    @Terminator
    public void end() {
        ending = true;
        threads.shutdownNow();
        closings.values().forEach(Runnable::run);
        closings.clear();
    }
}
