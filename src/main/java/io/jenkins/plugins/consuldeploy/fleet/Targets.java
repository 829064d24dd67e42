package io.jenkins.plugins.consuldeploy.fleet;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.DescribeTargetGroupsRequest;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetDescription;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetGroup;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetGroupAttribute;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetHealth;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetHealthDescription;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetHealthReasonEnum;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetHealthStateEnum;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetTypeEnum;

/** The targets of one target group of an application or network load balancer, as it lists them. */
public final class Targets {

    private final Aws aws;
    private final String arnOrName;
    private TargetGroup group;

    public Targets(Aws aws, String arnOrName) {
        this.aws = aws;
        this.arnOrName = arnOrName;
    }

    /**
     * One target.
     *
     * @param id   an instance id or an IP address, as {@link Kind} says
     * @param zone of an IP address: its availability zone, or {@code all}
     */
    public record Target(String id, int port, Optional<String> zone, TargetHealthStateEnum state, String detail) {

        /** Whether it is being deregistered: no new requests come, and those under way end. */
        public boolean isDraining() {
            return state == TargetHealthStateEnum.DRAINING;
        }
    }

    /** What the targets are. */
    public enum Kind {
        INSTANCE,
        IP
    }

    /**
     * What they are.
     *
     * @throws FleetException also when they are neither instances nor addresses
     */
    public Kind kind() throws InterruptedException {
        TargetTypeEnum type = group().targetType();
        if (type == TargetTypeEnum.INSTANCE) {
            return Kind.INSTANCE;
        }
        if (type == TargetTypeEnum.IP) {
            return Kind.IP;
        }
        throw new FleetException("the target group " + arnOrName + " has targets of the type "
                + group().targetTypeAsString() + ", and hosts are targets of the type instance or ip only");
    }

    public String arn() throws InterruptedException {
        return group().targetGroupArn();
    }

    /** All that are registered, and those that are still draining. */
    public List<Target> list() throws InterruptedException {
        Kind kind = kind();
        String arn = arn();
        return aws
                .call(
                        "read the health of the targets of the target group " + arnOrName,
                        "elasticloadbalancing:DescribeTargetHealth",
                        () -> aws.elbV2().describeTargetHealth(request -> request.targetGroupArn(arn)))
                .targetHealthDescriptions()
                .stream()
                .filter(described -> described.targetHealth().reason() != TargetHealthReasonEnum.TARGET_NOT_REGISTERED)
                .map(described -> target(described, kind))
                .toList();
    }

    /** The group's attributes, as {@code deregistration_delay.timeout_seconds}. */
    public Map<String, String> attributes() throws InterruptedException {
        String arn = arn();
        return aws
                .call(
                        "read the attributes of the target group " + arnOrName,
                        "elasticloadbalancing:DescribeTargetGroupAttributes",
                        () -> aws.elbV2().describeTargetGroupAttributes(request -> request.targetGroupArn(arn)))
                .attributes()
                .stream()
                .collect(Collectors.toMap(TargetGroupAttribute::key, TargetGroupAttribute::value));
    }

    @Override
    public String toString() {
        return "the target group " + arnOrName;
    }

    // Private

    private synchronized TargetGroup group() throws InterruptedException {
        if (group == null) {
            DescribeTargetGroupsRequest.Builder request = DescribeTargetGroupsRequest.builder();
            if (arnOrName.startsWith("arn:")) {
                request.targetGroupArns(arnOrName);
            } else {
                request.names(arnOrName);
            }
            group = aws
                    .call(
                            "find the target group " + arnOrName,
                            "elasticloadbalancing:DescribeTargetGroups",
                            () -> aws.elbV2().describeTargetGroups(request.build()))
                    .targetGroups()
                    .stream()
                    .findFirst()
                    .orElseThrow(() -> new FleetException("there is no target group " + arnOrName
                            + ". Check the name, and the region and account that it is looked for in"));
        }
        return group;
    }

    private static Target target(TargetHealthDescription described, Kind kind) {
        TargetDescription target = described.target();
        TargetHealth health = described.targetHealth();
        String reason = health.reasonAsString() == null ? "" : " (" + health.reasonAsString() + ")";
        return new Target(
                target.id(),
                target.port(),
                // Of an instance the zone may be listed, and must not be given ("TargetDescription" in the API
                // Reference).
                Optional.ofNullable(target.availabilityZone()).filter(zone -> kind == Kind.IP),
                health.state(),
                health.stateAsString() + reason);
    }
}
