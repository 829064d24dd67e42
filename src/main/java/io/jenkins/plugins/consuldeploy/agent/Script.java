package io.jenkins.plugins.consuldeploy.agent;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * A list of commands that is run as one script, which ends with its first failing command.
 *
 * @param name        for logs and the shell's own messages, such as "deploy"
 * @param directory   it is run in
 * @param file        where its text is put when it is too long for an argument
 * @param environment added to the agent's own
 * @param timeout     after which it is ended, with everything that it has started
 * @param grace       from SIGTERM to SIGKILL, when it is ended
 */
record Script(
        String name,
        Shell shell,
        List<String> commands,
        Path directory,
        Path file,
        Map<String, String> environment,
        Duration timeout,
        Duration grace) {

    String text() {
        return String.join("\n", commands) + "\n";
    }
}
