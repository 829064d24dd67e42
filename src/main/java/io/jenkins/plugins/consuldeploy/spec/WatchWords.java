package io.jenkins.plugins.consuldeploy.spec;

import io.jenkins.plugins.consuldeploy.fleet.Host;
import io.jenkins.plugins.consuldeploy.fleet.HostCommand;
import io.jenkins.plugins.consuldeploy.health.CommandCheck;
import io.jenkins.plugins.consuldeploy.health.FrontWatch;
import io.jenkins.plugins.consuldeploy.health.HealthCheck;
import io.jenkins.plugins.consuldeploy.health.HttpCheck;
import io.jenkins.plugins.consuldeploy.health.Watch;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** The word {@code watch}: what visitors get while traffic moves, by visits through the front or by a command. */
final class WatchWords {

    /** A command is asked for what a monitoring system knows, which is slower, and is believed at its first word. */
    private static final Duration COMMAND_INTERVAL = Duration.ofSeconds(1);

    private static final double ALL = 100;

    private WatchWords() {}

    static Watch read(Words watch, Map<String, String> variables, Surroundings with) {
        String kind = watch.choice("http", "command");
        return kind.equals("http")
                ? http(HostWords.named(watch, kind, "url"), with)
                : command(HostWords.named(watch, kind, "command"), variables, with);
    }

    // Private

    private static Watch http(Words words, Surroundings with) {
        words.only("url", "verify", "headers", "status", "contains", "timeout", "interval", "window", "least", "limit");
        String text = words.text("url");
        URI url = words.checked("url", text, () -> url(text));
        Host front = new Host(
                text,
                text,
                url.getHost().replaceAll("^\\[|]$", ""),
                url.getPort() < 0 ? OptionalInt.empty() : OptionalInt.of(url.getPort()),
                Optional.empty());
        String path = (url.getRawPath().isEmpty() ? "/" : url.getRawPath())
                + (url.getRawQuery() == null ? "" : "?" + url.getRawQuery());
        HealthCheck asked = new HttpCheck(
                CheckWords.question(words, "url", text, path, OptionalInt.empty(), "https".equals(url.getScheme())));
        return watch(words, asked, front, FrontWatch.INTERVAL, FrontWatch.LEAST, FrontWatch.LIMIT, with);
    }

    private static Watch command(Words words, Map<String, String> variables, Surroundings with) {
        words.only("command", "timeout", "interval", "window", "least", "limit");
        HealthCheck asked = new CommandCheck(
                new HostCommand(words.text("command"), words.time("timeout", CommandCheck.TIMEOUT)),
                variables,
                with.commands());
        Host front = new Host("the front", "front", "localhost", OptionalInt.empty(), Optional.empty());
        return watch(words, asked, front, COMMAND_INTERVAL, 1, 0, with);
    }

    private static Watch watch(
            Words words, HealthCheck asked, Host front, Duration interval, int least, double limit, Surroundings with) {
        int window = words.number("window", FrontWatch.WINDOW, 1, Integer.MAX_VALUE);
        int enough = words.number("least", Math.min(least, window), 1, window);
        return new FrontWatch(
                asked,
                front,
                words.time("interval", interval),
                window,
                enough,
                limit(words, limit),
                with.consul().time());
    }

    private static double limit(Words words, double otherwise) {
        return words.optionalText("limit")
                .map(text -> {
                    String number = text.strip().replaceFirst("%$", "");
                    if (!number.matches("[0-9]{1,3}(\\.[0-9]{1,6})?") || Double.parseDouble(number) > ALL) {
                        throw words.bad("limit", text, "a share of failures, from 0% to 100%, such as 5%");
                    }
                    return Double.parseDouble(number);
                })
                .orElse(otherwise);
    }

    private static URI url(String text) {
        URI url = URI.create(text);
        if (!"http".equals(url.getScheme()) && !"https".equals(url.getScheme()) || url.getHost() == null) {
            throw new IllegalArgumentException("a whole URL is wanted here, such as http://shop.example/");
        }
        return url;
    }
}
