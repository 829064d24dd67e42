package io.jenkins.plugins.consuldeploy.bench;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.jenkins.plugins.consuldeploy.consul.BlockingQuery;
import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.ConsulProcess;
import io.jenkins.plugins.consuldeploy.consul.KvEntry;
import io.jenkins.plugins.consuldeploy.consul.Snapshot;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * What an agent costs its host: its memory at rest, and how long it takes from its start until Consul knows what it has,
 * with the launcher's options and with none. Each run starts the agent where a version is active already, so that no
 * script is run; before the first one, the version is deployed.
 */
public final class AgentBench {

    private static final String HELP = """
            bin/bench agent [--runs N] [--rest SECONDS] [--json] [--write-classes FILE]

            Starts the agent N times (default 5) with bin/consul-deploy, and N times with plain 'java -jar', by turns.
            ready   from the start of the process until its entry is seen in Consul
            rss     VmRSS of the process SECONDS (default 5) after that; private is the part that is its own
            cpu     user and system time of the process until then
            stop    from SIGTERM until the process has ended
            --write-classes   writes the list of what an agent loads, for bin/consul-deploy.classes, and ends
            """;

    private static final Path ROOT = Path.of("").toAbsolutePath();
    private static final Path JAR = ROOT.resolve("standalone/target/consul-deploy.jar");
    private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin", "java");
    private static final Duration START_LIMIT = Duration.ofSeconds(60);
    private static final String PREFIX = "bench/agent";

    private final int runs;
    private final Duration rest;
    private final Path home = Files.createTempDirectory("agent-bench");
    private final ConsulProcess process = ConsulProcess.start();
    private final Consul consul = process.client();

    private AgentBench(int runs, Duration rest) throws IOException {
        this.runs = runs;
        this.rest = rest;
    }

    /** See {@code --help}. */
    public static void main(String[] args) throws IOException, InterruptedException {
        List<String> words = List.of(args);
        if (words.contains("--help")) {
            System.out.print(HELP);
            return;
        }
        AgentBench bench = new AgentBench(
                Integer.parseInt(option(words, "--runs").orElse("5")),
                Duration.ofSeconds(Long.parseLong(option(words, "--rest").orElse("5"))));
        try {
            Optional<String> classes = option(words, "--write-classes");
            if (classes.isPresent()) {
                bench.writeClasses(Path.of(classes.get()));
            } else {
                bench.run(words.contains("--json"));
            }
        } finally {
            bench.close();
        }
    }

    private static Optional<String> option(List<String> words, String name) {
        int at = words.indexOf(name);
        return at < 0 || at + 1 == words.size() ? Optional.empty() : Optional.of(words.get(at + 1));
    }

    // Private

    private record Sample(double ready, double cpu, double rss, double own, double stop) {}

    private record Variant(String name, List<String> command, List<Sample> samples) {
        Variant(String name, String... command) {
            this(name, List.of(command), new ArrayList<>());
        }
    }

    private void run(boolean json) throws IOException, InterruptedException {
        List<Variant> variants = List.of(
                new Variant(
                        "bin/consul-deploy", ROOT.resolve("bin/consul-deploy").toString()),
                new Variant("java -jar", JAVA.toString(), "-jar", JAR.toString()));
        String config = configure();
        System.err.println("bench: deploying a version, and making the archive for class-data sharing");
        for (Variant variant : variants) {
            start(variant.command(), config);
        }
        for (int i = 0; i < runs; i++) {
            for (Variant variant : variants) {
                Sample sample = start(variant.command(), config);
                variant.samples().add(sample);
                System.err.println(String.format(
                        Locale.ROOT,
                        "bench: run %d  %-17s ready %.2f s  rss %.1f MB",
                        i + 1,
                        variant.name(),
                        sample.ready(),
                        sample.rss()));
            }
        }
        if (json) {
            System.out.println(json(variants));
        } else {
            print(variants);
        }
    }

    private String configure() throws IOException {
        consul.kv().put(PREFIX + "/v1/", "");
        consul.kv().put(PREFIX + "/current", "v1");
        JsonObject deployment = new JsonObject();
        deployment.addProperty("id", "bench");
        deployment.addProperty("path", home.resolve("app").toString());
        deployment.addProperty("prefix", PREFIX);
        for (String script : List.of("deploy", "rollout", "check")) {
            JsonArray commands = new JsonArray();
            commands.add("true");
            deployment.add(script, commands);
        }
        JsonArray deployments = new JsonArray();
        deployments.add(deployment);
        JsonObject config = new JsonObject();
        config.addProperty("name", "n1");
        config.addProperty("server", process.address());
        config.add("deployments", deployments);
        return Files.writeString(home.resolve("agent.json"), config.toString()).toString();
    }

    private Sample start(List<String> command, String config) throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(command);
        Collections.addAll(words, "agent", "--config-file", config);
        long started = System.nanoTime();
        Process agent = new ProcessBuilder(words)
                .redirectErrorStream(true)
                .redirectOutput(home.resolve("agent.log").toFile())
                .start();
        try {
            awaitActive(agent);
            double ready = seconds(started);
            double cpu = cpu(agent.pid());
            TimeUnit.NANOSECONDS.sleep(rest.toNanos());
            double rss = status(agent.pid(), "VmRSS");
            double own = status(agent.pid(), "RssAnon");
            long stopped = System.nanoTime();
            agent.destroy();
            if (!agent.waitFor(30, TimeUnit.SECONDS)) {
                throw new IOException("the agent did not stop");
            }
            return new Sample(ready, cpu, rss, own, seconds(stopped));
        } finally {
            agent.destroyForcibly();
        }
    }

    private void awaitActive(Process agent) throws IOException {
        long deadline = System.nanoTime() + START_LIMIT.toNanos();
        long index = 0;
        while (System.nanoTime() < deadline && agent.isAlive()) {
            Snapshot<Optional<KvEntry>> entry =
                    consul.kv().get(PREFIX + "/v1/n1", new BlockingQuery(index, Duration.ofSeconds(1)));
            if (entry.value().map(KvEntry::value).equals(Optional.of("active"))) {
                return;
            }
            index = Math.max(1, entry.index());
        }
        throw new IOException("the agent was not ready: " + Files.readString(home.resolve("agent.log")));
    }

    /** Megabytes, of 1024 kB as /proc has them. */
    private static double status(long pid, String field) throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("/proc", Long.toString(pid), "status"))) {
            return lines.filter(line -> line.startsWith(field + ":"))
                    .mapToDouble(line -> Double.parseDouble(line.replaceAll("\\D", "")) / 1024)
                    .findFirst()
                    .orElseThrow();
        }
    }

    /** Seconds, of clock ticks of 10 ms. */
    private static double cpu(long pid) throws IOException {
        String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / 100.0;
    }

    private static double seconds(long since) {
        return (System.nanoTime() - since) / 1e9;
    }

    // What it prints

    private interface Figure {
        double of(Sample sample);
    }

    private static void print(List<Variant> variants) throws IOException {
        System.out.println(conditions());
        System.out.printf("%n%-18s %22s %22s %22s %22s%n", "", "ready s", "cpu s", "rss MB", "private MB");
        for (Variant variant : variants) {
            System.out.printf(
                    "%-18s %22s %22s %22s %22s%n",
                    variant.name(),
                    range(variant, Sample::ready, "%.2f"),
                    range(variant, Sample::cpu, "%.2f"),
                    range(variant, Sample::rss, "%.1f"),
                    range(variant, Sample::own, "%.1f"));
        }
        System.out.println(
                "\nmin / median / max of " + variants.get(0).samples().size() + " runs each");
    }

    private static String range(Variant variant, Figure figure, String format) {
        double[] sorted = sorted(variant, figure);
        return String.format(
                Locale.ROOT,
                format + " / " + format + " / " + format,
                sorted[0],
                sorted[sorted.length / 2],
                sorted[sorted.length - 1]);
    }

    private static String json(List<Variant> variants) throws IOException {
        JsonArray list = new JsonArray();
        for (Variant variant : variants) {
            JsonObject one = new JsonObject();
            one.addProperty("variant", variant.name());
            one.addProperty("runs", variant.samples().size());
            one.add("ready_s", range(variant, Sample::ready));
            one.add("cpu_s", range(variant, Sample::cpu));
            one.add("rss_mb", range(variant, Sample::rss));
            one.add("private_mb", range(variant, Sample::own));
            one.add("stop_s", range(variant, Sample::stop));
            one.addProperty("conditions", conditions());
            list.add(one);
        }
        return new GsonBuilder().setPrettyPrinting().create().toJson(list);
    }

    private static JsonObject range(Variant variant, Figure figure) {
        double[] sorted = sorted(variant, figure);
        JsonObject range = new JsonObject();
        range.addProperty("min", rounded(sorted[0]));
        range.addProperty("median", rounded(sorted[sorted.length / 2]));
        range.addProperty("max", rounded(sorted[sorted.length - 1]));
        return range;
    }

    private static double rounded(double value) {
        return Math.round(value * 1000) / 1000.0;
    }

    private static double[] sorted(Variant variant, Figure figure) {
        return variant.samples().stream().mapToDouble(figure::of).sorted().toArray();
    }

    private static String conditions() throws IOException {
        String load = Files.readString(Path.of("/proc/loadavg")).split(" ")[0];
        return "Java " + System.getProperty("java.runtime.version") + ", "
                + Runtime.getRuntime().availableProcessors() + " processors, load " + load + ", Linux "
                + System.getProperty("os.version") + ", one deployment";
    }

    // The list for class-data sharing

    private void writeClasses(Path file) throws IOException, InterruptedException {
        Path raw = home.resolve("raw");
        start(
                List.of(
                        JAVA.toString(),
                        "-Xshare:off",
                        "-XX:+UseSerialGC",
                        "-XX:DumpLoadedClassList=" + raw,
                        "-jar",
                        JAR.toString()),
                configure());
        List<String> lines = new ArrayList<>(List.of(
                "# What an agent loads, for its archive of class-data sharing: see bin/consul-deploy.",
                "# Written by bin/bench agent --write-classes. What is missing here or gone meanwhile does no harm."));
        try (Stream<String> all = Files.lines(raw, StandardCharsets.UTF_8)) {
            all.filter(line -> !line.startsWith("#"))
                    .map(line -> line.replaceFirst(" id: .*", ""))
                    .sorted()
                    .distinct()
                    .forEach(lines::add);
        }
        Files.write(file, lines);
        System.err.println("bench: " + lines.size() + " lines in " + file);
    }

    private void close() throws IOException {
        consul.close();
        process.close();
        try (Stream<Path> files = Files.walk(home)) {
            files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(java.io.File::delete);
        }
    }
}
