package io.jenkins.plugins.consuldeploy.agent;

import io.jenkins.plugins.consuldeploy.phase.NodeReport;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.List;
import java.util.function.Consumer;

/**
 * Cuts a script's output into lines, passes each on, and keeps the last ones. It takes the same little memory for any
 * output: a line is cut, and what lies far back is forgotten.
 */
final class OutputTail {

    private static final int MAX_LINE_BYTES = 4 * NodeReport.MAX_LINE_CHARS;

    private final Consumer<String> listener;
    private final ArrayDeque<String> last = new ArrayDeque<>();
    private byte[] line = new byte[256];
    private int length;
    private boolean cut;

    OutputTail(Consumer<String> listener) {
        this.listener = listener;
    }

    void add(byte[] bytes, int count) {
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
    void end() {
        if (length > 0 || cut) {
            endLine();
        }
    }

    /** A line that is ours, not the script's. */
    void say(String text) {
        keep(text);
        listener.accept(text);
    }

    List<String> lines() {
        return List.copyOf(last);
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
        if (last.size() == NodeReport.MAX_OUTPUT_LINES) {
            last.removeFirst();
        }
        last.addLast(text);
    }

    /** Control characters would let a script's output forge lines of the log, or color a terminal. */
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
