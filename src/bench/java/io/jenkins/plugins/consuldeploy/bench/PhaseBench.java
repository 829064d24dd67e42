package io.jenkins.plugins.consuldeploy.bench;

import com.google.gson.Gson;
import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.ConsulProcess;
import io.jenkins.plugins.consuldeploy.phase.Caller;
import io.jenkins.plugins.consuldeploy.phase.Deployer;
import io.jenkins.plugins.consuldeploy.phase.Deployment;
import io.jenkins.plugins.consuldeploy.phase.DeploymentResult;
import io.jenkins.plugins.consuldeploy.phase.Expected;
import io.jenkins.plugins.consuldeploy.phase.Phase;
import io.jenkins.plugins.consuldeploy.phase.Progress;
import io.jenkins.plugins.consuldeploy.phase.Tree;
import io.jenkins.plugins.consuldeploy.phase.Version;
import io.jenkins.plugins.consuldeploy.time.TimeSource;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;

/**
 * Deploys to many agents: the real protocol on a real Consul, the agent's own code, many agents in a process,
 * {@code true} as every command, in a shell of its own each time.
 */
public final class PhaseBench {

    private static final int DEPLOYMENTS = 5;
    private static final Duration QUIET = Duration.ofMillis(500);
    private static final Duration LIMIT = Duration.ofMinutes(3);
    private static final long TICKS_PER_SECOND = 100;

    private PhaseBench() {}

    /** What one size took, each the median over the deployments that count. */
    private record Row(
            int nodes,
            double prepare,
            double commit,
            double confirm,
            double lastReadyToCommitMillis,
            double requests,
            double bytes,
            double consulCpuMillis) {

        Map<String, Object> json() {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("nodes", nodes);
            json.put("prepare_s", prepare);
            json.put("commit_s", commit);
            json.put("confirm_s", confirm);
            json.put("last_ready_to_commit_ms", lastReadyToCommitMillis);
            json.put("requests_per_node", requests);
            json.put("bytes_per_node", bytes);
            json.put("consul_cpu_ms_per_node", consulCpuMillis);
            return json;
        }
    }

    public static void main(String[] args) throws Exception {
        Logger.getLogger("").setLevel(Level.WARNING);
        boolean json = Arrays.asList(args).contains("--json");
        int at = Arrays.asList(args).indexOf("--nodes");
        String sizes = at >= 0 && at + 1 < args.length ? args[at + 1] : "10,100,1000";
        PrintStream people = json ? System.err : System.out;
        people.printf(
                Locale.ROOT,
                "Java %s, %d processors, load %.1f, Consul %s, agents' files in %s; median of %d deployments after one that"
                        + " does not count%n",
                System.getProperty("java.version"),
                Runtime.getRuntime().availableProcessors(),
                java.lang.management.ManagementFactory.getOperatingSystemMXBean()
                        .getSystemLoadAverage(),
                ConsulProcess.binary(),
                disks(),
                DEPLOYMENTS);
        people.printf(
                "%6s %10s %10s %10s %10s %16s %10s %10s %12s%n",
                "nodes", "prepare", "commit", "confirm", "all", "last ready to", "requests", "bytes", "Consul's CPU");
        people.printf(
                "%6s %10s %10s %10s %10s %16s %10s %10s %12s%n",
                "", "s", "s", "s", "s", "commit, ms", "a node", "a node", "ms a node");
        List<Map<String, Object>> rows = new ArrayList<>();
        for (String size : sizes.split(",")) {
            Row row = measure(Integer.parseInt(size.strip()));
            rows.add(row.json());
            people.printf(
                    Locale.ROOT,
                    "%6d %10.3f %10.3f %10.3f %10.3f %16.1f %10.1f %10.0f %12.2f%n",
                    row.nodes,
                    row.prepare,
                    row.commit,
                    row.confirm,
                    row.prepare + row.commit + row.confirm,
                    row.lastReadyToCommitMillis,
                    row.requests,
                    row.bytes,
                    row.consulCpuMillis);
        }
        DeproBench.run(sizes, people);
        if (json) {
            System.out.println(new Gson().toJson(rows));
        }
        System.exit(0); // agents' threads that still wind down must not hold the figures back
    }

    // Private

    private static Row measure(int nodes) throws Exception {
        Path dir = Files.createTempDirectory(disks(), "phase-bench");
        try (ConsulProcess process = ConsulProcess.start();
                Consul consul = process.client();
                AgentHosts agents = AgentHosts.start(process.address(), dir, nodes)) {
            List<Row> counted = new ArrayList<>();
            for (int i = 0; i <= DEPLOYMENTS; i++) {
                Row row = deploy(nodes, new Version("v" + i), process, agents, consul);
                if (i > 0) {
                    counted.add(row);
                }
            }
            return median(nodes, counted);
        } finally {
            delete(dir);
        }
    }

    /** Every host has a disk of its own; on one disk, a thousand agents' syncs would wait for each other. */
    private static Path disks() {
        Path memory = Path.of("/dev/shm");
        return Files.isWritable(memory) ? memory : Path.of(System.getProperty("java.io.tmpdir"));
    }

    private static Row deploy(int nodes, Version version, ConsulProcess process, AgentHosts agents, Consul consul)
            throws Exception {
        awaitQuiet(process.pid());
        long requests = agents.figures().requests() + consul.requests();
        long bytes = bytes(process.pid());
        long ticks = ticks(process.pid());
        AtomicLong committed = new AtomicLong();
        DeploymentResult result = new Deployer(consul, Tree.of("bench/version"), new Caller("bench", "bench"))
                .deploy(
                        Deployment.of(version, new Expected.AtLeast(nodes)).withTimeouts(LIMIT, LIMIT),
                        Optional.empty(),
                        progress -> {
                            if (progress instanceof Progress.Committed) {
                                committed.set(System.nanoTime());
                            }
                        });
        if (result.nodes().size() != nodes) {
            throw new IllegalStateException(result.nodes().size() + " nodes of " + nodes + " run " + version);
        }
        AgentHosts.Figures after = agents.figures();
        return new Row(
                nodes,
                seconds(result, Phase.PREPARE),
                seconds(result, Phase.COMMIT),
                seconds(result, Phase.CONFIRM),
                (committed.get() - after.lastPrepared()) / 1e6,
                (double) (after.requests() + consul.requests() - requests) / nodes,
                (double) (bytes(process.pid()) - bytes) / nodes,
                1000.0 * (ticks(process.pid()) - ticks) / TICKS_PER_SECOND / nodes);
    }

    /** What follows a deployment, or the agents' start, is not the next one's. */
    private static void awaitQuiet(long pid) throws Exception {
        long before;
        do {
            before = ticks(pid);
            TimeSource.system().sleep(QUIET);
        } while (ticks(pid) - before > QUIET.toMillis() * TICKS_PER_SECOND / 1000 / 5);
    }

    private static double seconds(DeploymentResult result, Phase phase) {
        return result.took().get(phase).toNanos() / 1e9;
    }

    /** What the process has read and written: its sockets, for in this mode Consul keeps its data in memory. */
    private static long bytes(long pid) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + pid + "/io")).stream()
                .filter(line -> line.startsWith("rchar") || line.startsWith("wchar"))
                .mapToLong(line -> Long.parseLong(line.substring(line.indexOf(' ') + 1)))
                .sum();
    }

    private static long ticks(long pid) throws IOException {
        String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
    }

    private static Row median(int nodes, List<Row> rows) {
        return new Row(
                nodes,
                median(rows.stream().map(Row::prepare).toList()),
                median(rows.stream().map(Row::commit).toList()),
                median(rows.stream().map(Row::confirm).toList()),
                median(rows.stream().map(Row::lastReadyToCommitMillis).toList()),
                median(rows.stream().map(Row::requests).toList()),
                median(rows.stream().map(Row::bytes).toList()),
                median(rows.stream().map(Row::consulCpuMillis).toList()));
    }

    private static double median(List<Double> values) {
        return values.stream().sorted().toList().get(values.size() / 2);
    }

    private static void delete(Path dir) throws IOException {
        try (Stream<Path> files = Files.walk(dir)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        }
    }
}
