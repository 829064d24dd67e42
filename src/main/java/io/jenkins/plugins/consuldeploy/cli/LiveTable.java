package io.jenkins.plugins.consuldeploy.cli;

import io.jenkins.plugins.consuldeploy.phase.Progress;
import io.jenkins.plugins.consuldeploy.phase.ProgressText;
import io.jenkins.plugins.consuldeploy.time.TimeSource;
import java.io.PrintStream;
import java.util.Optional;

/** A deployment's nodes as a table that is redrawn in its place on a terminal. */
final class LiveTable implements Display {

    private final Fleet fleet = new Fleet();
    private final Redrawn table;

    LiveTable(PrintStream out, Terminal terminal, TimeSource time) {
        this.table = new Redrawn(out, terminal, time, fleet::picture);
    }

    @Override
    public void happened(Progress progress) {
        if (progress instanceof Progress.PhaseDone || progress instanceof Progress.PhaseStarted) {
            table.keep(); // the last picture of a phase stays, also of one that failed
        }
        if (progress instanceof Progress.PhaseStarted
                || progress instanceof Progress.Pinned pinned && pinned.batch() == 1) {
            table.restart();
        }
        Optional<String> said = isInTable(progress) ? Optional.empty() : ProgressText.line(progress);
        table.after(() -> fleet.happened(progress));
        said.ifPresent(table::say);
    }

    @Override
    public void log(String line) {
        table.say(line);
    }

    @Override
    public void close() {
        table.close();
    }

    // Private

    private static boolean isInTable(Progress progress) {
        return progress instanceof Progress.NodeChanged || progress instanceof Progress.PhaseStarted;
    }
}
