package io.jenkins.plugins.consuldeploy.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Requests by wrk until it is closed, which then has counted them. */
final class Load implements AutoCloseable {

    private static final Pattern RATE = Pattern.compile("Requests/sec:\\s*([0-9.]+)");
    private static final Pattern REFUSED = Pattern.compile("Non-2xx or 3xx responses: (\\d+)");
    private static final Pattern BROKEN =
            Pattern.compile("Socket errors: connect (\\d+), read (\\d+), write (\\d+), timeout (\\d+)");

    private final Process wrk;
    private String report = "";

    private Load(Process wrk) {
        this.wrk = wrk;
    }

    static Load on(int port) throws IOException {
        return new Load(new ProcessBuilder(List.of("wrk", "-t1", "-c16", "-d600s", "http://127.0.0.1:" + port + "/"))
                .redirectErrorStream(true)
                .start());
    }

    double requestsPerSecond() {
        Matcher rate = RATE.matcher(report);
        if (!rate.find()) {
            throw new IllegalStateException("wrk said: " + report);
        }
        return Double.parseDouble(rate.group(1));
    }

    long failed() {
        long failed = 0;
        Matcher refused = REFUSED.matcher(report);
        if (refused.find()) {
            failed += Long.parseLong(refused.group(1));
        }
        Matcher broken = BROKEN.matcher(report);
        if (broken.find()) {
            for (int i = 1; i <= broken.groupCount(); i++) {
                failed += Long.parseLong(broken.group(i));
            }
        }
        return failed;
    }

    @Override
    public void close() throws IOException, InterruptedException {
        if (wrk.isAlive()) {
            new ProcessBuilder("kill", "-INT", Long.toString(wrk.pid())).start().waitFor();
            report = new String(wrk.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            wrk.waitFor();
        }
    }
}
