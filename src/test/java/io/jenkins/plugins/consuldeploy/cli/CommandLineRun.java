package io.jenkins.plugins.consuldeploy.cli;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** What a command line did in this JVM. */
record CommandLineRun(int exit, String out, String err) {

    /** Runs it with no environment at all. */
    static CommandLineRun of(String... args) {
        return of(Map.of(), args);
    }

    static CommandLineRun of(Map<String, String> env, String... args) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int exit = Main.run(
                args,
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                env);
        return new CommandLineRun(exit, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    /** Standard output, which must be one line with one JSON object. */
    JsonObject json() {
        if (out.lines().count() != 1) {
            throw new AssertionError("one line was expected: " + out + "\nand on standard error: " + err);
        }
        return JsonParser.parseString(out).getAsJsonObject();
    }
}
