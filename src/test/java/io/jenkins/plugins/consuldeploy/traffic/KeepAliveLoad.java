package io.jenkins.plugins.consuldeploy.traffic;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Clients on kept-alive connections, each asking again as soon as it was answered and has paused; one in eight asks for
 * {@code /slow} each time.
 *
 * <p>A connection that was used before and is closed before a byte of the answer came is opened anew and the request sent
 * once more, as HTTP clients do (RFC 9112, 9.3.1); that is counted, and its time is the whole time. All else that goes
 * wrong is a failure, and is cut off when a part of the answer had come.
 */
public final class KeepAliveLoad implements AutoCloseable {

    /** How many clients ask for what is fast for each that asks for what is slow, that one counted. */
    public static final int ONE_IN = 8;

    private static final int TIMEOUT_MILLIS = 10_000;
    private static final Pattern LENGTH = Pattern.compile("(?i)\r\nContent-Length: *(\\d+)");
    private static final Pattern CLOSE = Pattern.compile("(?i)\r\nConnection: *close");

    private final int port;
    private final long pauseNanos;
    private final List<Thread> threads = new ArrayList<>();
    private final List<List<Answer>> answers = new ArrayList<>();
    private final Map<Color, AtomicInteger> answered =
            Map.of(Color.BLUE, new AtomicInteger(), Color.GREEN, new AtomicInteger());
    private final AtomicInteger failed = new AtomicInteger();
    private final AtomicInteger cutOff = new AtomicInteger();
    private final AtomicInteger triedAgain = new AtomicInteger();
    private final ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();
    private volatile boolean ending;

    /**
     * One request that was answered.
     *
     * @param sentAt {@link System#nanoTime()} before the request was sent
     * @param color  which of the applications answered
     * @param again  whether it was the second try
     */
    public record Answer(long sentAt, long nanos, Color color, boolean slow, boolean again) {}

    /** Starts it. */
    public KeepAliveLoad(int port, int clients, int pauseMillis) {
        this.port = port;
        this.pauseNanos = pauseMillis * 1_000_000L;
        for (int i = 0; i < clients; i++) {
            boolean slow = i % ONE_IN == 0;
            List<Answer> own = new ArrayList<>();
            answers.add(own);
            Thread thread = new Thread(() -> new Client(slow, own).run(), "client-" + i);
            thread.setDaemon(true);
            threads.add(thread);
        }
        threads.forEach(Thread::start);
    }

    /** How many answers have come from a color. */
    public int answered(Color color) {
        return answered.get(color).get();
    }

    public int failed() {
        return failed.get();
    }

    public int cutOff() {
        return cutOff.get();
    }

    public int triedAgain() {
        return triedAgain.get();
    }

    /** The first failures. */
    public List<String> failures() {
        return List.copyOf(failures).stream().limit(5).toList();
    }

    /** Ends it: what is under way is waited for. */
    @Override
    public void close() {
        ending = true;
        try {
            for (Thread thread : threads) {
                thread.join(2L * TIMEOUT_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Every answer, once it is closed. */
    public List<Answer> answers() {
        return answers.stream().flatMap(List::stream).toList();
    }

    // Private

    /** The connection was closed before a byte of the answer came. */
    private static final class ClosedUnanswered extends IOException {
        private static final long serialVersionUID = 1L;

        ClosedUnanswered(Throwable cause) {
            super("closed before a byte of the answer came", cause);
        }
    }

    /** A part of the answer came. */
    private static final class CutOff extends IOException {
        private static final long serialVersionUID = 1L;

        CutOff(String why) {
            super("cut off: " + why);
        }
    }

    private final class Client {
        private final boolean slow;
        private final List<Answer> own;
        private final byte[] request;
        private Optional<Socket> socket = Optional.empty();
        private InputStream in = InputStream.nullInputStream();

        Client(boolean slow, List<Answer> own) {
            this.slow = slow;
            this.own = own;
            this.request = ("GET /" + (slow ? "slow" : "fast") + " HTTP/1.1\r\nHost: shop\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII);
        }

        void run() {
            while (!ending) {
                long start = System.nanoTime();
                try {
                    boolean again = false;
                    String color;
                    boolean reused = socket.isPresent();
                    try {
                        color = ask();
                    } catch (ClosedUnanswered e) {
                        if (!reused) {
                            throw e;
                        }
                        again = true;
                        triedAgain.incrementAndGet();
                        hangUp();
                        color = ask();
                    }
                    Answer answer = new Answer(
                            start,
                            System.nanoTime() - start,
                            Color.valueOf(color.toUpperCase(Locale.ROOT)),
                            slow,
                            again);
                    own.add(answer);
                    answered.get(answer.color()).incrementAndGet();
                } catch (IOException | IllegalArgumentException e) {
                    hangUp();
                    (e instanceof CutOff ? cutOff : failed).incrementAndGet();
                    failures.add(e.toString());
                }
                LockSupport.parkNanos(pauseNanos);
            }
            hangUp();
        }

        private String ask() throws IOException {
            if (socket.isEmpty()) {
                Socket opened = new Socket();
                socket = Optional.of(opened);
                opened.setTcpNoDelay(true);
                opened.setSoTimeout(TIMEOUT_MILLIS);
                opened.connect(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), port), TIMEOUT_MILLIS);
                in = new BufferedInputStream(opened.getInputStream());
            }
            int first;
            try {
                socket.get().getOutputStream().write(request);
                first = in.read();
            } catch (SocketTimeoutException e) {
                throw e; // it is still open, and may be answered
            } catch (IOException e) {
                throw new ClosedUnanswered(e);
            }
            if (first < 0) {
                throw new ClosedUnanswered(null);
            }
            return answer((char) first);
        }

        private String answer(char first) throws IOException {
            String head;
            byte[] body;
            try {
                head = first + ColorApp.head(in);
                Matcher length = LENGTH.matcher(head);
                if (!length.find()) {
                    throw new CutOff("a head of " + head.length() + " characters");
                }
                body = in.readNBytes(Integer.parseInt(length.group(1)));
                if (body.length < Integer.parseInt(length.group(1))) {
                    throw new CutOff("a body of " + body.length + " of " + length.group(1) + " bytes");
                }
            } catch (SocketTimeoutException e) {
                throw new CutOff("no more for " + TIMEOUT_MILLIS + " ms");
            }
            if (CLOSE.matcher(head).find()) {
                hangUp();
            }
            if (!head.startsWith("HTTP/1.1 200")) {
                throw new IOException(head.lines().findFirst().orElse(""));
            }
            return new String(body, StandardCharsets.US_ASCII);
        }

        private void hangUp() {
            socket.ifPresent(open -> {
                try {
                    open.close();
                } catch (IOException e) {
                    // it is gone anyway
                }
            });
            socket = Optional.empty();
        }
    }
}
