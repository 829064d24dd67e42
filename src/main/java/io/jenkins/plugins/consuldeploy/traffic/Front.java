package io.jenkins.plugins.consuldeploy.traffic;

import io.jenkins.plugins.consuldeploy.fleet.FleetException;
import io.jenkins.plugins.consuldeploy.health.DirectHttp;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/**
 * A URL through which traffic comes, whose answer tells the color that gave it: each time on a connection of its own, past
 * proxies, whatever its status.
 *
 * @param url    such as {@code http://shop.example/}
 * @param header whose value tells; without one, the body does
 * @param texts  what of each color the value or body has in it; upper and lower case don't matter
 */
public record Front(URI url, Optional<String> header, Map<Color, String> texts) {

    private static final Duration TIMEOUT = Duration.ofSeconds(2);
    private static final DirectHttp HTTP = new DirectHttp(TIMEOUT, true);

    /** @throws IllegalArgumentException naming what can't be asked or told by */
    public Front {
        if (!"http".equals(url.getScheme()) && !"https".equals(url.getScheme()) || url.getHost() == null) {
            throw new IllegalArgumentException("front '" + url + "' can't be asked; give a whole http or https URL");
        }
        texts = Map.copyOf(texts);
        for (Color color : Color.values()) {
            if (texts.getOrDefault(color, "").isBlank()) {
                throw new IllegalArgumentException(
                        "front " + url + ": no text tells " + color + "; give one for each color");
            }
        }
    }

    /** One whose header says {@code blue} or {@code green}. */
    public static Front ofHeader(URI url, String header) {
        return new Front(url, Optional.of(header), words());
    }

    /** One whose body has {@code blue} or {@code green} in it. */
    public static Front ofBody(URI url) {
        return new Front(url, Optional.empty(), words());
    }

    /**
     * The color that answers now; empty when the answer tells none, or both.
     *
     * @throws FleetException when no answer comes
     */
    Optional<Color> ask() throws InterruptedException {
        DirectHttp.Exchange exchange = HTTP.prepare(url, Map.of());
        FutureTask<DirectHttp.Answer> answer = new FutureTask<>(exchange::run);
        Thread thread = new Thread(answer, "front");
        thread.setDaemon(true);
        thread.start();
        try {
            return told(answer.get(TIMEOUT.toNanos(), TimeUnit.NANOSECONDS));
        } catch (TimeoutException e) {
            throw new FleetException(
                    "no answer from " + this + " within " + TIMEOUT.toSeconds() + " s. Check that it runs", e);
        } catch (ExecutionException e) {
            throw new FleetException("no answer from " + this + " (" + e.getCause() + "). Check that it runs", e);
        } finally {
            exchange.abort();
        }
    }

    @Override
    public String toString() {
        return "the front " + url;
    }

    // Private

    private Optional<Color> told(DirectHttp.Answer answer) {
        String where = header.map(name -> answer.headers().getOrDefault(name.toLowerCase(Locale.ROOT), ""))
                .orElse(answer.body())
                .toLowerCase(Locale.ROOT);
        List<Color> found = Stream.of(Color.values())
                .filter(color -> where.contains(texts.get(color).toLowerCase(Locale.ROOT)))
                .toList();
        return found.size() == 1 ? Optional.of(found.get(0)) : Optional.empty();
    }

    private static Map<Color, String> words() {
        return Map.of(Color.BLUE, Color.BLUE.word(), Color.GREEN, Color.GREEN.word());
    }
}
