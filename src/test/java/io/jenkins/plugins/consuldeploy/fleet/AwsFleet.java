package io.jenkins.plugins.consuldeploy.fleet;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.cloudwatch.model.ComparisonOperator;
import software.amazon.awssdk.services.cloudwatch.model.Statistic;
import software.amazon.awssdk.services.ec2.model.InstanceType;
import software.amazon.awssdk.services.ec2.model.ResourceType;
import software.amazon.awssdk.services.ec2.model.Tag;
import software.amazon.awssdk.services.ec2.model.TagSpecification;
import software.amazon.awssdk.services.elasticloadbalancing.model.Instance;
import software.amazon.awssdk.services.elasticloadbalancing.model.Listener;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.Action;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.ActionTypeEnum;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.ProtocolEnum;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetDescription;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetGroupAttribute;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetGroupTuple;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetTypeEnum;

/** Makes in a test's AWS what people have in theirs. */
public final class AwsFleet {

    private static final String AMI = "ami-12c6146b";

    private final Aws aws;
    private final String region;

    public AwsFleet(Aws aws, String region) {
        this.aws = aws;
        this.region = region;
    }

    /** Starts an instance in a zone, given by its letter. */
    public String instance(String zone, Map<String, String> tags) {
        return instances(1, zone, tags).get(0);
    }

    public List<String> instances(int count, String zone, Map<String, String> tags) {
        return aws
                .ec2()
                .runInstances(request -> request.imageId(AMI)
                        .instanceType(InstanceType.T3_MICRO)
                        .minCount(count)
                        .maxCount(count)
                        .placement(placement -> placement.availabilityZone(region + zone))
                        .tagSpecifications(ec2Tags(tags)))
                .instances()
                .stream()
                .map(instance -> instance.instanceId())
                .toList();
    }

    public void stop(String instance) {
        aws.ec2().stopInstances(request -> request.instanceIds(instance));
    }

    public void terminate(String instance) {
        aws.ec2().terminateInstances(request -> request.instanceIds(instance));
    }

    public void classicElb(String name, List<String> instances) {
        aws.classicElb().createLoadBalancer(request -> request.loadBalancerName(name)
                .availabilityZones(region + "a", region + "b")
                .listeners(Listener.builder()
                        .protocol("HTTP")
                        .loadBalancerPort(80)
                        .instancePort(8080)
                        .build()));
        if (!instances.isEmpty()) {
            aws.classicElb().registerInstancesWithLoadBalancer(request -> request.loadBalancerName(name)
                    .instances(instances.stream()
                            .map(id -> Instance.builder().instanceId(id).build())
                            .toList()));
        }
    }

    /** @return its ARN */
    public String targetGroup(String name, TargetTypeEnum type, int port, List<String> ids) {
        String vpc = aws.ec2().describeVpcs().vpcs().get(0).vpcId();
        String arn = aws.elbV2()
                .createTargetGroup(request -> request.name(name)
                        .targetType(type)
                        .protocol(ProtocolEnum.HTTP)
                        .port(port)
                        .vpcId(vpc))
                .targetGroups()
                .get(0)
                .targetGroupArn();
        if (!ids.isEmpty()) {
            aws.elbV2().registerTargets(request -> request.targetGroupArn(arn)
                    .targets(ids.stream()
                            .map(id -> TargetDescription.builder()
                                    .id(id)
                                    .port(port)
                                    .build())
                            .toList()));
        }
        return arn;
    }

    /**
     * A listener of an application load balancer of its own, which forwards all to a target group.
     *
     * @return its ARN
     */
    public String listener(String balancer, String group) {
        List<String> subnets = aws.ec2().describeSubnets().subnets().stream()
                .limit(2)
                .map(subnet -> subnet.subnetId())
                .toList();
        String arn = aws.elbV2()
                .createLoadBalancer(request -> request.name(balancer).subnets(subnets))
                .loadBalancers()
                .get(0)
                .loadBalancerArn();
        return aws.elbV2()
                .createListener(request -> request.loadBalancerArn(arn)
                        .protocol(ProtocolEnum.HTTP)
                        .port(80)
                        .defaultActions(Action.builder()
                                .type(ActionTypeEnum.FORWARD)
                                .targetGroupArn(group)
                                .build()))
                .listeners()
                .get(0)
                .listenerArn();
    }

    /** How much of the traffic each of a listener's target groups gets. */
    public List<TargetGroupTuple> groupsOf(String listener) {
        return aws.elbV2()
                .describeListeners(request -> request.listenerArns(listener))
                .listeners()
                .get(0)
                .defaultActions()
                .get(0)
                .forwardConfig()
                .targetGroups();
    }

    /** How long a target group's connections may go on once it gets no new ones. */
    public void deregistrationDelay(String group, int seconds) {
        aws.elbV2().modifyTargetGroupAttributes(request -> request.targetGroupArn(group)
                .attributes(TargetGroupAttribute.builder()
                        .key("deregistration_delay.timeout_seconds")
                        .value(Integer.toString(seconds))
                        .build()));
    }

    /** @return the ids of its instances */
    public List<String> autoScalingGroup(String name, int size) {
        aws.autoScaling()
                .createLaunchConfiguration(request ->
                        request.launchConfigurationName(name).imageId(AMI).instanceType("t3.micro"));
        aws.autoScaling().createAutoScalingGroup(request -> request.autoScalingGroupName(name)
                .launchConfigurationName(name)
                .availabilityZones(region + "a")
                .minSize(0)
                .maxSize(size)
                .desiredCapacity(size));
        return aws
                .autoScaling()
                .describeAutoScalingGroups(request -> request.autoScalingGroupNames(name))
                .autoScalingGroups()
                .get(0)
                .instances()
                .stream()
                .map(instance -> instance.instanceId())
                .sorted()
                .toList();
    }

    public List<String> suspendedProcesses(String group) {
        return aws
                .autoScaling()
                .describeAutoScalingGroups(request -> request.autoScalingGroupNames(group))
                .autoScalingGroups()
                .get(0)
                .suspendedProcesses()
                .stream()
                .map(process -> process.processName())
                .sorted()
                .toList();
    }

    public void alarm(String name, boolean actionsEnabled) {
        aws.cloudWatch().putMetricAlarm(request -> request.alarmName(name)
                .namespace("AWS/EC2")
                .metricName("CPUUtilization")
                .statistic(Statistic.AVERAGE)
                .period(60)
                .evaluationPeriods(1)
                .threshold(80.0)
                .comparisonOperator(ComparisonOperator.GREATER_THAN_THRESHOLD)
                .alarmActions("arn:aws:sns:" + region + ":123456789012:pager")
                .actionsEnabled(actionsEnabled));
    }

    /** Whether each alarm's actions are enabled. */
    public Map<String, Boolean> alarms() {
        return aws.cloudWatch().describeAlarmsPaginator().metricAlarms().stream()
                .collect(Collectors.toMap(alarm -> alarm.alarmName(), alarm -> alarm.actionsEnabled()));
    }

    public void stack(String name, Map<String, String> outputs) {
        Map<String, String> lines = new HashMap<>(outputs);
        String json = lines.entrySet().stream()
                .map(output -> "\"" + output.getKey() + "\": {\"Value\": \"" + output.getValue() + "\"}")
                .collect(Collectors.joining(", "));
        aws.cloudFormation().createStack(request -> request.stackName(name)
                .templateBody("{\"AWSTemplateFormatVersion\": \"2010-09-09\", \"Resources\": {\"Topic\":"
                        + " {\"Type\": \"AWS::SNS::Topic\"}}, \"Outputs\": {" + json + "}}"));
    }

    private static List<TagSpecification> ec2Tags(Map<String, String> tags) {
        List<Tag> list = new ArrayList<>();
        tags.forEach(
                (key, value) -> list.add(Tag.builder().key(key).value(value).build()));
        return list.isEmpty() // which EC2 refuses
                ? List.of()
                : List.of(TagSpecification.builder()
                        .resourceType(ResourceType.INSTANCE)
                        .tags(list)
                        .build());
    }
}
