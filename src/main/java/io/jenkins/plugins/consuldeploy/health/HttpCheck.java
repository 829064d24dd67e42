package io.jenkins.plugins.consuldeploy.health;

import io.jenkins.plugins.consuldeploy.fleet.Host;
import java.io.IOException;
import java.net.URI;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Asks a host by HTTP GET.
 *
 * <p>Each try has a connection of its own, for one that was kept open could still reach the process that is on its way
 * out. It goes to the host directly, through no proxy, and follows no redirect: that is a status like any other.
 */
public final class HttpCheck implements HealthCheck {

    private static final int QUOTED = 120;

    private final HttpQuestion question;
    private final DirectHttp http;
    /** So that a try ends on time whatever it hangs at; its threads go by themselves. */
    private final ExecutorService threads =
            new ThreadPoolExecutor(0, Integer.MAX_VALUE, 10, TimeUnit.SECONDS, new SynchronousQueue<>(), task -> {
                Thread thread = new Thread(task, "http-check");
                thread.setDaemon(true);
                return thread;
            });

    public HttpCheck(HttpQuestion question) {
        this.question = question;
        this.http = new DirectHttp(question.timeout(), question.verify());
    }

    @Override
    public Result check(Host host) throws InterruptedException {
        URI uri;
        try {
            uri = question.of(host);
        } catch (IllegalArgumentException e) {
            return Result.unhealthy("no HTTP address can be made of the host's, '" + host.address() + "'");
        }
        DirectHttp.Exchange exchange = http.prepare(uri, question.headers());
        Future<DirectHttp.Answer> answer = threads.submit(exchange::run);
        try {
            return judge(uri, answer.get(question.timeout().toNanos(), TimeUnit.NANOSECONDS));
        } catch (TimeoutException e) {
            return Result.unhealthy(String.format(
                    Locale.ROOT,
                    "no answer from %s within %.1f s",
                    uri,
                    question.timeout().toMillis() / 1000.0));
        } catch (ExecutionException e) {
            return Result.unhealthy("no answer from " + uri + " (" + describe(e.getCause()) + ")");
        } finally {
            exchange.abort();
        }
    }

    @Override
    public String describe() {
        return question.describe();
    }

    // Private

    private Result judge(URI uri, DirectHttp.Answer answer) {
        String from = "HTTP " + answer.status() + " from " + uri;
        if (!question.statuses().contains(answer.status())) {
            return Result.unhealthy(from + quoted(answer.body()));
        }
        if (question.contains().isPresent()
                && !answer.body().contains(question.contains().get())) {
            return Result.unhealthy(from + " without '" + question.contains().get() + "'" + quoted(answer.body()));
        }
        return Result.healthy(from);
    }

    private static String quoted(String body) {
        String line = body.strip().replaceAll("\\s+", " ");
        if (line.isEmpty()) {
            return "";
        }
        return ": '" + (line.length() <= QUOTED ? line : line.substring(0, QUOTED) + "…") + "'";
    }

    private static String describe(Throwable cause) {
        String kind = cause instanceof IOException
                ? cause.getClass().getSimpleName()
                : cause.getClass().getName();
        return cause.getMessage() == null ? kind : kind + ": " + cause.getMessage();
    }
}
