package io.jenkins.plugins.consuldeploy.balancer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.consuldeploy.balancer.LoadBalancer.Status;
import io.jenkins.plugins.consuldeploy.fleet.Aws;
import io.jenkins.plugins.consuldeploy.fleet.AwsException;
import io.jenkins.plugins.consuldeploy.fleet.AwsFleet;
import io.jenkins.plugins.consuldeploy.fleet.AwsGateway;
import io.jenkins.plugins.consuldeploy.fleet.FleetException;
import io.jenkins.plugins.consuldeploy.fleet.Host;
import io.jenkins.plugins.consuldeploy.fleet.HostAddress;
import io.jenkins.plugins.consuldeploy.fleet.MotoServer;
import io.jenkins.plugins.consuldeploy.fleet.TargetGroupHosts;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetGroupAttribute;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetTypeEnum;

public class TargetGroupTest {

    private final SteppedTime time = new SteppedTime();
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
    public void anInstanceGoesOutAndComesBackAsItWas() throws Exception {
        String one = fleet.instance("a", Map.of("Name", "web1"));
        String two = fleet.instance("b", Map.of("Name", "web2"));
        String arn = fleet.targetGroup("web", TargetTypeEnum.INSTANCE, 8080, List.of(one, two));
        List<Host> hosts = new TargetGroupHosts(aws, arn, HostAddress.PRIVATE).find();

        goesOutAndComesBack(arn, hosts.get(0), hosts.get(1), one + ":8080");
    }

    @Test
    public void anAddressGoesOutAndComesBackAsItWas() throws Exception {
        fleet.targetGroup("web", TargetTypeEnum.IP, 8080, List.of("10.0.0.5", "10.0.0.6"));
        List<Host> hosts = new TargetGroupHosts(aws, "web", HostAddress.PRIVATE).find();

        goesOutAndComesBack("web", hosts.get(0), hosts.get(1), "10.0.0.5:8080");
    }

    private void goesOutAndComesBack(String group, Host host, Host other, String key) throws InterruptedException {
        LoadBalancer before = balancer(group);
        Membership membership = before.membership(host).orElseThrow();
        assertThat(membership.details()).containsOnlyKeys(key);
        assertThat(before.status(host, membership)).isEqualTo(Status.IN_SERVICE);

        before.takeOut(host, membership);
        before.takeOut(host, membership);
        assertThat(before.status(host, membership)).isEqualTo(Status.OUT);
        assertThat(before.membership(host)).isEmpty();
        assertThat(before.status(other, before.membership(other).orElseThrow())).isEqualTo(Status.IN_SERVICE);

        // Another process, which has the record alone.
        LoadBalancer later = balancer(group);
        assertThat(later.name()).isEqualTo(before.name());
        later.putBack(host, membership);
        later.putBack(host, membership);
        assertThat(later.status(host, membership)).isEqualTo(Status.IN_SERVICE);
        assertThat(later.membership(host)).contains(membership);
    }

    @Test
    public void aHostThatIsNotInItHasNoMembership() throws Exception {
        String one = fleet.instance("a", Map.of());
        fleet.targetGroup("web", TargetTypeEnum.INSTANCE, 8080, List.of(one));

        assertThat(balancer("web").membership(host("web9", "i-0123456789", "10.0.0.9")))
                .isEmpty();
    }

    @Test
    public void everyPortOfAHostGoesOutAndComesBackWithItsZone() throws Exception {
        fleet.targetGroup("web", TargetTypeEnum.IP, 8080, List.of());
        TargetGroupMemory memory = new TargetGroupMemory(moto.gateway());
        memory.add("10.0.0.5:8080", "all");
        memory.add("10.0.0.5:8081", "us-east-1b");
        memory.add("10.0.0.6:8080", "all");
        Host host = host("web1", "web1", "10.0.0.5");
        LoadBalancer balancer = balancer("web");

        Membership membership = balancer.membership(host).orElseThrow();
        assertThat(membership.details())
                .containsExactlyInAnyOrderEntriesOf(Map.of("10.0.0.5:8080", "all", "10.0.0.5:8081", "us-east-1b"));

        balancer.takeOut(host, membership);
        assertThat(balancer.status(host, membership)).isEqualTo(Status.DRAINING);
        memory.remove("10.0.0.5:8080");
        time.step(Duration.ofSeconds(1));
        assertThat(balancer.status(host, membership)).isEqualTo(Status.DRAINING);
        memory.remove("10.0.0.5:8081");
        time.step(Duration.ofSeconds(1));
        assertThat(balancer.status(host, membership)).isEqualTo(Status.OUT);

        balancer.putBack(host, membership);
        assertThat(balancer.status(host, membership)).isEqualTo(Status.NOT_READY);
        memory.state("10.0.0.5:8080", "healthy");
        memory.state("10.0.0.5:8081", "unhealthy");
        time.step(Duration.ofSeconds(1));
        assertThat(balancer.status(host, membership)).isEqualTo(Status.NOT_READY);
        memory.state("10.0.0.5:8081", "healthy");
        time.step(Duration.ofSeconds(1));
        assertThat(balancer.status(host, membership)).isEqualTo(Status.IN_SERVICE);
        assertThat(memory.all())
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "10.0.0.5:8080", "all healthy",
                        "10.0.0.5:8081", "us-east-1b healthy",
                        "10.0.0.6:8080", "all healthy"));
    }

    @Test
    public void theZoneOfAnInstanceIsNotGivenBack() throws Exception {
        fleet.targetGroup("web", TargetTypeEnum.INSTANCE, 8080, List.of());
        TargetGroupMemory memory = new TargetGroupMemory(moto.gateway());
        memory.add("i-0123456789:8080", "us-east-1b");

        assertThat(balancer("web")
                        .membership(host("web1", "i-0123456789", "10.0.0.5"))
                        .orElseThrow()
                        .details())
                .containsExactlyEntriesOf(Map.of("i-0123456789:8080", ""));
    }

    @Test
    public void hostsThatShareAnAddressHaveThePortOfTheirOwn() throws Exception {
        fleet.targetGroup("web", TargetTypeEnum.IP, 8080, List.of());
        TargetGroupMemory memory = new TargetGroupMemory(moto.gateway());
        memory.add("10.0.0.5:8080", "");
        memory.add("10.0.0.5:8081", "");
        Host second = new Host("web2", "web2", "10.0.0.5", OptionalInt.of(8081), Optional.empty());

        assertThat(balancer("web").membership(second).orElseThrow().details()).containsOnlyKeys("10.0.0.5:8081");
    }

    @Test
    public void aDrainingTargetIsNoMember() throws Exception {
        fleet.targetGroup("web", TargetTypeEnum.IP, 8080, List.of());
        TargetGroupMemory memory = new TargetGroupMemory(moto.gateway());
        memory.state("10.0.0.5:8080", "draining");

        assertThat(balancer("web").membership(host("web1", "web1", "10.0.0.5"))).isEmpty();
    }

    @Test
    public void onlyAHealthyTargetIsInService() throws Exception {
        fleet.targetGroup("web", TargetTypeEnum.IP, 8080, List.of());
        TargetGroupMemory memory = new TargetGroupMemory(moto.gateway());
        Host host = host("web1", "web1", "10.0.0.5");
        Membership membership = new Membership(Map.of("10.0.0.5:8080", ""));
        LoadBalancer balancer = balancer("web");

        for (String state :
                List.of("initial", "unhealthy", "unhealthy.draining", "unused", "unavailable", "new-state")) {
            memory.state("10.0.0.5:8080", state);
            time.step(Duration.ofSeconds(1));
            assertThat(balancer.status(host, membership)).as(state).isEqualTo(Status.NOT_READY);
        }
    }

    @Test
    public void aWholeBatchIsPolledWithOneCall() throws Exception {
        fleet.targetGroup("web", TargetTypeEnum.IP, 8080, List.of());
        TargetGroupMemory memory = new TargetGroupMemory(moto.gateway());
        LoadBalancer balancer = balancer("web");
        for (int poll = 1; poll <= 3; poll++) {
            for (int each = 0; each < 50; each++) {
                String address = "10.0.0." + each;
                memory.state(address + ":8080", "healthy");
                balancer.status(host(address, address, address), new Membership(Map.of(address + ":8080", "")));
            }
            assertThat(moto.gateway().calls("DescribeTargetHealth")).hasSize(poll);
            time.step(balancer.pollInterval());
        }
    }

    @Test
    public void itsDeregistrationDelayIsItsDrainingDelay() throws Exception {
        String arn = fleet.targetGroup("web", TargetTypeEnum.INSTANCE, 8080, List.of());
        assertThat(balancer("web").drainingDelay()).contains(Duration.ofMinutes(5));

        aws.elbV2().modifyTargetGroupAttributes(request -> request.targetGroupArn(arn)
                .attributes(
                        TargetGroupAttribute.builder()
                                .key("deregistration_delay.timeout_seconds")
                                .value("1800")
                                .build(),
                        TargetGroupAttribute.builder()
                                .key("slow_start.duration_seconds")
                                .value("60")
                                .build()));
        assertThat(balancer("web").drainingDelay()).contains(Duration.ofMinutes(30));
    }

    @Test
    public void aTargetThatIsGoneDoesNotKeepTheOthersIn() throws Exception {
        fleet.targetGroup("web", TargetTypeEnum.IP, 8080, List.of());
        TargetGroupMemory memory = new TargetGroupMemory(moto.gateway());
        memory.add("10.0.0.5:8081", "");
        moto.gateway()
                .answerOnce(
                        "DeregisterTargets",
                        AwsGateway.Answer.error(400, "InvalidTarget", "The following targets are not registered"));
        Host host = host("web1", "web1", "10.0.0.5");
        Membership membership = new Membership(Map.of("10.0.0.5:8080", "", "10.0.0.5:8081", ""));

        balancer("web").takeOut(host, membership);

        assertThat(memory.all()).containsExactlyEntriesOf(Map.of("10.0.0.5:8081", "draining"));
    }

    @Test
    public void aTerminatedInstanceCannotComeBackAndThatIsSaid() throws Exception {
        String one = fleet.instance("a", Map.of("Name", "web1"));
        fleet.targetGroup("web", TargetTypeEnum.INSTANCE, 8080, List.of(one));
        Host host = host("web1", one, "10.0.0.5");
        LoadBalancer balancer = balancer("web");
        Membership membership = balancer.membership(host).orElseThrow();
        balancer.takeOut(host, membership);
        fleet.terminate(one);

        assertThat(balancer.status(host, membership)).isEqualTo(Status.OUT);
        balancer.takeOut(host, membership);
        assertThatThrownBy(() -> balancer.putBack(host, membership))
                .isInstanceOf(AwsException.class)
                .hasMessageContaining("could not put web1 (" + one + ":8080) back into the target group web:"
                        + " AWS says InvalidTarget")
                .hasMessageContaining("It may have been terminated meanwhile");
    }

    @Test
    public void aMissingTargetGroupIsAnErrorThatNamesIt() {
        assertThatThrownBy(() -> balancer("nothing").membership(host("web1", "i-1", "10.0.0.5")))
                .isInstanceOf(FleetException.class)
                .hasMessageContaining("could not find the target group nothing: AWS says TargetGroupNotFound")
                .hasMessageContaining("Check the name, and the region and account");
    }

    @Test
    public void aMissingPermissionIsNamed() throws Exception {
        String one = fleet.instance("a", Map.of("Name", "web1"));
        fleet.targetGroup("web", TargetTypeEnum.INSTANCE, 8080, List.of(one));
        Host host = host("web1", one, "10.0.0.5");
        LoadBalancer balancer = balancer("web");
        Membership membership = balancer.membership(host).orElseThrow();
        for (String action : List.of("DeregisterTargets", "RegisterTargets", "DescribeTargetHealth")) {
            moto.gateway()
                    .answerOnce(action, AwsGateway.Answer.error(403, "AccessDenied", "User: x is not authorized"));
        }

        assertThatThrownBy(() -> balancer.takeOut(host, membership))
                .isInstanceOf(AwsException.class)
                .hasMessageContaining("could not take web1 (" + one + ":8080) out of the target group web: AWS says"
                        + " AccessDenied: User: x is not authorized. (HTTP 403, request req-1234)")
                .hasMessageContaining("IAM action elasticloadbalancing:DeregisterTargets");
        assertThatThrownBy(() -> balancer.putBack(host, membership))
                .hasMessageContaining("IAM action elasticloadbalancing:RegisterTargets");
        assertThatThrownBy(() -> balancer.status(host, membership))
                .hasMessageContaining("IAM action elasticloadbalancing:DescribeTargetHealth");
    }

    private LoadBalancer balancer(String arnOrName) {
        return new TargetGroup(aws, arnOrName, time);
    }

    private static Host host(String name, String id, String address) {
        return new Host(name, id, address, OptionalInt.empty(), Optional.empty());
    }
}
