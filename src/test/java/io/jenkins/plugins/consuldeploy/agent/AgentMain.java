package io.jenkins.plugins.consuldeploy.agent;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** An agent as a process of its own, for tests that kill it. */
public final class AgentMain {

    private AgentMain() {}

    /** @param args files and directories of its configuration */
    public static void main(String[] args) throws InterruptedException {
        List<Path> files = new ArrayList<>();
        for (String arg : args) {
            files.add(Path.of(arg));
        }
        Agent agent = new Agent(AgentConfig.read(files, System.getenv()));
        Runtime.getRuntime().addShutdownHook(new Thread(agent::close));
        agent.run();
    }

    /** Starts one. */
    static Process start(Path config, Path log) throws java.io.IOException {
        String classpath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-cp",
                        classpath,
                        AgentMain.class.getName(),
                        config.toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
    }
}
