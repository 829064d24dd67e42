package io.jenkins.plugins.consuldeploy.cli;

import io.jenkins.plugins.consuldeploy.consul.LockHeldException;
import io.jenkins.plugins.consuldeploy.phase.DeploymentFailedException;
import io.jenkins.plugins.consuldeploy.phase.LockLostException;

/** One word of the command line, whose fields picocli fills. */
interface Command {

    /**
     * Does it.
     *
     * @return the exit code, see {@link Exit}; what failed is thrown, see {@link Failure}
     */
    int run(Shell shell) throws DeploymentFailedException, LockHeldException, LockLostException, InterruptedException;
}
