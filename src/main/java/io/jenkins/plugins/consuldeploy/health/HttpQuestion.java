package io.jenkins.plugins.consuldeploy.health;

import io.jenkins.plugins.consuldeploy.fleet.Host;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;

/**
 * What a host is asked by HTTP GET, and what it has to answer.
 *
 * @param path     from the slash on, with a query where there is one
 * @param port     instead of the host's own; without either 80, or 443 with TLS
 * @param tls      whether it is asked by HTTPS
 * @param verify   whether the certificate has to be valid for the host's address; a host that is asked by its IP address
 *                 seldom has such a one
 * @param headers  such as {@code Host} for a virtual host
 * @param statuses that are healthy
 * @param contains a text that a healthy body has
 * @param timeout  for one try, from the name's lookup to the end of the answer
 */
public record HttpQuestion(
        String path,
        OptionalInt port,
        boolean tls,
        boolean verify,
        Map<String, String> headers,
        HttpStatuses statuses,
        Optional<String> contains,
        Duration timeout) {

    public static final Duration TIMEOUT = Duration.ofSeconds(5);

    /** @throws IllegalArgumentException naming the field, what it has and what would be accepted */
    public HttpQuestion {
        headers = Map.copyOf(new TreeMap<>(headers));
        try {
            if (!path.startsWith("/") || new URI("http://host" + path).getFragment() != null) {
                throw new URISyntaxException(path, "no path");
            }
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(
                    "HTTP path '" + path
                            + "' can't be read; give it from the slash on, percent-encoded, such as /health",
                    e);
        }
        if (port.isPresent() && (port.getAsInt() < 1 || port.getAsInt() > 65_535)) {
            throw new IllegalArgumentException("HTTP port " + port.getAsInt() + "; give one from 1 to 65535");
        }
        if (timeout.isZero() || timeout.isNegative()) {
            throw new IllegalArgumentException("HTTP timeout " + timeout + "; it has to be above zero");
        }
        headers.forEach((name, value) -> {
            if (!name.matches("[A-Za-z0-9!#$%&'*+.^_`|~-]+") || value.chars().anyMatch(c -> c == '\r' || c == '\n')) {
                throw new IllegalArgumentException(
                        "HTTP header '" + name + "' can't be sent; give a name without spaces and a value of one line");
            }
        });
    }

    /** HTTP 200 from this path, at the host's own port. */
    public static HttpQuestion at(String path) {
        return new HttpQuestion(
                path, OptionalInt.empty(), false, true, Map.of(), HttpStatuses.of("200"), Optional.empty(), TIMEOUT);
    }

    URI of(Host host) {
        String address = host.address().contains(":") ? "[" + host.address() + "]" : host.address();
        int at = port.orElse(host.port().orElse(tls ? 443 : 80));
        return URI.create((tls ? "https://" : "http://") + address + ":" + at + path);
    }

    String describe() {
        return "HTTP " + statuses + " from " + (tls ? "https " : "")
                + (port.isPresent() ? "port " + port.getAsInt() + " " : "") + path
                + contains.map(text -> " with '" + text + "'").orElse("");
    }
}
