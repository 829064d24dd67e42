package io.jenkins.plugins.consuldeploy.traffic;

import io.jenkins.plugins.consuldeploy.balancer.HaproxyServer;
import io.jenkins.plugins.consuldeploy.balancer.RuntimeApi;
import java.util.List;
import java.util.Map;

/** What the colors are in an HAProxy, and the commands that move traffic between them. */
sealed interface HaproxyLayout permits HaproxyServers, HaproxyMap {

    /**
     * How an HAProxy is.
     *
     * @param shares  where it is told to send traffic
     * @param servers each color's
     */
    record Seen(Shares shares, Map<Color, List<HaproxyServer>> servers) {}

    /** What is unique of it within an HAProxy. */
    String name();

    /** The one that has a color's servers. */
    String backend(Color color);

    /** @throws io.jenkins.plugins.consuldeploy.fleet.FleetException when it has not what this layout needs */
    Seen see(RuntimeApi api) throws InterruptedException;

    /** The commands that let HAProxy check a color's servers, and touch no traffic. */
    List<String> preparing(Seen now, Color color);

    /** The commands that move traffic. */
    List<String> moving(Seen now, Shares to);

    /** The commands that make it what it was before. */
    List<String> restoring(Seen now, Seen before);

    /** What {@link #moving} does, for a plan. */
    String describe(Shares to);
}
