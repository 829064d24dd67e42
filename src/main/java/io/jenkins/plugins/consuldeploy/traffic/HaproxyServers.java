package io.jenkins.plugins.consuldeploy.traffic;

import io.jenkins.plugins.consuldeploy.balancer.HaproxyBackends;
import io.jenkins.plugins.consuldeploy.balancer.HaproxyServer;
import io.jenkins.plugins.consuldeploy.balancer.HaproxyServer.State;
import io.jenkins.plugins.consuldeploy.balancer.RuntimeApi;
import io.jenkins.plugins.consuldeploy.fleet.FleetException;
import io.jenkins.plugins.consuldeploy.fleet.Host;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The colors are servers of one backend. A color without traffic drains, which works with every algorithm; parts are the
 * servers' weights, which static algorithms and hashes do not take. A color that has no hosts yet gets no traffic.
 */
record HaproxyServers(String backend, Map<Color, List<Host>> hosts) implements HaproxyLayout {

    HaproxyServers {
        HaproxyBackends.checkName(backend);
        hosts = Map.copyOf(hosts);
    }

    @Override
    public String name() {
        return backend;
    }

    @Override
    public String backend(Color color) {
        return backend;
    }

    @Override
    public Seen see(RuntimeApi api) throws InterruptedException {
        List<HaproxyServer> all = HaproxyBackends.read(api, List.of(backend));
        Map<Color, List<HaproxyServer>> servers = new EnumMap<>(Color.class);
        for (Color color : Color.values()) {
            List<HaproxyServer> found = new ArrayList<>();
            for (Host host : hosts.getOrDefault(color, List.of())) {
                List<HaproxyServer> ofHost = HaproxyBackends.serversOf(host, all);
                if (ofHost.isEmpty()) {
                    throw new FleetException("HAProxy at " + api.address() + " has no server of the host " + host + " ("
                            + host.address()
                            + (host.port().isPresent() ? ":" + host.port().getAsInt() : "") + ", " + color
                            + ") in the backend " + backend + "; it has " + names(all)
                            + ". Add one of the host's name, or at its address and port");
                }
                ofHost.stream().filter(server -> !found.contains(server)).forEach(found::add);
            }
            servers.put(color, found);
        }
        checkNobodyElse(api, all, servers);
        return new Seen(shares(servers), servers);
    }

    @Override
    public List<String> preparing(Seen now, Color color) {
        return now.servers().get(color).stream()
                .filter(server -> server.state() == State.MAINT)
                .map(server -> set(server, State.DRAIN))
                .toList();
    }

    @Override
    public List<String> moving(Seen now, Shares to) {
        for (Color color : Color.values()) {
            if (to.of(color) > 0 && now.servers().get(color).isEmpty()) {
                throw new FleetException(
                        color + " has no hosts, whose servers in the backend " + backend + " could get it");
            }
        }
        Map<Color, List<Integer>> base = new EnumMap<>(Color.class);
        now.servers().forEach((color, servers) -> base.put(color, base(servers)));
        Map<Color, List<Integer>> weights = to.live().isPresent() ? base : Weights.of(to, base);
        List<String> gaining = new ArrayList<>();
        List<String> losing = new ArrayList<>();
        for (Color color : Color.values()) {
            boolean gains = to.of(color) >= now.shares().of(color);
            for (int i = 0; i < now.servers().get(color).size(); i++) {
                HaproxyServer server = now.servers().get(color).get(i);
                if (to.of(color) == 0) {
                    losing.addAll(idle(server));
                } else {
                    (gains ? gaining : losing)
                            .addAll(settings(
                                    server,
                                    State.READY.ordinal(),
                                    weights.get(color).get(i)));
                }
            }
        }
        gaining.addAll(losing);
        return gaining;
    }

    @Override
    public List<String> restoring(Seen now, Seen before) {
        Map<String, HaproxyServer> servers = now.servers().values().stream()
                .flatMap(List::stream)
                .collect(Collectors.toMap(HaproxyServer::path, Function.identity(), (a, b) -> a));
        List<String> gaining = new ArrayList<>();
        List<String> losing = new ArrayList<>();
        for (Color color : Color.values()) {
            for (HaproxyServer was : before.servers().get(color)) {
                Optional.ofNullable(servers.get(was.path())).ifPresent(server -> (was.isKeptOut() ? losing : gaining)
                        .addAll(settings(server, was.state().ordinal(), was.weight())));
            }
        }
        gaining.addAll(losing);
        return gaining;
    }

    @Override
    public String describe(Shares to) {
        return "backend " + backend + ": "
                + to.live()
                        .map(color -> "set " + names(color) + " ready, then let " + names(color.other()) + " drain")
                        .orElseGet(() -> "set the weights of " + names(Color.BLUE) + " to " + to.blue()
                                + "% together, and of " + names(Color.GREEN) + " to " + to.green() + "%");
    }

    // Private

    /** A server of neither color would get traffic whatever the switch says. */
    private void checkNobodyElse(RuntimeApi api, List<HaproxyServer> all, Map<Color, List<HaproxyServer>> servers) {
        List<HaproxyServer> both = servers.get(Color.BLUE).stream()
                .filter(servers.get(Color.GREEN)::contains)
                .toList();
        if (!both.isEmpty()) {
            throw new FleetException("HAProxy at " + api.address() + " has one server for hosts of both colors: "
                    + names(both) + ". Give the hosts the names of their servers, or their ports");
        }
        List<HaproxyServer> strangers = all.stream()
                .filter(server -> servers.values().stream().noneMatch(color -> color.contains(server)))
                .filter(server -> !server.isKeptOut() && !server.backup())
                .toList();
        if (!strangers.isEmpty()) {
            throw new FleetException("in the backend " + backend + " of HAProxy at " + api.address() + ", "
                    + names(strangers) + " get traffic too, and are of neither color. Name them among the hosts of blue"
                    + " or green, or set them to maint");
        }
    }

    private static Shares shares(Map<Color, List<HaproxyServer>> servers) {
        return Weights.shares(sum(servers.get(Color.BLUE)), sum(servers.get(Color.GREEN)));
    }

    private static long sum(List<HaproxyServer> servers) {
        return servers.stream()
                .filter(server -> !server.isKeptOut())
                .mapToLong(HaproxyServer::weight)
                .sum();
    }

    /** The configured weights; 0 of all is a way to say in a configuration that a color is idle. */
    private static List<Integer> base(List<HaproxyServer> servers) {
        boolean none = servers.stream().allMatch(server -> server.initialWeight() == 0);
        return servers.stream().map(server -> none ? 1 : server.initialWeight()).toList();
    }

    /** Without traffic, and then with its configured weight again, which no longer counts. */
    private static List<String> idle(HaproxyServer server) {
        int state = Math.max(State.DRAIN.ordinal(), server.state().ordinal());
        List<String> commands = new ArrayList<>(settings(server, state, server.weight()));
        commands.addAll(settings(server, server.state().ordinal(), server.initialWeight()));
        return commands;
    }

    /** The weight before the state, so that a server never gets another part of the traffic than it should. */
    private static List<String> settings(HaproxyServer server, int state, int weight) {
        List<String> commands = new ArrayList<>();
        if (server.weight() != weight) {
            // A static algorithm takes no other weights than these two.
            String value = weight == 0 ? "0%" : weight == server.initialWeight() ? "100%" : Integer.toString(weight);
            commands.add("set server " + server.path() + " weight " + value);
        }
        if (server.state().ordinal() != state) {
            commands.add(set(server, State.values()[state]));
        }
        return commands;
    }

    private static String set(HaproxyServer server, State state) {
        return "set server " + server.path() + " state " + state.word();
    }

    private String names(Color color) {
        List<Host> its = hosts.getOrDefault(color, List.of());
        return its.isEmpty()
                ? "the servers of " + color
                : its.stream().map(Host::name).collect(Collectors.joining(", "));
    }

    private static String names(List<HaproxyServer> servers) {
        return servers.isEmpty()
                ? "no server"
                : servers.stream().map(HaproxyServer::path).collect(Collectors.joining(", "));
    }
}
