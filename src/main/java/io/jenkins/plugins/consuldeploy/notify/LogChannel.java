package io.jenkins.plugins.consuldeploy.notify;

import java.util.function.BiConsumer;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Writes events to a log. */
public final class LogChannel implements Channel {

    private static final Logger LOG = Logger.getLogger(LogChannel.class.getName());

    private final BiConsumer<Level, String> log;

    /** To the log of this program. */
    public LogChannel() {
        this((level, line) -> LOG.log(level, line));
    }

    /** To another log: it gets {@link Level#WARNING} for what is trouble, and {@link Level#INFO} for the rest. */
    public LogChannel(BiConsumer<Level, String> log) {
        this.log = log;
    }

    @Override
    public void deliver(ReleaseEvent event) {
        log.accept(event.kind().isTrouble() ? Level.WARNING : Level.INFO, event.sentence());
    }

    @Override
    public String describe() {
        return "the log";
    }
}
