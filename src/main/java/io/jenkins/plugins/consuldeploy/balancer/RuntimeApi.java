package io.jenkins.plugins.consuldeploy.balancer;

import io.jenkins.plugins.consuldeploy.fleet.FleetException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.time.Duration;
import java.util.Locale;

/**
 * HAProxy's runtime API ("Unix Socket commands" of its management guide) over TCP or a unix socket: one connection a
 * command, which HAProxy closes after its answer.
 */
public final class RuntimeApi {

    private static final int BUFFER = 64 * 1024;
    private static final int HIGHEST_PORT = 65_535;
    private static final String LEVEL_COMMAND = "show cli level";
    private static final String NEEDS_ADMIN = "Its `stats socket` line needs `level admin`";

    private final String address;
    private final Duration timeout;

    /**
     * @param address {@code host:port}, {@code [address]:port}, or the path of a unix socket
     * @param timeout for connecting and the whole answer
     * @throws IllegalArgumentException naming the address and what would be accepted
     */
    public RuntimeApi(String address, Duration timeout) {
        this.address = address.strip().replaceFirst("^(unix|ipv4|ipv6)@", "");
        this.timeout = timeout;
        if (!isUnix() && (portText().isEmpty() || hostText().isEmpty() || port() < 1 || port() > HIGHEST_PORT)) {
            throw new IllegalArgumentException("HAProxy address '" + address
                    + "' can't be read; give host:port, or the path of its unix socket from / on");
        }
        if (isUnix()) {
            try {
                UnixDomainSocketAddress.of(this.address);
            } catch (InvalidPathException e) {
                throw new IllegalArgumentException("HAProxy address '" + address + "' is no path", e);
            }
        }
    }

    public String address() {
        return address;
    }

    /**
     * Sends a command that reads.
     *
     * @return what HAProxy answered, which may be an error of its own
     * @throws FleetException when it does not answer within the timeout
     */
    public String ask(String command) throws InterruptedException {
        try {
            String answer = exchange(command);
            if (answer.isBlank()) {
                throw new IOException("it closed the connection without an answer");
            }
            return answer;
        } catch (ClosedByInterruptException e) {
            Thread.interrupted();
            throw (InterruptedException) new InterruptedException("interrupted while HAProxy was asked").initCause(e);
        } catch (IOException e) {
            throw failure(command, e);
        }
    }

    /**
     * Sends a command that changes something, to which HAProxy answers with an empty line.
     *
     * @throws FleetException when it does not answer within the timeout, or with anything else
     */
    public void order(String command) throws InterruptedException {
        String answer;
        try {
            answer = exchange(command).strip();
        } catch (ClosedByInterruptException e) {
            Thread.interrupted();
            throw (InterruptedException) new InterruptedException("interrupted while HAProxy was told").initCause(e);
        } catch (IOException e) {
            throw failure(command, e);
        }
        if (!answer.isEmpty()) {
            throw refusal(command, answer);
        }
    }

    /** Says that an answer is not what the command should bring. */
    public FleetException refusal(String command, String answer) {
        String line = answer.strip().replaceAll("\\s+", " ");
        return new FleetException("HAProxy at " + address + " answered '"
                + (line.length() <= 200 ? line : line.substring(0, 200) + "…") + "' to '" + command + "'"
                + (line.startsWith("Permission denied") ? ". " + NEEDS_ADMIN : ""));
    }

    /**
     * Before anything is touched: a socket that may only read would fail at the first order.
     *
     * @throws FleetException when this socket's level is not admin, or when HAProxy does not answer
     */
    public void requireAdmin() throws InterruptedException {
        String level = ask(LEVEL_COMMAND).strip();
        if (level.equals("operator") || level.equals("user")) {
            throw new FleetException("HAProxy at " + address + " answered '" + level + "' to '" + LEVEL_COMMAND
                    + "': nothing can be changed there. " + NEEDS_ADMIN);
        }
    }

    // Private

    private FleetException failure(String command, IOException e) {
        return new FleetException(
                "could not send '" + command + "' to HAProxy at " + address + ": "
                        + (e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage())
                        + ". Check that HAProxy runs and has a `stats socket "
                        + (isUnix() ? address : "ipv4@" + address) + " level admin`",
                e);
    }

    private String exchange(String command) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + timeout.toNanos();
        try (SocketChannel channel =
                        isUnix() ? SocketChannel.open(java.net.StandardProtocolFamily.UNIX) : SocketChannel.open();
                Selector selector = Selector.open()) {
            channel.configureBlocking(false);
            SelectionKey key = channel.register(selector, SelectionKey.OP_CONNECT);
            if (!channel.connect(socketAddress())) {
                await(selector, deadline, "connecting took longer than");
                while (!channel.finishConnect()) {
                    await(selector, deadline, "connecting took longer than");
                }
            }
            key.interestOps(SelectionKey.OP_WRITE);
            ByteBuffer request = ByteBuffer.wrap((command + "\n").getBytes(StandardCharsets.UTF_8));
            while (request.hasRemaining()) {
                await(selector, deadline, "sending took longer than");
                channel.write(request);
            }
            key.interestOps(SelectionKey.OP_READ);
            return read(channel, selector, deadline);
        }
    }

    private String read(SocketChannel channel, Selector selector, long deadline)
            throws IOException, InterruptedException {
        ByteArrayOutputStream answer = new ByteArrayOutputStream();
        ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
        while (true) {
            await(selector, deadline, "the answer took longer than");
            int count = channel.read(buffer);
            if (count < 0) {
                return answer.toString(StandardCharsets.UTF_8);
            }
            answer.write(buffer.array(), 0, buffer.position());
            buffer.clear();
        }
    }

    private void await(Selector selector, long deadline, String late) throws IOException, InterruptedException {
        selector.selectedKeys().clear();
        while (selector.selectedKeys().isEmpty()) {
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                throw new SocketTimeoutException(
                        String.format(Locale.ROOT, "%s %.1f s", late, timeout.toMillis() / 1000.0));
            }
            selector.select(Math.max(1, left / 1_000_000));
            if (Thread.interrupted()) {
                throw new InterruptedException("interrupted while HAProxy at " + address + " was waited for");
            }
        }
    }

    private boolean isUnix() {
        return address.startsWith("/");
    }

    /** Looked up for each command: the address of a name may change during a release. */
    private SocketAddress socketAddress() throws IOException {
        if (isUnix()) {
            return UnixDomainSocketAddress.of(address);
        }
        InetSocketAddress resolved = new InetSocketAddress(hostText(), port());
        if (resolved.isUnresolved()) {
            throw new UnknownHostException("the name " + hostText() + " has no address");
        }
        return resolved;
    }

    private String hostText() {
        String host = address.substring(0, Math.max(0, address.lastIndexOf(':')));
        return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
    }

    private String portText() {
        return address.substring(address.lastIndexOf(':') + 1);
    }

    private int port() {
        try {
            return Integer.parseInt(portText());
        } catch (NumberFormatException e) {
            return -1;
        }
    }
}
