package io.jenkins.plugins.consuldeploy.bluegreen;

import io.jenkins.plugins.consuldeploy.fleet.HostSource;
import io.jenkins.plugins.consuldeploy.health.HostCheck;
import io.jenkins.plugins.consuldeploy.health.Watch;
import io.jenkins.plugins.consuldeploy.traffic.Color;
import io.jenkins.plugins.consuldeploy.traffic.TrafficSwitch;
import java.util.Map;
import java.util.Optional;

/**
 * A switch as its engine needs it.
 *
 * @param version  what is deployed, for people and to know it again; empty when the caller gave no name
 * @param hosts    of each color, found anew whenever they are needed
 * @param check    that each host of a color has to pass, asked directly, before the color gets traffic
 * @param watch    of what visitors get while traffic moves and afterwards
 * @param deploys  whether the idle color is deployed; else that was done before, by other means
 * @param verifies whether the caller has tests of its own for a deployed color
 * @param stops    whether the caller can stop a color
 * @param text     all of this as JSON, so that another process can make it again
 */
public record SwitchSpec(
        String app,
        Optional<String> version,
        Map<Color, HostSource> hosts,
        TrafficSwitch traffic,
        Optional<HostCheck> check,
        Optional<Watch> watch,
        boolean deploys,
        boolean verifies,
        boolean stops,
        SwitchPolicy policy,
        String text) {

    public SwitchSpec {
        hosts = Map.copyOf(hosts);
    }

    /** Makes a switch's parts again from the text on record. */
    @FunctionalInterface
    public interface Reader {
        SwitchSpec read(String text);
    }
}
