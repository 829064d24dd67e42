package io.jenkins.plugins.consuldeploy.cli;

import io.jenkins.plugins.consuldeploy.phase.Caller;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Who runs this, for whoever finds the lock. */
final class Whoami {

    private static final Path LINUX_HOST_NAME = Path.of("/proc/sys/kernel/hostname");

    private Whoami() {}

    /** The user and host; and the build that it runs in, as build servers tell it, or else the process. */
    static Caller in(Map<String, String> env) {
        String build = Optional.ofNullable(env.get("BUILD_URL"))
                .filter(url -> !url.isBlank())
                .orElse("process " + ProcessHandle.current().pid());
        return new Caller(System.getProperty("user.name", "somebody") + "@" + host(env), build);
    }

    /** Not by asking for the local address, which may wait for a name server. */
    private static String host(Map<String, String> env) {
        try {
            return Files.readString(LINUX_HOST_NAME).strip();
        } catch (IOException e) {
            return env.getOrDefault("HOSTNAME", env.getOrDefault("COMPUTERNAME", "localhost"));
        }
    }
}
