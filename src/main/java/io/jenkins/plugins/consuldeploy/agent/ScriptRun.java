package io.jenkins.plugins.consuldeploy.agent;

import io.jenkins.plugins.consuldeploy.agent.ScriptResult.Ending;
import io.jenkins.plugins.consuldeploy.phase.Durations;
import java.io.File;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;

/**
 * Runs one script on the calling thread. Its output is read as it comes, so that no pipe fills; when the script's own
 * process has ended, the pipe is closed, so that nothing waits for what it left running in the background.
 */
final class ScriptRun {

    private static final File NOTHING = new File("/dev/null");
    /** Linux takes 128 KiB for one argument, with its end (execve(2), MAX_ARG_STRLEN). */
    private static final int MAX_ARGUMENT_BYTES = 128 * 1024 - 1;
    /** Scripts could print what they have; the ones that need a token can be given one. */
    private static final List<String> SECRETS = List.of("CONSUL_HTTP_TOKEN", "CONSUL_HTTP_AUTH");

    private static final long FIRST_PAUSE_MILLIS = 1;
    private static final long LONGEST_PAUSE_MILLIS = 50;
    private static final int LAST_BYTES = 256 * 1024;

    private enum End {
        BY_ITSELF,
        TIMEOUT,
        PUT_OFF
    }

    private final Script script;
    private final Listener listener;
    private final OutputTail output;
    private final byte[] buffer = new byte[8192];

    private ScriptRun(Script script, Listener listener) {
        this.script = script;
        this.listener = listener;
        this.output = new OutputTail(listener::said);
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
        try (InputStream in = process.getInputStream()) {
            // The JDK's own thread takes this lock to read all that is left when the process has ended, however much
            // something in the background goes on writing. It finds the stream closed instead.
            synchronized (in) {
                try {
                    return follow(process, in);
                } finally {
                    in.close();
                }
            }
        } catch (IOException e) {
            new ProcessTree(process.toHandle()).end(script.grace(), () -> {});
            output.say("could not read the output of " + script.name() + ": " + e.getMessage());
            return result(Ending.FAILED, OptionalInt.empty());
        }
    }

    private Process start() throws IOException {
        List<String> command = new ArrayList<>();
        if (ProcessTree.hasSessions()) {
            command.add(ProcessTree.SESSION_STARTER);
        }
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

    private ScriptResult follow(Process process, InputStream in) throws IOException {
        try {
            switch (readUntilEnd(process, in)) {
                case BY_ITSELF -> {
                    readRest(in);
                    int code = process.exitValue();
                    return result(code == 0 ? Ending.DONE : Ending.FAILED, OptionalInt.of(code));
                }
                case TIMEOUT -> {
                    end(process, in);
                    output.say(script.name() + " was ended after its timeout of " + Durations.show(script.timeout()));
                    return result(Ending.FAILED, OptionalInt.empty());
                }
                default -> {
                    end(process, in);
                    output.say(script.name() + " was ended, for something else has to be done first");
                    return result(Ending.STOPPED, OptionalInt.empty());
                }
            }
        } catch (InterruptedException e) {
            end(process, in);
            Thread.currentThread().interrupt();
            output.say(script.name() + " was ended, for the agent is stopping");
            return result(Ending.STOPPED, OptionalInt.empty());
        }
    }

    private void end(Process process, InputStream in) throws IOException {
        new ProcessTree(process.toHandle()).end(script.grace(), () -> {
            try {
                readSome(in);
            } catch (IOException e) {
                output.say("could not read the output of " + script.name() + ": " + e.getMessage());
            }
        });
        readRest(in);
    }

    /** Looks for output and for the end by turns: a blocking read would hear of neither end nor timeout nor interrupt. */
    private End readUntilEnd(Process process, InputStream in) throws IOException, InterruptedException {
        long start = System.nanoTime();
        long pause = FIRST_PAUSE_MILLIS;
        while (true) {
            boolean read = readSome(in) > 0;
            pause = read ? FIRST_PAUSE_MILLIS : Math.min(2 * pause, LONGEST_PAUSE_MILLIS);
            if (read ? !process.isAlive() : process.waitFor(pause, TimeUnit.MILLISECONDS)) {
                return End.BY_ITSELF;
            }
            if (System.nanoTime() - start > script.timeout().toNanos()) {
                return End.TIMEOUT;
            }
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            if (listener.isPutOff()) {
                return End.PUT_OFF;
            }
        }
    }

    private void readRest(InputStream in) throws IOException {
        int more = LAST_BYTES;
        int read;
        while (more > 0 && (read = readSome(in)) > 0) {
            more -= read;
        }
        output.end();
    }

    private int readSome(InputStream in) throws IOException {
        int available = Math.min(in.available(), buffer.length);
        if (available <= 0) {
            return 0;
        }
        int read = in.read(buffer, 0, available);
        output.add(buffer, Math.max(0, read));
        return read;
    }

    private ScriptResult result(Ending ending, OptionalInt exitCode) {
        return new ScriptResult(ending, exitCode, output.lines());
    }
}
