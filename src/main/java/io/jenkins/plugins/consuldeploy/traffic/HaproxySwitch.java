package io.jenkins.plugins.consuldeploy.traffic;

import io.jenkins.plugins.consuldeploy.balancer.HaproxyServer;
import io.jenkins.plugins.consuldeploy.balancer.RuntimeApi;
import io.jenkins.plugins.consuldeploy.fleet.FleetException;
import io.jenkins.plugins.consuldeploy.fleet.Host;
import io.jenkins.plugins.consuldeploy.phase.Durations;
import io.jenkins.plugins.consuldeploy.time.TimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One HAProxy or several, 1.8 or newer, through their runtime API: the colors are servers of one backend, or a backend
 * each.
 *
 * <p>In HTTP mode HAProxy finds a server for each request anew, those of kept-alive connections too: from a move on every
 * new request goes where it says, and nothing that is under way is cut off. In TCP mode that holds for connections.
 * Users whom a cookie or a stick table ties to a server stay there (HAProxy's {@code drain} and a weight of 0 mean that
 * alike): behind such a backend the old color is not drained before they are gone.
 *
 * <p>What is set here HAProxy forgets at a restart or reload, unless its configuration loads its state
 * ({@code load-server-state-from-file}); {@link #read} then tells what its configuration says.
 *
 * <p>It throws {@link FleetException}, naming the socket, the command and HAProxy's answer. It keeps no state and may be
 * used by several threads.
 */
public final class HaproxySwitch implements TrafficSwitch {

    /** For connecting and the whole answer to one command. */
    public static final Duration TIMEOUT = Duration.ofSeconds(5);

    private static final Duration ASK_AGAIN = Duration.ofMillis(20);
    /** HAProxy reads commands into a buffer of {@code tune.bufsize}, 16384 bytes by default. */
    private static final int LONGEST_LINE = 8000;

    private final List<Instance> instances;
    private final HaproxyLayout layout;
    private final TimeSource time;

    private HaproxySwitch(List<String> addresses, HaproxyLayout layout, TimeSource time) {
        if (addresses.isEmpty()) {
            throw new IllegalArgumentException("no HAProxy is named; give the address of its runtime API");
        }
        this.layout = layout;
        this.time = time;
        this.instances = addresses.stream()
                .map(address -> new Instance(new RuntimeApi(address, TIMEOUT)))
                .toList();
    }

    /**
     * The colors are servers of one backend. A host's server is the one of its name, or else each one at its address and
     * port. How the servers of a color share its part is as their configured weights say, or evenly where those are 0.
     *
     * @param addresses each {@code host:port} or the path of a unix socket, with {@code level admin}
     * @param hosts     of each color; one that has none yet gets no traffic
     * @throws IllegalArgumentException naming the address or the backend that can't be one
     */
    public static HaproxySwitch ofServers(
            List<String> addresses, String backend, Map<Color, List<Host>> hosts, TimeSource time) {
        return new HaproxySwitch(addresses, new HaproxyServers(backend, hosts), time);
    }

    /**
     * The colors are a backend each, and a map file of HAProxy's says how much of the traffic green gets, in percent.
     *
     * @param backends by color
     * @param map      the file, as HAProxy's configuration names it
     * @param key      in that file
     * @throws IllegalArgumentException naming what can't be one
     */
    public static HaproxySwitch ofBackends(
            List<String> addresses, Map<Color, String> backends, String map, String key, TimeSource time) {
        return new HaproxySwitch(addresses, new HaproxyMap(backends, map, key), time);
    }

    @Override
    public String name() {
        return "haproxy:"
                + String.join(
                        ",",
                        instances.stream()
                                .map(instance -> instance.api().address())
                                .toList()) + "/" + layout.name();
    }

    /**
     * {@inheritDoc} That is where HAProxy is told to send it: a color whose servers are all down still counts, for its
     * requests are answered with 503.
     */
    @Override
    public Going read() throws InterruptedException {
        return AllOrNone.read(instances);
    }

    /**
     * {@inheritDoc} Ready is a color that has servers, all of them UP by HAProxy's own checks or without any. A server
     * in maintenance is set to drain, so that it is checked.
     */
    @Override
    public Optional<String> prepare(Color color, Duration timeout) throws InterruptedException {
        for (Instance instance : instances) {
            instance.api().requireAdmin();
            order(instance.api(), layout.preparing(layout.see(instance.api()), color));
        }
        return await(
                timeout,
                color,
                (seen, one) -> seen.servers().get(one).isEmpty()
                        ? List.of(one + " has no servers in the backend " + layout.backend(one))
                        : seen.servers().get(one).stream()
                                .filter(server -> !server.isUp())
                                .map(server -> server.path()
                                        + (server.isSlowlyStarting()
                                                ? " is in its slow start"
                                                : " is not UP by HAProxy's own checks"))
                                .toList());
    }

    /** {@inheritDoc} What gains traffic is told first, so that there is no moment without a color. */
    @Override
    public void move(Shares to, Duration timeout) throws InterruptedException {
        AllOrNone.move(instances, to, timeout, time);
    }

    @Override
    public void moveBack(Color to, Duration timeout) throws InterruptedException {
        AllOrNone.moveBack(instances, to, timeout, time);
    }

    /**
     * {@inheritDoc} Drained is a color whose servers have no session and no request in their queue; idle connections that
     * HAProxy keeps open to them don't count, and neither does what an older process still has after a reload.
     */
    @Override
    public Optional<String> drain(Color color, Duration timeout) throws InterruptedException {
        return await(timeout, color, (seen, one) -> {
            List<String> left = new ArrayList<>();
            if (seen.shares().of(one) > 0) {
                left.add(one + " still gets " + seen.shares().of(one) + "% of the traffic");
            }
            for (HaproxyServer server : seen.servers().get(one)) {
                if (server.sessions() + server.queued() > 0) {
                    left.add(server.path() + " has " + (server.sessions() + server.queued()) + " sessions");
                }
            }
            return left;
        });
    }

    @Override
    public List<String> describe(Shares to) {
        List<String> lines = new ArrayList<>();
        for (Instance instance : instances) {
            lines.add(instance.name() + ": wait until HAProxy finds the servers of "
                    + to.live().map(Color::word).orElse("both colors") + " healthy");
        }
        for (Instance instance : instances) {
            lines.add(instance.name() + ": " + layout.describe(to));
        }
        to.live()
                .ifPresent(color ->
                        lines.add("wait until the servers of " + color.other() + " have no session and no queue"));
        return lines;
    }

    // Private

    private interface Question {
        List<String> about(HaproxyLayout.Seen seen, Color color);
    }

    private Optional<String> await(Duration timeout, Color color, Question question) throws InterruptedException {
        long start = time.nanoTime();
        while (true) {
            List<String> left = new ArrayList<>();
            for (Instance instance : instances) {
                question.about(layout.see(instance.api()), color)
                        .forEach(reason -> left.add(reason + " (" + instance.name() + ")"));
            }
            if (left.isEmpty()) {
                return Optional.empty();
            }
            if (time.since(start).compareTo(timeout) >= 0) {
                return Optional.of(String.join("; ", left) + ", after " + Durations.show(timeout));
            }
            time.sleep(ASK_AGAIN);
        }
    }

    /** In one connection each, as many as its buffer surely holds. */
    private static void order(RuntimeApi api, List<String> commands) throws InterruptedException {
        StringBuilder line = new StringBuilder();
        for (String command : commands) {
            if (line.length() + command.length() > LONGEST_LINE) {
                api.order(line.toString());
                line.setLength(0);
            }
            line.append(line.length() == 0 ? "" : ";").append(command);
        }
        if (line.length() > 0) {
            api.order(line.toString());
        }
    }

    /** One HAProxy. */
    private final class Instance implements AllOrNone.Part {
        private final RuntimeApi api;

        Instance(RuntimeApi api) {
            this.api = api;
        }

        RuntimeApi api() {
            return api;
        }

        @Override
        public String name() {
            return "HAProxy at " + api.address();
        }

        @Override
        public AllOrNone.Held hold() throws InterruptedException {
            HaproxyLayout.Seen before = layout.see(api);
            return new AllOrNone.Held() {
                @Override
                public Shares shares() {
                    return before.shares();
                }

                @Override
                public void move(Shares to) throws InterruptedException {
                    order(api, layout.moving(before, to));
                }

                @Override
                public void restore() throws InterruptedException {
                    order(api, layout.restoring(layout.see(api), before));
                }
            };
        }
    }
}
