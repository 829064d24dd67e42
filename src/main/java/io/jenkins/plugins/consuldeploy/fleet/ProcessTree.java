package io.jenkins.plugins.consuldeploy.fleet;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.logging.Level;
import java.util.logging.Logger;

/** A process and what it has started. */
final class ProcessTree {

    private static final Logger LOG = Logger.getLogger(ProcessTree.class.getName());

    private ProcessTree() {}

    /**
     * Ends a process and its descendants by SIGTERM, and what is left after {@code grace} by SIGKILL. A thread that is
     * interrupted meanwhile stays interrupted and gives no grace.
     */
    static void end(Process process, Duration grace) {
        // The descendants of a process that has ended can't be found any more: so they are all looked up before.
        Set<ProcessHandle> tree = new LinkedHashSet<>();
        collect(process, tree);
        tree.forEach(ProcessHandle::destroy);
        boolean interrupted = Thread.interrupted();
        try {
            CompletableFuture.allOf(tree.stream().map(ProcessHandle::onExit).toArray(CompletableFuture[]::new))
                    .get(grace.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            LOG.log(Level.FINE, "process {0} is still there after SIGTERM", process.pid());
        } catch (ExecutionException e) {
            LOG.log(Level.FINE, "could not wait for process " + process.pid(), e);
        } catch (InterruptedException e) {
            interrupted = true;
        }
        collect(process, tree);
        tree.forEach(ProcessHandle::destroyForcibly);
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    // Private

    private static void collect(Process process, Set<ProcessHandle> tree) {
        tree.add(process.toHandle());
        Set<ProcessHandle> found = new LinkedHashSet<>(tree);
        found.forEach(one -> one.descendants().forEach(tree::add));
    }
}
