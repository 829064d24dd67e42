package io.jenkins.plugins.consuldeploy.cli;

import io.jenkins.plugins.consuldeploy.bluegreen.SwitchListener;
import io.jenkins.plugins.consuldeploy.rolling.RollingListener;
import java.io.PrintStream;

/** Shows what a release of either kind does while it does it. It may be told of log lines and of output by any thread. */
interface ReleaseView extends RollingListener, SwitchListener, AutoCloseable {

    /** Shows a line of the log. */
    void log(String line);

    /** Shows a line that a host's update has printed, or what was done to a color. */
    void output(String about, String line);

    /** Nothing more will happen. */
    @Override
    void close();

    /** Keeps silent but for the log. */
    static ReleaseView errorsOnly(PrintStream err) {
        return new ReleaseView() {
            @Override
            public void log(String line) {
                err.println(line);
            }

            @Override
            public void output(String host, String line) {
                // the last line of a failed one is said at the end
            }

            @Override
            public void close() {
                // nothing is held
            }
        };
    }
}
