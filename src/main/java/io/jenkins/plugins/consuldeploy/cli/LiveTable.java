package io.jenkins.plugins.consuldeploy.cli;

import io.jenkins.plugins.consuldeploy.phase.Progress;
import io.jenkins.plugins.consuldeploy.phase.ProgressText;
import io.jenkins.plugins.consuldeploy.time.TimeSource;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** A table that is redrawn in its place on a terminal; what is to stay goes above it, line by line. */
final class LiveTable implements Display {

    private static final Duration SHORTEST_PAUSE = Duration.ofMillis(50);
    private static final Duration TICK = Duration.ofMillis(250);
    private static final Duration MEASURE = Duration.ofSeconds(2);

    private static final String NO_WRAP = "\u001b[?7l";
    private static final String WRAP = "\u001b[?7h";
    private static final String CLEAR_BELOW = "\u001b[J";

    private final PrintStream out;
    private final Terminal terminal;
    private final TimeSource time;
    private final Fleet fleet = new Fleet();
    private final ScheduledExecutorService ticker = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "table");
        thread.setDaemon(true);
        return thread;
    });
    private int drawn;
    private long drawnAt;
    private long phaseStart;

    LiveTable(PrintStream out, Terminal terminal, TimeSource time) {
        this.out = out;
        this.terminal = terminal;
        this.time = time;
        this.drawnAt = time.nanoTime() - SHORTEST_PAUSE.toNanos();
        ticker.scheduleAtFixedRate(this::tick, TICK.toMillis(), TICK.toMillis(), TimeUnit.MILLISECONDS);
        ticker.scheduleAtFixedRate(terminal::measure, MEASURE.toMillis(), MEASURE.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public synchronized void happened(Progress progress) {
        if (progress instanceof Progress.PhaseDone || progress instanceof Progress.PhaseStarted) {
            draw(""); // the last picture of a phase stays, also of one that failed
            drawn = 0;
        }
        if (progress instanceof Progress.PhaseStarted
                || progress instanceof Progress.Pinned pinned && pinned.batch() == 1) {
            phaseStart = time.nanoTime();
        }
        fleet.happened(progress);
        String said = isInTable(progress)
                ? ""
                : ProgressText.line(progress).map(line -> line + "\n").orElse("");
        if (!said.isEmpty() || time.since(drawnAt).compareTo(SHORTEST_PAUSE) >= 0) {
            draw(said);
        }
    }

    @Override
    public synchronized void log(String line) {
        draw(line + "\n");
    }

    @Override
    public void close() {
        ticker.shutdownNow();
        synchronized (this) {
            draw("");
            drawn = 0;
        }
    }

    // Private

    private static boolean isInTable(Progress progress) {
        return progress instanceof Progress.NodeChanged || progress instanceof Progress.PhaseStarted;
    }

    private synchronized void tick() {
        if (fleet.picture().isPresent() && !ticker.isShutdown()) {
            draw("");
        }
    }

    /** In one write, so that nobody sees it half done. */
    private synchronized void draw(String above) {
        Duration elapsed = time.since(phaseStart);
        List<String> lines = fleet.picture()
                .map(picture -> new FleetTable(terminal.size(), terminal.color()).lines(picture, elapsed))
                .orElse(List.of());
        StringBuilder text = new StringBuilder();
        if (drawn > 0) {
            text.append("\u001b[").append(drawn).append('A').append('\r').append(CLEAR_BELOW);
        }
        text.append(above);
        if (!lines.isEmpty()) {
            text.append(NO_WRAP);
            lines.forEach(line -> text.append(line).append('\n'));
            text.append(WRAP);
        }
        if (text.length() > 0) {
            out.print(text);
            out.flush();
        }
        drawn = lines.size();
        drawnAt = time.nanoTime();
    }
}
