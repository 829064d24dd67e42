package io.jenkins.plugins.consuldeploy.spec;

import io.jenkins.plugins.consuldeploy.event.Filters;
import io.jenkins.plugins.consuldeploy.fleet.Host;
import io.jenkins.plugins.consuldeploy.fleet.HostCommand;
import io.jenkins.plugins.consuldeploy.health.CommandCheck;
import io.jenkins.plugins.consuldeploy.health.ConsulHealthCheck;
import io.jenkins.plugins.consuldeploy.health.ConsulNodeCheck;
import io.jenkins.plugins.consuldeploy.health.HealthCheck;
import io.jenkins.plugins.consuldeploy.health.HostCheck;
import io.jenkins.plugins.consuldeploy.health.HttpCheck;
import io.jenkins.plugins.consuldeploy.health.HttpQuestion;
import io.jenkins.plugins.consuldeploy.health.HttpStatuses;
import io.jenkins.plugins.consuldeploy.health.Patience;
import io.jenkins.plugins.consuldeploy.health.Probe;
import io.jenkins.plugins.consuldeploy.health.TcpCheck;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;

/** The word {@code check}: what a host has to pass after its update. */
final class CheckWords {

    private static final String[] KINDS = {"http", "tcp", "consul", "consulNode", "command"};
    private static final Duration INTERVAL = Duration.ofMillis(200);

    private CheckWords() {}

    static HostCheck read(Words check, Map<String, String> variables, Surroundings with) {
        String kind = check.choice(KINDS);
        Words words =
                switch (kind) {
                    case "http" -> HostWords.named(check, kind, "path");
                    case "consul" -> HostWords.named(check, kind, "service");
                    case "command" -> HostWords.named(check, kind, "command");
                    default -> check.words(kind);
                };
        HealthCheck asked =
                switch (kind) {
                    case "http" -> http(words);
                    case "tcp" -> {
                        words.only("port", "timeout", "interval", "successes");
                        yield new TcpCheck(words.port("port"), words.time("timeout", TcpCheck.TIMEOUT));
                    }
                    case "consul" -> {
                        words.only("service", "interval", "successes");
                        yield new ConsulHealthCheck(with.consul(), words.text("service"));
                    }
                    case "consulNode" -> {
                        words.only("service", "tag", "interval", "successes");
                        yield new ConsulNodeCheck(
                                with.consul(),
                                Filters.of(Optional.empty(), words.optionalText("service"), words.optionalText("tag")));
                    }
                    default -> {
                        words.only("command", "timeout", "interval", "successes");
                        yield new CommandCheck(
                                new HostCommand(words.text("command"), words.time("timeout", CommandCheck.TIMEOUT)),
                                variables,
                                with.commands());
                    }
                };
        Duration interval = words.time("interval", INTERVAL);
        int successes = words.number("successes", 1, 1, Integer.MAX_VALUE);
        return new HostCheck() {
            @Override
            public Optional<String> await(Host host, Duration timeout) throws InterruptedException {
                return illness(probe(timeout).await(host));
            }

            @Override
            public Optional<String> again(Host host, Duration timeout) throws InterruptedException {
                return illness(probe(timeout).again(host));
            }

            private Probe probe(Duration timeout) {
                return new Probe(
                        asked,
                        new Patience(timeout, interval, successes),
                        with.consul().time());
            }

            private Optional<String> illness(HealthCheck.Result result) {
                return result.healthy() ? Optional.empty() : Optional.of(result.detail());
            }

            @Override
            public String describe() {
                return asked.describe() + (successes > 1 ? ", " + successes + " times in a row" : "");
            }
        };
    }

    /**
     * What is asked by HTTP there: all of it but where.
     *
     * @param field where the path stands, in {@code shown}
     */
    static HttpQuestion question(Words words, String field, String shown, String path, OptionalInt port, boolean tls) {
        Map<String, String> headers = new TreeMap<>();
        words.optionalWords("headers")
                .ifPresent(pairs -> pairs.asMap().keySet().forEach(name -> headers.put(name, pairs.text(name))));
        String statusText = words.optionalText("status").orElse("200");
        HttpStatuses statuses = words.checked("status", statusText, () -> HttpStatuses.of(statusText));
        boolean verify = words.flag("verify", true);
        Optional<String> contains = words.optionalText("contains");
        Duration timeout = words.time("timeout", HttpQuestion.TIMEOUT);
        return words.checked(
                field, shown, () -> new HttpQuestion(path, port, tls, verify, headers, statuses, contains, timeout));
    }

    // Private

    private static HealthCheck http(Words words) {
        words.only(
                "path", "port", "tls", "verify", "headers", "status", "contains", "timeout", "interval", "successes");
        OptionalInt port = words.port("port");
        boolean tls = words.flag("tls", false);
        String path = words.optionalText("path").orElse("/");
        return new HttpCheck(question(words, "path", path, path, port, tls));
    }
}
