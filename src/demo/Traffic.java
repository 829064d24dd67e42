import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The demo's visitors: each asks for the page on a connection of its own, again and again, and never tries twice. What
 * they saw is in a file that is replaced every 200 ms: how many requests were sent, how many failed, the first failures,
 * and how often each version was seen.
 *
 * <p>Usage: {@code java Traffic PORT VISITORS FILE}. SIGTERM ends it, and then the file has everything.
 */
public final class Traffic {

    private static final int TIMEOUT_MILLIS = 5000;
    private static final int PAUSE_MILLIS = 20;
    private static final int WRITE_MILLIS = 200;
    private static final int MAX_FAILURES_SHOWN = 5;
    private static final byte[] REQUEST =
            "GET / HTTP/1.0\r\nHost: shop.example\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final Pattern VERSION = Pattern.compile("<h1>Shop (\\S+)</h1>");

    private final int port;
    private final Path file;
    private final Map<String, Long> versions = new TreeMap<>();
    private final List<String> failures = new ArrayList<>();
    private long sent;
    private long failed;
    private boolean ending;

    private Traffic(int port, Path file) {
        this.port = port;
        this.file = file;
    }

    public static void main(String[] args) throws InterruptedException {
        Traffic traffic = new Traffic(Integer.parseInt(args[0]), Path.of(args[2]));
        List<Thread> visitors = new ArrayList<>();
        for (int i = 0; i < Integer.parseInt(args[1]); i++) {
            visitors.add(new Thread(traffic::visit, "visitor-" + i));
        }
        Runtime.getRuntime().addShutdownHook(new Thread(() -> traffic.end(visitors)));
        visitors.forEach(Thread::start);
        while (true) {
            Thread.sleep(WRITE_MILLIS);
            traffic.write();
        }
    }

    private void visit() {
        try {
            while (!isEnding()) {
                try {
                    count(ask());
                } catch (IOException e) {
                    fail(e.toString());
                }
                Thread.sleep(PAUSE_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private String ask() throws IOException {
        try (Socket socket = new Socket()) {
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), TIMEOUT_MILLIS);
            socket.getOutputStream().write(REQUEST);
            InputStream answer = socket.getInputStream();
            return new String(answer.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private synchronized void count(String answer) {
        Matcher version = VERSION.matcher(answer);
        if (answer.startsWith("HTTP/1.") && answer.startsWith(" 200 ", 8) && version.find()) {
            sent++;
            versions.merge(version.group(1), 1L, Long::sum);
        } else {
            fail(answer.isEmpty() ? "an empty answer" : answer.lines().findFirst().orElse(""));
        }
    }

    private synchronized void fail(String why) {
        sent++;
        failed++;
        if (failures.size() < MAX_FAILURES_SHOWN) {
            failures.add(why);
        }
    }

    private synchronized boolean isEnding() {
        return ending;
    }

    private void end(List<Thread> visitors) {
        synchronized (this) {
            ending = true;
        }
        try {
            for (Thread visitor : visitors) {
                visitor.join(TIMEOUT_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        write();
    }

    private synchronized void write() {
        StringBuilder text = new StringBuilder();
        text.append("sent ").append(sent).append("\nfailed ").append(failed).append('\n');
        versions.forEach((version, count) ->
                text.append("version ").append(version).append(' ').append(count).append('\n'));
        failures.forEach(why -> text.append("failure ").append(why).append('\n'));
        try {
            Path next = file.resolveSibling(file.getFileName() + ".next");
            Files.writeString(next, text);
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            System.err.println("traffic: " + e);
        }
    }
}
