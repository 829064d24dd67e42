package io.jenkins.plugins.consuldeploy.balancer;

import io.jenkins.plugins.consuldeploy.fleet.Aws;
import io.jenkins.plugins.consuldeploy.fleet.AwsException;
import io.jenkins.plugins.consuldeploy.fleet.Host;
import io.jenkins.plugins.consuldeploy.time.TimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.elasticloadbalancing.model.ConnectionDraining;
import software.amazon.awssdk.services.elasticloadbalancing.model.Instance;
import software.amazon.awssdk.services.elasticloadbalancing.model.InstanceState;

/**
 * A classic load balancer. Hosts are its instances, by {@link Host#id()}.
 *
 * <p>Out means deregistered, with the connection draining that is configured there over ("Configure connection draining"
 * in the User Guide for Classic Load Balancers). Without connection draining it cuts requests under way off, which is said.
 *
 * <p>Each call throws {@link AwsException} when AWS refuses, for a missing load balancer as for a permission.
 */
public final class ClassicElb implements LoadBalancer {

    private static final Logger LOG = Logger.getLogger(ClassicElb.class.getName());
    private static final String INSTANCE = "instance";
    private static final String UNKNOWN_INSTANCE = "InvalidInstance";
    private static final Duration FRESH = Duration.ofSeconds(1);

    private final Aws aws;
    private final String loadBalancer;
    private final Recent<Map<String, InstanceState>> health;
    /** Which are asked about also when they are registered no more. */
    private final Set<String> watched = ConcurrentHashMap.newKeySet();

    private Optional<ConnectionDraining> draining = Optional.empty();

    public ClassicElb(Aws aws, String loadBalancer, TimeSource time) {
        this.aws = aws;
        this.loadBalancer = loadBalancer;
        this.health = new Recent<>(time, FRESH, this::readHealth);
    }

    @Override
    public String name() {
        return "classicElb:" + loadBalancer;
    }

    @Override
    public Optional<Membership> membership(Host host) throws InterruptedException {
        Optional<Membership> found = Optional.ofNullable(health.get().get(host.id()))
                .filter(state -> !isDraining(state))
                .map(state -> new Membership(Map.of(INSTANCE, state.instanceId())));
        draining();
        return found;
    }

    @Override
    public Status status(Host host, Membership membership) throws InterruptedException {
        return statuses(Map.of(host, membership)).get(host);
    }

    @Override
    public Map<Host, Status> statuses(Map<Host, Membership> members) throws InterruptedException {
        Set<String> unlisted = members.values().stream()
                .map(membership -> membership.details().get(INSTANCE))
                .collect(Collectors.toSet());
        unlisted.removeAll(health.get().keySet());
        if (watched.addAll(unlisted)) {
            health.forget();
        }
        Map<String, InstanceState> states = health.get();
        Map<Host, Status> statuses = new HashMap<>();
        members.forEach((host, membership) -> statuses.put(
                host,
                Optional.ofNullable(states.get(membership.details().get(INSTANCE)))
                        .map(ClassicElb::status)
                        .orElse(Status.OUT)));
        return statuses;
    }

    /** An instance that AWS does not know any more is out. */
    @Override
    public void takeOut(Host host, Membership membership) throws InterruptedException {
        Instance instance = instance(membership);
        watched.add(instance.instanceId());
        try {
            aws.call(
                    "take " + described(host, instance) + " out of the classic load balancer " + loadBalancer,
                    "elasticloadbalancing:DeregisterInstancesFromLoadBalancer",
                    () -> aws.classicElb()
                            .deregisterInstancesFromLoadBalancer(request ->
                                    request.loadBalancerName(loadBalancer).instances(instance)));
        } catch (AwsException e) {
            if (!e.is(UNKNOWN_INSTANCE)) {
                throw e;
            }
        } finally {
            health.forget();
        }
    }

    @Override
    public void putBack(Host host, Membership membership) throws InterruptedException {
        Instance instance = instance(membership);
        try {
            aws.call(
                    "put " + described(host, instance) + " back into the classic load balancer " + loadBalancer,
                    "elasticloadbalancing:RegisterInstancesWithLoadBalancer",
                    () -> aws.classicElb()
                            .registerInstancesWithLoadBalancer(request ->
                                    request.loadBalancerName(loadBalancer).instances(instance)));
        } finally {
            health.forget();
        }
    }

    /** Its instances' health is one call for all of them. */
    @Override
    public Duration pollInterval() {
        return FRESH;
    }

    @Override
    public Optional<Duration> drainingDelay() throws InterruptedException {
        ConnectionDraining configured = draining();
        return Optional.of(
                Boolean.TRUE.equals(configured.enabled()) && configured.timeout() != null
                        ? Duration.ofSeconds(configured.timeout())
                        : Duration.ZERO);
    }

    // Private

    private synchronized ConnectionDraining draining() throws InterruptedException {
        if (draining.isEmpty()) {
            draining = Optional.of(aws.call(
                            "read the attributes of the classic load balancer " + loadBalancer,
                            "elasticloadbalancing:DescribeLoadBalancerAttributes",
                            () -> aws.classicElb()
                                    .describeLoadBalancerAttributes(request -> request.loadBalancerName(loadBalancer)))
                    .loadBalancerAttributes()
                    .connectionDraining());
            if (!Boolean.TRUE.equals(draining.get().enabled())) {
                LOG.log(
                        Level.WARNING,
                        "the classic load balancer {0} has no connection draining: requests that are under way when a"
                                + " host is taken out are cut off. Enable it there",
                        loadBalancer);
            }
        }
        return draining.get();
    }

    /**
     * One call about all that are registered, and one about those that are not (any more) and are asked about: an instance that
     * drains is in the second answer alone ("DescribeInstanceHealth" in the API Reference).
     */
    private Map<String, InstanceState> readHealth() throws InterruptedException {
        Map<String, InstanceState> states = new HashMap<>();
        describe(List.of()).forEach(state -> states.put(state.instanceId(), state));
        List<String> left =
                watched.stream().filter(id -> !states.containsKey(id)).sorted().toList();
        if (!left.isEmpty()) {
            describeLeft(left).stream()
                    .filter(ClassicElb::isStillThere)
                    .forEach(state -> states.put(state.instanceId(), state));
        }
        return states;
    }

    /** One unknown instance fails the question about all: then each is asked about alone. */
    private List<InstanceState> describeLeft(List<String> instances) throws InterruptedException {
        try {
            return describe(instances);
        } catch (AwsException e) {
            if (!e.is(UNKNOWN_INSTANCE)) {
                throw e;
            }
        }
        List<InstanceState> states = new ArrayList<>();
        if (instances.size() > 1) {
            for (String instance : instances) {
                states.addAll(describeLeft(List.of(instance)));
            }
        }
        return states;
    }

    private List<InstanceState> describe(List<String> instances) throws InterruptedException {
        return aws.call(
                        "read the health of the instances of the classic load balancer " + loadBalancer,
                        "elasticloadbalancing:DescribeInstanceHealth",
                        () -> aws.classicElb().describeInstanceHealth(request -> request.loadBalancerName(loadBalancer)
                                .instances(instances.stream()
                                        .map(ClassicElb::instance)
                                        .toList())))
                .instanceStates();
    }

    private static Status status(InstanceState state) {
        if (isDraining(state)) {
            return Status.DRAINING;
        }
        return "InService".equals(state.state()) ? Status.IN_SERVICE : Status.NOT_READY;
    }

    private static boolean isStillThere(InstanceState state) {
        String description = String.valueOf(state.description());
        return "Unknown".equals(state.state())
                ? description.startsWith("A transient error")
                : !description.startsWith("Instance is not currently registered");
    }

    /** The state says InService until it is over: the description tells. */
    private static boolean isDraining(InstanceState state) {
        return String.valueOf(state.description()).startsWith("Instance deregistration currently in progress");
    }

    private static Instance instance(Membership membership) {
        return instance(membership.details().get(INSTANCE));
    }

    private static Instance instance(String id) {
        return Instance.builder().instanceId(id).build();
    }

    private static String described(Host host, Instance instance) {
        return host.name().equals(instance.instanceId())
                ? host.name()
                : host.name() + " (" + instance.instanceId() + ")";
    }
}
