package io.jenkins.plugins.consuldeploy.jenkins;

import hudson.EnvVars;
import hudson.FilePath;
import hudson.Launcher;
import hudson.Proc;
import hudson.console.LineTransformationOutputStream;
import io.jenkins.plugins.consuldeploy.fleet.FleetException;
import io.jenkins.plugins.consuldeploy.fleet.HostCommand;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * A release's commands where its build has a workspace: never on the controller for a build that runs elsewhere. They
 * find the build's environment variables in theirs.
 */
record BuildCommands(Launcher launcher, FilePath workspace, EnvVars env) implements HostCommand.Runner {

    @Override
    public HostCommand.Outcome run(
            HostCommand command, String about, Map<String, String> environment, Consumer<String> output)
            throws InterruptedException {
        EnvVars all = new EnvVars(env);
        all.keySet().removeIf(name -> name.equals("HOST") || name.startsWith("HOST_"));
        all.putAll(environment);
        Lines lines = new Lines(output);
        long start = System.nanoTime();
        try (lines) {
            workspace.mkdirs();
            Proc process = launcher.launch()
                    .cmds("sh", "-c", command.command())
                    .envs(all)
                    .pwd(workspace)
                    .stdout(lines)
                    .quiet(true)
                    .start();
            int exitCode = process.joinWithTimeout(
                    command.timeout().toMillis(), TimeUnit.MILLISECONDS, launcher.getListener());
            boolean isLate = Duration.ofNanos(System.nanoTime() - start).compareTo(command.timeout()) >= 0;
            return new HostCommand.Outcome(
                    isLate ? OptionalInt.empty() : OptionalInt.of(exitCode), command.timeout(), lines.last());
        } catch (IOException e) {
            throw new FleetException(
                    "could not run the command '" + command.command() + "' for " + about + " in " + workspace + ": "
                            + e.getMessage(),
                    e);
        }
    }

    // Private

    private static final class Lines extends LineTransformationOutputStream {

        private static final int KEPT = 50;

        private final Consumer<String> output;
        private final Deque<String> last = new ArrayDeque<>();

        Lines(Consumer<String> output) {
            this.output = output;
        }

        @Override
        protected synchronized void eol(byte[] bytes, int length) {
            String line = trimEOL(new String(bytes, 0, length, StandardCharsets.UTF_8));
            last.addLast(line);
            if (last.size() > KEPT) {
                last.removeFirst();
            }
            output.accept(line);
        }

        synchronized List<String> last() {
            return List.copyOf(last);
        }
    }
}
