package io.jenkins.plugins.consuldeploy.traffic;

import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import io.jenkins.plugins.consuldeploy.consul.ConfigEntries.Entry;
import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.ConsulException;
import io.jenkins.plugins.consuldeploy.fleet.FleetException;
import io.jenkins.plugins.consuldeploy.phase.Durations;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A service of a Consul mesh: its resolver has a subset for each color, its splitter their weights. What else these entries
 * have stays as it is.
 *
 * <p>The service needs an HTTP protocol ({@code http}, {@code http2} or {@code grpc}, by its {@code service-defaults} or by
 * {@code proxy-defaults}); Consul refuses to split another. That is not changed from here, since it changes what every
 * proxy of the service does with its connections.
 *
 * <p>What {@link #read} tells is what Consul compiles of all entries and tells the proxies. They follow within moments, by
 * blocking queries; nothing says when the last one has. A router in front may send requests elsewhere by their path or
 * header; it is not looked at.
 *
 * <p>Consul's failures come as {@link ConsulException}.
 */
public final class ServiceSplitterSwitch implements TrafficSwitch {

    private static final String RESOLVER = "service-resolver";
    private static final String SPLITTER = "service-splitter";
    private static final List<String> SPLITTABLE = List.of("http", "http2", "grpc");
    private static final Duration ASK_AGAIN = Duration.ofMillis(250);

    private final Consul consul;
    private final MeshEntries entries;
    private final String service;
    private final Map<Color, String> filters;
    private final Duration longestRequest;

    /**
     * @param filters        by color, which instances are its subset, where the resolver does not say yet: Consul's filter
     *                       expressions, as {@code Service.Meta.color == blue}
     * @param longestRequest how long a request to the color before may go on
     * @throws IllegalArgumentException naming the service or filter that is empty
     */
    public ServiceSplitterSwitch(Consul consul, String service, Map<Color, String> filters, Duration longestRequest) {
        if (service.isBlank()) {
            throw new IllegalArgumentException("the name of the Consul service is empty");
        }
        for (Color color : Color.values()) {
            if (filters.getOrDefault(color, "").isBlank()) {
                throw new IllegalArgumentException(color + " has no filter; give one for each color, such as "
                        + ofMeta("color").get(color));
            }
        }
        this.consul = consul;
        this.entries = new MeshEntries(consul.configEntries(), service);
        this.service = service;
        this.filters = Map.copyOf(filters);
        this.longestRequest = longestRequest;
    }

    /** Filters by what the instances' meta says under a key: {@code blue} or {@code green}. */
    public static Map<Color, String> ofMeta(String key) {
        Map<Color, String> filters = new EnumMap<>(Color.class);
        for (Color color : Color.values()) {
            filters.put(color, "Service.Meta." + key + " == " + color);
        }
        return filters;
    }

    @Override
    public String name() {
        return "serviceSplitter:" + service;
    }

    /**
     * {@inheritDoc} Without a splitter that is the resolver's default subset; and without that, no color, though its
     * instances of any color get traffic.
     */
    @Override
    public Going read() {
        return new Going(Map.of(part().name(), shares()));
    }

    /**
     * {@inheritDoc} Ready is a subset with an instance whose checks all pass. Subsets that the resolver lacks are added, which
     * moves no traffic.
     */
    @Override
    public Optional<String> prepare(Color color, Duration timeout) throws InterruptedException {
        String protocol = entries.chain().protocol();
        if (!SPLITTABLE.contains(protocol)) {
            return Optional.of("the service " + service + " has the protocol " + protocol
                    + ", and Consul splits only http, http2 and grpc. Write a service-defaults entry for it with one of"
                    + " these, if that is what it speaks");
        }
        String filter = subset(color);
        long start = consul.time().nanoTime();
        while (consul.services().passingInMesh(service, filter).isEmpty()) {
            if (consul.time().since(start).compareTo(timeout) >= 0) {
                return Optional.of("the service " + service + " has no passing instance in the mesh with '" + filter
                        + "', the subset " + color + ", after " + Durations.show(timeout));
            }
            consul.time().sleep(ASK_AGAIN);
        }
        return Optional.empty();
    }

    @Override
    public void move(Shares to, Duration timeout) throws InterruptedException {
        if (to.equals(Shares.NONE)) {
            throw new FleetException("could not move traffic (" + to + "): a splitter's weights are 100 together; use"
                    + " intentions to keep traffic from " + service);
        }
        AllOrNone.move(List.of(part()), to, timeout, consul.time());
    }

    @Override
    public void moveBack(Color to, Duration timeout) throws InterruptedException {
        AllOrNone.moveBack(List.of(part()), to, timeout, consul.time());
    }

    /** {@inheritDoc} No proxy tells Consul what it has under way, so this takes the time of the longest request. */
    @Override
    public Optional<String> drain(Color color, Duration timeout) throws InterruptedException {
        Shares now = shares();
        return now.of(color) > 0
                ? Optional.of(color + " still gets " + now.of(color) + "% of the traffic to " + service)
                : Lingering.wait("the subset " + color + " of " + service, longestRequest, timeout, consul.time());
    }

    @Override
    public List<String> describe(Shares to) {
        return List.of(
                "see that the resolver of " + service + " has a subset for each color, and wait until the one that gets"
                        + " traffic has a passing instance",
                "write the splitter of " + service + ": " + to,
                "wait " + Durations.show(longestRequest) + " for requests under way");
    }

    // Private

    private AllOrNone.Part part() {
        return new AllOrNone.Part() {
            @Override
            public String name() {
                return "the splitter of " + service;
            }

            @Override
            public AllOrNone.Held hold() {
                Shares shares = shares();
                Optional<Entry> before = entries.get(SPLITTER);
                return new AllOrNone.Held() {
                    @Override
                    public Shares shares() {
                        return shares;
                    }

                    @Override
                    public void move(Shares to) {
                        entries.change(
                                SPLITTER, fields -> fields.add("Splits", MeshEntries.splits(fields.get("Splits"), to)));
                    }

                    @Override
                    public void restore() {
                        if (before.isEmpty()) {
                            entries.delete(SPLITTER);
                        } else {
                            entries.change(
                                    SPLITTER,
                                    fields -> fields.add(
                                            "Splits", before.get().fields().get("Splits")));
                        }
                    }
                };
            }
        };
    }

    private Shares shares() {
        Map<String, Double> left = new HashMap<>(entries.chain().split());
        Map<Color, Double> weights = new EnumMap<>(Color.class);
        for (Color color : Color.values()) {
            String target = color + "." + service + ".";
            weights.put(
                    color,
                    left.entrySet().stream()
                            .filter(one -> one.getKey().startsWith(target))
                            .mapToDouble(Map.Entry::getValue)
                            .sum());
            left.keySet().removeIf(one -> one.startsWith(target));
        }
        left.values().removeIf(weight -> weight == 0);
        if (left.keySet().stream().allMatch(one -> one.startsWith(service + "."))
                && weights.values().stream().allMatch(weight -> weight == 0)) {
            return Shares.NONE; // all instances, whatever their color
        }
        if (!left.isEmpty()) {
            throw new FleetException("the service " + service + " sends traffic to " + String.join(", ", left.keySet())
                    + " too, which is of neither color. Take that out of its splitter or resolver");
        }
        // A splitter's weights have two places behind the point.
        return Weights.shares(Math.round(100 * weights.get(Color.BLUE)), Math.round(100 * weights.get(Color.GREEN)));
    }

    /** @return the filter of the color's subset, as the resolver has it */
    private String subset(Color wanted) {
        Entry resolver = entries.change(RESOLVER, fields -> {
            JsonObject subsets = fields.get("Subsets") instanceof JsonObject found ? found : new JsonObject();
            for (Color color : Color.values()) {
                if (!subsets.has(color.word())) {
                    JsonObject subset = new JsonObject();
                    subset.addProperty("Filter", filters.get(color));
                    subsets.add(color.word(), subset);
                }
            }
            fields.add("Subsets", subsets);
        });
        JsonObject subset = resolver.fields().getAsJsonObject("Subsets").getAsJsonObject(wanted.word());
        return subset.get("Filter") instanceof JsonPrimitive filter ? filter.getAsString() : "";
    }
}
