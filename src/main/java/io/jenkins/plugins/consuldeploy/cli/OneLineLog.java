package io.jenkins.plugins.consuldeploy.cli;

import java.util.Locale;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/** Sends this program's log to a display, a line a record: warnings, or everything on demand. */
final class OneLineLog implements AutoCloseable {

    private static final Logger OURS = Logger.getLogger("io.jenkins.plugins.consuldeploy");

    private final ToDisplay handler;
    private final Level levelBefore = OURS.getLevel();

    private OneLineLog(Display display, Level level) {
        this.handler = new ToDisplay(display);
        handler.setLevel(level);
        OURS.setLevel(level);
        OURS.setUseParentHandlers(false);
        OURS.addHandler(handler);
    }

    static OneLineLog to(Display display, boolean verbose) {
        return new OneLineLog(display, verbose ? Level.FINE : Level.WARNING);
    }

    @Override
    public void close() {
        OURS.removeHandler(handler);
        OURS.setUseParentHandlers(true);
        OURS.setLevel(levelBefore);
    }

    private static final class ToDisplay extends Handler {
        private final Display display;
        private final Formatter formatter = new SimpleFormatter();

        ToDisplay(Display display) {
            this.display = display;
        }

        @Override
        public void publish(LogRecord event) {
            if (isLoggable(event)) {
                String level = event.getLevel().getName().toLowerCase(Locale.ROOT);
                display.log(level + ": " + formatter.formatMessage(event)
                        + (event.getThrown() == null ? "" : ": " + event.getThrown()));
            }
        }

        @Override
        public void flush() {
            // every line is written at once
        }

        @Override
        public void close() {
            // the display is another's
        }
    }
}
