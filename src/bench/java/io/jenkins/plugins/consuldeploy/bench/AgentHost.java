package io.jenkins.plugins.consuldeploy.bench;

import com.google.gson.Gson;
import io.jenkins.plugins.consuldeploy.agent.Agent;
import io.jenkins.plugins.consuldeploy.agent.AgentConfig;
import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.ConsulConfig;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/**
 * A process with many agents, one of several of a benchmark. To start a script, a JVM looks at every file that it has
 * open, and each agent holds three connections: a thousand in one process would pay for each other's.
 *
 * <p>It is asked on its standard input, line by line, and answers each with the requests that its agents have sent so
 * far, and when the last of them said in its log that it has prepared a version, which is before it tells Consul.
 */
final class AgentHost {

    static final String READY = "ready";

    /** They share a pool of connections and a thread for renewals, which every agent has for itself on a host. */
    private static final int AGENTS_A_CLIENT = 20;

    private static final Duration LIMIT = Duration.ofMinutes(3);

    private AgentHost() {}

    /** @param args Consul's address, a directory, the first agent's number, and how many */
    public static void main(String[] args) throws Exception {
        Logger.getLogger("").setLevel(Level.WARNING);
        LastPrepared lastPrepared = new LastPrepared();
        int first = Integer.parseInt(args[2]);
        int count = Integer.parseInt(args[3]);
        List<Consul> clients = new ArrayList<>();
        List<Agent> agents = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            if (i % AGENTS_A_CLIENT == 0) {
                clients.add(new Consul(ConsulConfig.at(args[0]).withMaxConnections(5 * AGENTS_A_CLIENT)));
            }
            Path file = configure(args[0], Path.of(args[1]), first + i);
            Agent agent = new Agent(AgentConfig.read(List.of(file), Map.of()), clients.get(clients.size() - 1));
            agent.start();
            agents.add(agent);
        }
        for (Agent agent : agents) {
            if (!agent.awaitReady(LIMIT)) {
                throw new IllegalStateException("an agent was not ready after " + LIMIT);
            }
        }
        System.out.println(READY);
        BufferedReader questions = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        while (questions.readLine() != null) {
            long requests = clients.stream().mapToLong(Consul::requests).sum();
            System.out.println(requests + " " + lastPrepared.nanos);
        }
        System.exit(0); // Consul goes with the benchmark, and their sessions with it
    }

    // Private

    private static Path configure(String address, Path dir, int number) throws IOException {
        String name = String.format(Locale.ROOT, "node%04d", number);
        Path home = Files.createDirectories(dir.resolve(name));
        Map<String, Object> deployment = Map.of(
                "id",
                "bench",
                "path",
                home.resolve("versions").toString(),
                "prefix",
                "bench/version",
                "deploy",
                List.of("true"),
                "rollout",
                List.of("true"));
        return Files.writeString(
                home.resolve("agent.json"),
                new Gson().toJson(Map.of("name", name, "server", address, "deployments", List.of(deployment))));
    }

    private static final class LastPrepared extends Handler {
        private final Logger logger = Logger.getLogger("io.jenkins.plugins.consuldeploy.agent");
        private volatile long nanos;

        LastPrepared() {
            logger.setLevel(Level.INFO);
            logger.setUseParentHandlers(false);
            logger.addHandler(this);
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
