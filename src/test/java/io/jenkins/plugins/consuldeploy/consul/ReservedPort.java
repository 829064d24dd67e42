package io.jenkins.plugins.consuldeploy.consul;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;

/**
 * A port that is nobody else's until it is closed: not of another test's server on any free port, nor of a connection
 * that goes out. Whoever is told its number can listen there, over and over again; as long as nobody does, connecting to
 * it is refused.
 *
 * <p>It is bound and does not listen. Linux lets a server bind such a port too if both allow the address to be reused,
 * as servers do; elsewhere it is only a port that was free a moment ago.
 */
public final class ReservedPort implements AutoCloseable {

    private static final boolean CAN_BE_HELD =
            System.getProperty("os.name").toLowerCase(java.util.Locale.ROOT).contains("linux");

    private final Socket socket = new Socket();
    private final int number;

    private ReservedPort(String ip) {
        try {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(ip, 0));
            number = socket.getLocalPort();
            if (!CAN_BE_HELD) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One of 127.0.0.1. */
    public static ReservedPort take() {
        return take("127.0.0.1");
    }

    /** @param ip such as {@code 127.0.0.2} */
    public static ReservedPort take(String ip) {
        return new ReservedPort(ip);
    }

    public int number() {
        return number;
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String toString() {
        return Integer.toString(number);
    }
}
