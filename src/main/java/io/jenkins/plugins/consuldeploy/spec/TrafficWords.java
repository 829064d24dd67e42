package io.jenkins.plugins.consuldeploy.spec;

import io.jenkins.plugins.consuldeploy.balancer.HaproxyBackends;
import io.jenkins.plugins.consuldeploy.balancer.RuntimeApi;
import io.jenkins.plugins.consuldeploy.bluegreen.VersionsOnRecord;
import io.jenkins.plugins.consuldeploy.fleet.Host;
import io.jenkins.plugins.consuldeploy.fleet.HostSource;
import io.jenkins.plugins.consuldeploy.journal.ReleaseKeys;
import io.jenkins.plugins.consuldeploy.phase.Caller;
import io.jenkins.plugins.consuldeploy.phase.Expected;
import io.jenkins.plugins.consuldeploy.phase.ProgressText;
import io.jenkins.plugins.consuldeploy.phase.Tree;
import io.jenkins.plugins.consuldeploy.time.TimeSource;
import io.jenkins.plugins.consuldeploy.traffic.AlbListenerSwitch;
import io.jenkins.plugins.consuldeploy.traffic.Color;
import io.jenkins.plugins.consuldeploy.traffic.ConsulKeySwitch;
import io.jenkins.plugins.consuldeploy.traffic.Front;
import io.jenkins.plugins.consuldeploy.traffic.HaproxySwitch;
import io.jenkins.plugins.consuldeploy.traffic.ProxiesSwitch;
import io.jenkins.plugins.consuldeploy.traffic.ServiceSplitterSwitch;
import io.jenkins.plugins.consuldeploy.traffic.TrafficOfHosts;
import io.jenkins.plugins.consuldeploy.traffic.TrafficSwitch;
import java.net.URI;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** The word {@code traffic}: what sends visitors to one color or the other. */
final class TrafficWords {

    private static final String[] KINDS = {"haproxy", "proxies", "albListener", "consulKey", "serviceSplitter"};

    private final String app;
    private final Map<Color, HostSource> hosts;
    private final Words aws;
    private final Surroundings with;

    private TrafficWords(String app, Map<Color, HostSource> hosts, Words aws, Surroundings with) {
        this.app = app;
        this.hosts = hosts;
        this.aws = aws;
        this.with = with;
    }

    static TrafficSwitch read(Words traffic, String app, Map<Color, HostSource> hosts, Words aws, Surroundings with) {
        TrafficWords reader = new TrafficWords(app, hosts, aws, with);
        String kind = traffic.choice(KINDS);
        return switch (kind) {
            case "haproxy" -> reader.haproxy(traffic.words(kind));
            case "proxies" -> reader.proxies(HostWords.named(traffic, kind, "prefix"));
            case "albListener" -> reader.albListener(traffic.words(kind));
            case "consulKey" -> reader.consulKey(HostWords.named(traffic, kind, "app"));
            default -> reader.serviceSplitter(HostWords.named(traffic, kind, "service"));
        };
    }

    // Private

    private TrafficSwitch haproxy(Words words) {
        words.only("address", "backend", "blue", "green", "map", "key");
        List<String> addresses = words.texts("address");
        if (addresses.isEmpty()) {
            throw words.missing("address");
        }
        for (int i = 0; i < addresses.size(); i++) {
            String address = addresses.get(i);
            words.checked(
                    addresses.size() == 1 ? "address" : "address[" + i + "]",
                    address,
                    () -> new RuntimeApi(address, HaproxySwitch.TIMEOUT));
        }
        TimeSource time = with.consul().time();
        if (words.has("map")) {
            words.only("address", "blue", "green", "map", "key");
            Map<Color, String> backends = perColor(words);
            String key = words.optionalText("key").orElse(app);
            return words.checked(
                    "map",
                    words.text("map"),
                    () -> HaproxySwitch.ofBackends(addresses, backends, words.text("map"), key, time));
        }
        words.only("address", "backend");
        String backend = words.text("backend");
        words.checked("backend", backend, () -> {
            HaproxyBackends.checkName(backend);
            return backend;
        });
        return new TrafficOfHosts(
                "haproxy:" + String.join(",", addresses) + "/" + backend,
                Optional.empty(),
                hosts,
                found -> HaproxySwitch.ofServers(addresses, backend, found, time));
    }

    private TrafficSwitch proxies(Words words) {
        words.only("prefix", "nodes", "service", "tag", "longestRequest");
        String prefix = words.text("prefix");
        Tree tree = words.checked("prefix", prefix, () -> with.tree(prefix));
        if (words.has("nodes") && words.has("service")) {
            throw words.bad("nodes", words.text("nodes"), "there is a service too; give one of the two");
        }
        if (words.has("tag") && !words.has("service")) {
            throw words.bad("tag", words.text("tag"), "it is a service's; give that too");
        }
        if (!words.has("nodes") && !words.has("service")) {
            throw words.missing("nodes");
        }
        Expected expected = words.has("service")
                ? words.placed(() -> new Expected.OfService(words.text("service"), words.optionalText("tag")))
                : new Expected.AtLeast(words.number("nodes", 1, 1, Integer.MAX_VALUE));
        // One switch of an application runs at a time, so whatever has this name is this one, or a dead one before it.
        Caller caller = new Caller("the switch of " + app, "keys below " + with.keyRoot());
        return new ProxiesSwitch(
                with.consul(),
                tree,
                caller,
                expected,
                words.duration("longestRequest", ProxiesSwitch.LONGEST_REQUEST),
                progress -> ProgressText.line(progress)
                        .ifPresent(line -> with.output().accept(prefix, line)));
    }

    private TrafficSwitch albListener(Words words) {
        words.only("listeners", "blue", "green");
        Map<Color, String> groups = perColor(words);
        List<String> listeners = words.texts("listeners");
        if (listeners.isEmpty()) {
            throw words.missing("listeners");
        }
        return words.checked(
                "listeners",
                listeners.toString(),
                () -> new AlbListenerSwitch(
                        with.aws(aws), listeners, groups, with.consul().time()));
    }

    private TrafficSwitch consulKey(Words words) {
        words.only("app", "fronts", "longestRequest");
        String name = words.text("app");
        List<Front> fronts =
                words.list("fronts", "url").stream().map(TrafficWords::front).toList();
        Duration longest = words.duration("longestRequest", ProxiesSwitch.LONGEST_REQUEST);
        VersionsOnRecord versions = new VersionsOnRecord(with.consul(), new ReleaseKeys(with.keyRoot()), app);
        TrafficOfHosts.Maker maker =
                found -> new ConsulKeySwitch(with.consul(), name, ports(found), versions::of, fronts, longest);
        TrafficSwitch any = words.checked("app", name, () -> maker.of(Map.of()));
        return new TrafficOfHosts(any.name(), any.whyNoWeights(), hosts, maker);
    }

    private TrafficSwitch serviceSplitter(Words words) {
        words.only("service", "meta", "blue", "green", "longestRequest");
        boolean byFilter = words.has("blue") || words.has("green");
        if (byFilter && words.has("meta")) {
            throw words.bad("meta", words.text("meta"), "there is a filter for a color too; give the one or the other");
        }
        Map<Color, String> filters = byFilter
                ? perColor(words)
                : ServiceSplitterSwitch.ofMeta(words.optionalText("meta").orElse("color"));
        return words.checked(
                "service",
                words.text("service"),
                () -> new ServiceSplitterSwitch(
                        with.consul(),
                        words.text("service"),
                        filters,
                        words.duration("longestRequest", ProxiesSwitch.LONGEST_REQUEST)));
    }

    private static Front front(Words words) {
        words.only("url", "header", "blue", "green");
        Map<Color, String> texts = new EnumMap<>(Color.class);
        for (Color color : Color.values()) {
            texts.put(color, words.optionalText(color.word()).orElse(color.word()));
        }
        String url = words.text("url");
        return words.checked("url", url, () -> new Front(URI.create(url), words.optionalText("header"), texts));
    }

    private static Map<Color, String> perColor(Words words) {
        Map<Color, String> texts = new EnumMap<>(Color.class);
        for (Color color : Color.values()) {
            texts.put(color, words.text(color.word()));
        }
        return texts;
    }

    /** The port of each color's hosts, where it is one and the same. */
    private static Map<Color, OptionalInt> ports(Map<Color, List<Host>> hosts) {
        Map<Color, OptionalInt> ports = new EnumMap<>(Color.class);
        for (Color color : Color.values()) {
            List<OptionalInt> all = hosts.getOrDefault(color, List.of()).stream()
                    .map(Host::port)
                    .distinct()
                    .toList();
            ports.put(color, all.size() == 1 ? all.get(0) : OptionalInt.empty());
        }
        return ports;
    }
}
