package io.jenkins.plugins.consuldeploy.cli;

import io.jenkins.plugins.consuldeploy.phase.Progress;
import java.io.PrintStream;

/** Shows what happens while it happens. It may be told of log lines by any thread. */
interface Display extends Progress.Listener, AutoCloseable {

    /** Shows a line of the log. */
    void log(String line);

    /** Nothing more will happen. */
    @Override
    void close();

    /** Keeps silent but for the log. */
    static Display errorsOnly(PrintStream err) {
        return new Display() {
            @Override
            public void happened(Progress progress) {
                // said at the end
            }

            @Override
            public void log(String line) {
                err.println(line);
            }

            @Override
            public void close() {
                // nothing is held
            }
        };
    }
}
