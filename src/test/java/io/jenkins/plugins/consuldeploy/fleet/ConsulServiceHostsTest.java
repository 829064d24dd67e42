package io.jenkins.plugins.consuldeploy.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.consuldeploy.consul.BlockingQuery;
import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.ConsulProcess;
import io.jenkins.plugins.consuldeploy.consul.ServiceInstance;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.AfterClass;
import org.junit.BeforeClass;
import org.junit.Test;

/** Nodes in the catalog of a real Consul: what only asks the catalog needs no agents behind them. */
public class ConsulServiceHostsTest {

    private static ConsulProcess server;
    private static Consul consul;

    @BeforeClass
    public static void startConsulWithAFleet() {
        server = ConsulProcess.start();
        consul = server.client();
        register("n2", "10.0.0.2", "z2", "web", "web", "", 8080, "['prod']", "passing");
        register("n1", "10.0.0.1", "z1", "web", "web", "192.168.0.1", 8080, "['prod', 'x']", "passing");
        register("n3", "10.0.0.3", "", "web", "web", "", 0, "['test']", "critical");
        register("n1", "10.0.0.1", "z1", "pair-b", "pair", "", 9002, "[]", "passing");
        register("n1", "10.0.0.1", "z1", "pair-a", "pair", "", 9001, "[]", "passing");
        register("n2", "10.0.0.2", "z2", "pair-a", "pair", "", 9001, "[]", "passing");
        register("n2", "10.0.0.2", "z2", "pair-c", "pair", "", 9003, "[]", "passing");
        register("n3", "10.0.0.3", "", "pair-z", "pair", "", 9009, "[]", "passing");
    }

    @AfterClass
    public static void stopConsul() {
        consul.close();
        server.close();
    }

    @Test
    public void everyInstanceIsAHostWithItsNodesNameAndZoneAndItsOwnAddressAndPort() {
        assertThat(find("web", Optional.empty(), false))
                .containsExactly(
                        new Host("n1", "n1", "192.168.0.1", OptionalInt.of(8080), Optional.of("z1")),
                        new Host("n2", "n2", "10.0.0.2", OptionalInt.of(8080), Optional.of("z2")),
                        new Host("n3", "n3", "10.0.0.3", OptionalInt.empty(), Optional.empty()));
    }

    @Test
    public void onlyPassingInstancesOrThoseWithATagAreFoundWhereAskedFor() {
        assertThat(find("web", Optional.empty(), true)).extracting(Host::name).containsExactly("n1", "n2");
        assertThat(find("web", Optional.of("x"), false)).extracting(Host::name).containsExactly("n1");
        assertThat(find("web", Optional.of("test"), true)).isEmpty();
        assertThat(find("nobody", Optional.empty(), false)).isEmpty();
    }

    @Test
    public void severalInstancesOnANodeAreHostsWithNamesOfTheirOwn() {
        assertThat(find("pair", Optional.empty(), false))
                .extracting(Host::name)
                .containsExactly("n1-pair-a", "pair-b", "n2-pair-a", "pair-c", "n3");
    }

    @Test
    public void aHostsInstancesAreFoundAgainByNodeAddressNameAndPort() {
        List<ServiceInstance> web = instances("web");
        List<ServiceInstance> pair = instances("pair");

        for (Host host : find("pair", Optional.empty(), false)) {
            assertThat(ConsulInstances.on(host, pair))
                    .as(host.name())
                    .singleElement()
                    .satisfies(instance -> {
                        assertThat(instance.node()).isEqualTo(host.id());
                        assertThat(instance.port()).isEqualTo(host.port().getAsInt());
                    });
        }
        assertThat(ConsulInstances.on(HostList.at("192.168.0.1"), web))
                .extracting(ServiceInstance::node)
                .containsExactly("n1");
        assertThat(ConsulInstances.on(HostList.at("10.0.0.2:9003"), pair))
                .extracting(ServiceInstance::id)
                .containsExactly("pair-c");
        assertThat(ConsulInstances.on(HostList.at("n2"), pair)).hasSize(2);
        assertThat(ConsulInstances.on(HostList.at("n9"), pair)).isEmpty();
    }

    @Test
    public void itSaysWhatItLooksFor() {
        assertThat(new ConsulServiceHosts(consul, "web", Optional.of("prod"), true).describe())
                .isEqualTo("passing instances of the Consul service web with the tag prod");
        assertThatThrownBy(() -> new ConsulServiceHosts(consul, " ", Optional.empty(), true))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static List<Host> find(String service, Optional<String> tag, boolean passingOnly) {
        return new ConsulServiceHosts(consul, service, tag, passingOnly).find();
    }

    private static List<ServiceInstance> instances(String service) {
        return consul.services()
                .instances(service, Optional.empty(), false, BlockingQuery.NOW)
                .value();
    }

    private static void register(
            String node,
            String nodeAddress,
            String zone,
            String id,
            String service,
            String address,
            int port,
            String tags,
            String status) {
        server.put("/v1/catalog/register", """
                {'Node': '%s', 'Address': '%s', 'NodeMeta': {'zone': '%s'},
                 'Service': {'ID': '%s', 'Service': '%s', 'Address': '%s', 'Port': %d, 'Tags': %s},
                 'Check': {'Node': '%s', 'CheckID': 'c:%s', 'Name': 'c', 'Status': '%s', 'ServiceID': '%s'}}
                """.formatted(
                        node, nodeAddress, zone, id, service, address, port, tags, node, id, status, id)
                .replace('\'', '"'));
    }
}
