package io.jenkins.plugins.consuldeploy.consul;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.Optional;
import org.junit.AfterClass;
import org.junit.Before;
import org.junit.BeforeClass;
import org.junit.Test;

public class MaintenanceTest {

    private static ConsulProcess server;
    private static Consul consul;

    @BeforeClass
    public static void startConsul() {
        server = ConsulProcess.start();
        consul = server.client();
    }

    @AfterClass
    public static void stopConsul() {
        consul.close();
        server.close();
    }

    @Before
    public void registerAService() {
        server.put(
                "/v1/agent/service/register",
                "{\"ID\": \"web 1\", \"Name\": \"web\", \"Port\": 80, \"Meta\": {\"a\": \"b\"}}");
        await().until(() -> web(false).size() == 1);
    }

    @Test
    public void aNodeInMaintenanceTakesItsServicesOutUntilItIsOver() {
        consul.maintenance().enableNode("a new kernel");

        await().untilAsserted(() -> assertThat(web(true)).isEmpty());
        assertThat(web(false).get(0).checks())
                .filteredOn(check -> check.id().equals(Maintenance.NODE_CHECK))
                .singleElement()
                .satisfies(check -> assertThat(check.notes()).isEqualTo("a new kernel"));
        assertThat(consul.services().nodeChecks("test-node"))
                .extracting(ServiceInstance.Check::id)
                .contains(Maintenance.NODE_CHECK);

        consul.maintenance().disableNode();
        await().untilAsserted(() -> assertThat(web(true)).hasSize(1));
    }

    @Test
    public void anInstanceInMaintenanceIsOutUntilItIsOver() {
        consul.maintenance().enableService("web 1", "its turn");
        consul.maintenance().enableService("web 1", "another reason");

        await().untilAsserted(() -> assertThat(web(true)).isEmpty());
        assertThat(web(false).get(0).checks())
                .filteredOn(check -> check.id().equals(Maintenance.serviceCheck("web 1")))
                .singleElement()
                .satisfies(check -> {
                    assertThat(check.notes()).isEqualTo("its turn");
                    assertThat(check.serviceId()).isEqualTo("web 1");
                });

        consul.maintenance().disableService("web 1");
        consul.maintenance().disableService("web 1");
        await().untilAsserted(() -> assertThat(web(true)).hasSize(1));
    }

    @Test
    public void aServiceThatTheAgentDoesNotHaveIsRefusedByName() {
        assertThatThrownBy(() -> consul.maintenance().enableService("nobody", "why"))
                .isInstanceOf(ConsulException.Refused.class)
                .hasMessageContaining("nobody")
                .hasMessageContaining(server.address());
    }

    @Test
    public void aNodeIsLookedUpByItsName() {
        assertThat(consul.services().node("test-node")).contains(new Services.Node("test-node", "127.0.0.1"));
        assertThat(consul.services().node("no-node")).isEmpty();
        assertThat(consul.services().nodeChecks("no-node")).isEmpty();
    }

    @Test
    public void anInstanceTellsItsOwnAndItsNodesMeta() {
        server.put(
                "/v1/catalog/register",
                "{\"Node\": \"far\", \"Address\": \"10.0.0.9\", \"NodeMeta\": {\"zone\": \"z1\"},"
                        + " \"Service\": {\"Service\": \"db\", \"Meta\": {\"a\": \"b\"}}}");

        List<ServiceInstance> found = consul.services()
                .instances("db", Optional.empty(), false, BlockingQuery.NOW)
                .value();

        assertThat(found).singleElement().satisfies(instance -> {
            assertThat(instance.nodeMeta()).containsEntry("zone", "z1");
            assertThat(instance.meta()).containsEntry("a", "b");
            assertThat(instance.port()).isZero();
        });
    }

    private static List<ServiceInstance> web(boolean passingOnly) {
        return consul.services()
                .instances("web", Optional.empty(), passingOnly, BlockingQuery.NOW)
                .value();
    }
}
