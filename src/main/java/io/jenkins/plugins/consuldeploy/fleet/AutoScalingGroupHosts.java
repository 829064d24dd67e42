package io.jenkins.plugins.consuldeploy.fleet;

import java.util.List;
import software.amazon.awssdk.services.autoscaling.model.AutoScalingGroup;
import software.amazon.awssdk.services.autoscaling.model.Instance;
import software.amazon.awssdk.services.autoscaling.model.LifecycleState;

/** The instances of an auto scaling group that are in service there: not those that come, leave or stand by. */
public final class AutoScalingGroupHosts implements HostSource {

    private final Aws aws;
    private final String group;
    private final HostAddress address;

    public AutoScalingGroupHosts(Aws aws, String group, HostAddress address) {
        this.aws = aws;
        this.group = group;
        this.address = address;
    }

    @Override
    public List<Host> find() throws InterruptedException {
        AutoScalingGroup found = AutoScalingGroups.describe(aws, group)
                .orElseThrow(() -> AutoScalingGroups.missing("find " + describe(), group));
        List<String> ids = found.instances().stream()
                .filter(instance -> instance.lifecycleState() == LifecycleState.IN_SERVICE)
                .map(Instance::instanceId)
                .toList();
        return new Ec2Instances(aws, address).withIds(ids, describe());
    }

    @Override
    public String describe() {
        return "the instances in service of the auto scaling group " + group;
    }
}
