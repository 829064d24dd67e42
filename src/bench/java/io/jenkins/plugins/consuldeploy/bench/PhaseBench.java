package io.jenkins.plugins.consuldeploy.bench;

import com.google.gson.Gson;
import io.jenkins.plugins.consuldeploy.agent.Agent;
import io.jenkins.plugins.consuldeploy.agent.AgentConfig;
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
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Stream;

/**
 * Deploys to many agents: the real protocol on a real Consul, the agent's own code, all agents in this process, {@code
 * true} as every command, in a shell of its own each time.
 */
public final class PhaseBench {

    private static final int DEPLOYMENTS = 5;
    /** They share a pool of connections and a thread for renewals, which every agent has for itself on a host. */
    private static final int AGENTS_A_CLIENT = 20;

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
        LastPrepared lastPrepared = new LastPrepared();
        List<Consul> forAgents = new ArrayList<>();
        try (ConsulProcess process = ConsulProcess.start();
                Consul forDeployer = process.client()) {
            Tree tree = Tree.of("bench/version");
            List<Agent> agents = start(nodes, dir, process, forAgents);
            List<Row> counted = new ArrayList<>();
            for (int i = 0; i <= DEPLOYMENTS; i++) {
                Row row = deploy(nodes, new Version("v" + i), tree, process, forAgents, forDeployer, lastPrepared);
                if (i > 0) {
                    counted.add(row);
                }
            }
            agents.parallelStream().forEach(Agent::close);
            forAgents.forEach(Consul::close);
            return median(nodes, counted);
        } finally {
            lastPrepared.close();
            delete(dir);
        }
    }

    /** Every host has a disk of its own; on one disk, a thousand agents' syncs would wait for each other. */
    private static Path disks() {
        Path memory = Path.of("/dev/shm");
        return Files.isWritable(memory) ? memory : Path.of(System.getProperty("java.io.tmpdir"));
    }

    private static List<Agent> start(int nodes, Path dir, ConsulProcess process, List<Consul> clients)
            throws Exception {
        List<Agent> agents = new ArrayList<>();
        for (int i = 0; i < nodes; i++) {
            if (i % AGENTS_A_CLIENT == 0) {
                for (Agent agent : agents) {
                    if (!agent.awaitReady(LIMIT)) {
                        throw new IllegalStateException("an agent was not ready after " + LIMIT);
                    }
                }
                clients.add(new Consul(process.config().withMaxConnections(5 * AGENTS_A_CLIENT)));
            }
            String name = String.format(Locale.ROOT, "node%04d", i);
            Path home = Files.createDirectories(dir.resolve(name));
            Path file = home.resolve("agent.json");
            Files.writeString(
                    file,
                    new Gson()
                            .toJson(Map.of(
                                    "name",
                                    name,
                                    "server",
                                    process.address(),
                                    "deployments",
                                    List.of(Map.of(
                                            "id",
                                            "bench",
                                            "path",
                                            home.resolve("versions").toString(),
                                            "prefix",
                                            "bench/version",
                                            "deploy",
                                            List.of("true"),
                                            "rollout",
                                            List.of("true"))))));
            Agent agent = new Agent(AgentConfig.read(List.of(file), Map.of()), clients.get(clients.size() - 1));
            agent.start();
            agents.add(agent);
        }
        for (Agent agent : agents) {
            if (!agent.awaitReady(LIMIT)) {
                throw new IllegalStateException("an agent was not ready after " + LIMIT);
            }
        }
        return agents;
    }

    private static Row deploy(
            int nodes,
            Version version,
            Tree tree,
            ConsulProcess process,
            List<Consul> forAgents,
            Consul forDeployer,
            LastPrepared lastPrepared)
            throws Exception {
        long requests = requests(forAgents, forDeployer);
        long bytes = bytes(process.pid());
        long ticks = ticks(process.pid());
        AtomicLong committed = new AtomicLong();
        DeploymentResult result = new Deployer(forDeployer, tree, new Caller("bench", "bench"))
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
        return new Row(
                nodes,
                seconds(result, Phase.PREPARE),
                seconds(result, Phase.COMMIT),
                seconds(result, Phase.CONFIRM),
                (committed.get() - lastPrepared.nanos()) / 1e6,
                (double) (requests(forAgents, forDeployer) - requests) / nodes,
                (double) (bytes(process.pid()) - bytes) / nodes,
                1000.0 * (ticks(process.pid()) - ticks) / TICKS_PER_SECOND / nodes);
    }

    private static long requests(List<Consul> forAgents, Consul forDeployer) {
        return forDeployer.requests()
                + forAgents.stream().mapToLong(Consul::requests).sum();
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

    /** When the last agent said in its log that it has prepared a version, which is before it tells Consul. */
    private static final class LastPrepared extends Handler {
        private final Logger logger = Logger.getLogger("io.jenkins.plugins.consuldeploy.agent");
        private volatile long nanos;

        LastPrepared() {
            logger.setLevel(Level.INFO);
            logger.setUseParentHandlers(false);
            logger.addHandler(this);
        }

        long nanos() {
            return nanos;
        }

        @Override
        public void publish(LogRecord message) {
            if (message.getMessage().contains(": ready after ")) {
                nanos = System.nanoTime();
            } else if (message.getLevel().intValue() >= Level.WARNING.intValue()) {
                System.err.println(message.getMessage());
            }
        }

        @Override
        public void flush() {
            // Nothing is kept back.
        }

        @Override
        public void close() {
            logger.removeHandler(this);
        }
    }
}
