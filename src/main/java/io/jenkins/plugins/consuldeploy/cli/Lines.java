package io.jenkins.plugins.consuldeploy.cli;

import io.jenkins.plugins.consuldeploy.phase.Progress;
import io.jenkins.plugins.consuldeploy.phase.ProgressText;
import java.io.PrintStream;

/** One line per change: for logs and pipes. */
final class Lines implements Display {

    private final PrintStream out;
    private final PrintStream err;

    Lines(PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
    }

    @Override
    public void happened(Progress progress) {
        ProgressText.line(progress).ifPresent(out::println);
    }

    @Override
    public void log(String line) {
        err.println(line);
    }

    @Override
    public void close() {
        out.flush();
    }
}
