package io.jenkins.plugins.consuldeploy.traffic;

import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.ConsulException;
import io.jenkins.plugins.consuldeploy.consul.KvEntry;
import io.jenkins.plugins.consuldeploy.consul.Txn;
import io.jenkins.plugins.consuldeploy.consul.TxnResult;
import io.jenkins.plugins.consuldeploy.fleet.FleetException;
import io.jenkins.plugins.consuldeploy.phase.Durations;
import io.jenkins.plugins.consuldeploy.phase.Tree;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Keys that a fleet renders its proxies from, with consul-template or confd: {@code <app>/color}, {@code <app>/port} and
 * {@code <app>/version/<color>}, in one transaction, if {@code color} still is as it was read.
 *
 * <p>Who renders from keys answers nobody. So each {@link Front} is asked which color it is that answers, until it has been
 * the new one for half a second without a break; without a front, a move is done when the keys are written, and nothing
 * shows whether traffic has followed.
 *
 * <p>Consul's failures come as {@link ConsulException}, all others as {@link FleetException}.
 */
public final class ConsulKeySwitch implements TrafficSwitch {

    /** After a reload, nginx's old workers take connections beside the new ones for a tenth of a second. */
    private static final Duration SETTLED = Duration.ofMillis(500);

    private static final Duration ASK_AGAIN = Duration.ofMillis(50);
    private static final Duration BACK_TIMEOUT = Duration.ofSeconds(30);

    private final Consul consul;
    private final String app;
    private final Map<Color, OptionalInt> ports;
    private final Function<Color, Optional<String>> versions;
    private final List<Front> fronts;
    private final Duration longestRequest;

    /**
     * @param app            below which the keys are
     * @param ports          of each color's hosts; where it is empty, {@code <app>/port} is left as it is
     * @param versions       what a color runs, as far as it is known when traffic goes there
     * @param fronts         which are to be seen to follow; may be empty
     * @param longestRequest how long a request to the color before may go on
     * @throws io.jenkins.plugins.consuldeploy.phase.BadInputException when no key can have this name
     */
    public ConsulKeySwitch(
            Consul consul,
            String app,
            Map<Color, OptionalInt> ports,
            Function<Color, Optional<String>> versions,
            List<Front> fronts,
            Duration longestRequest) {
        this.consul = consul;
        this.app = Tree.of(app).prefix();
        this.ports = Map.copyOf(ports);
        this.versions = versions;
        this.fronts = List.copyOf(fronts);
        this.longestRequest = longestRequest;
    }

    @Override
    public String name() {
        return "consulKey:" + app;
    }

    /**
     * {@inheritDoc} The parts are the key, and each front by the color that answers there; an answer of neither is no color.
     * Neither is a front that does not answer, as long as there is no key: it has nothing to render from yet.
     */
    @Override
    public Going read() throws InterruptedException {
        Map<String, Shares> parts = new TreeMap<>();
        Optional<Color> written = color(consul.kv().get(key("color")));
        parts.put(key("color"), written.map(Shares::all).orElse(Shares.NONE));
        for (Front front : fronts) {
            parts.put(
                    front.url().toString(),
                    asked(front, written).map(Shares::all).orElse(Shares.NONE));
        }
        return new Going(parts);
    }

    @Override
    public Optional<String> whyNoWeights() {
        return Optional.of("the key " + key("color") + " has room for one color");
    }

    /** {@inheritDoc} There is nothing to prepare: what is rendered is rendered when the keys change. */
    @Override
    public Optional<String> prepare(Color color, Duration timeout) {
        return Optional.empty();
    }

    @Override
    public void move(Shares to, Duration timeout) throws InterruptedException {
        Color color = to.live()
                .orElseThrow(() -> new FleetException("could not move traffic (" + to + ") at " + name() + ": "
                        + whyNoWeights().orElseThrow()));
        Map<String, Optional<KvEntry>> before = readKeys(color);
        boolean isThere = color(before.get(key("color"))).equals(Optional.of(color));
        write("move traffic to " + color + " at " + app, before, wanted(color));
        Optional<String> why = await(color, timeout);
        if (why.isEmpty()) {
            return;
        }
        String asked = "could not move traffic (" + to + "): " + key("color") + " says " + color + ", and " + why.get();
        if (isThere) {
            throw new FleetException(asked + ". It said so before, and is left so. Look at what renders it");
        }
        throw new FleetException(asked + ". " + back(before, color));
    }

    /** {@inheritDoc} The keys stay written where a front does not follow. */
    @Override
    public void moveBack(Color to, Duration timeout) throws InterruptedException {
        write("move traffic back to " + to + " at " + app, readKeys(to), wanted(to));
        Optional<String> why = await(to, timeout);
        if (why.isPresent()) {
            throw new FleetException(
                    key("color") + " says " + to + " and stays so, but " + why.get() + ". Look at what renders it");
        }
    }

    /** {@inheritDoc} Nothing tells what is under way behind a front, so this takes the time of the longest request. */
    @Override
    public Optional<String> drain(Color color, Duration timeout) throws InterruptedException {
        if (color(consul.kv().get(key("color"))).equals(Optional.of(color))) {
            return Optional.of(color + " still gets all of the traffic, as " + key("color") + " says");
        }
        return Lingering.wait("the proxies that came from " + color, longestRequest, timeout, consul.time());
    }

    @Override
    public List<String> describe(Shares to) {
        String color = to.live().map(Color::word).orElse("no one color: " + to);
        List<String> lines = new ArrayList<>();
        lines.add("set " + key("color") + " to " + color
                + to.live()
                        .map(one ->
                                ", with " + key("port") + " and " + key("version/" + one) + " as far as they are known")
                        .orElse(""));
        fronts.forEach(front -> lines.add("ask " + front + " until " + color + " answers"));
        lines.add("wait " + Durations.show(longestRequest) + " for requests under way");
        return lines;
    }

    // Private

    private String key(String name) {
        return app + "/" + name;
    }

    private Optional<Color> color(Optional<KvEntry> entry) {
        String text = entry.map(found -> found.value().strip()).orElse("");
        for (Color color : Color.values()) {
            if (color.word().equals(text)) {
                return Optional.of(color);
            }
        }
        if (!text.isEmpty()) {
            throw new FleetException("the key " + key("color") + " says '" + text
                    + "', which is no color. Write blue or green there, or remove it");
        }
        return Optional.empty();
    }

    private static Optional<Color> asked(Front front, Optional<Color> written) throws InterruptedException {
        try {
            return front.ask();
        } catch (FleetException e) {
            if (written.isPresent()) {
                throw e;
            }
            return Optional.empty();
        }
    }

    private Map<String, Optional<KvEntry>> readKeys(Color color) {
        Map<String, Optional<KvEntry>> entries = new LinkedHashMap<>();
        for (String name : List.of("color", "port", "version/" + color)) {
            entries.put(key(name), consul.kv().get(key(name)));
        }
        return entries;
    }

    private Map<String, String> wanted(Color color) {
        Map<String, String> wanted = new LinkedHashMap<>();
        wanted.put(key("color"), color.word());
        OptionalInt port = ports.getOrDefault(color, OptionalInt.empty());
        port.ifPresent(number -> wanted.put(key("port"), Integer.toString(number)));
        versions.apply(color).ifPresent(version -> wanted.put(key("version/" + color), version));
        return wanted;
    }

    private void write(String doing, Map<String, Optional<KvEntry>> read, Map<String, String> wanted) {
        boolean isSo = wanted.entrySet().stream()
                .allMatch(one -> read.get(one.getKey()).map(KvEntry::value).equals(Optional.of(one.getValue())));
        if (isSo) {
            return;
        }
        Txn txn = Txn.to(doing);
        wanted.forEach((key, value) -> txn.setIfUnchanged(
                key,
                value,
                read.get(key).map(KvEntry::flags).orElse(0L),
                read.get(key).map(KvEntry::modifyIndex).orElse(0L)));
        commit(doing, txn, wanted);
    }

    private void commit(String doing, Txn txn, Map<String, String> wanted) {
        try {
            TxnResult result = consul.kv().commit(txn);
            if (!result.committed()) {
                throw new FleetException("could not " + doing + ": somebody else changed the keys meanwhile ("
                        + result.reason() + "). Nothing was written. Find out who did, and move it again");
            }
        } catch (ConsulException.Unreachable e) { // the answer got lost, perhaps not the write
            if (!wanted.entrySet().stream()
                    .allMatch(one ->
                            consul.kv().get(one.getKey()).map(KvEntry::value).equals(Optional.of(one.getValue())))) {
                throw e;
            }
        }
    }

    /** @return what the keys and the fronts are after going back */
    private String back(Map<String, Optional<KvEntry>> before, Color left) throws InterruptedException {
        Map<String, Optional<KvEntry>> now = readKeys(left);
        Txn txn = Txn.to("move traffic back at " + app);
        before.forEach((key, was) -> now.get(key)
                .filter(is -> !is.value().equals(was.map(KvEntry::value).orElse("")))
                .ifPresent(is -> {
                    if (was.isPresent()) {
                        txn.setIfUnchanged(key, was.get().value(), was.get().flags(), is.modifyIndex());
                    } else {
                        txn.deleteIfUnchanged(key, is.modifyIndex());
                    }
                }));
        if (txn.size() > 0 && !consul.kv().commit(txn).committed()) {
            return "It could NOT be moved back: somebody else changed the keys meanwhile. Look at them";
        }
        Optional<Color> color = color(before.get(key("color")));
        Optional<String> still = color.isEmpty() ? Optional.empty() : await(color.get(), BACK_TIMEOUT);
        return "It was moved back" + color.map(one -> " to " + one).orElse("")
                + still.map(why -> ", but " + why + ". Look at what renders it")
                        .orElse(". Look at what renders " + key("color"));
    }

    /** @return which front does not answer as it should after this time */
    private Optional<String> await(Color color, Duration timeout) throws InterruptedException {
        if (fronts.isEmpty()) {
            return Optional.empty();
        }
        long start = consul.time().nanoTime();
        long followedAt = start;
        while (true) {
            Optional<String> other = other(color, timeout);
            if (other.isPresent()) {
                followedAt = consul.time().nanoTime();
                if (consul.time().since(start).compareTo(timeout) >= 0) {
                    return other;
                }
            } else if (consul.time().since(followedAt).compareTo(SETTLED) >= 0) {
                return Optional.empty();
            }
            consul.time().sleep(ASK_AGAIN);
        }
    }

    /** @return what a front says that does not say this color */
    private Optional<String> other(Color color, Duration timeout) throws InterruptedException {
        for (Front front : fronts) {
            try {
                Optional<Color> found = front.ask();
                if (!found.equals(Optional.of(color))) {
                    return Optional.of(front
                            + found.map(one -> " is answered by " + one).orElse(" has answers that tell no color")
                            + " after " + Durations.show(timeout));
                }
            } catch (FleetException e) { // it may be starting anew
                return Optional.of("after " + Durations.show(timeout) + " there was " + e.getMessage());
            }
        }
        return Optional.empty();
    }
}
