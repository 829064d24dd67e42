package io.jenkins.plugins.consuldeploy.traffic;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * An application of one color, which is what it answers: at once, or to {@code /slow} after 500 ms. It keeps connections
 * open for as long as its peer does.
 */
public final class ColorApp implements AutoCloseable {

    /** How long a slow answer takes. */
    public static final int SLOW_MILLIS = 500;

    private final ServerSocket server;
    private final byte[] answer;
    private final Set<Socket> connections = ConcurrentHashMap.newKeySet();

    public ColorApp(Color color, int port) {
        try {
            this.server = new ServerSocket(port, 1024, InetAddress.getByName("127.0.0.1"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        this.answer = ("HTTP/1.1 200 OK\r\nX-Color: " + color + "\r\nContent-Length: "
                        + color.word().length() + "\r\n\r\n" + color)
                .getBytes(StandardCharsets.US_ASCII);
        start(this::accept);
    }

    /** As a process of its own: a color and a port. */
    public static void main(String[] args) throws InterruptedException {
        new ColorApp(Color.valueOf(args[0]), Integer.parseInt(args[1]));
        Thread.currentThread().join();
    }

    public int port() {
        return server.getLocalPort();
    }

    @Override
    public void close() {
        try {
            server.close();
            for (Socket connection : connections) {
                connection.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    // Private

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket connection = server.accept();
                connections.add(connection);
                start(() -> serve(connection));
            } catch (IOException e) {
                // closed
            }
        }
    }

    private void serve(Socket connection) {
        try (connection) {
            connection.setTcpNoDelay(true);
            InputStream in = new BufferedInputStream(connection.getInputStream());
            for (String request = head(in); !request.isEmpty(); request = head(in)) {
                if (request.startsWith("GET /slow")) {
                    Thread.sleep(SLOW_MILLIS);
                }
                connection.getOutputStream().write(answer);
            }
        } catch (IOException e) {
            // the peer is gone
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            connections.remove(connection);
        }
    }

    /** Up to the empty line; empty at the end. */
    static String head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        for (int c = in.read(); c >= 0; c = in.read()) {
            head.append((char) c);
            if (c == '\n' && head.length() > 3 && head.charAt(head.length() - 3) == '\n') {
                return head.toString();
            }
        }
        return "";
    }

    private static void start(Runnable work) {
        Thread thread = new Thread(work, "color-app");
        thread.setDaemon(true);
        thread.start();
    }
}
