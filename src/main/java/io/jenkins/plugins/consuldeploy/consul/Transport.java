package io.jenkins.plugins.consuldeploy.consul;

import com.ecwid.consul.transport.HttpRequest;
import com.ecwid.consul.transport.HttpResponse;
import com.ecwid.consul.transport.TransportException;
import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonParseException;
import com.google.gson.TypeAdapter;
import io.jenkins.plugins.consuldeploy.time.TimeSource;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.logging.Logger;
import java.util.regex.Pattern;
import org.apache.http.conn.ConnectTimeoutException;

/**
 * Sends requests to one Consul, rides out its short outages, and turns everything else into a {@link ConsulException}
 * with words.
 */
final class Transport implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(Transport.class.getName());
    private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);
    private static final int NOT_FOUND = 404;
    private static final int TOO_MANY = 429;
    /** Consul answers most mistakes of a caller with 500 too; these words are in their texts. */
    private static final Pattern CALLERS_MISTAKE =
            Pattern.compile("(?i)\\b(?:invalid|missing|exceeds|does not (?:have|permit)|must be)\\b");

    private static final TypeAdapter<JsonElement> JSON = new Gson().getAdapter(JsonElement.class);
    /** A transaction that was rolled back, and a check that does not hold: answers, not failures. */
    private static final Set<Integer> ANSWERS = Set.of(200, NOT_FOUND, 409);

    private final ConsulConfig config;
    private final TimeSource time;
    private final HttpDoor door;
    private final LibraryTransport library;
    private volatile boolean hasAnswered;
    private volatile boolean closed;

    Transport(ConsulConfig config, TimeSource time) {
        this.config = config;
        this.time = time;
        this.door = new HttpDoor(config);
        this.library = new LibraryTransport(door);
    }

    TimeSource time() {
        return time;
    }

    ConsulConfig config() {
        return config;
    }

    long requests() {
        return door.requests();
    }

    boolean isClosed() {
        return closed;
    }

    /** Runs a watch's queries so that cancelling {@code token} ends them at once. */
    <T> T cancellable(Cancellation token, Supplier<T> queries) {
        door.cancelWith(token);
        try {
            return queries.get();
        } finally {
            token.detach();
            door.cancelWith(null);
        }
    }

    Answer get(Call call) {
        return ridingOut(call, () -> library.makeGetRequest(request(reading(call), null)));
    }

    Answer put(Call call, String body) {
        return ridingOut(call, () -> library.makePutRequest(request(call, body)));
    }

    Answer delete(Call call) {
        return ridingOut(call, () -> library.makeDeleteRequest(request(call, null)));
    }

    /** Rides out an outage for {@link BlockingQuery#NOW} alone: a watch has its own patience. */
    Answer get(Call call, BlockingQuery from) {
        return from.equals(BlockingQuery.NOW)
                ? get(call)
                : once(call, () -> library.makeGetRequest(request(reading(call), null)));
    }

    /** One try, in the consistency that the call itself asks for. */
    Answer getOnce(Call call) {
        return once(call, () -> library.makeGetRequest(request(call, null)));
    }

    /** One try, no riding out: for what is tried again by itself. */
    Answer putOnce(Call call, String body) {
        return once(call, () -> library.makePutRequest(request(call, body)));
    }

    /** What Consul answered: 200, 404 for nothing there, 409 for a transaction that was rolled back. */
    record Answer(int status, String body, long index) {

        boolean found() {
            return status != NOT_FOUND;
        }
    }

    /** Reads an answer's body; what is not the JSON that Consul sends is reported with the call that it answers. */
    <T> T read(Call call, Answer answer, Function<JsonElement, T> reading) {
        try {
            return reading.apply(json(call, answer));
        } catch (ConsulException e) {
            throw e;
        } catch (RuntimeException e) { // whatever the parser says of what Consul never sends
            throw notConsul(call, answer, e);
        }
    }

    /** Parses an answer's body; what is no JSON is reported with the call that it answers. */
    JsonElement json(Call call, Answer answer) {
        try {
            if (answer.found()) {
                return JSON.fromJson(answer.body());
            }
        } catch (IOException | JsonParseException e) {
            throw notConsul(call, answer, e);
        }
        throw notConsul(call, answer, null);
    }

    /** Reads an answer that is {@code true} or {@code false}. */
    boolean readBoolean(Call call, Answer answer) {
        return read(call, answer, json -> {
            if (!json.getAsJsonPrimitive().isBoolean()) {
                throw new IllegalStateException("neither true nor false");
            }
            return json.getAsBoolean();
        });
    }

    /** Like {@link #read}, with {@code absent} where Consul says that there is nothing. */
    <T> T readOr(T absent, Call call, Answer answer, Function<JsonElement, T> reading) {
        // Consul says of which index nothing is there; somebody else's "page not found" does not.
        return answer.found() || answer.index() == 0 ? read(call, answer, reading) : absent;
    }

    // Private

    private Call reading(Call call) {
        return switch (config.consistency()) {
            case DEFAULT -> call;
            case CONSISTENT -> call.with("consistent");
            case STALE -> call.with("stale");
        };
    }

    private HttpRequest request(Call call, String body) {
        StringBuilder url = new StringBuilder(config.address().toString()).append(call.path());
        char separator = '?';
        if (config.datacenter().isPresent()) {
            url.append("?dc=").append(Call.encode(config.datacenter().get()));
            separator = '&';
        }
        for (String parameter : call.query()) {
            url.append(separator).append(parameter);
            separator = '&';
        }
        return HttpRequest.Builder.newBuilder()
                .setUrl(url.toString())
                .setBinaryContent((body == null ? "" : body).getBytes(StandardCharsets.UTF_8))
                .build();
    }

    private Answer once(Call call, Supplier<HttpResponse> send) {
        try {
            return attempt(call, send, time.nanoTime());
        } catch (TryAgain e) {
            throw e.unreachable;
        }
    }

    private Answer ridingOut(Call call, Supplier<HttpResponse> send) {
        long start = time.nanoTime();
        Duration pause = FIRST_PAUSE;
        while (true) {
            try {
                return attempt(call, send, start);
            } catch (TryAgain e) {
                if (time.since(start).plus(pause).compareTo(patience()) > 0) {
                    throw e.unreachable;
                }
                LOG.fine(() -> e.unreachable.getMessage() + "; trying again");
            }
            try {
                time.sleep(time.jittered(pause, 0.5));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new ConsulException.Interrupted("interrupted while waiting for Consul to " + call.doing(), e);
            }
            pause = min(pause.multipliedBy(2), LONGEST_PAUSE);
        }
    }

    private Duration patience() {
        return hasAnswered ? config.outageLimit() : min(config.outageLimit(), ConsulConfig.FIRST_ANSWER_LIMIT);
    }

    private Answer attempt(Call call, Supplier<HttpResponse> send, long start) {
        if (closed) {
            throw new IllegalStateException(
                    "could not " + call.doing() + ": this client of Consul at " + config.address() + " was closed");
        }
        door.enter(call);
        try {
            HttpResponse response = send.get();
            return answer(call, response, start);
        } catch (TransportException e) {
            throw noAnswer(call, e, start);
        } finally {
            door.leave();
        }
    }

    private Answer answer(Call call, HttpResponse response, long start) {
        int status = response.getStatusCode();
        String said = response.getContent() == null ? "" : response.getContent().strip();
        if (ANSWERS.contains(status)) {
            hasAnswered = true;
            return new Answer(
                    status, said, Optional.ofNullable(response.getConsulIndex()).orElse(0L));
        }
        if (status == 403 || status == 401) {
            hasAnswered = true;
            throw new ConsulException.Forbidden("Consul at " + config.address() + " forbids to " + call.doing()
                    + " (HTTP "
                    + status + ": " + shortened(said) + "). "
                    + (config.token().isPresent() ? "The token" : "No token was sent; the anonymous one") + " needs "
                    + call.permission());
        }
        if ((status >= 500 && !CALLERS_MISTAKE.matcher(said).find()) || status == TOO_MANY) {
            ConsulException.Unreachable failure = new ConsulException.Unreachable(
                    "could not " + call.doing() + ": Consul at " + config.address() + " answered HTTP " + status + " ("
                            + shortened(said) + ") for " + seconds(start)
                            + ". If this lasts, look at `consul operator raft list-peers` and the servers' logs",
                    null);
            boolean neverDone = status == TOO_MANY || hasNoLeader(said);
            throw neverDone || call.repeatable() ? new TryAgain(failure) : failure;
        }
        hasAnswered = true;
        throw new ConsulException.Refused(
                "could not " + call.doing() + ": Consul at " + config.address() + " answered HTTP " + status + " ("
                        + shortened(said) + ")",
                null);
    }

    /** Without a leader nothing was written, so even what must not happen twice may be sent again. */
    private static boolean hasNoLeader(String said) {
        return said.contains("No cluster leader")
                || said.contains("No known Consul servers")
                || said.contains("is not the leader");
    }

    private ConsulException.Refused notConsul(Call call, Answer answer, Exception cause) {
        return new ConsulException.Refused(
                "could not " + call.doing() + ": what answered at " + config.address()
                        + " is not Consul, for this is not what Consul says (HTTP " + answer.status() + "): "
                        + shortened(answer.body()) + ". Check the address",
                cause);
    }

    private RuntimeException noAnswer(Call call, TransportException e, long start) {
        Throwable cause = e.getCause() == null ? e : e.getCause();
        Optional<String> tls = TlsFailure.advice(config, cause);
        ConsulException.Unreachable failure = new ConsulException.Unreachable(
                "could not " + call.doing() + ": no answer from Consul at " + config.address() + " for "
                        + seconds(start) + " (" + describe(cause) + "). "
                        + tls.orElse("Check the address and that a Consul agent runs there"),
                cause);
        if (TlsFailure.isLasting(cause)) {
            return failure;
        }
        boolean neverSent = cause instanceof ConnectException
                || cause instanceof ConnectTimeoutException
                || cause instanceof NoRouteToHostException
                || cause instanceof UnknownHostException;
        return neverSent || call.repeatable() ? new TryAgain(failure) : failure;
    }

    private static String describe(Throwable cause) {
        String message = cause.getMessage();
        String kind = cause instanceof IOException
                ? cause.getClass().getSimpleName()
                : cause.getClass().getName();
        return message == null ? kind : kind + ": " + message;
    }

    private String seconds(long start) {
        return String.format(java.util.Locale.ROOT, "%.1f s", time.since(start).toMillis() / 1000.0);
    }

    private static String shortened(String text) {
        String line = text.replaceAll("\\s+", " ");
        return line.length() <= 300 ? line : line.substring(0, 300) + "…";
    }

    private static Duration min(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }

    @Override
    public void close() {
        closed = true;
        try {
            door.close();
        } catch (IOException e) {
            LOG.fine(() -> "closing the connections to " + config.address() + ": " + e);
        }
    }

    /** A failure that may pass; it never leaves this class. */
    private static final class TryAgain extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final ConsulException.Unreachable unreachable;

        TryAgain(ConsulException.Unreachable unreachable) {
            super(null, unreachable, false, false);
            this.unreachable = unreachable;
        }
    }
}
