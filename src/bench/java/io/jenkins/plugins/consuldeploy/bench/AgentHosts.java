package io.jenkins.plugins.consuldeploy.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The processes with a benchmark's agents. */
final class AgentHosts implements AutoCloseable {

    private static final int AGENTS_A_HOST = 50;
    /** What an agent's launcher sets, and of the compiler what starts quickly: there are many of them on few cores. */
    private static final List<String> JVM = List.of(
            "-Xmx160m",
            "-Xss256k",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            // A process start copies what the JVM maps: without the helper that Java uses by default it is half the
            // cost.
            "-Djdk.lang.Process.launchMechanism=VFORK");

    private final List<Host> hosts = new ArrayList<>();

    private record Host(Process process, BufferedReader answers, PrintStream questions) {

        String next() throws IOException {
            String line = answers.readLine();
            if (line == null) {
                throw new IOException("a process with agents has ended");
            }
            return line;
        }
    }

    /**
     * What the agents of all of them did so far.
     *
     * @param lastPrepared when the last one said that it has prepared a version, by {@link System#nanoTime()}, which all
     *                     processes of a machine have from the same clock
     */
    record Figures(long requests, long lastPrepared) {}

    private AgentHosts() {}

    /** Starts so many agents, and waits until each has said all that it has to say. */
    static AgentHosts start(String address, Path dir, int agents) throws IOException {
        AgentHosts started = new AgentHosts();
        boolean complete = false;
        try {
            for (int first = 0; first < agents; first += AGENTS_A_HOST) {
                Host host = launch(address, dir, first, Math.min(AGENTS_A_HOST, agents - first));
                started.hosts.add(host);
                // One after the other: this is not what is measured.
                if (!host.next().equals(AgentHost.READY)) {
                    throw new IOException("a process with agents did not start");
                }
            }
            complete = true;
            return started;
        } finally {
            if (!complete) {
                started.close();
            }
        }
    }

    Figures figures() throws IOException {
        long requests = 0;
        long lastPrepared = Long.MIN_VALUE;
        for (Host host : hosts) {
            host.questions().println();
            host.questions().flush();
        }
        for (Host host : hosts) {
            String[] answer = host.next().split(" ");
            requests += Long.parseLong(answer[0]);
            lastPrepared = Math.max(lastPrepared, Long.parseLong(answer[1]));
        }
        return new Figures(requests, lastPrepared);
    }

    @Override
    public void close() {
        for (Host host : hosts) {
            host.process().destroyForcibly();
        }
        for (Host host : hosts) {
            try {
                host.process().waitFor();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    // Private

    private static Host launch(String address, Path dir, int first, int count) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(JVM);
        command.addAll(List.of(
                "-cp",
                System.getProperty("java.class.path"),
                AgentHost.class.getName(),
                address,
                dir.toString(),
                Integer.toString(first),
                Integer.toString(count)));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        return new Host(
                process,
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8)),
                new PrintStream(process.getOutputStream(), false, StandardCharsets.UTF_8));
    }
}
