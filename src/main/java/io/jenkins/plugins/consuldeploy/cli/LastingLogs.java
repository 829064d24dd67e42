package io.jenkins.plugins.consuldeploy.cli;

import java.util.logging.LogManager;

/**
 * Logs to the end: Java's own log manager closes its handlers as soon as the JVM is asked to stop, while an agent still
 * ends a script and says so.
 */
public final class LastingLogs extends LogManager {

    @Override
    public void reset() {
        // at the end only, when what is to be said last is not said yet
    }
}
