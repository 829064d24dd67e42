package io.jenkins.plugins.consuldeploy.bench;

import com.google.gson.Gson;
import io.jenkins.plugins.consuldeploy.balancer.HaproxyProcess;
import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.ConsulProcess;
import io.jenkins.plugins.consuldeploy.fleet.Host;
import io.jenkins.plugins.consuldeploy.phase.Caller;
import io.jenkins.plugins.consuldeploy.phase.Expected;
import io.jenkins.plugins.consuldeploy.phase.Tree;
import io.jenkins.plugins.consuldeploy.time.TimeSource;
import io.jenkins.plugins.consuldeploy.traffic.Color;
import io.jenkins.plugins.consuldeploy.traffic.ColorApp;
import io.jenkins.plugins.consuldeploy.traffic.Documents;
import io.jenkins.plugins.consuldeploy.traffic.HaproxySwitch;
import io.jenkins.plugins.consuldeploy.traffic.KeepAliveLoad;
import io.jenkins.plugins.consuldeploy.traffic.KeepAliveLoad.Answer;
import io.jenkins.plugins.consuldeploy.traffic.NginxHost;
import io.jenkins.plugins.consuldeploy.traffic.ProxiesSwitch;
import io.jenkins.plugins.consuldeploy.traffic.Shares;
import io.jenkins.plugins.consuldeploy.traffic.TrafficSwitch;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * What clients notice of a switch: kept-alive connections ask an application of one of two colors through a real HAProxy and
 * a real nginx, while traffic goes back and forth between the colors.
 */
public final class SwitchBench {

    private static final String HELP = """
            bin/bench switch [--switches N] [--clients N] [--pause MS] [--json]

            Switches N times (default 10) by HAProxy's runtime API, by turns with nothing at all, which shows how much the
            figures vary by themselves; and on one nginx, by turns, N times by its agent and N
            times by hand: the configuration's link changed, then 'nginx -s reload'. Meanwhile N clients (default 64) ask on
            kept-alive connections, each again MS milliseconds (default 20) after its answer; one in eight asks for what
            takes 500 ms.
            outside, within   percentiles of the fast requests: those under way or sent from the decision to 0.5 s after it,
                              and all others. A request that was tried again counts with its whole time
            returned          from the decision until the call or command returned, median and highest
            moved             from the decision until the last request was sent that the color before answered, or the call
                              returned, whichever is later; median and highest
            again             requests tried again a switch: their connection, used before, was closed before a byte came
            """;

    private static final long WITHIN = TimeUnit.MILLISECONDS.toNanos(500);
    private static final long BETWEEN_MILLIS = 2000;
    private static final long SETTLE_MILLIS = 500;
    private static final long WARM_UP_MILLIS = 5000;
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final int switches;
    private final int clients;
    private final int pause;
    private final Map<Color, Integer> ports = new EnumMap<>(Color.class);

    private SwitchBench(int switches, int clients, int pause) {
        this.switches = switches;
        this.clients = clients;
        this.pause = pause;
    }

    public static void main(String[] args) throws Exception {
        Logger.getLogger("").setLevel(Level.SEVERE);
        List<String> words = Arrays.asList(args);
        if (words.contains("--help")) {
            System.out.print(HELP);
            return;
        }
        SwitchBench bench = new SwitchBench(
                number(words, "--switches", 10), number(words, "--clients", 64), number(words, "--pause", 20));
        boolean json = words.contains("--json");
        List<Row> rows = bench.run(json ? System.err : System.out);
        if (json) {
            System.out.println(new Gson().toJson(rows.stream().map(Row::json).toList()));
        }
        System.exit(0); // clients' and agents' threads that still wind down must not hold the figures back
    }

    // Private

    private static int number(List<String> words, String name, int otherwise) {
        int at = words.indexOf(name);
        return at < 0 || at + 1 == words.size() ? otherwise : Integer.parseInt(words.get(at + 1));
    }

    /** One switch: when it was decided, when it returned, and what went wrong until the next one. */
    private record Switched(long decided, long returned, Color to, int failed, int cutOff, int again) {}

    private record Row(
            String what,
            int switches,
            int requests,
            int failed,
            int cutOff,
            double again,
            double p50Outside,
            double p99Outside,
            double p50Within,
            double p99Within,
            double returned,
            double returnedHighest,
            double moved,
            double movedHighest) {

        Map<String, Object> json() {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("what", what);
            json.put("switches", switches);
            json.put("fast_requests", requests);
            json.put("failed", failed);
            json.put("cut_off", cutOff);
            json.put("tried_again_per_switch", again);
            json.put("p50_outside_ms", p50Outside);
            json.put("p99_outside_ms", p99Outside);
            json.put("p50_within_ms", p50Within);
            json.put("p99_within_ms", p99Within);
            json.put("returned_ms", returned);
            json.put("returned_highest_ms", returnedHighest);
            json.put("moved_ms", moved);
            json.put("moved_highest_ms", movedHighest);
            return json;
        }

        void print(PrintStream out) {
            out.printf(
                    Locale.ROOT,
                    "%-24s %8d %6d %7d %6.1f %7.1f %7.1f %7.1f %7.1f %6.2f %9.0f %7.0f %7.0f %7.0f%n",
                    what,
                    requests,
                    failed,
                    cutOff,
                    again,
                    p50Outside,
                    p99Outside,
                    p50Within,
                    p99Within,
                    p99Within / p99Outside,
                    returned,
                    returnedHighest,
                    moved,
                    movedHighest);
        }
    }

    private interface Moving {
        void to(Color color) throws Exception;
    }

    private List<Row> run(PrintStream out) throws Exception {
        out.printf(
                Locale.ROOT,
                "Java %s, %d processors, load %.1f, %d clients with a pause of %d ms, 1 in %d slow (%d ms); %d switches of"
                        + " each kind, %.1f s apart%n",
                System.getProperty("java.version"),
                Runtime.getRuntime().availableProcessors(),
                java.lang.management.ManagementFactory.getOperatingSystemMXBean()
                        .getSystemLoadAverage(),
                clients,
                pause,
                KeepAliveLoad.ONE_IN,
                ColorApp.SLOW_MILLIS,
                switches,
                BETWEEN_MILLIS / 1000.0);
        out.printf(
                "%-24s %8s %6s %7s %6s %15s %22s %17s %15s%n",
                "",
                "fast",
                "failed",
                "cut off",
                "again",
                "outside, ms",
                "within 0.5 s, ms",
                "returned, ms",
                "moved, ms");
        out.printf(
                "%-24s %8s %6s %7s %6s %7s %7s %7s %7s %6s %9s %7s %7s %7s%n",
                "",
                "requests",
                "",
                "",
                "each",
                "p50",
                "p99",
                "p50",
                "p99",
                "p99 to",
                "median",
                "highest",
                "median",
                "highest");
        List<Process> apps = new ArrayList<>();
        List<Row> rows = new ArrayList<>();
        try {
            for (Color color : Color.values()) {
                apps.add(start(color));
            }
            List<Row> measured = new ArrayList<>(haproxy());
            measured.forEach(row -> row.print(out));
            rows.addAll(measured);
            for (Row row : nginx()) {
                rows.add(row);
                row.print(out);
            }
        } finally {
            apps.forEach(Process::destroyForcibly);
        }
        return rows;
    }

    private List<Row> haproxy() throws Exception {
        String documented = Documents.read("haproxy.cfg");
        String config = documented
                .substring(documented.indexOf("frontend web"))
                .replace("bind :80", "bind 127.0.0.1:$PORT")
                .replace("10.0.0.11:8080", "127.0.0.1:" + ports.get(Color.BLUE))
                .replace("10.0.0.21:8080", "127.0.0.1:" + ports.get(Color.GREEN));
        Map<Color, List<Host>> hosts = new EnumMap<>(Color.class);
        ports.forEach((color, port) -> hosts.put(
                color,
                List.of(new Host(color + "1", color + "1", "127.0.0.1", OptionalInt.of(port), Optional.empty()))));
        try (HaproxyProcess haproxy = HaproxyProcess.start(config);
                KeepAliveLoad load = new KeepAliveLoad(haproxy.port(), clients, pause)) {
            HaproxySwitch traffic =
                    HaproxySwitch.ofServers(List.of(haproxy.address()), "shop", hosts, TimeSource.system());
            long start = warmUp(traffic);
            List<Switched> done = new ArrayList<>();
            List<Switched> nothing = new ArrayList<>();
            for (int i = 0; i < switches; i++) {
                Color live = traffic.read().agreed().orElseThrow().live().orElseThrow();
                nothing.add(measure(load, live, color -> {}));
                prepare(traffic, live.other());
                done.add(measure(load, live.other(), color -> traffic.move(Shares.all(color), LIMIT)));
            }
            load.close();
            List<Switched> all = new ArrayList<>(done);
            all.addAll(nothing);
            return List.of(
                    row("HAProxy, no switch", nothing, all, start, load),
                    row("HAProxy, runtime API", done, all, start, load));
        }
    }

    private List<Row> nginx() throws Exception {
        Tree tree = Tree.of("bench/live");
        try (ConsulProcess process = ConsulProcess.start();
                Consul consul = process.client();
                NginxHost nginx = new NginxHost(
                        "proxy1",
                        process.address(),
                        tree.prefix(),
                        Map.of(
                                Color.BLUE,
                                List.of(ports.get(Color.BLUE)),
                                Color.GREEN,
                                List.of(ports.get(Color.GREEN))))) {
            ProxiesSwitch traffic = new ProxiesSwitch(
                    consul,
                    tree,
                    new Caller("bench", "bench"),
                    new Expected.AtLeast(1),
                    Duration.ofMillis(ColorApp.SLOW_MILLIS),
                    progress -> {});
            for (Color color : List.of(Color.GREEN, Color.BLUE)) {
                prepare(traffic, color);
                traffic.move(Shares.all(color), LIMIT);
            }
            try (KeepAliveLoad load = new KeepAliveLoad(nginx.port(), clients, pause)) {
                long start = warmUp(traffic);
                List<Switched> byAgent = new ArrayList<>();
                List<Switched> byHand = new ArrayList<>();
                for (int i = 0; i < switches; i += 2) {
                    for (Color to : List.of(Color.GREEN, Color.BLUE)) {
                        byHand.add(measure(load, to, nginx::reloadByHand));
                    }
                    for (Color to : List.of(Color.GREEN, Color.BLUE)) {
                        prepare(traffic, to);
                        byAgent.add(measure(load, to, color -> traffic.move(Shares.all(color), LIMIT)));
                    }
                }
                load.close();
                List<Switched> all = new ArrayList<>(byAgent);
                all.addAll(byHand);
                return List.of(
                        row("nginx, its agent", byAgent, all, start, load),
                        row("nginx, a bare reload", byHand, all, start, load));
            }
        }
    }

    private static void prepare(TrafficSwitch traffic, Color color) throws InterruptedException {
        Optional<String> why = traffic.prepare(color, LIMIT);
        if (why.isPresent()) {
            throw new IllegalStateException(why.get());
        }
        Thread.sleep(SETTLE_MILLIS); // what was prepared is checked and tested before it is decided to move
    }

    private static long warmUp(TrafficSwitch traffic) throws InterruptedException {
        Thread.sleep(WARM_UP_MILLIS);
        traffic.read();
        return System.nanoTime();
    }

    private static Switched measure(KeepAliveLoad load, Color to, Moving moving) throws Exception {
        int failed = load.failed();
        int cutOff = load.cutOff();
        int again = load.triedAgain();
        long decided = System.nanoTime();
        moving.to(to);
        long returned = System.nanoTime();
        Thread.sleep(BETWEEN_MILLIS);
        load.failures().forEach(System.err::println);
        return new Switched(
                decided, returned, to, load.failed() - failed, load.cutOff() - cutOff, load.triedAgain() - again);
    }

    /** @param all what else was switched in the same run: neither outside nor within */
    private static Row row(String what, List<Switched> done, List<Switched> all, long start, KeepAliveLoad load) {
        List<Answer> answers = load.answers();
        List<Answer> fast = answers.stream()
                .filter(answer -> !answer.slow() && answer.sentAt() >= start)
                .toList();
        double[] outside = millis(fast.stream()
                .filter(answer -> all.stream().noneMatch(one -> isWithin(answer, one)))
                .toList());
        double[] within = millis(fast.stream()
                .filter(answer -> done.stream().anyMatch(one -> isWithin(answer, one)))
                .toList());
        double[] returned = done.stream()
                .mapToDouble(one -> (one.returned() - one.decided()) / 1e6)
                .sorted()
                .toArray();
        double[] moved = done.stream()
                .mapToDouble(one -> moved(one, answers) / 1e6)
                .sorted()
                .toArray();
        return new Row(
                what,
                done.size(),
                fast.size(),
                done.stream().mapToInt(Switched::failed).sum(),
                done.stream().mapToInt(Switched::cutOff).sum(),
                done.stream().mapToInt(Switched::again).average().orElse(0),
                percentile(outside, 50),
                percentile(outside, 99),
                percentile(within, 50),
                percentile(within, 99),
                percentile(returned, 50),
                percentile(returned, 100),
                percentile(moved, 50),
                percentile(moved, 100));
    }

    private static boolean isWithin(Answer answer, Switched one) {
        return answer.sentAt() + answer.nanos() >= one.decided() && answer.sentAt() <= one.decided() + WITHIN;
    }

    private static long moved(Switched one, List<Answer> answers) {
        long end = one.returned() + TimeUnit.MILLISECONDS.toNanos(BETWEEN_MILLIS);
        long last = answers.stream()
                .filter(answer -> answer.color() != one.to())
                .mapToLong(Answer::sentAt)
                .filter(sent -> sent >= one.decided() && sent < end)
                .max()
                .orElse(one.decided());
        return Math.max(last, one.returned()) - one.decided();
    }

    private static double[] millis(List<Answer> answers) {
        return answers.stream()
                .mapToDouble(answer -> answer.nanos() / 1e6)
                .sorted()
                .toArray();
    }

    private static double percentile(double[] sorted, int percent) {
        return sorted.length == 0
                ? Double.NaN
                : sorted[Math.min(sorted.length - 1, (int) Math.ceil(sorted.length * percent / 100.0) - 1)];
    }

    private Process start(Color color) throws IOException, InterruptedException {
        int port;
        try (ServerSocket socket = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"))) {
            port = socket.getLocalPort();
        }
        ports.put(color, port);
        Process app = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx64m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        ColorApp.class.getName(),
                        color.name(),
                        Integer.toString(port))
                .inheritIO()
                .start();
        while (true) {
            try (Socket socket = new Socket("127.0.0.1", port)) {
                return app;
            } catch (IOException e) {
                if (app.waitFor(20, TimeUnit.MILLISECONDS)) {
                    throw new IOException("the application of " + color + " did not start", e);
                }
            }
        }
    }
}
