package io.jenkins.plugins.consuldeploy.balancer;

import io.jenkins.plugins.consuldeploy.fleet.Aws;
import io.jenkins.plugins.consuldeploy.fleet.AwsException;
import io.jenkins.plugins.consuldeploy.fleet.Host;
import io.jenkins.plugins.consuldeploy.fleet.Targets;
import io.jenkins.plugins.consuldeploy.fleet.Targets.Target;
import io.jenkins.plugins.consuldeploy.time.TimeSource;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetDescription;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetHealthStateEnum;

/**
 * A target group of an application or network load balancer. Hosts are its targets: instances by {@link Host#id()}, IP
 * addresses by {@link Host#address()}. A host that is registered with several ports goes out and comes back with all of
 * them; of an address that several hosts share, a host has the target with its own {@link Host#port()}.
 *
 * <p>Out means deregistered, with the group's deregistration delay over: an application load balancer says draining until then,
 * with connections or without. In service means healthy. With a slow start, a target's share of the traffic grows from then on,
 * and nothing tells when it is whole.
 *
 * <p>Each call throws {@link AwsException} when AWS refuses, for a missing target group as for a permission.
 */
public final class TargetGroup implements LoadBalancer {

    private static final Logger LOG = Logger.getLogger(TargetGroup.class.getName());
    private static final Duration FRESH = Duration.ofSeconds(1);
    private static final String DEREGISTRATION_DELAY = "deregistration_delay.timeout_seconds";
    private static final String SLOW_START = "slow_start.duration_seconds";

    private final Aws aws;
    private final String arnOrName;
    private final Targets targets;
    private final Recent<List<Target>> recent;
    private Optional<Map<String, String>> attributes = Optional.empty();

    public TargetGroup(Aws aws, String arnOrName, TimeSource time) {
        this.aws = aws;
        this.arnOrName = arnOrName;
        this.targets = new Targets(aws, arnOrName);
        this.recent = new Recent<>(time, FRESH, targets::list);
    }

    @Override
    public String name() {
        return "targetGroup:" + arnOrName;
    }

    @Override
    public Optional<Membership> membership(Host host) throws InterruptedException {
        attributes();
        Map<String, String> members = registered(host).stream()
                .collect(Collectors.toMap(
                        TargetGroup::key, target -> target.zone().orElse("")));
        return Optional.of(members).filter(found -> !found.isEmpty()).map(Membership::new);
    }

    @Override
    public Status status(Host host, Membership membership) throws InterruptedException {
        Map<String, Target> listed =
                recent.get().stream().collect(Collectors.toMap(TargetGroup::key, target -> target, (a, b) -> a));
        Set<Status> said = EnumSet.noneOf(Status.class);
        for (String key : membership.details().keySet()) {
            said.add(Optional.ofNullable(listed.get(key))
                    .map(TargetGroup::status)
                    .orElse(Status.OUT));
        }
        if (said.size() == 1) {
            return said.iterator().next();
        }
        return said.contains(Status.DRAINING) ? Status.DRAINING : Status.NOT_READY;
    }

    @Override
    public void takeOut(Host host, Membership membership) throws InterruptedException {
        try {
            deregister(host, membership.details());
        } catch (AwsException e) {
            if (!e.is("InvalidTarget")) {
                throw e;
            }
            // One that is gone already must not keep the others in.
            recent.forget();
            Map<String, String> left = recent.get().stream()
                    .filter(target -> !target.isDraining())
                    .map(TargetGroup::key)
                    .filter(membership.details()::containsKey)
                    .collect(Collectors.toMap(key -> key, membership.details()::get));
            if (!left.isEmpty()) {
                deregister(host, left);
            }
        } finally {
            recent.forget();
        }
    }

    @Override
    public void putBack(Host host, Membership membership) throws InterruptedException {
        String arn = targets.arn();
        try {
            aws.call(
                    "put " + described(host, membership.details()) + " back into the target group " + arnOrName,
                    "elasticloadbalancing:RegisterTargets",
                    () -> aws.elbV2().registerTargets(request -> request.targetGroupArn(arn)
                            .targets(descriptions(membership.details()))));
        } finally {
            recent.forget();
        }
    }

    /** Its targets' health is one call for all of them. */
    @Override
    public Duration pollInterval() {
        return FRESH;
    }

    @Override
    public Optional<Duration> drainingDelay() throws InterruptedException {
        return Optional.of(seconds(DEREGISTRATION_DELAY));
    }

    // Private

    private synchronized Map<String, String> attributes() throws InterruptedException {
        if (attributes.isEmpty()) {
            attributes = Optional.of(targets.attributes());
            Duration slowStart = seconds(SLOW_START);
            if (!slowStart.isZero()) {
                LOG.log(
                        Level.INFO,
                        "the target group {0} has a slow start of {1} s: a host has its whole share of the traffic that"
                                + " long after it is in service. Let the pause between batches be no shorter",
                        new Object[] {arnOrName, Long.toString(slowStart.toSeconds())});
            }
        }
        return attributes.get();
    }

    private Duration seconds(String attribute) throws InterruptedException {
        return Duration.ofSeconds(Long.parseLong(attributes().getOrDefault(attribute, "0")));
    }

    private List<Target> registered(Host host) throws InterruptedException {
        boolean byId = targets.kind() == Targets.Kind.INSTANCE;
        List<Target> found = recent.get().stream()
                .filter(target -> target.id().equalsIgnoreCase(byId ? host.id() : host.address()))
                .filter(target -> !target.isDraining())
                .toList();
        List<Target> ofItsPort = found.stream()
                .filter(target ->
                        !byId && host.port().isPresent() && host.port().getAsInt() == target.port())
                .toList();
        return ofItsPort.isEmpty() ? found : ofItsPort;
    }

    private void deregister(Host host, Map<String, String> members) throws InterruptedException {
        String arn = targets.arn();
        aws.call(
                "take " + described(host, members) + " out of the target group " + arnOrName,
                "elasticloadbalancing:DeregisterTargets",
                () -> aws.elbV2().deregisterTargets(request -> request.targetGroupArn(arn)
                        .targets(descriptions(members))));
    }

    private static Status status(Target target) {
        if (target.isDraining()) {
            return Status.DRAINING;
        }
        return target.state() == TargetHealthStateEnum.HEALTHY ? Status.IN_SERVICE : Status.NOT_READY;
    }

    private static String key(Target target) {
        return target.id() + ":" + target.port();
    }

    private static List<TargetDescription> descriptions(Map<String, String> members) {
        return members.entrySet().stream()
                .map(member -> {
                    int colon = member.getKey().lastIndexOf(':');
                    String zone = member.getValue();
                    return TargetDescription.builder()
                            .id(member.getKey().substring(0, colon))
                            .port(Integer.parseInt(member.getKey().substring(colon + 1)))
                            .availabilityZone(zone.isEmpty() ? null : zone)
                            .build();
                })
                .toList();
    }

    private static String described(Host host, Map<String, String> members) {
        return host.name() + " (" + members.keySet().stream().sorted().collect(Collectors.joining(", ")) + ")";
    }
}
