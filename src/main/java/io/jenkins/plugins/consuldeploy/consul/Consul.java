package io.jenkins.plugins.consuldeploy.consul;

import io.jenkins.plugins.consuldeploy.time.TimeSource;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A Consul that is spoken to: one pool of connections and one background thread for renewals, for any number of
 * threads. Nothing is sent before the first call.
 */
public final class Consul implements AutoCloseable {

    private static final AtomicInteger COUNT = new AtomicInteger();

    private final Transport transport;
    private final ScheduledExecutorService scheduler;

    public Consul(ConsulConfig config) {
        this(config, TimeSource.system());
    }

    public Consul(ConsulConfig config, TimeSource time) {
        this.transport = new Transport(config, time);
        ScheduledThreadPoolExecutor executor =
                new ScheduledThreadPoolExecutor(1, daemons("consul-renewal-" + COUNT.incrementAndGet()));
        executor.setRemoveOnCancelPolicy(true);
        this.scheduler = Executors.unconfigurableScheduledExecutorService(executor);
    }

    public ConsulConfig config() {
        return transport.config();
    }

    public TimeSource time() {
        return transport.time();
    }

    public KeyValue kv() {
        return new KeyValue(transport);
    }

    public Sessions sessions() {
        return new Sessions(this, transport);
    }

    public Events events() {
        return new Events(transport);
    }

    public Services services() {
        return new Services(transport);
    }

    /** Entries that say how a service mesh sends traffic. */
    public ConfigEntries configEntries() {
        return new ConfigEntries(transport);
    }

    /** Maintenance mode of the agent that is spoken to. */
    public Maintenance maintenance() {
        return new Maintenance(transport);
    }

    public Cluster cluster() {
        return new Cluster(transport);
    }

    /** How many requests this client has sent, those that failed and those of its watches among them. */
    public long requests() {
        return transport.requests();
    }

    /** Ends the renewals and the connections. Watches have to be closed before, locks released. */
    @Override
    public void close() {
        scheduler.shutdownNow();
        transport.close();
    }

    // Private

    Transport transport() {
        return transport;
    }

    ScheduledExecutorService scheduler() {
        return scheduler;
    }

    static ThreadFactory daemons(String name) {
        return task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        };
    }
}
