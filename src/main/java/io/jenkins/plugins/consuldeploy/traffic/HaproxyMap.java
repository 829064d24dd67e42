package io.jenkins.plugins.consuldeploy.traffic;

import io.jenkins.plugins.consuldeploy.balancer.HaproxyBackends;
import io.jenkins.plugins.consuldeploy.balancer.HaproxyServer;
import io.jenkins.plugins.consuldeploy.balancer.RuntimeApi;
import io.jenkins.plugins.consuldeploy.fleet.FleetException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * The colors are a backend each. A key of a map file says how much of the traffic green gets, in percent, and the
 * frontend throws dice:
 *
 * <pre>
 * http-request set-var(txn.green) str(shop),map_str_int(/etc/haproxy/green.map,0)
 * use_backend shop-green if { rand(100),sub(txn.green) lt 0 }
 * default_backend shop-blue
 * </pre>
 *
 * One command moves all. HAProxy does not write the file: after a reload it is what the file says.
 */
record HaproxyMap(Map<Color, String> backends, String map, String key) implements HaproxyLayout {

    private static final int ALL = 100;

    HaproxyMap {
        backends = Map.copyOf(backends);
        for (Color color : Color.values()) {
            if (!backends.containsKey(color)) {
                throw new IllegalArgumentException(color + " has no backend; name one for each color");
            }
            HaproxyBackends.checkName(backends.get(color));
        }
        for (String word : List.of(map, key)) {
            if (!word.matches("[^\\s;\\\\#]+")) {
                throw new IllegalArgumentException(
                        "'" + word
                                + "' can't be a map or a key of HAProxy's runtime API: it is empty, or has a space, ;, # or \\");
            }
        }
    }

    @Override
    public String name() {
        return map + "/" + key;
    }

    @Override
    public String backend(Color color) {
        return backends.get(color);
    }

    @Override
    public Seen see(RuntimeApi api) throws InterruptedException {
        Map<Color, List<HaproxyServer>> servers = new EnumMap<>(Color.class);
        for (Color color : Color.values()) {
            servers.put(color, HaproxyBackends.read(api, List.of(backends.get(color))));
        }
        String command = "show map " + map;
        // An empty map is an empty answer, which could as well be none; so something follows it.
        String answer = api.ask(command + ";show cli level");
        if (answer.startsWith("Unknown map")) {
            throw new FleetException(api.refusal(command, answer).getMessage()
                    + ". Its configuration has to use this map: docs/blue-green.md has the lines");
        }
        String green = answer.lines()
                .map(line -> line.split(" ", 3))
                .filter(words -> words.length == 3 && words[1].equals(key))
                .map(words -> words[2].strip())
                .findFirst()
                .orElseThrow(() -> new FleetException("the map " + map + " of HAProxy at " + api.address()
                        + " has no key " + key + ". Put the line '" + key + " 0' into the file, for all to blue"));
        try {
            return new Seen(Shares.giving(Color.GREEN, Integer.parseInt(green)), servers);
        } catch (IllegalArgumentException e) {
            throw new FleetException(
                    "the key " + key + " of the map " + map + " of HAProxy at " + api.address() + " says '" + green
                            + "', which is no percentage from 0 to 100 for green",
                    e);
        }
    }

    @Override
    public List<String> preparing(Seen now, Color color) {
        return List.of();
    }

    @Override
    public List<String> moving(Seen now, Shares to) {
        if (to.blue() + to.green() != ALL) {
            throw new FleetException(
                    "a map can't keep traffic from both colors; take the frontend out of service instead");
        }
        return List.of("set map " + map + " " + key + " " + to.green());
    }

    @Override
    public List<String> restoring(Seen now, Seen before) {
        return moving(now, before.shares());
    }

    @Override
    public String describe(Shares to) {
        return "map " + map + ": set " + key + " to " + to.green() + " (percent for " + backends.get(Color.GREEN) + ")";
    }
}
