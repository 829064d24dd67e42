package io.jenkins.plugins.consuldeploy.fleet;

import io.jenkins.plugins.consuldeploy.consul.BlockingQuery;
import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.ServiceInstance;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The instances of a Consul service, ordered by node and instance.
 *
 * <p>A host has its node's name; where a node has several instances, each is a host and has its instance's id, behind
 * the node's name when that is not unique in the fleet either. Its address and port are the instance's, its zone what
 * the node's meta says under the first of {@link #ZONE_KEYS} that it has.
 *
 * <p>Consul's failures come as they are, as {@link io.jenkins.plugins.consuldeploy.consul.ConsulException}.
 */
public final class ConsulServiceHosts implements HostSource {

    /** Under which names a node's meta may say its zone. */
    public static final List<String> ZONE_KEYS =
            List.of("zone", "availability_zone", "availability-zone", "az", "rack");

    private final Consul consul;
    private final String service;
    private final Optional<String> tag;
    private final boolean passingOnly;
    private final boolean perNode;

    /** Each instance is a host. */
    public ConsulServiceHosts(Consul consul, String service, Optional<String> tag, boolean passingOnly) {
        this(consul, service, tag, passingOnly, false);
    }

    /**
     * @param tag         only instances that have it
     * @param passingOnly only instances whose checks, and whose node's, all pass
     * @param perNode     whether all instances of a node are one host, of the node's name and the first one's address
     */
    public ConsulServiceHosts(
            Consul consul, String service, Optional<String> tag, boolean passingOnly, boolean perNode) {
        if (service.isBlank()) {
            throw new IllegalArgumentException("the name of the Consul service is empty");
        }
        this.consul = consul;
        this.service = service;
        this.tag = tag;
        this.passingOnly = passingOnly;
        this.perNode = perNode;
    }

    @Override
    public List<Host> find() {
        List<ServiceInstance> instances =
                consul.services().instances(service, tag, passingOnly, BlockingQuery.NOW).value().stream()
                        .sorted(Comparator.comparing(ServiceInstance::node).thenComparing(ServiceInstance::id))
                        .toList();
        if (perNode) {
            Map<String, Host> byNode = new LinkedHashMap<>();
            instances.forEach(instance ->
                    byNode.computeIfAbsent(instance.node(), name -> host(name, instance, OptionalInt.empty())));
            return List.copyOf(byNode.values());
        }
        Map<String, Long> onNode = count(instances, ServiceInstance::node);
        Map<String, Long> withId = count(instances, ServiceInstance::id);
        return instances.stream()
                .map(instance -> {
                    if (onNode.get(instance.node()) == 1) {
                        return host(instance.node(), instance);
                    }
                    boolean unique = withId.get(instance.id()) == 1 && !onNode.containsKey(instance.id());
                    return host(unique ? instance.id() : instance.node() + "-" + instance.id(), instance);
                })
                .toList();
    }

    @Override
    public String describe() {
        return (perNode ? "nodes of the " : "") + (passingOnly ? "passing instances of" : "instances of")
                + " the Consul service " + service
                + tag.map(name -> " with the tag " + name).orElse("");
    }

    // Private

    private static Map<String, Long> count(List<ServiceInstance> instances, Function<ServiceInstance, String> of) {
        return instances.stream().collect(Collectors.groupingBy(of, Collectors.counting()));
    }

    private static Host host(String name, ServiceInstance instance) {
        return host(name, instance, instance.port() > 0 ? OptionalInt.of(instance.port()) : OptionalInt.empty());
    }

    private static Host host(String name, ServiceInstance instance, OptionalInt port) {
        return new Host(
                name,
                instance.node(),
                instance.address(),
                port,
                ZONE_KEYS.stream()
                        .map(key -> instance.nodeMeta().getOrDefault(key, ""))
                        .filter(zone -> !zone.isBlank())
                        .findFirst());
    }
}
