package io.jenkins.plugins.consuldeploy.process;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.List;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Cuts a program's output into lines, passes each on, and keeps the last ones. It takes the same little memory for any
 * output: a line is cut, and what lies far back is forgotten. Of its methods only {@link #lines()} may be called by
 * another thread than the one that adds.
 */
public final class OutputTail {

    private static final Logger LOG = Logger.getLogger(OutputTail.class.getName());
    private static final int MAX_LINE_BYTES = 4000;

    private final int kept;
    private final Consumer<String> listener;
    private final ArrayDeque<String> last = new ArrayDeque<>();
    private byte[] line = new byte[256];
    private int length;
    private boolean cut;
    private boolean listened = true;

    /**
     * @param kept     how many lines
     * @param listener gets each line as it comes, on the thread that adds it
     */
    public OutputTail(int kept, Consumer<String> listener) {
        this.kept = kept;
        this.listener = listener;
    }

    public void add(byte[] bytes, int count) {
        for (int i = 0; i < count; i++) {
            if (bytes[i] == '\n') {
                endLine();
            } else if (length == MAX_LINE_BYTES) {
                cut = true;
            } else {
                append(bytes[i]);
            }
        }
    }

    /** The output has ended, perhaps in the middle of a line. */
    public void end() {
        if (length > 0 || cut) {
            endLine();
        }
    }

    /** A line that is ours, not the program's. */
    public void say(String text) {
        keep(text);
        if (!listened) {
            return;
        }
        try {
            listener.accept(text);
        } catch (RuntimeException e) { // a program whose output nobody wants any more still has to be read
            listened = false;
            LOG.log(Level.WARNING, "the output of a program can't be passed on any more", e);
        }
    }

    public List<String> lines() {
        synchronized (last) {
            return List.copyOf(last);
        }
    }

    // Private

    private void append(byte one) {
        if (length == line.length) {
            line = java.util.Arrays.copyOf(line, Math.min(MAX_LINE_BYTES, 2 * length));
        }
        line[length++] = one;
    }

    private void endLine() {
        String text = printable(new String(line, 0, length, StandardCharsets.UTF_8));
        say(cut ? text + "…" : text);
        length = 0;
        cut = false;
    }

    private void keep(String text) {
        synchronized (last) {
            if (last.size() == kept) {
                last.removeFirst();
            }
            last.addLast(text);
        }
    }

    /** Control characters would let a program's output forge lines of the log, or color a terminal. */
    private static String printable(String text) {
        int end = text.endsWith("\r") ? text.length() - 1 : text.length();
        StringBuilder shown = new StringBuilder(end);
        for (int i = 0; i < end; i++) {
            char c = text.charAt(i);
            shown.append(Character.isISOControl(c) && c != '\t' ? '?' : c);
        }
        return shown.toString();
    }
}
