package io.jenkins.plugins.consuldeploy.fleet;

import io.jenkins.plugins.consuldeploy.consul.ServiceInstance;
import java.util.List;
import java.util.function.Predicate;

/** Which instances of a Consul service are a host's. */
public final class ConsulInstances {

    private ConsulInstances() {}

    /**
     * Those on the node that has the host's id, else its name, else those at its address. Where a node has several,
     * the one of the host's name or port; all of them when neither tells them apart.
     */
    public static List<ServiceInstance> on(Host host, List<ServiceInstance> instances) {
        List<ServiceInstance> there = firstMatching(
                instances,
                List.of(
                        instance -> instance.node().equals(host.id()),
                        instance -> instance.node().equals(host.name()),
                        instance -> instance.address().equals(host.address())
                                || instance.nodeAddress().equals(host.address())));
        if (there.size() < 2) {
            return there;
        }
        List<ServiceInstance> its = firstMatching(
                there,
                List.of(
                        instance -> instance.id().equals(host.name()),
                        instance -> host.port().isPresent() && host.port().getAsInt() == instance.port()));
        return its.isEmpty() ? there : its;
    }

    // Private

    private static List<ServiceInstance> firstMatching(
            List<ServiceInstance> instances, List<Predicate<ServiceInstance>> rules) {
        return rules.stream()
                .map(rule -> instances.stream().filter(rule).toList())
                .filter(found -> !found.isEmpty())
                .findFirst()
                .orElse(List.of());
    }
}
