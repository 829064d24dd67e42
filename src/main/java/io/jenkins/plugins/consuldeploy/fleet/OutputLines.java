package io.jenkins.plugins.consuldeploy.fleet;

import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Follows a process's output line by line, and keeps the last ones. */
final class OutputLines {

    private static final Logger LOG = Logger.getLogger(OutputLines.class.getName());
    /** A longer line is passed on in pieces: a program that never ends its line must not fill the memory. */
    private static final int LONGEST_LINE = 8192;

    private final Process process;
    private final int kept;
    private final Consumer<String> listener;
    private final Deque<String> last = new ArrayDeque<>();
    private final Thread thread;
    private boolean listened = true;

    private OutputLines(Process process, int kept, Consumer<String> listener) {
        this.process = process;
        this.kept = kept;
        this.listener = listener;
        this.thread = new Thread(this::read, "output of process " + process.pid());
        this.thread.setDaemon(true);
    }

    static OutputLines follow(Process process, int kept, Consumer<String> listener) {
        OutputLines lines = new OutputLines(process, kept, listener);
        lines.thread.start();
        return lines;
    }

    /**
     * The last lines.
     *
     * @param wait for the end of the output, which may never come while a process in the background holds it open
     */
    List<String> last(Duration wait) throws InterruptedException {
        thread.join(Math.max(1, wait.toMillis()));
        synchronized (last) {
            return List.copyOf(last);
        }
    }

    // Private

    private void read() {
        StringBuilder line = new StringBuilder();
        char[] buffer = new char[LONGEST_LINE];
        try (Reader reader = new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8)) {
            for (int count = reader.read(buffer); count >= 0; count = reader.read(buffer)) {
                for (int i = 0; i < count; i++) {
                    if (buffer[i] == '\n' || line.length() == LONGEST_LINE) {
                        add(line);
                    }
                    if (buffer[i] != '\n' && buffer[i] != '\r') {
                        line.append(buffer[i]);
                    }
                }
            }
        } catch (IOException e) {
            LOG.log(Level.FINE, "the output of process " + process.pid() + " ended", e);
        }
        if (line.length() > 0) {
            add(line);
        }
    }

    private void add(StringBuilder line) {
        String text = line.toString();
        line.setLength(0);
        synchronized (last) {
            if (last.size() == kept) {
                last.removeFirst();
            }
            last.addLast(text);
        }
        if (!listened) {
            return;
        }
        try {
            listener.accept(text);
        } catch (RuntimeException e) { // a command whose output nobody wants any more still has to be read
            listened = false;
            LOG.log(Level.WARNING, "the output of process " + process.pid() + " can't be passed on any more", e);
        }
    }
}
