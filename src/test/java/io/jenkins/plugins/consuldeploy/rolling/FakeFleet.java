package io.jenkins.plugins.consuldeploy.rolling;

import io.jenkins.plugins.consuldeploy.balancer.LoadBalancer;
import io.jenkins.plugins.consuldeploy.balancer.Membership;
import io.jenkins.plugins.consuldeploy.fleet.FleetException;
import io.jenkins.plugins.consuldeploy.fleet.Host;
import io.jenkins.plugins.consuldeploy.fleet.HostSource;
import io.jenkins.plugins.consuldeploy.fleet.Suspension;
import io.jenkins.plugins.consuldeploy.health.HostCheck;
import io.jenkins.plugins.consuldeploy.notify.ReleaseEvent;
import io.jenkins.plugins.consuldeploy.phase.BatchSize;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;

/**
 * Hosts h0, h1, … in two balancers with an auto scaling group around them, in memory, which watch at every act whether
 * the promises of a release hold, and can kill whoever acts at an exact point.
 */
final class FakeFleet {

    /** The process that acted is dead: no code of it runs after this. */
    static final class Killed extends Error {
        private static final long serialVersionUID = 1L;
    }

    static final String OLD = "v1";
    static final String NEW = "v2";
    private static final String KEPT_OUT = "kept out";

    private final List<Host> hosts;
    private final Map<String, FakeBalancer> balancers = new TreeMap<>();
    private final Map<String, String> versions = new TreeMap<>();
    private final Set<String> suspended = new TreeSet<>(List.of("ScheduledActions"));
    private final Set<String> broken = new TreeSet<>();
    private final Set<String> neverDrained = new TreeSet<>();
    private final Set<String> neverReady = new TreeSet<>();
    private final Set<String> forgottenWhileDraining = new TreeSet<>();
    private final Map<String, Integer> refusals = new TreeMap<>();
    private final List<String> broke = new ArrayList<>();
    private final List<ReleaseEvent.Kind> events = new ArrayList<>();
    private final List<String> acts = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private BiConsumer<Host, HostPhase> watcher = (host, phase) -> {};
    private int points;
    private int killAt;
    private int maxOut = Integer.MAX_VALUE;
    private int minIn;

    FakeFleet(int size) {
        hosts = IntStream.range(0, size)
                .mapToObj(i -> new Host("h" + i, "i-" + i, "10.0.0." + i, OptionalInt.of(80), Optional.empty()))
                .toList();
        hosts.forEach(host -> versions.put(host.name(), OLD));
        balancers.put("left", new FakeBalancer("left"));
        balancers.put("right", new FakeBalancer("right"));
    }

    /** From the {@code point}th act or transition on, the process that does it is dead. */
    void killAt(int point) {
        killAt = point;
        points = 0;
    }

    int points() {
        return points;
    }

    /** The new version does not start on these. */
    void breakOn(String... names) {
        broken.clear();
        broken.addAll(List.of(names));
    }

    /** Their connections never end. */
    void neverDrain(String... names) {
        neverDrained.addAll(List.of(names));
    }

    /** From now on the balancers do not have them in service, whatever they are told; or do again. */
    synchronized void neverReady(String... names) {
        neverReady.clear();
        neverReady.addAll(List.of(names));
        balancers
                .values()
                .forEach(balancer -> balancer.members.forEach((name, member) -> {
                    if (neverReady.contains(name) && member.isIn()) {
                        member.status = LoadBalancer.Status.NOT_READY;
                    }
                }));
    }

    /** The balancers are restarted, and know nothing any more of what they were told about this host. */
    synchronized void restartBalancers(String name) {
        balancers.values().stream()
                .map(balancer -> balancer.members.get(name))
                .filter(member -> member != null)
                .forEach(member -> member.status = LoadBalancer.Status.IN_SERVICE);
    }

    /** The same, once, as soon as the left one says that this host drains. */
    void restartBalancersWhileDraining(String name) {
        forgottenWhileDraining.add(name);
    }

    /** Somebody keeps this host from its traffic, before any release. */
    void keepOut(String name) {
        balancers.values().forEach(balancer -> {
            if (balancer.members.containsKey(name)) {
                balancer.members.get(name).status = LoadBalancer.Status.OUT;
                balancer.members.get(name).weight = KEPT_OUT;
            }
        });
    }

    /** This host is in no balancer at all. */
    void forget(String name) {
        balancers.values().forEach(balancer -> balancer.members.remove(name));
    }

    /** The next so many acts of this kind are refused: {@code takeOut}, {@code putBack}, {@code suspend}, {@code resume}. */
    void refuse(String act, int times) {
        refusals.put(act, times);
    }

    /** Is told of each transition that is on record. */
    void watch(BiConsumer<Host, HostPhase> transitions) {
        watcher = transitions;
    }

    /** Every act so far: the thread that did it, what, to whom. */
    synchronized List<String> acts() {
        return List.copyOf(acts);
    }

    synchronized List<String> notes() {
        return List.copyOf(notes);
    }

    void watch(int maxOutAtOnce, int minInService) {
        maxOut = maxOutAtOnce;
        minIn = minInService;
    }

    /** Promises that did not hold, each at the act where that showed. */
    List<String> brokenPromises() {
        return broke;
    }

    Map<String, String> versions() {
        return versions;
    }

    Set<String> suspended() {
        return suspended;
    }

    List<ReleaseEvent.Kind> events() {
        return events;
    }

    List<String> outOfService() {
        return hosts.stream().map(Host::name).filter(name -> !inService(name)).toList();
    }

    FakeBalancer balancer(String name) {
        return balancers.get(name);
    }

    RollingSpec spec(String app, RollingPolicy policy) {
        return new RollingSpec(
                app,
                Optional.of(NEW),
                new HostSource() {
                    @Override
                    public List<Host> find() {
                        return hosts;
                    }

                    @Override
                    public String describe() {
                        return "the hosts of the test";
                    }
                },
                List.copyOf(balancers.values()),
                List.of(new Scaling()),
                Optional.of(check()),
                policy,
                true,
                "{}");
    }

    /** With a time for getting in service again that no host needs. */
    static RollingPolicy policy(String batch, RollingPolicy.OnHostFailure onFailure, int maxFailures) {
        return policy(batch, onFailure, maxFailures, Duration.ofSeconds(30));
    }

    static RollingPolicy policy(
            String batch, RollingPolicy.OnHostFailure onFailure, int maxFailures, Duration healthTimeout) {
        return new RollingPolicy(
                BatchSize.parse("batch", batch),
                Optional.empty(),
                Duration.ZERO,
                Duration.ZERO,
                Optional.empty(),
                maxFailures,
                onFailure,
                Duration.ofSeconds(5),
                false,
                Duration.ofSeconds(5),
                healthTimeout);
    }

    Update update() {
        return new Update() {
            @Override
            public Optional<String> run(Turn turn, Duration timeout) {
                synchronized (FakeFleet.this) {
                    if (inAnyService(turn.host().name())) {
                        broke.add(turn.host() + " was updated while it had traffic");
                    }
                    act("update", turn.host().name() + " attempt " + turn.attempt());
                    versions.put(turn.host().name(), turn.back() ? OLD : NEW);
                    point();
                }
                return Optional.empty();
            }

            @Override
            public String describe() {
                return "run the test's update";
            }
        };
    }

    RollingListener listener() {
        return new RollingListener() {
            @Override
            public void went(Host host, HostPhase from, HostPhase to, Duration took, Optional<String> detail) {
                watcher.accept(host, to);
                point();
            }

            @Override
            public void note(String text) {
                synchronized (FakeFleet.this) {
                    notes.add(text);
                }
            }

            @Override
            public void event(ReleaseEvent event) {
                synchronized (FakeFleet.this) {
                    events.add(event.kind());
                }
            }
        };
    }

    // Private

    private HostCheck check() {
        return new HostCheck() {
            @Override
            public Optional<String> await(Host host, Duration timeout) {
                boolean bad;
                synchronized (FakeFleet.this) {
                    bad = broken.contains(host.name())
                            && versions.get(host.name()).equals(NEW);
                }
                return bad ? Optional.of("does not answer") : Optional.empty();
            }

            @Override
            public Optional<String> again(Host host, Duration timeout) throws InterruptedException {
                return await(host, timeout);
            }

            @Override
            public String describe() {
                return "the test's check";
            }
        };
    }

    private synchronized void point() {
        points++;
        if (killAt > 0 && points >= killAt) {
            throw new Killed();
        }
    }

    /** Something is about to be done. */
    private void act(String kind, String what) {
        point();
        acts.add(Thread.currentThread().getName() + " " + kind + " " + what);
        if (refusals.merge(kind, -1, Integer::sum) >= 0) {
            throw new FleetException(kind + " of " + what + " was refused");
        }
    }

    private boolean inService(String name) {
        return balancers.values().stream()
                .allMatch(balancer -> !balancer.members.containsKey(name)
                        || balancer.members.get(name).isIn());
    }

    private boolean inAnyService(String name) {
        return balancers.values().stream()
                .anyMatch(balancer -> balancer.members.containsKey(name)
                        && balancer.members.get(name).isIn());
    }

    private void lookAtPromises() {
        List<String> out = outOfService();
        if (out.size() > maxOut) {
            broke.add(out + " were out at once, and " + maxOut + " may be");
        }
        if (hosts.size() - out.size() < minIn) {
            broke.add("only " + (hosts.size() - out.size()) + " were in service, and " + minIn + " have to be");
        }
    }

    /** A member goes through draining and through being not ready, each for one asking. */
    private static final class Member {
        private LoadBalancer.Status status = LoadBalancer.Status.IN_SERVICE;
        private String weight;

        Member(String weight) {
            this.weight = weight;
        }

        boolean isIn() {
            return status == LoadBalancer.Status.IN_SERVICE;
        }
    }

    /** h1 is in the left one only; every other host is in both, each with a weight of its own. */
    final class FakeBalancer implements LoadBalancer {
        private final String name;
        private final Map<String, Member> members = new TreeMap<>();

        FakeBalancer(String name) {
            this.name = name;
            for (Host host : hosts) {
                if (name.equals("left") || !host.name().equals("h1")) {
                    members.put(host.name(), new Member(name + "-" + host.name()));
                }
            }
        }

        Map<String, String> weights() {
            Map<String, String> weights = new TreeMap<>();
            members.forEach((host, member) -> weights.put(host, member.weight));
            return weights;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public Optional<Membership> membership(Host host) {
            synchronized (FakeFleet.this) {
                return Optional.ofNullable(members.get(host.name()))
                        .filter(member ->
                                member.isIn() || member.status == Status.NOT_READY || member.weight.equals(KEPT_OUT))
                        .map(member -> new Membership(Map.of("weight", member.weight)));
            }
        }

        @Override
        public boolean returnsToService(Membership membership) {
            return !membership.details().get("weight").equals(KEPT_OUT);
        }

        @Override
        public Status status(Host host, Membership membership) {
            synchronized (FakeFleet.this) {
                Member member = members.get(host.name());
                Status now = member.status;
                if (now == Status.DRAINING && forgottenWhileDraining.remove(host.name())) {
                    restartBalancers(host.name());
                } else if (now == Status.DRAINING && !neverDrained.contains(host.name())) {
                    member.status = Status.OUT;
                } else if (now == Status.NOT_READY && !neverReady.contains(host.name())) {
                    member.status = Status.IN_SERVICE;
                }
                return now;
            }
        }

        @Override
        public void takeOut(Host host, Membership membership) {
            synchronized (FakeFleet.this) {
                act("takeOut", name + " " + host);
                Member member = members.get(host.name());
                if (member.status != Status.OUT) {
                    member.status = Status.DRAINING;
                    member.weight = "0";
                }
                lookAtPromises();
                point();
            }
        }

        @Override
        public void putBack(Host host, Membership membership) {
            synchronized (FakeFleet.this) {
                act("putBack", name + " " + host);
                Member member = members.get(host.name());
                member.weight = membership.details().get("weight");
                if (!member.isIn() && returnsToService(membership)) {
                    member.status = Status.NOT_READY;
                }
                point();
            }
        }

        @Override
        public Duration pollInterval() {
            return Duration.ofNanos(100_000);
        }
    }

    /** ScheduledActions was suspended by somebody else before. */
    private final class Scaling implements Suspension {
        @Override
        public String name() {
            return "scaling";
        }

        @Override
        public List<String> toSuspend() {
            synchronized (FakeFleet.this) {
                List<String> running = new ArrayList<>(List.of("AZRebalance", "HealthCheck", "ScheduledActions"));
                running.removeAll(suspended);
                return running;
            }
        }

        @Override
        public void suspend(List<String> items) {
            synchronized (FakeFleet.this) {
                act("suspend", items.toString());
                suspended.addAll(items);
                point();
            }
        }

        @Override
        public void resume(List<String> items) {
            synchronized (FakeFleet.this) {
                act("resume", items.toString());
                items.forEach(suspended::remove);
                point();
            }
        }
    }
}
