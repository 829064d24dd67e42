package io.jenkins.plugins.consuldeploy.cli;

import io.jenkins.plugins.consuldeploy.consul.LockHeldException;
import io.jenkins.plugins.consuldeploy.phase.DeploymentFailedException;
import io.jenkins.plugins.consuldeploy.phase.LockLostException;
import java.util.List;

/** One word of the command line, whose fields picocli fills. */
interface Command {

    /**
     * Reads its words without picocli, where they are of the plain kind and loading it would take too long.
     *
     * @return whether it did; else picocli reads them
     */
    default boolean readQuickly(List<String> args) {
        return false;
    }

    /**
     * Does it.
     *
     * @return the exit code, see {@link Exit}; what failed is thrown, see {@link Failure}
     */
    int run(Shell shell) throws DeploymentFailedException, LockHeldException, LockLostException, InterruptedException;
}
