package io.jenkins.plugins.consuldeploy.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;
import software.amazon.awssdk.services.autoscaling.model.LifecycleState;
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetDescription;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetTypeEnum;

public class HostSourcesOnAwsTest {

    private MotoServer moto;
    private Aws aws;
    private AwsFleet fleet;

    @Before
    public void start() {
        moto = MotoServer.fresh();
        aws = moto.aws();
        fleet = new AwsFleet(aws, moto.region());
    }

    @After
    public void close() {
        if (aws != null) {
            aws.close();
        }
    }

    @Test
    public void tagsFindTheRunningInstancesThatHaveAllOfThem() throws Exception {
        String a = fleet.instance("a", Map.of("Name", "web1", "stack", "web", "deployment", "prod"));
        String b = fleet.instance("b", Map.of("Name", "web2", "stack", "web", "deployment", "prod"));
        fleet.instance("a", Map.of("Name", "web3", "stack", "web", "deployment", "test"));
        fleet.stop(fleet.instance("a", Map.of("Name", "web4", "stack", "web", "deployment", "prod")));
        fleet.terminate(fleet.instance("a", Map.of("Name", "web5", "stack", "web", "deployment", "prod")));

        HostSource source = tags(Map.of("stack", List.of("web"), "deployment", List.of("prod")));

        List<Host> hosts = source.find();
        assertThat(hosts).extracting(Host::name).containsExactly("web1", "web2");
        assertThat(hosts).extracting(Host::id).containsExactly(a, b);
        assertThat(hosts)
                .extracting(host -> host.zone().orElseThrow())
                .containsExactly(moto.region() + "a", moto.region() + "b");
        assertThat(hosts).extracting(Host::address).allMatch(address -> address.matches("[0-9.]+"));
        assertThat(source.describe()).isEqualTo("the running EC2 instances with deployment=prod, stack=web");
    }

    @Test
    public void aTagMayHaveSeveralValuesAndWildcards() throws Exception {
        fleet.instance("a", Map.of("Name", "web1", "release", "v6"));
        fleet.instance("a", Map.of("Name", "web2", "release", "v7"));
        fleet.instance("a", Map.of("Name", "web3", "release", "w1"));

        assertThat(tags(Map.of("release", List.of("v6", "w1"))).find())
                .extracting(Host::name)
                .containsExactly("web1", "web3");
        assertThat(tags(Map.of("release", List.of("v*"))).find())
                .extracting(Host::name)
                .containsExactly("web1", "web2");
    }

    @Test
    public void everyPageOfInstancesCounts() throws Exception {
        for (int each = 0; each < 12; each++) {
            fleet.instance("a", Map.of("Name", "web" + each, "stack", "web"));
        }

        List<Host> hosts =
                new Ec2Tags(Map.of("stack", List.of("web")), new Ec2Instances(aws, HostAddress.PRIVATE, 5)).find();

        assertThat(hosts).hasSize(12).doesNotHaveDuplicates();
        assertThat(moto.gateway().calls("DescribeInstances")).hasSize(3);
    }

    @Test
    public void aHostWithoutAUsableNameTagIsCalledByItsId() throws Exception {
        String unnamed = fleet.instance("a", Map.of("stack", "web"));
        String unsafe = fleet.instance("a", Map.of("stack", "web", "Name", "../web"));

        assertThat(tags(Map.of("stack", List.of("web"))).find())
                .extracting(Host::name)
                .containsExactlyInAnyOrder(unnamed, unsafe);
    }

    @Test
    public void hostsThatShareANameTagGetTheirIdWithIt() throws Exception {
        List<String> twins = fleet.instances(2, "a", Map.of("stack", "web", "Name", "web"));
        fleet.instance("a", Map.of("stack", "web", "Name", "web1"));

        assertThat(tags(Map.of("stack", List.of("web"))).find())
                .extracting(Host::name)
                .containsExactlyInAnyOrder("web-" + twins.get(0), "web-" + twins.get(1), "web1");
    }

    @Test
    public void theAddressIsOfTheKindThatWasAskedFor() throws Exception {
        String id = fleet.instance("a", Map.of("stack", "web"));
        Instance instance = aws.ec2()
                .describeInstances(request -> request.instanceIds(id))
                .reservations()
                .get(0)
                .instances()
                .get(0);

        assertThat(address(HostAddress.PRIVATE)).isEqualTo(instance.privateIpAddress());
        assertThat(address(HostAddress.PUBLIC)).isEqualTo(instance.publicIpAddress());
        assertThat(address(HostAddress.DNS)).isEqualTo(instance.privateDnsName());
        assertThat(address(HostAddress.PUBLIC_DNS)).isEqualTo(instance.publicDnsName());
        assertThatThrownBy(() -> address(HostAddress.IPV6))
                .isInstanceOf(FleetException.class)
                .hasMessageContaining(id)
                .hasMessageContaining("has no ipv6 address");
    }

    @Test
    public void noTagsAtAllAreRefused() {
        assertThatThrownBy(() -> tags(Map.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("every instance of the account would count");
        assertThatThrownBy(() -> tags(Map.of("stack", List.of()))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    public void noInstanceIsAnEmptyAnswer() throws Exception {
        assertThat(tags(Map.of("stack", List.of("nothing"))).find()).isEmpty();
    }

    @Test
    public void anAutoScalingGroupGivesItsInstancesInService() throws Exception {
        List<String> ids = fleet.autoScalingGroup("web-asg", 3);
        aws.autoScaling().enterStandby(request -> request.autoScalingGroupName("web-asg")
                .instanceIds(ids.get(1))
                .shouldDecrementDesiredCapacity(true));
        assertThat(aws.autoScaling()
                        .describeAutoScalingInstances(request -> request.instanceIds(ids.get(1)))
                        .autoScalingInstances()
                        .get(0)
                        .lifecycleState())
                .isEqualToIgnoringCase(LifecycleState.STANDBY.toString());

        assertThat(new AutoScalingGroupHosts(aws, "web-asg", HostAddress.PRIVATE).find())
                .extracting(Host::id)
                .containsExactlyInAnyOrder(ids.get(0), ids.get(2));
    }

    @Test
    public void aMissingAutoScalingGroupIsAnError() {
        assertThatThrownBy(() -> new AutoScalingGroupHosts(aws, "nothing", HostAddress.PRIVATE).find())
                .isInstanceOf(FleetException.class)
                .hasMessageContaining("there is no auto scaling group nothing");
    }

    @Test
    public void aTargetGroupOfInstancesGivesThemWithTheirPorts() throws Exception {
        String a = fleet.instance("a", Map.of("Name", "web1"));
        String b = fleet.instance("b", Map.of("Name", "web2"));
        String arn = fleet.targetGroup("web", TargetTypeEnum.INSTANCE, 8080, List.of(a, b));
        aws.elbV2().deregisterTargets(request -> request.targetGroupArn(arn)
                .targets(TargetDescription.builder().id(b).build()));

        List<Host> byArn = new TargetGroupHosts(aws, arn, HostAddress.PRIVATE).find();

        assertThat(byArn).extracting(Host::name).containsExactly("web1");
        assertThat(byArn).extracting(Host::port).containsExactly(OptionalInt.of(8080));
        assertThat(new TargetGroupHosts(aws, "web", HostAddress.PRIVATE).find()).isEqualTo(byArn);
    }

    @Test
    public void aTargetGroupOfAddressesGivesThemAsHosts() throws Exception {
        fleet.targetGroup("web", TargetTypeEnum.IP, 8080, List.of("10.0.0.5", "10.0.0.6"));

        List<Host> hosts = new TargetGroupHosts(aws, "web", HostAddress.PRIVATE).find();

        assertThat(hosts).extracting(Host::name).containsExactly("10.0.0.5", "10.0.0.6");
        assertThat(hosts).extracting(Host::address).containsExactly("10.0.0.5", "10.0.0.6");
        assertThat(hosts).extracting(Host::port).containsOnly(OptionalInt.of(8080));
    }

    @Test
    public void aTargetGroupOfFunctionsHasNoHosts() {
        aws.elbV2().createTargetGroup(request -> request.name("functions").targetType(TargetTypeEnum.LAMBDA));

        assertThatThrownBy(() -> new TargetGroupHosts(aws, "functions", HostAddress.PRIVATE).find())
                .isInstanceOf(FleetException.class)
                .hasMessageContaining("functions")
                .hasMessageContaining("type lambda");
    }

    @Test
    public void aClassicLoadBalancerGivesItsRunningInstances() throws Exception {
        String a = fleet.instance("a", Map.of("Name", "web1"));
        String b = fleet.instance("b", Map.of("Name", "web2"));
        fleet.classicElb("web-elb", List.of(a, b));
        fleet.stop(b);

        assertThat(new ClassicElbHosts(aws, "web-elb", HostAddress.PRIVATE).find())
                .extracting(Host::id)
                .containsExactly(a);
    }

    @Test
    public void aStackOutputMayNameAnAutoScalingGroup() throws Exception {
        List<String> ids = fleet.autoScalingGroup("web-asg", 2);
        String arn = aws.autoScaling()
                .describeAutoScalingGroups()
                .autoScalingGroups()
                .get(0)
                .autoScalingGroupARN();
        fleet.stack("web", Map.of("Group", "web-asg", "GroupArn", arn));

        assertThat(output("Group")).extracting(Host::id).containsExactlyInAnyOrderElementsOf(ids);
        assertThat(output("GroupArn")).extracting(Host::id).containsExactlyInAnyOrderElementsOf(ids);
    }

    @Test
    public void aStackOutputMayNameATargetGroupOrInstances() throws Exception {
        String a = fleet.instance("a", Map.of("Name", "web1"));
        String b = fleet.instance("b", Map.of("Name", "web2"));
        String arn = fleet.targetGroup("web", TargetTypeEnum.INSTANCE, 8080, List.of(b));
        fleet.stack("web", Map.of("Targets", arn, "Instances", a + ", " + b));

        assertThat(output("Targets")).extracting(Host::name).containsExactly("web2");
        assertThat(output("Instances")).extracting(Host::name).containsExactly("web1", "web2");
    }

    @Test
    public void aStackOutputMayNameAddresses() throws Exception {
        fleet.stack("web", Map.of("Addresses", "10.0.0.5,app2.example.com:8080,[2001:db8::5]:443 2001:db8::6"));

        List<Host> hosts = output("Addresses");

        assertThat(hosts)
                .extracting(Host::address)
                .containsExactly("10.0.0.5", "app2.example.com", "2001:db8::5", "2001:db8::6");
        assertThat(hosts)
                .extracting(Host::port)
                .containsExactly(OptionalInt.empty(), OptionalInt.of(8080), OptionalInt.of(443), OptionalInt.empty());
    }

    @Test
    public void aMissingOutputIsAnErrorThatNamesThoseThereAre() {
        fleet.stack("web", Map.of("Group", "web-asg"));

        assertThatThrownBy(() -> output("Groups"))
                .isInstanceOf(FleetException.class)
                .hasMessageContaining("the stack web has no output Groups")
                .hasMessageContaining("[Group]");
        assertThatThrownBy(() -> new StackOutputHosts(aws, "nothing", "Group", HostAddress.PRIVATE).find())
                .isInstanceOf(AwsException.class)
                .hasMessageContaining("the output Group of the stack nothing")
                .hasMessageContaining("does not exist");
    }

    private HostSource tags(Map<String, List<String>> tags) {
        return new Ec2Tags(aws, tags, HostAddress.PRIVATE);
    }

    private String address(HostAddress kind) throws InterruptedException {
        return new Ec2Tags(aws, Map.of("stack", List.of("web")), kind)
                .find()
                .get(0)
                .address();
    }

    private List<Host> output(String output) throws InterruptedException {
        return new StackOutputHosts(aws, "web", output, HostAddress.PRIVATE).find();
    }
}
