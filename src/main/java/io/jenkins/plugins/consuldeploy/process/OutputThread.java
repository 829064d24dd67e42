package io.jenkins.plugins.consuldeploy.process;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Reads a process's output on a thread of its own to its end, which comes when nobody has it open any more: what the
 * process leaves running may go on writing.
 */
public final class OutputThread {

    private static final Logger LOG = Logger.getLogger(OutputThread.class.getName());

    private final Process process;
    private final OutputTail tail;
    private final Thread thread;

    private OutputThread(Process process, OutputTail tail) {
        this.process = process;
        this.tail = tail;
        this.thread = new Thread(this::read, "output of process " + process.pid());
        this.thread.setDaemon(true);
    }

    /** Starts to read. */
    public static OutputThread start(Process process, OutputTail tail) {
        OutputThread reading = new OutputThread(process, tail);
        reading.thread.start();
        return reading;
    }

    /**
     * The last lines.
     *
     * @param wait for the end of the output, which may never come while a process in the background holds it open
     */
    public List<String> lines(Duration wait) throws InterruptedException {
        thread.join(Math.max(1, wait.toMillis()));
        return tail.lines();
    }

    // Private

    private void read() {
        byte[] buffer = new byte[8192];
        try (InputStream in = process.getInputStream()) {
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                tail.add(buffer, count);
            }
        } catch (IOException e) {
            LOG.log(Level.FINE, "the output of process " + process.pid() + " ended", e);
        }
        tail.end();
    }
}
