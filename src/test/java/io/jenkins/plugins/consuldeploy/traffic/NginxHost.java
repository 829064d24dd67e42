package io.jenkins.plugins.consuldeploy.traffic;

import io.jenkins.plugins.consuldeploy.agent.Agent;
import io.jenkins.plugins.consuldeploy.agent.AgentConfig;
import io.jenkins.plugins.consuldeploy.consul.ReservedPort;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A proxy's host: a real nginx and a real agent, configured as docs/blue-green says, on free ports and in a directory. */
public final class NginxHost implements AutoCloseable {

    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final Path dir;
    private final String name;
    private final ReservedPort port = ReservedPort.take();
    private final ReservedPort checkPort = ReservedPort.take();
    private final Agent agent;

    /**
     * Starts its agent.
     *
     * @param consul the address of its Consul agent
     * @param prefix of the switch
     */
    public NginxHost(String name, String consul, String prefix, Map<Color, List<Integer>> ports) {
        try {
            this.name = name;
            this.dir = Files.createTempDirectory("nginx-host");
            Path etc = Files.createDirectories(dir.resolve("etc"));
            for (Color color : Color.values()) {
                StringBuilder servers = new StringBuilder();
                ports.get(color)
                        .forEach(one ->
                                servers.append("server 127.0.0.1:").append(one).append(";\n"));
                Files.createDirectories(etc.resolve("colors"));
                Files.writeString(etc.resolve("colors").resolve(color + ".conf"), servers);
            }
            Files.writeString(etc.resolve("nginx.conf.in"), here(Documents.read("nginx.conf.in")));
            Path config = Files.writeString(
                    dir.resolve("agent.json"),
                    here(Documents.read("agent.json"))
                            .replace("\"proxy1\"", "\"" + name + "\"")
                            .replace("127.0.0.1:8500", consul)
                            .replace("\"shop/live\"", "\"" + prefix + "\""));
            agent = new Agent(AgentConfig.read(List.of(config), Map.of()));
            agent.start();
            if (!agent.awaitReady(LIMIT)) {
                throw new IllegalStateException("the agent " + name + " was not ready in time");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while an agent starts", e);
        }
    }

    /**
     * The program: {@code NGINX_PROGRAM}, then the PATH, then where system programs are. Plain {@code NGINX} is nginx's own:
     * with it in its environment it takes itself for one that is being upgraded, whose sockets are inherited.
     */
    public static String binary() {
        String named = System.getenv("NGINX_PROGRAM");
        if (named != null && !named.isBlank()) {
            return named;
        }
        return Stream.concat(
                        Stream.of(System.getenv("PATH").split(File.pathSeparator)),
                        Stream.of("/usr/local/sbin", "/usr/sbin", "/sbin"))
                .map(entry -> Path.of(entry, "nginx"))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(
                        "no nginx: set NGINX_PROGRAM, put it on the PATH, or run bin/setup nginx"))
                .toString();
    }

    public String name() {
        return name;
    }

    public int port() {
        return port.number();
    }

    /** How a color's servers stand in the file that the agent renders from. */
    public Path servers(Color color) {
        return dir.resolve("etc/colors").resolve(color + ".conf");
    }

    /** Changes what the agent has prepared and tested of a color, so that its check fails. */
    public void spoil(Color color) throws IOException {
        Path config = dir.resolve("live").resolve(color.word()).resolve("nginx.conf");
        Files.writeString(config, Files.readString(config).replace("return 200 \"" + color, "return 200 \"mauve"));
    }

    /** Past the agent: points nginx to another color by hand and has it reload. */
    public void reloadByHand(Color color) throws IOException, InterruptedException {
        run("ln -sfn '" + dir.resolve("live").resolve(color.word()) + "' '" + dir + "/etc/live.next' && mv -fT '" + dir
                + "/etc/live.next' '" + dir + "/etc/live'");
        run(binary() + " -p '" + dir + "' -e '" + dir + "/error.log' -c '" + dir + "/etc/live/nginx.conf' -s reload");
    }

    /** Ends the agent alone. */
    public void stopAgent() {
        agent.close();
    }

    @Override
    public void close() {
        try {
            agent.close();
            Path pid = dir.resolve("nginx.pid");
            if (Files.exists(pid)) {
                ProcessHandle.of(Long.parseLong(Files.readString(pid).strip())).ifPresent(master -> {
                    List<ProcessHandle> workers = master.descendants().toList();
                    master.destroyForcibly();
                    workers.forEach(ProcessHandle::destroyForcibly);
                });
            }
            port.close();
            checkPort.close();
            try (Stream<Path> files = Files.walk(dir)) {
                files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    // Private

    private String here(String text) {
        return text.replace("worker_processes auto;", "worker_processes 2;" + user())
                .replace("/etc/nginx", dir.resolve("etc").toString())
                .replace("/run/nginx.pid", dir.resolve("nginx.pid").toString())
                .replace("/var/log/nginx/error.log", dir.resolve("error.log").toString())
                .replace("/srv/shop-live", dir.resolve("live").toString())
                .replace("listen 80 ", "listen 127.0.0.1:" + port + " ")
                .replace("127.0.0.1:8081", "127.0.0.1:" + checkPort)
                .replace("\"nginx -t", "\"" + binary() + " -e '" + dir + "/error.log' -p '" + dir + "' -t")
                .replace("{ nginx ", "{ " + binary() + " -e '" + dir + "/error.log' -p '" + dir + "' ");
    }

    /** Where tests run as root, nginx's workers would be somebody who may not read a temporary directory. */
    private static String user() {
        return "root".equals(System.getProperty("user.name")) ? "\nuser root;" : "";
    }

    private static void run(String command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder("sh", "-c", command).inheritIO().start();
        if (process.waitFor() != 0) {
            throw new IOException(command + ": exit code " + process.exitValue());
        }
    }
}
