package io.jenkins.plugins.consuldeploy.fleet;

import java.util.List;
import software.amazon.awssdk.services.elasticloadbalancing.model.Instance;

/** The running instances that are registered with a classic load balancer, in service or not. */
public final class ClassicElbHosts implements HostSource {

    private final Aws aws;
    private final String loadBalancer;
    private final HostAddress address;

    public ClassicElbHosts(Aws aws, String loadBalancer, HostAddress address) {
        this.aws = aws;
        this.loadBalancer = loadBalancer;
        this.address = address;
    }

    @Override
    public List<Host> find() throws InterruptedException {
        List<String> ids = aws
                .call("find " + describe(), "elasticloadbalancing:DescribeLoadBalancers", () -> aws.classicElb()
                        .describeLoadBalancers(request -> request.loadBalancerNames(loadBalancer)))
                .loadBalancerDescriptions()
                .stream()
                .flatMap(description -> description.instances().stream())
                .map(Instance::instanceId)
                .toList();
        return new Ec2Instances(aws, address).withIds(ids, describe());
    }

    @Override
    public String describe() {
        return "the instances of the classic load balancer " + loadBalancer;
    }
}
