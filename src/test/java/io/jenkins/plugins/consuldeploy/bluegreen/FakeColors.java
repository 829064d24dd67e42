package io.jenkins.plugins.consuldeploy.bluegreen;

import io.jenkins.plugins.consuldeploy.fleet.FleetException;
import io.jenkins.plugins.consuldeploy.fleet.Host;
import io.jenkins.plugins.consuldeploy.fleet.HostSource;
import io.jenkins.plugins.consuldeploy.health.HostCheck;
import io.jenkins.plugins.consuldeploy.health.Watch;
import io.jenkins.plugins.consuldeploy.notify.ReleaseEvent;
import io.jenkins.plugins.consuldeploy.traffic.Color;
import io.jenkins.plugins.consuldeploy.traffic.Going;
import io.jenkins.plugins.consuldeploy.traffic.Shares;
import io.jenkins.plugins.consuldeploy.traffic.TrafficSwitch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;

/**
 * Two colors of two hosts each behind two proxies, in memory, which watch at every act whether the promises of a switch
 * hold, and can kill whoever acts at an exact point.
 */
final class FakeColors {

    /** The process that acted is dead: no code of it runs after this. */
    static final class Killed extends Error {
        private static final long serialVersionUID = 1L;
    }

    static final String OLD = "v1";
    static final String NEW = "v2";

    private static final Duration LIMIT = Duration.ofSeconds(5);

    private final Map<String, Shares> proxies = new TreeMap<>();
    private final Map<Color, String> versions = new EnumMap<>(Color.class);
    /** Have passed their checks since they were deployed. */
    private final Set<Color> proved = EnumSet.noneOf(Color.class);

    private final Set<Color> stopped = EnumSet.noneOf(Color.class);
    private final List<String> broke = new ArrayList<>();
    private final List<String> acts = new ArrayList<>();
    private final List<String> transitions = new ArrayList<>();
    private final List<ReleaseEvent.Kind> events = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private final Map<String, Integer> refusals = new TreeMap<>();
    private int illFrom = Integer.MAX_VALUE;
    private int noticedFrom = Integer.MAX_VALUE;
    private boolean keepsConnections;
    private int points;
    private int killAt;

    /** @param live which color has v1 and all traffic; none before the first release ever */
    FakeColors(Optional<Color> live) {
        proxies.put("p1", live.map(Shares::all).orElse(Shares.NONE));
        proxies.put("p2", live.map(Shares::all).orElse(Shares.NONE));
        live.ifPresent(color -> {
            versions.put(color, OLD);
            proved.add(color);
        });
    }

    /** From the {@code point}th act or transition on, the process that does it is dead. */
    void killAt(int point) {
        killAt = point;
        points = 0;
    }

    int points() {
        return points;
    }

    /** The new version does not pass its checks once its color has so much of the traffic, in percent. */
    FakeColors illFrom(int percent) {
        illFrom = percent;
        return this;
    }

    /** Visitors notice the new version once its color has so much of the traffic, in percent. */
    FakeColors noticedFrom(int percent) {
        noticedFrom = percent;
        return this;
    }

    /** Connections never end. */
    FakeColors keepingConnections() {
        keepsConnections = true;
        return this;
    }

    /** The next so many acts of this kind are refused. */
    FakeColors refusing(String act, int times) {
        refusals.put(act, times);
        return this;
    }

    /** Somebody else moves traffic there. */
    void put(String proxy, Shares shares) {
        proxies.put(proxy, shares);
    }

    List<String> brokenPromises() {
        return broke;
    }

    List<String> acts() {
        return acts;
    }

    List<String> transitions() {
        return transitions;
    }

    List<ReleaseEvent.Kind> events() {
        return events;
    }

    List<String> notes() {
        return notes;
    }

    Set<Color> stopped() {
        return stopped;
    }

    /** Where all proxies send all traffic; empty where that is not one color. */
    Optional<Color> live() {
        return new Going(proxies).agreed().flatMap(Shares::live);
    }

    String version(Color color) {
        return versions.getOrDefault(color, "nothing");
    }

    SwitchSpec spec(String app, SwitchPolicy policy) {
        return spec(app, NEW, policy);
    }

    SwitchSpec spec(String app, String version, SwitchPolicy policy) {
        Map<Color, HostSource> hosts = new EnumMap<>(Color.class);
        for (Color color : Color.values()) {
            hosts.put(color, hosts(color));
        }
        return new SwitchSpec(
                app,
                Optional.of(version),
                hosts,
                traffic(),
                Optional.of(check()),
                Optional.of(watch()),
                true,
                true,
                true,
                policy,
                "{}");
    }

    static SwitchPolicy policy(List<Integer> weights, Optional<Duration> stopOld) {
        return new SwitchPolicy(
                weights, Duration.ofMillis(2), Duration.ofMillis(2), stopOld, false, LIMIT, LIMIT, LIMIT);
    }

    SwitchWork work() {
        ColorWork deploy = work("deploy", turn -> {
            if (carries(turn.color()) || stopped.contains(turn.color()) && proved.contains(turn.color())) {
                broke.add(turn.color() + " was deployed while it had traffic");
            }
            proved.remove(turn.color());
            stopped.remove(turn.color());
            versions.put(turn.color(), turn.version().orElseThrow());
        });
        ColorWork verify = work("verify", turn -> {
            if (carries(turn.color()) || !proved.contains(turn.color())) {
                broke.add(turn.color() + " was verified at a wrong moment");
            }
        });
        ColorWork stop = work("stop", turn -> {
            if (carries(turn.color())) {
                broke.add(turn.color() + " was stopped while it had traffic");
            }
            stopped.add(turn.color());
            proved.remove(turn.color());
        });
        return new SwitchWork(
                Optional.of(new SwitchWork.Job(deploy, LIMIT)),
                Optional.of(new SwitchWork.Job(verify, LIMIT)),
                Optional.of(new SwitchWork.Job(stop, LIMIT)));
    }

    SwitchListener listener() {
        return new SwitchListener() {
            @Override
            public void passed(Stage stage, Optional<Stage> next, Duration took, Optional<String> detail) {
                said(stage.word());
            }

            @Override
            public void stopped(Stage stage, String why) {
                said("stopped at " + stage.word() + ": " + why);
            }

            @Override
            public void movingBack(Color to) {
                said("moving back to " + to);
            }

            @Override
            public void note(String text) {
                notes.add(text);
            }

            @Override
            public void event(ReleaseEvent event) {
                events.add(event.kind());
            }
        };
    }

    // Private

    private interface Change {
        void by(ColorTurn turn);
    }

    private ColorWork work(String what, Change change) {
        return new ColorWork() {
            @Override
            public Optional<String> run(ColorTurn turn, Duration timeout) {
                synchronized (FakeColors.this) {
                    Optional<String> refused = act(what, turn.color() + " attempt " + turn.attempt());
                    if (refused.isEmpty()) {
                        change.by(turn);
                        point();
                    }
                    return refused;
                }
            }

            @Override
            public String describe() {
                return "run the test's " + what;
            }
        };
    }

    private HostSource hosts(Color color) {
        return new HostSource() {
            @Override
            public List<Host> find() {
                return List.of(host(color, 1), host(color, 2));
            }

            @Override
            public String describe() {
                return "the test's hosts";
            }
        };
    }

    private static Host host(Color color, int number) {
        String name = color.word() + number;
        return new Host(name, name, "10.0.0." + number, OptionalInt.of(80), Optional.of(color.word()));
    }

    private static Color color(Host host) {
        return Color.valueOf(host.zone().orElseThrow().toUpperCase(Locale.ROOT));
    }

    private HostCheck check() {
        return new HostCheck() {
            @Override
            public Optional<String> await(Host host, Duration timeout) {
                synchronized (FakeColors.this) {
                    if (carries(color(host))) {
                        throw new AssertionError("waits for " + host + ", which has traffic, to be well");
                    }
                    return again(host, timeout);
                }
            }

            @Override
            public Optional<String> again(Host host, Duration timeout) {
                synchronized (FakeColors.this) {
                    Color color = color(host);
                    if (isNewWith(color, illFrom) || stopped.contains(color) || !versions.containsKey(color)) {
                        return Optional.of("does not answer");
                    }
                    proved.add(color);
                    return Optional.empty();
                }
            }

            @Override
            public String describe() {
                return "the test's check";
            }
        };
    }

    private Watch watch() {
        return new Watch() {
            @Override
            public Watching begin() {
                if (!carries(Color.BLUE) && !carries(Color.GREEN)) {
                    broke.add("visitors were watched while there was no color to answer them");
                }
                return new Watching() {
                    @Override
                    public Optional<String> trouble() {
                        return verdict();
                    }

                    @Override
                    public Optional<String> verdict() {
                        synchronized (FakeColors.this) {
                            boolean noticed = Arrays.stream(Color.values())
                                    .anyMatch(color -> carries(color) && isNewWith(color, noticedFrom));
                            return noticed ? Optional.of("visitors have noticed") : Optional.empty();
                        }
                    }

                    @Override
                    public void close() {
                        // It looks only when it is asked.
                    }
                };
            }

            @Override
            public String describe() {
                return "the test's visitors";
            }
        };
    }

    private TrafficSwitch traffic() {
        return new TrafficSwitch() {
            @Override
            public String name() {
                return "the test's proxies";
            }

            @Override
            public Going read() {
                synchronized (FakeColors.this) {
                    return new Going(proxies);
                }
            }

            @Override
            public Optional<String> prepare(Color color, Duration timeout) {
                synchronized (FakeColors.this) {
                    return act("prepare", color.word());
                }
            }

            @Override
            public void move(Shares to, Duration timeout) {
                synchronized (FakeColors.this) {
                    for (String proxy : List.copyOf(proxies.keySet())) {
                        act("move", proxy + " " + to).ifPresent(why -> {
                            throw new FleetException(why);
                        });
                        proxies.put(proxy, to);
                        look();
                        point();
                    }
                }
            }

            @Override
            public void moveBack(Color to, Duration timeout) {
                move(Shares.all(to), timeout);
            }

            @Override
            public Optional<String> drain(Color color, Duration timeout) {
                synchronized (FakeColors.this) {
                    act("drain", color.word());
                    return keepsConnections ? Optional.of("3 connections") : Optional.empty();
                }
            }

            @Override
            public List<String> describe(Shares to) {
                return List.of("move " + to);
            }
        };
    }

    private boolean carries(Color color) {
        return proxies.values().stream().anyMatch(shares -> shares.of(color) > 0);
    }

    private boolean isNewWith(Color color, int percent) {
        return version(color).equals(NEW) && proxies.values().stream().anyMatch(shares -> shares.of(color) >= percent);
    }

    private void look() {
        for (Color color : Color.values()) {
            if (carries(color) && !proved.contains(color)) {
                broke.add(color + " had traffic before it had passed its checks");
            }
        }
    }

    private void said(String text) {
        synchronized (this) {
            transitions.add(text);
            point();
        }
    }

    private synchronized void point() {
        points++;
        if (killAt > 0 && points >= killAt) {
            throw new Killed();
        }
    }

    /** Something is about to be done. */
    private synchronized Optional<String> act(String kind, String what) {
        point();
        acts.add(kind + " " + what);
        return refusals.merge(kind, -1, Integer::sum) >= 0
                ? Optional.of(kind + " of " + what + " was refused")
                : Optional.empty();
    }
}
