package io.jenkins.plugins.consuldeploy.balancer;

import com.sun.net.httpserver.HttpServer;
import io.jenkins.plugins.consuldeploy.consul.ReservedPort;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** An application behind a balancer: it answers with its name, and holds a request to {@code /hold} until it is told. */
public final class TestApp implements AutoCloseable {

    static {
        // Header and body are two writes, and the second would wait for the peer's delayed acknowledgement of the
        // first.
        System.setProperty("sun.net.httpserver.nodelay", "true");
    }

    private final String name;
    private final AtomicInteger held = new AtomicInteger();
    private final AtomicInteger answered = new AtomicInteger();
    private volatile CountDownLatch hold = new CountDownLatch(1);
    private HttpServer server;
    private ExecutorService threads;
    private final ReservedPort port = ReservedPort.take();

    public TestApp(String name) {
        this.name = name;
        start();
    }

    public int port() {
        return port.number();
    }

    /** How many requests it holds. */
    public int held() {
        return held.get();
    }

    /** How many it has answered, those of health checks (to {@code /check}) not among them. */
    public int answered() {
        return answered.get();
    }

    /** Answers those that it holds. */
    public void release() {
        hold.countDown();
        hold = new CountDownLatch(1);
    }

    /** Listens; again on the same port when it did before. */
    public void start() {
        try {
            server = HttpServer.create(new InetSocketAddress("127.0.0.1", port.number()), 100);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        threads = Executors.newCachedThreadPool();
        server.setExecutor(threads);
        server.createContext("/", exchange -> {
            String path = exchange.getRequestURI().getPath();
            if (path.equals("/hold")) {
                CountDownLatch until = hold;
                held.incrementAndGet();
                try {
                    until.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                held.decrementAndGet();
            }
            if (!path.equals("/check")) {
                answered.incrementAndGet();
            }
            byte[] body = name.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
    }

    /** Stops as a killed process does. */
    public void stop() {
        server.stop(0);
        threads.shutdownNow();
    }

    @Override
    public void close() {
        stop();
        port.close();
    }
}
