package io.jenkins.plugins.consuldeploy.health;

import io.jenkins.plugins.consuldeploy.fleet.Host;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.OptionalInt;

/**
 * Opens a TCP connection to a host and closes it again.
 *
 * @param port    instead of the host's own
 * @param timeout for one try
 */
public record TcpCheck(OptionalInt port, Duration timeout) implements HealthCheck {

    public static final Duration TIMEOUT = Duration.ofSeconds(5);

    /** @throws IllegalArgumentException naming the field, what it has and what would be accepted */
    public TcpCheck {
        if (port.isPresent() && (port.getAsInt() < 1 || port.getAsInt() > 65_535)) {
            throw new IllegalArgumentException("TCP port " + port.getAsInt() + "; give one from 1 to 65535");
        }
        if (timeout.toMillis() < 1 || timeout.toMillis() > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("TCP timeout " + timeout + "; give one from 1 ms to 24 days");
        }
    }

    @Override
    public Result check(Host host) throws InterruptedException {
        int at = port.orElse(host.port().orElse(-1));
        if (at < 0) {
            return Result.unhealthy("neither the TCP check nor the host " + host + " has a port");
        }
        String where = (host.address().contains(":") ? "[" + host.address() + "]" : host.address()) + ":" + at;
        try (SocketChannel channel = SocketChannel.open()) {
            InetSocketAddress address = new InetSocketAddress(host.address(), at);
            if (address.isUnresolved()) {
                return Result.unhealthy("no connection to " + where + ": the name has no address");
            }
            channel.socket().connect(address, (int) timeout.toMillis());
            return Result.healthy("a connection to " + where);
        } catch (ClosedByInterruptException e) {
            Thread.interrupted();
            throw (InterruptedException) new InterruptedException("interrupted while connecting").initCause(e);
        } catch (IOException e) {
            return Result.unhealthy("no connection to " + where + ": "
                    + (e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage()));
        }
    }

    @Override
    public String describe() {
        return "a TCP connection" + (port.isPresent() ? " to port " + port.getAsInt() : "");
    }
}
