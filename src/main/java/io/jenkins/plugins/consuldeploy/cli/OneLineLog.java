package io.jenkins.plugins.consuldeploy.cli;

import java.util.Locale;
import java.util.function.Consumer;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/** Sends this program's log somewhere, a line a record: warnings, or everything on demand. */
final class OneLineLog implements AutoCloseable {

    private static final Logger OURS = Logger.getLogger("io.jenkins.plugins.consuldeploy");

    private final ToLines handler;
    private final Level levelBefore = OURS.getLevel();

    private OneLineLog(Consumer<String> lines, Level level) {
        this.handler = new ToLines(lines);
        handler.setLevel(level);
        OURS.setLevel(level);
        OURS.setUseParentHandlers(false);
        OURS.addHandler(handler);
    }

    static OneLineLog to(Consumer<String> lines, boolean verbose) {
        return new OneLineLog(lines, verbose ? Level.FINE : Level.WARNING);
    }

    @Override
    public void close() {
        OURS.removeHandler(handler);
        OURS.setUseParentHandlers(true);
        OURS.setLevel(levelBefore);
    }

    private static final class ToLines extends Handler {
        private final Consumer<String> lines;
        private final Formatter formatter = new SimpleFormatter();

        ToLines(Consumer<String> lines) {
            this.lines = lines;
        }

        @Override
        public void publish(LogRecord event) {
            if (isLoggable(event)) {
                String level = event.getLevel().getName().toLowerCase(Locale.ROOT);
                lines.accept(level + ": " + formatter.formatMessage(event)
                        + (event.getThrown() == null ? "" : ": " + event.getThrown()));
            }
        }

        @Override
        public void flush() {
            // every line is written at once
        }

        @Override
        public void close() {
            // the lines are another's
        }
    }
}
