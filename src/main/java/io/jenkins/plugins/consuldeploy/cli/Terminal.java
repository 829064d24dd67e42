package io.jenkins.plugins.consuldeploy.cli;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A terminal that standard output goes to. Java can't tell on its own, so a shell is asked. */
final class Terminal {

    private static final Pattern SIZE = Pattern.compile("(\\d+) (\\d+)");
    private static final Size USUAL = new Size(80, 24);
    private static final int ANSWER_SECONDS = 2;

    private final boolean color;
    private volatile Size size;

    Terminal(Size size, boolean color) {
        this.size = size;
        this.color = color;
    }

    record Size(int columns, int rows) {}

    /** The terminal, if standard output goes to one that moves its cursor on demand. */
    static Optional<Terminal> ofStandardOutput(Map<String, String> env) {
        if (env.getOrDefault("TERM", "dumb").equals("dumb")) {
            return Optional.empty();
        }
        return ask().map(size ->
                new Terminal(size, env.getOrDefault("NO_COLOR", "").isEmpty()));
    }

    boolean color() {
        return color;
    }

    Size size() {
        return size;
    }

    /** Looks again, for a window that was resized. It takes some milliseconds. */
    void measure() {
        ask().ifPresent(now -> size = now);
    }

    // Private

    private static Optional<Size> ask() {
        try {
            // Output is the terminal itself or is not; so the answer comes on the other stream.
            Process sh = new ProcessBuilder("sh", "-c", "test -t 1 && stty size </dev/tty >&2")
                    .redirectInput(new File("/dev/null"))
                    .redirectOutput(ProcessBuilder.Redirect.INHERIT)
                    .start();
            String said = new String(sh.getErrorStream().readAllBytes(), StandardCharsets.US_ASCII);
            if (!sh.waitFor(ANSWER_SECONDS, TimeUnit.SECONDS)) {
                sh.destroyForcibly();
                return Optional.empty();
            }
            Matcher matcher = SIZE.matcher(said);
            if (sh.exitValue() != 0 || !matcher.find()) {
                return Optional.empty();
            }
            int rows = Integer.parseInt(matcher.group(1));
            int columns = Integer.parseInt(matcher.group(2));
            return Optional.of(rows == 0 || columns == 0 ? USUAL : new Size(columns, rows));
        } catch (IOException e) {
            return Optional.empty(); // no shell: some other system
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }
}
