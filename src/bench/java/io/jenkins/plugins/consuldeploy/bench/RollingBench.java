package io.jenkins.plugins.consuldeploy.bench;

import com.google.gson.Gson;
import io.jenkins.plugins.consuldeploy.consul.ConsulProcess;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.TimeUnit;

/**
 * Rolls through a fleet behind HAProxy, as a shell does: a process a release, from its start to its end. What is counted
 * is what a host costs beyond its update. Ansible does the same beside it where it is installed.
 */
public final class RollingBench {

    private static final double UPDATE_SECONDS = 0.2;
    private static final int RELEASES = 3;
    private static final Duration LIMIT = Duration.ofMinutes(5);

    private RollingBench() {}

    /** What one size took, in seconds a host beyond the update; each the median over the releases. */
    private record Row(
            int hosts,
            double idle,
            double loaded,
            OptionalDouble ansibleIdle,
            OptionalDouble ansibleLoaded,
            double requests,
            long failed) {

        Map<String, Object> json() {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("hosts", hosts);
            json.put("update_s", UPDATE_SECONDS);
            json.put("overhead_per_host_idle_s", idle);
            json.put("overhead_per_host_loaded_s", loaded);
            ansibleIdle.ifPresent(seconds -> json.put("ansible_per_host_idle_s", seconds));
            ansibleLoaded.ifPresent(seconds -> json.put("ansible_per_host_loaded_s", seconds));
            json.put("load_requests_per_s", requests);
            json.put("load_requests_failed", failed);
            return json;
        }
    }

    public static void main(String[] args) throws Exception {
        boolean json = Arrays.asList(args).contains("--json");
        int at = Arrays.asList(args).indexOf("--hosts");
        String sizes = at >= 0 && at + 1 < args.length ? args[at + 1] : "8";
        PrintStream people = json ? System.err : System.out;
        Optional<Playbook> playbook = Playbook.installed();
        people.printf(
                Locale.ROOT,
                "Java %s, %d processors, load %.1f, Consul %s, HAProxy with checks every 200 ms; an update is a sleep of"
                        + " %.1f s; median of %d releases, each a process of its own%n",
                System.getProperty("java.version"),
                Runtime.getRuntime().availableProcessors(),
                java.lang.management.ManagementFactory.getOperatingSystemMXBean()
                        .getSystemLoadAverage(),
                ConsulProcess.binary(),
                UPDATE_SECONDS,
                RELEASES);
        people.println(playbook.map(found -> "Ansible: " + found.version() + ", serial: 1, once a figure")
                .orElse("Ansible is not run beside it: no ansible-playbook with community.general.haproxy here"));
        people.println("seconds a host beyond its update:");
        people.printf(
                "%6s %10s %12s %14s %16s %14s %10s%n",
                "hosts", "idle", "under load", "Ansible idle", "Ansible, load", "requests/s", "failed");
        List<Map<String, Object>> rows = new ArrayList<>();
        for (String size : sizes.split(",")) {
            Row row = measure(Integer.parseInt(size.strip()), playbook);
            rows.add(row.json());
            people.printf(
                    Locale.ROOT,
                    "%6d %10.3f %12.3f %14s %16s %14.0f %10d%n",
                    row.hosts,
                    row.idle,
                    row.loaded,
                    shown(row.ansibleIdle),
                    shown(row.ansibleLoaded),
                    row.requests,
                    row.failed);
        }
        if (json) {
            System.out.println(new Gson().toJson(rows));
        }
    }

    // Private

    private static Row measure(int hosts, Optional<Playbook> playbook) throws Exception {
        try (ConsulProcess consul = ConsulProcess.start();
                RolledHosts fleet = RolledHosts.start(hosts)) {
            Path file = Files.writeString(
                    fleet.dir().resolve("bench.yaml"), fleet.yaml("{command: \"sleep " + UPDATE_SECONDS + "\"}"));
            List<String> roll =
                    List.of("bin/consul-deploy", "roll", file.toString(), "--server", consul.address(), "--quiet");
            overhead(hosts, roll); // for the disk's and Consul's first time
            double idle = median(hosts, roll);
            OptionalDouble ansibleIdle = ansible(fleet, playbook);
            try (Load load = Load.on(fleet.port())) {
                double loaded = median(hosts, roll);
                OptionalDouble ansibleLoaded = ansible(fleet, playbook);
                load.close();
                return new Row(
                        hosts, idle, loaded, ansibleIdle, ansibleLoaded, load.requestsPerSecond(), load.failed());
            }
        }
    }

    private static OptionalDouble ansible(RolledHosts fleet, Optional<Playbook> playbook) throws Exception {
        return playbook.isEmpty()
                ? OptionalDouble.empty()
                : OptionalDouble.of(overhead(fleet.size(), playbook.get().command(fleet, UPDATE_SECONDS)));
    }

    private static double median(int hosts, List<String> command) throws Exception {
        List<Double> all = new ArrayList<>();
        for (int i = 0; i < RELEASES; i++) {
            all.add(overhead(hosts, command));
        }
        return all.stream().sorted().toList().get(RELEASES / 2);
    }

    /** Seconds a host, beyond the update. */
    private static double overhead(int hosts, List<String> command) throws IOException, InterruptedException {
        Path log = Files.createTempFile("rolling-bench", ".log");
        long start = System.nanoTime();
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS) || process.exitValue() != 0) {
            process.destroyForcibly();
            throw new IllegalStateException(String.join(" ", command) + ": " + Files.readString(log));
        }
        double took = (System.nanoTime() - start) / 1e9;
        Files.delete(log);
        return took / hosts - UPDATE_SECONDS;
    }

    private static String shown(OptionalDouble seconds) {
        return seconds.isPresent() ? String.format(Locale.ROOT, "%.3f", seconds.getAsDouble()) : "-";
    }
}
