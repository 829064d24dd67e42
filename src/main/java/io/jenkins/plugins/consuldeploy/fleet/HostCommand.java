package io.jenkins.plugins.consuldeploy.fleet;

import io.jenkins.plugins.consuldeploy.process.OutputTail;
import io.jenkins.plugins.consuldeploy.process.OutputThread;
import io.jenkins.plugins.consuldeploy.process.ProcessTree;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * A shell command that is about one host, run on this machine.
 *
 * <p>The host is in its environment, never in its text: {@code HOST}, {@code HOST_ID}, {@code HOST_ADDRESS}, and where
 * they are known {@code HOST_PORT} and {@code HOST_ZONE}. It runs as {@code sh -c}, with an empty standard input, and
 * its output may go on after it has ended, as that of an application does that it has started.
 *
 * @param timeout for it to end; after that, or when the waiting thread is interrupted, it is ended with everything
 *                that it has started, as {@link ProcessTree} finds it, first by SIGTERM, and what is left after {@link #GRACE} by SIGKILL
 */
public record HostCommand(String command, Duration timeout) {

    /** What a process has between SIGTERM and SIGKILL. */
    public static final Duration GRACE = Duration.ofSeconds(2);

    private static final Set<String> NAMES = Set.of("HOST", "HOST_ID", "HOST_ADDRESS", "HOST_PORT", "HOST_ZONE");
    private static final int KEPT_LINES = 50;
    /** For what was written before the end to be read, while somebody else still holds the output open. */
    private static final Duration LAST_WORDS = Duration.ofMillis(200);

    /** @throws IllegalArgumentException when there is no command, or no time for it */
    public HostCommand {
        if (command.isBlank()) {
            throw new IllegalArgumentException("the command is empty");
        }
        if (timeout.isZero() || timeout.isNegative()) {
            throw new IllegalArgumentException(
                    "the command '" + command + "' has a timeout of " + timeout + "; it has to be above zero");
        }
    }

    /**
     * What came of it.
     *
     * @param exitCode  empty when it did not end in time
     * @param lastLines of its output, standard error among it
     */
    public record Outcome(OptionalInt exitCode, Duration timeout, List<String> lastLines) {

        public boolean succeeded() {
            return exitCode.isPresent() && exitCode.getAsInt() == 0;
        }

        /** {@code exit code 1 (last line: no such file)}. */
        public String describe() {
            String end = exitCode.isPresent()
                    ? "exit code " + exitCode.getAsInt()
                    : String.format(
                            Locale.ROOT, "did not end within %.1f s and was ended", timeout.toMillis() / 1000.0);
            return lastLines.stream()
                    .filter(line -> !line.isBlank())
                    .reduce((first, second) -> second)
                    .map(line -> end + " (last line: " + line.strip() + ")")
                    .orElse(end);
        }
    }

    /** Where commands run: on this machine, unless somebody has another one for them. */
    @FunctionalInterface
    public interface Runner {

        /** As {@link HostCommand#run(String, Map, Consumer)} does. */
        Outcome run(HostCommand command, String about, Map<String, String> environment, Consumer<String> output)
                throws InterruptedException;

        /** As {@link HostCommand#run(Host, Map, Consumer)} does. */
        default Outcome run(HostCommand command, Host host, Map<String, String> more, Consumer<String> output)
                throws InterruptedException {
            Map<String, String> all = environment(host);
            all.putAll(more);
            return run(command, "the host " + host, all, output);
        }

        Runner HERE = HostCommand::run;
    }

    /** What a command for this host finds in its environment. */
    public static Map<String, String> environment(Host host) {
        Map<String, String> variables = new TreeMap<>();
        variables.put("HOST", host.name());
        variables.put("HOST_ID", host.id());
        variables.put("HOST_ADDRESS", host.address());
        host.port().ifPresent(port -> variables.put("HOST_PORT", Integer.toString(port)));
        host.zone().ifPresent(zone -> variables.put("HOST_ZONE", zone));
        return variables;
    }

    /**
     * Runs it.
     *
     * @param more   further variables of its environment
     * @param output gets each line as it comes, on another thread
     * @throws FleetException       when there is no shell
     * @throws InterruptedException when the thread is interrupted; the command is ended before
     */
    public Outcome run(Host host, Map<String, String> more, Consumer<String> output) throws InterruptedException {
        Map<String, String> environment = environment(host);
        environment.putAll(more);
        return run("the host " + host, environment, output);
    }

    /**
     * Runs it where it is about no single host: of those variables it finds none but what is given.
     *
     * @param about       for an error
     * @param environment all of its variables that this process does not have
     */
    public Outcome run(String about, Map<String, String> environment, Consumer<String> output)
            throws InterruptedException {
        Process process = start(about, environment);
        OutputThread reading = OutputThread.start(process, new OutputTail(KEPT_LINES, output));
        boolean ended = false;
        try {
            ended = process.waitFor(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } finally {
            if (!ended) {
                new ProcessTree(process.toHandle()).end(GRACE, () -> {});
            }
        }
        return new Outcome(
                ended ? OptionalInt.of(process.exitValue()) : OptionalInt.empty(), timeout, reading.lines(LAST_WORDS));
    }

    // Private

    private Process start(String about, Map<String, String> variables) {
        List<String> words = new ArrayList<>(ProcessTree.sessionStarter());
        words.addAll(List.of("sh", "-c", command));
        ProcessBuilder builder = new ProcessBuilder(words).redirectErrorStream(true);
        Map<String, String> environment = builder.environment();
        // What this process has inherited is about no host, or about another one.
        environment.keySet().removeAll(NAMES);
        environment.putAll(variables);
        try {
            Process process = builder.start();
            process.getOutputStream().close();
            return process;
        } catch (IOException e) {
            throw new FleetException(
                    "could not run the command '" + command + "' for " + about + ": " + e.getMessage()
                            + ". It needs a program named sh on the PATH",
                    e);
        }
    }
}
