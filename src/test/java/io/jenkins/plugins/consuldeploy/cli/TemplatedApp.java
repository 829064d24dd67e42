package io.jenkins.plugins.consuldeploy.cli;

import com.sun.net.httpserver.HttpServer;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * An application that is told its version by a file when it starts, as a templated job is by its environment: a process
 * of its own. Its start takes a while; at SIGTERM it ends what it has begun, and then itself. The version
 * {@code broken} answers 500.
 *
 * <p>Usage: {@code TemplatedApp ADDRESS PORT FILE LOG}; each start is a line in the log.
 */
public final class TemplatedApp {

    /** Longer than a Consul check's interval can be at least, which is a second. */
    private static final long START_MILLIS = 2200;

    private TemplatedApp() {}

    public static void main(String[] args) throws Exception {
        String version = Files.readString(Path.of(args[2])).strip();
        Files.writeString(Path.of(args[3]), version + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        TimeUnit.MILLISECONDS.sleep(START_MILLIS);
        System.setProperty("sun.net.httpserver.nodelay", "true");
        HttpServer server = HttpServer.create(new InetSocketAddress(args[0], Integer.parseInt(args[1])), 100);
        server.setExecutor(Executors.newFixedThreadPool(8));
        server.createContext("/", exchange -> {
            byte[] body = version.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Connection", "close");
            exchange.sendResponseHeaders(version.equals("broken") ? 500 : 200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        Runtime.getRuntime().addShutdownHook(new Thread(() -> server.stop(1)));
        server.start();
    }
}
