package io.jenkins.plugins.consuldeploy.agent;

import io.jenkins.plugins.consuldeploy.agent.ScriptResult.Ending;
import io.jenkins.plugins.consuldeploy.phase.Durations;
import io.jenkins.plugins.consuldeploy.phase.NodeReport;
import io.jenkins.plugins.consuldeploy.process.AttendedRun;
import io.jenkins.plugins.consuldeploy.process.OutputTail;
import io.jenkins.plugins.consuldeploy.process.ProcessTree;
import java.io.File;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * Runs one script on the calling thread, as an {@link AttendedRun}.
 */
final class ScriptRun {

    private static final File NOTHING = new File("/dev/null");
    /** Linux takes 128 KiB for one argument, with its end (execve(2), MAX_ARG_STRLEN). */
    private static final int MAX_ARGUMENT_BYTES = 128 * 1024 - 1;
    /** Scripts could print what they have; the ones that need a token can be given one. */
    private static final List<String> SECRETS = List.of("CONSUL_HTTP_TOKEN", "CONSUL_HTTP_AUTH");

    private final Script script;
    private final Listener listener;
    private final OutputTail output;

    private ScriptRun(Script script, Listener listener) {
        this.script = script;
        this.listener = listener;
        this.output = new OutputTail(NodeReport.MAX_OUTPUT_LINES, listener::said);
    }

    /** Hears of a script while it runs, on the thread that runs it. */
    interface Listener {

        /** Its own process, which leads a session where {@link ProcessTree#hasSessions()}. */
        void started(ProcessHandle process);

        /** A line of its output. */
        void said(String line);

        /** Whether it is to be ended, because something else has to be done first. */
        boolean isPutOff();
    }

    /**
     * Runs a script to its end. When the thread is interrupted, the script is ended within its grace; the interrupt flag
     * is set again then.
     */
    static ScriptResult run(Script script, Listener listener) {
        return new ScriptRun(script, listener).run();
    }

    // Private

    private ScriptResult run() {
        Process process;
        try {
            process = start();
        } catch (IOException e) {
            output.say("could not start " + script.name() + ": " + e.getMessage());
            return result(Ending.FAILED, OptionalInt.empty());
        }
        listener.started(process.toHandle());
        try {
            return follow(new AttendedRun(process, script.grace(), output));
        } catch (IOException e) {
            output.say("could not read the output of " + script.name() + ": " + e.getMessage());
            return result(Ending.FAILED, OptionalInt.empty());
        }
    }

    private Process start() throws IOException {
        List<String> command = new ArrayList<>(ProcessTree.sessionStarter());
        String text = script.text();
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (bytes.length <= MAX_ARGUMENT_BYTES) {
            command.addAll(script.shell().running(text, script.name()));
        } else {
            try (FileOutputStream file = new FileOutputStream(script.file().toFile())) {
                file.write(bytes);
            }
            command.addAll(script.shell().runningFile(script.file().toString()));
        }
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(script.directory().toFile())
                .redirectInput(NOTHING)
                .redirectErrorStream(true);
        Map<String, String> environment = builder.environment();
        environment.keySet().removeAll(SECRETS);
        environment.putAll(script.environment());
        return builder.start();
    }

    private ScriptResult follow(AttendedRun run) throws IOException {
        try {
            AttendedRun.End end = run.await(script.timeout(), listener::isPutOff);
            switch (end.why()) {
                case BY_ITSELF -> {
                    int code = end.exitCode().getAsInt();
                    return result(code == 0 ? Ending.DONE : Ending.FAILED, OptionalInt.of(code));
                }
                case TIMEOUT -> {
                    output.say(script.name() + " was ended after its timeout of " + Durations.show(script.timeout()));
                    return result(Ending.FAILED, OptionalInt.empty());
                }
                default -> {
                    output.say(script.name() + " was ended, for something else has to be done first");
                    return result(Ending.STOPPED, OptionalInt.empty());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            output.say(script.name() + " was ended, for the agent is stopping");
            return result(Ending.STOPPED, OptionalInt.empty());
        }
    }

    private ScriptResult result(Ending ending, OptionalInt exitCode) {
        return new ScriptResult(ending, exitCode, output.lines());
    }
}
