package io.jenkins.plugins.consuldeploy.bluegreen;

import io.jenkins.plugins.consuldeploy.consul.ConsulException;
import io.jenkins.plugins.consuldeploy.fleet.FleetException;
import io.jenkins.plugins.consuldeploy.fleet.Host;
import io.jenkins.plugins.consuldeploy.fleet.HostSource;
import io.jenkins.plugins.consuldeploy.fleet.SideBySide;
import io.jenkins.plugins.consuldeploy.health.HostCheck;
import io.jenkins.plugins.consuldeploy.health.Watch;
import io.jenkins.plugins.consuldeploy.time.TimeSource;
import io.jenkins.plugins.consuldeploy.traffic.Color;
import io.jenkins.plugins.consuldeploy.traffic.Going;
import io.jenkins.plugins.consuldeploy.traffic.Shares;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What a switch does to colors and traffic. Each says why it could not; an answer that Consul or a platform refuses is
 * such a why, and whether that Consul is gone altogether shows at the next transition.
 */
final class ColorActs implements AutoCloseable {

    private static final Duration LOOK_UP = Duration.ofMillis(200);
    private static final int TRIES_BACK = 3;

    private final SwitchSpec spec;
    private final SwitchRecord record;
    private final SwitchListener listener;
    private final TimeSource time;
    private Optional<Watch.Watching> watching = Optional.empty();

    ColorActs(SwitchSpec spec, SwitchRecord record, SwitchListener listener, TimeSource time) {
        this.spec = spec;
        this.record = record;
        this.listener = listener;
        this.time = time;
    }

    /** The color's hosts now; none where its deployment is to bring them. */
    List<Host> hosts(Color color) throws InterruptedException {
        return spec.hosts().get(color).find();
    }

    /** Each of its hosts is asked directly, until it is well or the time for it is over. */
    Optional<String> check(Color color) throws InterruptedException {
        return check(color, HostCheck::await);
    }

    /** The same of a color that was well before: there is no waiting for it while it may have traffic. */
    Optional<String> checkAgain(Color color) throws InterruptedException {
        return check(color, HostCheck::again);
    }

    Optional<String> prepare(Color color) throws InterruptedException {
        return tried(() -> spec.traffic()
                .prepare(color, spec.policy().moveTimeout())
                .map(why -> spec.traffic().name() + " is not ready for " + color + ": " + why));
    }

    Optional<String> move(Shares to) throws InterruptedException {
        return tried(() -> {
            spec.traffic().move(to, spec.policy().moveTimeout());
            return Optional.empty();
        });
    }

    /** Moves everything back to a color that does it, and does not give up at the first refusal. */
    Optional<String> moveBack(Color to) throws InterruptedException {
        Optional<String> refused = Optional.empty();
        for (int i = 0; i < TRIES_BACK; i++) {
            refused = tried(() -> {
                spec.traffic().moveBack(to, spec.policy().moveTimeout());
                return Optional.empty();
            });
            if (refused.isEmpty()) {
                return refused;
            }
            listener.note("could not move all traffic to " + to + " yet: " + refused.get());
            time.sleep(LOOK_UP);
        }
        return refused;
    }

    Optional<String> drain(Color color) throws InterruptedException {
        return tried(() -> spec.traffic().drain(color, spec.policy().drainTimeout()));
    }

    /** Where traffic goes; empty where that is not to be found out. */
    Optional<Going> going() throws InterruptedException {
        try {
            return Optional.of(spec.traffic().read());
        } catch (FleetException | ConsulException e) {
            listener.note("could not find out where traffic goes: " + e.getMessage());
            return Optional.empty();
        }
    }

    /** Looks at what visitors get from now on, where that is wanted. */
    void watch() {
        if (watching.isEmpty()) {
            watching = spec.watch().map(Watch::begin);
        }
    }

    /** Watches for so long, and then asks the color's hosts again. */
    Optional<String> observe(Color color, Duration length) throws InterruptedException {
        watch();
        long start = time.nanoTime();
        for (Duration left = length; left.compareTo(Duration.ZERO) > 0; left = length.minus(time.since(start))) {
            record.checkOurs();
            time.sleep(left.compareTo(LOOK_UP) < 0 ? left : LOOK_UP);
            Optional<String> trouble = watching.flatMap(Watch.Watching::trouble);
            if (trouble.isPresent()) {
                return trouble;
            }
        }
        Optional<String> ill = checkAgain(color);
        if (ill.isPresent() || watching.isEmpty()) {
            return ill;
        }
        return watching.get().verdict();
    }

    /** Waits until then; the lock is kept meanwhile. */
    void pause(Duration length) throws InterruptedException {
        long start = time.nanoTime();
        for (Duration left = length; left.compareTo(Duration.ZERO) > 0; left = length.minus(time.since(start))) {
            record.checkOurs();
            time.sleep(left.compareTo(LOOK_UP) < 0 ? left : LOOK_UP);
        }
    }

    @Override
    public void close() {
        watching.ifPresent(Watch.Watching::close);
        watching = Optional.empty();
    }

    // Private

    private interface Asking {
        Optional<String> ask(HostCheck check, Host host, Duration timeout) throws InterruptedException;
    }

    private interface Act {
        Optional<String> run() throws InterruptedException;
    }

    private Optional<String> check(Color color, Asking asking) throws InterruptedException {
        if (spec.check().isEmpty()) {
            return Optional.empty();
        }
        return tried(() -> {
            HostSource source = spec.hosts().get(color);
            List<Host> hosts = source.find();
            if (hosts.isEmpty()) {
                return Optional.of(color + " has no hosts: " + source.describe() + " has none");
            }
            TreeMap<String, String> ill = new TreeMap<>();
            SideBySide.run(
                    "check",
                    hosts,
                    host -> asking.ask(spec.check().get(), host, spec.policy().checkTimeout()),
                    record::checkOurs,
                    (host, failure) -> failure.ifPresent(why -> ill.put(host.toString(), why)));
            return ill.isEmpty()
                    ? Optional.empty()
                    : Optional.of(color + " has not passed its checks: "
                            + ill.entrySet().stream()
                                    .map(one -> one.getKey() + ": " + one.getValue())
                                    .collect(Collectors.joining("; ")));
        });
    }

    private Optional<String> tried(Act act) throws InterruptedException {
        record.checkOurs();
        try {
            return act.run();
        } catch (FleetException | ConsulException e) {
            return Optional.of(e.getMessage());
        }
    }
}
