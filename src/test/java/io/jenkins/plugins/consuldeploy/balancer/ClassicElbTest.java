package io.jenkins.plugins.consuldeploy.balancer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.consuldeploy.balancer.LoadBalancer.Status;
import io.jenkins.plugins.consuldeploy.fleet.Aws;
import io.jenkins.plugins.consuldeploy.fleet.AwsException;
import io.jenkins.plugins.consuldeploy.fleet.AwsFleet;
import io.jenkins.plugins.consuldeploy.fleet.AwsGateway;
import io.jenkins.plugins.consuldeploy.fleet.Host;
import io.jenkins.plugins.consuldeploy.fleet.MotoServer;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;
import software.amazon.awssdk.services.elasticloadbalancing.model.ConnectionDraining;

public class ClassicElbTest {

    private static final String DEREGISTERING = "Instance deregistration currently in progress.";
    private static final String NOT_REGISTERED = "Instance is not currently registered with the LoadBalancer.";

    private final SteppedTime time = new SteppedTime();
    private MotoServer moto;
    private Aws aws;
    private AwsFleet fleet;
    private List<String> ids;
    private Host one;
    private Host two;

    @Before
    public void start() {
        moto = MotoServer.fresh();
        aws = moto.aws();
        fleet = new AwsFleet(aws, moto.region());
        ids = fleet.instances(2, "a", Map.of());
        fleet.classicElb("web-elb", ids);
        one = host("web1", ids.get(0));
        two = host("web2", ids.get(1));
    }

    @After
    public void close() {
        if (aws != null) {
            aws.close();
        }
    }

    @Test
    public void aHostGoesOutAndComesBackAsItWas() throws Exception {
        LoadBalancer before = balancer();
        Membership membership = before.membership(one).orElseThrow();
        assertThat(before.status(one, membership)).isEqualTo(Status.IN_SERVICE);

        before.takeOut(one, membership);
        before.takeOut(one, membership);
        assertThat(before.status(one, membership)).isEqualTo(Status.OUT);
        assertThat(before.membership(one)).isEmpty();
        assertThat(before.status(two, before.membership(two).orElseThrow())).isEqualTo(Status.IN_SERVICE);

        // Another process, which has the record alone.
        LoadBalancer later = balancer();
        assertThat(later.name()).isEqualTo(before.name()).isEqualTo("classicElb:web-elb");
        assertThat(later.status(one, membership)).isEqualTo(Status.OUT);
        later.putBack(one, membership);
        later.putBack(one, membership);
        assertThat(later.status(one, membership)).isEqualTo(Status.IN_SERVICE);
        assertThat(later.membership(one)).contains(membership);
    }

    @Test
    public void aHostThatIsNotInItHasNoMembership() throws Exception {
        assertThat(balancer().membership(host("web9", "i-0123456789"))).isEmpty();
    }

    /** It says InService all the while, and lists the instance only when it is asked about it by name. */
    @Test
    public void aHostDrainsUntilItsDeregistrationIsOver() throws Exception {
        LoadBalancer balancer = balancer();
        Membership membership = balancer.membership(one).orElseThrow();
        balancer.takeOut(one, membership);

        answerAbout(one, "InService", DEREGISTERING);
        assertThat(balancer.status(one, membership)).isEqualTo(Status.DRAINING);

        time.step(Duration.ofSeconds(1));
        answerAbout(one, "OutOfService", DEREGISTERING);
        assertThat(balancer.status(one, membership)).isEqualTo(Status.DRAINING);

        time.step(Duration.ofSeconds(1));
        answerAbout(one, "Unknown", "A transient error occurred. Please try again later.");
        assertThat(balancer.status(one, membership)).isNotEqualTo(Status.OUT);

        time.step(Duration.ofSeconds(1));
        answerAbout(one, "OutOfService", NOT_REGISTERED);
        assertThat(balancer.status(one, membership)).isEqualTo(Status.OUT);
    }

    @Test
    public void aDrainingInstanceIsNoMember() throws Exception {
        moto.gateway()
                .answerOnce(
                        "DescribeInstanceHealth",
                        AwsGateway.Answer.ok("DescribeInstanceHealth", states(one, "InService", DEREGISTERING)));

        assertThat(balancer().membership(one)).isEmpty();
    }

    @Test
    public void onlyInServiceIsInService() throws Exception {
        LoadBalancer balancer = balancer();
        Membership membership = balancer.membership(one).orElseThrow();
        for (String state : List.of("OutOfService", "Unknown")) {
            time.step(Duration.ofSeconds(1));
            moto.gateway()
                    .answerOnce(
                            "DescribeInstanceHealth",
                            AwsGateway.Answer.ok(
                                    "DescribeInstanceHealth",
                                    states(one, state, "Instance registration is still in progress.")));
            assertThat(balancer.status(one, membership)).isEqualTo(Status.NOT_READY);
        }
    }

    @Test
    public void aWholeBatchIsPolledWithAFewCalls() throws Exception {
        List<String> many = fleet.instances(20, "a", Map.of());
        fleet.classicElb("big", many);
        LoadBalancer balancer = new ClassicElb(aws, "big", time);
        List<Host> hosts = many.stream().map(id -> host(id, id)).toList();
        Membership[] memberships = new Membership[hosts.size()];
        for (int each = 0; each < memberships.length; each++) {
            memberships[each] = balancer.membership(hosts.get(each)).orElseThrow();
        }
        assertThat(moto.gateway().calls("DescribeInstanceHealth")).hasSize(1);
        for (int each = 0; each < 10; each++) {
            balancer.takeOut(hosts.get(each), memberships[each]);
        }
        for (int poll = 1; poll <= 3; poll++) {
            for (int each = 0; each < memberships.length; each++) {
                assertThat(balancer.status(hosts.get(each), memberships[each]))
                        .isEqualTo(each < 10 ? Status.OUT : Status.IN_SERVICE);
            }
            assertThat(moto.gateway().calls("DescribeInstanceHealth")).hasSize(1 + 2 * poll);
            time.step(balancer.pollInterval());
        }
    }

    @Test
    public void aFleetThatIsAllOutIsPolledWithAFewCalls() throws Exception {
        Map<Host, Membership> fleetOut = new HashMap<>();
        for (int each = 0; each < 20; each++) {
            String id = "i-000000000000000" + (char) ('a' + each % 6) + each % 10;
            fleetOut.put(host("web" + each, id), new Membership(Map.of("instance", id)));
        }
        assertThat(balancer().statuses(fleetOut)).hasSize(20).allSatisfy((host, status) -> assertThat(status)
                .isEqualTo(Status.OUT));
        assertThat(moto.gateway().calls("DescribeInstanceHealth")).hasSize(3);
    }

    @Test
    public void aTerminatedInstanceIsOutAndDoesNotHideTheOthers() throws Exception {
        moto.gateway().handle("DescribeInstanceHealth", call -> {
            List<String> asked = call.values("Instances.member.\\d+.InstanceId");
            if (asked.contains(ids.get(0))) {
                return Optional.of(
                        AwsGateway.Answer.error(400, "InvalidInstance", "Could not find EC2 instance " + ids.get(0)));
            }
            return Optional.of(AwsGateway.Answer.ok(
                    "DescribeInstanceHealth",
                    asked.isEmpty() ? "<InstanceStates/>" : states(two, "InService", DEREGISTERING)));
        });
        for (String action : List.of("DeregisterInstancesFromLoadBalancer", "RegisterInstancesWithLoadBalancer")) {
            moto.gateway()
                    .answerOnce(
                            action,
                            AwsGateway.Answer.error(
                                    400, "InvalidInstance", "Could not find EC2 instance " + ids.get(0)));
        }
        LoadBalancer balancer = balancer();
        Membership terminated = new Membership(Map.of("instance", ids.get(0)));
        Membership alive = new Membership(Map.of("instance", ids.get(1)));

        balancer.takeOut(one, terminated);
        assertThat(balancer.status(one, terminated)).isEqualTo(Status.OUT);
        assertThat(balancer.status(two, alive)).isEqualTo(Status.DRAINING);
        assertThatThrownBy(() -> balancer.putBack(one, terminated))
                .isInstanceOf(AwsException.class)
                .hasMessage(
                        "could not put web1 (" + ids.get(0) + ") back into the classic load balancer web-elb: AWS says"
                                + " InvalidInstance: Could not find EC2 instance " + ids.get(0) + ". (HTTP 400, request"
                                + " req-1234). It may have been terminated meanwhile: whatever replaces it registers itself");
    }

    @Test
    public void itsConnectionDrainingIsItsDrainingDelay() throws Exception {
        assertThat(balancer().drainingDelay()).contains(Duration.ZERO);

        aws.classicElb().modifyLoadBalancerAttributes(request -> request.loadBalancerName("web-elb")
                .loadBalancerAttributes(attributes -> attributes.connectionDraining(
                        ConnectionDraining.builder().enabled(true).timeout(120).build())));
        assertThat(balancer().drainingDelay()).contains(Duration.ofMinutes(2));
    }

    @Test
    public void aMissingLoadBalancerIsAnErrorThatNamesIt() {
        moto.gateway()
                .answerOnce(
                        "RegisterInstancesWithLoadBalancer",
                        AwsGateway.Answer.error(
                                400, "LoadBalancerNotFound", "There is no ACTIVE Load Balancer named 'nothing'"));
        LoadBalancer nothing = new ClassicElb(aws, "nothing", time);

        assertThatThrownBy(() -> nothing.membership(one))
                .isInstanceOf(AwsException.class)
                .hasMessageContaining("the classic load balancer nothing: AWS says LoadBalancerNotFound");
        assertThatThrownBy(() -> nothing.putBack(one, new Membership(Map.of("instance", ids.get(0)))))
                .isInstanceOf(AwsException.class)
                .hasMessageContaining(
                        "could not put web1 (" + ids.get(0) + ") back into the classic load balancer nothing")
                .hasMessageContaining("Check the name, and the region and account");
    }

    @Test
    public void aMissingPermissionIsNamed() throws Exception {
        LoadBalancer balancer = balancer();
        Membership membership = balancer.membership(one).orElseThrow();
        for (String action : List.of(
                "DeregisterInstancesFromLoadBalancer",
                "RegisterInstancesWithLoadBalancer",
                "DescribeInstanceHealth",
                "DescribeLoadBalancerAttributes")) {
            moto.gateway()
                    .answerOnce(action, AwsGateway.Answer.error(403, "AccessDenied", "User: x is not authorized"));
        }

        assertThatThrownBy(() -> balancer.takeOut(one, membership))
                .hasMessageContaining("IAM action elasticloadbalancing:DeregisterInstancesFromLoadBalancer");
        assertThatThrownBy(() -> balancer.putBack(one, membership))
                .hasMessageContaining("IAM action elasticloadbalancing:RegisterInstancesWithLoadBalancer");
        assertThatThrownBy(() -> balancer.status(one, membership))
                .hasMessageContaining("IAM action elasticloadbalancing:DescribeInstanceHealth");
        assertThatThrownBy(() -> balancer().membership(one))
                .hasMessageContaining("IAM action elasticloadbalancing:DescribeLoadBalancerAttributes");
    }

    private LoadBalancer balancer() {
        return new ClassicElb(aws, "web-elb", time);
    }

    /** Answers the question about all from moto, and the next one about this one so. */
    private void answerAbout(Host host, String state, String description) {
        moto.gateway()
                .handle(
                        "DescribeInstanceHealth",
                        call -> call.values("Instances.member.\\d+.InstanceId").contains(host.id())
                                ? Optional.of(AwsGateway.Answer.ok(
                                        "DescribeInstanceHealth", states(host, state, description)))
                                : Optional.empty());
    }

    private static String states(Host host, String state, String description) {
        return "<InstanceStates><member><InstanceId>" + host.id() + "</InstanceId><State>" + state
                + "</State><Description>" + description + "</Description><ReasonCode>N/A</ReasonCode></member>"
                + "</InstanceStates>";
    }

    private static Host host(String name, String id) {
        return new Host(name, id, "10.0.0.5", OptionalInt.empty(), Optional.empty());
    }
}
