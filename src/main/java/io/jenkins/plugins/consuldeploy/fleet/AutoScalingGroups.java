package io.jenkins.plugins.consuldeploy.fleet;

import java.util.Optional;
import software.amazon.awssdk.services.autoscaling.model.AutoScalingGroup;

/** What is asked about an auto scaling group. */
final class AutoScalingGroups {

    private AutoScalingGroups() {}

    static Optional<AutoScalingGroup> describe(Aws aws, String group) throws InterruptedException {
        return aws
                .call(
                        "read the auto scaling group " + group,
                        "autoscaling:DescribeAutoScalingGroups",
                        () -> aws.autoScaling()
                                .describeAutoScalingGroups(request -> request.autoScalingGroupNames(group)))
                .autoScalingGroups()
                .stream()
                .findFirst();
    }

    static FleetException missing(String doing, String group) {
        return new FleetException("could not " + doing + ": there is no auto scaling group " + group
                + ". Check the name, and the region and account that it is looked for in");
    }
}
