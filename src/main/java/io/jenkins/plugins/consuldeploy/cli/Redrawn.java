package io.jenkins.plugins.consuldeploy.cli;

import io.jenkins.plugins.consuldeploy.cli.Fleet.Picture;
import io.jenkins.plugins.consuldeploy.time.TimeSource;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** A picture that is redrawn in its place on a terminal; what is to stay goes above it, line by line. */
final class Redrawn implements AutoCloseable {

    private static final Duration SHORTEST_PAUSE = Duration.ofMillis(50);
    private static final Duration TICK = Duration.ofMillis(250);
    private static final Duration MEASURE = Duration.ofSeconds(2);

    private static final String NO_WRAP = "\u001b[?7l";
    private static final String WRAP = "\u001b[?7h";
    private static final String CLEAR_BELOW = "\u001b[J";

    private final PrintStream out;
    private final Terminal terminal;
    private final TimeSource time;
    private final Supplier<Optional<Picture>> picture;
    private final ScheduledExecutorService ticker = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "table");
        thread.setDaemon(true);
        return thread;
    });
    private int drawn;
    private long drawnAt;
    private long startedAt;

    /** @param picture what there is to see now; asked for under this object's lock alone */
    Redrawn(PrintStream out, Terminal terminal, TimeSource time, Supplier<Optional<Picture>> picture) {
        this.out = out;
        this.terminal = terminal;
        this.time = time;
        this.picture = picture;
        this.startedAt = time.nanoTime();
        this.drawnAt = startedAt - SHORTEST_PAUSE.toNanos();
        ticker.scheduleAtFixedRate(this::tick, TICK.toMillis(), TICK.toMillis(), TimeUnit.MILLISECONDS);
        ticker.scheduleAtFixedRate(terminal::measure, MEASURE.toMillis(), MEASURE.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Changes what there is to see, under this object's lock, and draws it unless that was done just now. */
    synchronized void after(Runnable change) {
        change.run();
        if (time.since(drawnAt).compareTo(SHORTEST_PAUSE) >= 0) {
            draw("");
        }
    }

    /** Adds a line that stays. */
    synchronized void say(String line) {
        draw(line + "\n");
    }

    /** What was drawn last stays, and what comes is drawn below it. */
    synchronized void keep() {
        draw("");
        drawn = 0;
    }

    /** Time is counted from now on. */
    synchronized void restart() {
        startedAt = time.nanoTime();
    }

    /** Since the last {@link #restart()}. */
    synchronized Duration elapsed() {
        return time.since(startedAt);
    }

    @Override
    public void close() {
        ticker.shutdownNow();
        keep();
    }

    // Private

    private synchronized void tick() {
        if (picture.get().isPresent() && !ticker.isShutdown()) {
            draw("");
        }
    }

    /** In one write, so that nobody sees it half done. */
    private synchronized void draw(String above) {
        Duration elapsed = time.since(startedAt);
        List<String> lines = picture.get()
                .map(seen -> new FleetTable(terminal.size(), terminal.color()).lines(seen, elapsed))
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
