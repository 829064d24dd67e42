package io.jenkins.plugins.consuldeploy.traffic;

import com.sun.net.httpserver.HttpServer;
import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.ConsulException;
import io.jenkins.plugins.consuldeploy.consul.KvEntry;
import io.jenkins.plugins.consuldeploy.consul.Pace;
import io.jenkins.plugins.consuldeploy.consul.Watch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** A front that follows {@code <app>/color} as a rendered proxy does, and tells the color by a header and by its body. */
public final class RenderedFront implements AutoCloseable {

    private final HttpServer server;
    private final Watch<?> renderer;
    private volatile String live = "";
    private volatile boolean isStuck;
    private volatile String former = "";
    private final AtomicInteger ofFormer = new AtomicInteger(-1);

    public RenderedFront(Consul consul, String app) {
        try {
            server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/", exchange -> {
            String color = ofFormer.getAndDecrement() == 0 ? former : live;
            exchange.getResponseHeaders().add("X-Color", color);
            byte[] body = ("<h1>" + color.toUpperCase(Locale.ROOT) + "</h1>").getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        renderer = Watch.start(
                consul,
                app + "/color",
                from -> consul.kv().get(app + "/color", from),
                Pace.every(Duration.ofMillis(10)),
                new Watch.Listener<Optional<KvEntry>>() {
                    @Override
                    public void changed(Optional<KvEntry> value) {
                        if (!isStuck) {
                            live = value.map(KvEntry::value).orElse("");
                        }
                    }

                    @Override
                    public void failed(ConsulException failure, Duration outage) {}
                });
    }

    public URI url() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
    }

    /** The color that it answers with. */
    public String live() {
        return live;
    }

    /** It does not follow any more. */
    public void stick() {
        isStuck = true;
    }

    /** It answers this until the key changes. */
    public void answer(String text) {
        live = text;
    }

    /** Of the next answers, the one after this many still comes from the color that was live until now. */
    public void linger(int answers) {
        former = live;
        ofFormer.set(answers);
    }

    /** Whether what lingered has answered. */
    public boolean hasLingered() {
        return ofFormer.get() < 0;
    }

    /** Nobody answers there any more. */
    public void stop() {
        server.stop(0);
    }

    @Override
    public void close() {
        renderer.close();
        stop();
    }
}
