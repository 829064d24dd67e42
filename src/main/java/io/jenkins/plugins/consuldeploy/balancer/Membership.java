package io.jenkins.plugins.consuldeploy.balancer;

import java.util.Map;
import java.util.TreeMap;

/**
 * How a host was in a load balancer before a release: the balancer's own words, kept in the release's record and given
 * back to it.
 *
 * @param details such as a server's name, weight and state, or a target's port
 */
public record Membership(Map<String, String> details) {

    public Membership {
        details = Map.copyOf(new TreeMap<>(details));
    }
}
