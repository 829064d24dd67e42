package io.jenkins.plugins.consuldeploy.balancer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.jenkins.plugins.consuldeploy.balancer.LoadBalancer.Status;
import io.jenkins.plugins.consuldeploy.consul.BlockingQuery;
import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.ConsulConfig;
import io.jenkins.plugins.consuldeploy.consul.ConsulMember;
import io.jenkins.plugins.consuldeploy.consul.ConsulProcess;
import io.jenkins.plugins.consuldeploy.consul.ServiceInstance;
import io.jenkins.plugins.consuldeploy.consul.Services;
import io.jenkins.plugins.consuldeploy.fleet.FleetException;
import io.jenkins.plugins.consuldeploy.fleet.Host;
import io.jenkins.plugins.consuldeploy.fleet.HostList;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.AfterClass;
import org.junit.Before;
import org.junit.BeforeClass;
import org.junit.Test;

/** Two real agents: the server that is asked, and that of another node on an address of its own. */
public class ConsulMaintenanceBalancerTest {

    private static final String IP = "127.0.0.2";
    private static final Host APP = new Host("app2", "app2", IP, OptionalInt.of(9001), Optional.empty());
    private static final Duration SHORT = Duration.ofMillis(300);
    private static final Duration LONG = Duration.ofMinutes(10);

    private static ConsulProcess server;
    private static ConsulMember member;
    private static Consul consul;

    @BeforeClass
    public static void startConsuls() {
        server = ConsulProcess.start();
        member = ConsulMember.join(server, "app2", IP);
        consul = server.client();
        server.put("/v1/agent/service/register", service("web", "web", 9001));
    }

    @AfterClass
    public static void stopConsuls() {
        consul.close();
        member.close();
        server.close();
    }

    @Before
    public void startWithoutMaintenance() {
        member.put("/v1/agent/service/register", service("web-1", "web", 9001));
        member.put("/v1/agent/service/register", service("web-2", "web", 9002));
        member.put("/v1/agent/service/register", service("db", "db", 5432));
        member.put("/v1/agent/maintenance?enable=false", "");
        for (String id : List.of("web-1", "web-2", "db")) {
            member.put("/v1/agent/service/maintenance/" + id + "?enable=false", "");
        }
        await().until(() -> passing("web").size() == 3 && passing("db").size() == 1);
    }

    @Test
    public void anInstanceOfAnotherNodeGoesOutAloneAndComesBack() throws Exception {
        ConsulMaintenanceBalancer balancer = ofService(SHORT);
        Membership membership = balancer.membership(APP).get();
        assertThat(membership.details())
                .isEqualTo(Map.of("node", "app2", "address", IP, "_service_maintenance:web-1", "off"));
        assertThat(balancer.status(APP, membership)).isEqualTo(Status.IN_SERVICE);

        balancer.takeOut(APP, membership);
        balancer.takeOut(APP, membership);

        await().untilAsserted(() -> assertThat(passing("web")).containsExactlyInAnyOrder("web", "web-2"));
        assertThat(passing("db")).hasSize(1);
        await().until(() -> balancer.status(APP, membership) == Status.OUT);

        balancer.putBack(APP, membership);
        balancer.putBack(APP, membership);
        await().until(() -> balancer.status(APP, membership) == Status.IN_SERVICE);
        assertThat(passing("web")).hasSize(3);
        assertThat(balancer.membership(APP)).contains(membership);
    }

    @Test
    public void aNodeGoesOutWithEverythingOnIt() throws Exception {
        for (Optional<String> service : List.of(Optional.of("web"), Optional.<String>empty())) {
            ConsulMaintenanceBalancer balancer = ConsulMaintenanceBalancer.ofNode(consul, service, agents(), SHORT);
            Membership membership = balancer.membership(APP).get();
            assertThat(membership.details()).containsEntry("_node_maintenance", "off");
            assertThat(balancer.status(APP, membership)).isEqualTo(Status.IN_SERVICE);

            balancer.takeOut(APP, membership);
            await().untilAsserted(() -> assertThat(passing("web")).containsExactly("web"));
            assertThat(passing("db")).isEmpty();
            await().until(() -> balancer.status(APP, membership) == Status.OUT);
            balancer.putBack(APP, membership);

            await().until(() -> balancer.status(APP, membership) == Status.IN_SERVICE);
        }
    }

    @Test
    public void theDrainingDelayGoesOnWhenAnotherProcessTakesOver() throws Exception {
        Membership membership = ofService(LONG).membership(APP).get();
        ofService(LONG).takeOut(APP, membership);

        await().until(() -> ofService(LONG).status(APP, membership) == Status.DRAINING);
        await().until(() -> ofService(SHORT).status(APP, membership) == Status.OUT);
    }

    @Test
    public void aHostIsNotReadyWhileACheckOfItsServiceFails() throws Exception {
        ConsulMaintenanceBalancer balancer = ofService(SHORT);
        Membership membership = balancer.membership(APP).get();

        member.put("/v1/agent/check/fail/ttl-web-1", "");
        await().until(() -> balancer.status(APP, membership) == Status.NOT_READY);
        member.put("/v1/agent/check/pass/ttl-web-1", "");
        await().until(() -> balancer.status(APP, membership) == Status.IN_SERVICE);
        member.put("/v1/agent/service/deregister/web-1", "");
        member.put("/v1/agent/service/deregister/web-2", "");
        await().until(() -> balancer.status(APP, membership) == Status.OUT);
    }

    @Test
    public void aMaintenanceOfSomebodyElseStaysWithItsReason() throws Exception {
        member.put("/v1/agent/service/maintenance/web-1?enable=true&reason=a%20new%20disk", "");
        ConsulMaintenanceBalancer balancer = ofService(LONG);
        await().until(() -> !balancer.returnsToService(balancer.membership(APP).get()));
        Membership membership = balancer.membership(APP).get();
        assertThat(membership.details()).containsEntry("_service_maintenance:web-1", "on: a new disk");
        assertThat(balancer.status(APP, membership)).isEqualTo(Status.OUT);

        balancer.takeOut(APP, membership);
        balancer.putBack(APP, membership);

        assertThat(balancer.membership(APP)).contains(membership);
        member.put("/v1/agent/service/maintenance/web-1?enable=false", "");
        await().until(() -> balancer.status(APP, membership) == Status.IN_SERVICE);
        balancer.putBack(APP, membership);
        await().until(() -> balancer.membership(APP).equals(Optional.of(membership)));
    }

    @Test
    public void aWholeFleetIsAskedAboutInOneQuestion() throws Exception {
        Host other = new Host("test-node", "test-node", "127.0.0.1", OptionalInt.of(9001), Optional.empty());
        ConsulMaintenanceBalancer balancer = ofService(SHORT);
        Map<Host, Membership> members = Map.of(
                APP,
                balancer.membership(APP).get(),
                other,
                balancer.membership(other).get());
        balancer.takeOut(APP, members.get(APP));
        await().until(() -> balancer.status(APP, members.get(APP)) == Status.OUT);
        long before = consul.requests();

        assertThat(balancer.statuses(members)).isEqualTo(Map.of(APP, Status.OUT, other, Status.IN_SERVICE));

        assertThat(consul.requests() - before).isEqualTo(1);
    }

    @Test
    public void aHostWithoutTheServiceOrTheNodeIsNotInIt() throws Exception {
        Host stranger = HostList.at("10.1.2.3");

        assertThat(ofService(SHORT).membership(stranger)).isEmpty();
        assertThat(ConsulMaintenanceBalancer.ofNode(consul, Optional.empty(), agents(), SHORT)
                        .membership(stranger))
                .isEmpty();
        assertThat(ConsulMaintenanceBalancer.ofNode(consul, Optional.empty(), agents(), SHORT)
                        .membership(HostList.at(IP))
                        .get()
                        .details())
                .containsEntry("node", "app2");
    }

    @Test
    public void anAgentOfAnotherNodeIsToldNothing() throws Exception {
        Membership membership = ofService(SHORT).membership(APP).get();
        ConsulMaintenanceBalancer misled =
                ConsulMaintenanceBalancer.ofService(consul, "web", node -> consul.config(), SHORT);

        assertThatThrownBy(() -> misled.membership(APP))
                .isInstanceOf(FleetException.class)
                .hasMessageContaining("is that of the node test-node, not of app2");
        assertThatThrownBy(() -> misled.takeOut(APP, membership))
                .isInstanceOf(FleetException.class)
                .hasMessageContaining("could not take the host app2 out")
                .hasMessageContaining(server.address());
        assertThat(passing("web")).hasSize(3);
    }

    @Test
    public void anAgentThatDoesNotListenIsNamedBeforeAnythingIsTouched() {
        ConsulMaintenanceBalancer deaf = ConsulMaintenanceBalancer.ofService(
                consul, "web", ConsulAgents.like(ConsulConfig.at("127.0.0.1:1")), SHORT);

        assertThatThrownBy(() -> deaf.membership(APP))
                .isInstanceOf(FleetException.class)
                .hasMessageContaining("the Consul agent of the node app2")
                .hasMessageContaining("http://" + IP + ":1")
                .hasMessageContaining("client_addr");
    }

    @Test
    public void anAgentsAddressIsItsNodesWithTheSchemeAndPortOfTheOthers() {
        ConsulConfig config = ConsulConfig.at("https://consul.example:8501");
        ConsulAgents agents = ConsulAgents.like(config);

        assertThat(agents.of(new Services.Node("a", "10.0.0.1")).address()).hasToString("https://10.0.0.1:8501");
        assertThat(agents.of(new Services.Node("a", "fd00::1")).address()).hasToString("https://[fd00::1]:8501");
    }

    private static ConsulMaintenanceBalancer ofService(Duration drainDelay) {
        return ConsulMaintenanceBalancer.ofService(consul, "web", agents(), drainDelay);
    }

    private static ConsulAgents agents() {
        return ConsulAgents.like(consul.config());
    }

    private static List<String> passing(String service) {
        return consul.services().instances(service, Optional.empty(), true, BlockingQuery.NOW).value().stream()
                .map(ServiceInstance::id)
                .toList();
    }

    private static String service(String id, String name, int port) {
        return """
                {"ID": "%1$s", "Name": "%2$s", "Port": %3$d,
                 "Check": {"CheckID": "ttl-%1$s", "TTL": "1h", "Status": "passing"}}
                """.formatted(id, name, port);
    }
}
