package io.jenkins.plugins.consuldeploy.bench;

import com.google.gson.Gson;
import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.ConsulProcess;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/** The same with Depro's own programs, one process a node, where the variable {@code DEPRO} names them. */
final class DeproBench {

    private static final int MOST_NODES = 200;
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private DeproBench() {}

    static void run(String sizes, PrintStream people) throws Exception {
        String depro = System.getenv("DEPRO");
        if (depro == null || depro.isBlank()) {
            people.println("Depro is not run beside it: DEPRO does not name its program");
            return;
        }
        for (String size : sizes.split(",")) {
            int nodes = Integer.parseInt(size.strip());
            if (nodes > MOST_NODES) {
                people.println("Depro with " + nodes + " nodes is left out: its tool gives up");
                continue;
            }
            people.printf(Locale.ROOT, "Depro with %d nodes, all active after: %s%n", nodes, measure(depro, nodes));
        }
    }

    // Private

    private static String measure(String depro, int nodes) throws Exception {
        Path dir = Files.createTempDirectory("depro-bench");
        List<Process> agents = new ArrayList<>();
        try (ConsulProcess process = ConsulProcess.start();
                Consul consul = process.client()) {
            for (int i = 0; i < nodes; i++) {
                agents.add(startAgent(depro, dir, "node" + i, process.address()));
            }
            String first = deploy(depro, dir, process, consul, nodes, "v1");
            return first + "; a second version: " + deploy(depro, dir, process, consul, nodes, "v2");
        } finally {
            for (Process agent : agents) {
                agent.destroyForcibly().waitFor();
            }
            try (Stream<Path> files = Files.walk(dir)) {
                files.sorted(Comparator.reverseOrder())
                        .forEach(file -> file.toFile().delete());
            }
        }
    }

    private static Process startAgent(String depro, Path dir, String name, String address) throws IOException {
        Path home = Files.createDirectories(dir.resolve(name));
        Path versions = Files.createDirectories(home.resolve("versions"));
        Files.writeString(
                home.resolve("agent.json"),
                new Gson()
                        .toJson(Map.of(
                                "name",
                                name,
                                "server",
                                address,
                                "deployments",
                                List.of(Map.of(
                                        "id",
                                        "bench",
                                        "path",
                                        versions.toString(),
                                        "prefix",
                                        "bench/version",
                                        "shell",
                                        "bash",
                                        "deploy",
                                        List.of("true"),
                                        "rollout",
                                        List.of("true"))))));
        return new ProcessBuilder(depro, "agent", "-config-dir=" + home)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    private static String deploy(
            String depro, Path dir, ConsulProcess process, Consul consul, int nodes, String version) throws Exception {
        Path config = Files.writeString(
                dir.resolve("tool.json"),
                new Gson()
                        .toJson(Map.of(
                                "server",
                                process.address(),
                                "prefix",
                                "bench/version",
                                "nodes",
                                nodes,
                                "wait",
                                LIMIT.toSeconds() + "s")));
        // Its agents say nothing until they are there; a moment for all of them to hold their queries.
        long settle = System.nanoTime() + Duration.ofSeconds(2).toNanos();
        while (System.nanoTime() < settle) {
            consul.time().sleep(Duration.ofMillis(50));
        }
        long start = System.nanoTime();
        Process tool = new ProcessBuilder(depro, "deploy", "-config=" + config, version)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        while (System.nanoTime() - start < LIMIT.toNanos()) {
            long active = consul.kv().list("bench/version/" + version + "/").stream()
                    .filter(entry -> entry.value().equals("active"))
                    .count();
            if (active == nodes) {
                tool.waitFor();
                return String.format(Locale.ROOT, "%.2f s", (System.nanoTime() - start) / 1e9);
            }
            consul.time().sleep(Duration.ofMillis(10));
        }
        tool.destroyForcibly().waitFor();
        return "not within " + LIMIT.toSeconds() + " s";
    }
}
