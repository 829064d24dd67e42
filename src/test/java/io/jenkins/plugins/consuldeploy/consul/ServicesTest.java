package io.jenkins.plugins.consuldeploy.consul;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;

public class ServicesTest {

    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final String service = "web " + UUID.randomUUID();
    private Consul consul;

    @Before
    public void connect() {
        consul = ConsulProcess.shared().client();
    }

    @After
    public void disconnect() {
        for (String node : List.of("n1", "n2", "n3")) {
            ConsulProcess.shared()
                    .http("PUT", "/v1/catalog/deregister", "{\"Node\": \"" + service + "-" + node + "\"}");
        }
        consul.close();
    }

    @Test
    public void anInstanceIsDescribedWhole() {
        register("n1", "10.0.0.1", "10.9.9.9", 8080, "\"blue\", \"v1\"", "passing");

        ServiceInstance instance = all(Optional.empty(), false).get(0);

        assertThat(instance.node()).isEqualTo(service + "-n1");
        assertThat(instance.nodeAddress()).isEqualTo("10.0.0.1");
        assertThat(instance.address()).isEqualTo("10.9.9.9");
        assertThat(instance.port()).isEqualTo(8080);
        assertThat(instance.service()).isEqualTo(service);
        assertThat(instance.tags()).containsExactly("blue", "v1");
        assertThat(instance.meta()).containsEntry("zone", "a");
        assertThat(instance.isPassing()).isTrue();
        assertThat(instance.checks()).singleElement().satisfies(check -> {
            assertThat(check.status()).isEqualTo("passing");
            assertThat(check.output()).isEqualTo("said so");
        });
    }

    @Test
    public void anInstanceWithoutAnAddressHasItsNodes() {
        register("n1", "10.0.0.1", "", 80, "", "passing");
        assertThat(all(Optional.empty(), false).get(0).address()).isEqualTo("10.0.0.1");
    }

    @Test
    public void anInstanceWithoutAPortHasNone() {
        ConsulProcess.shared().http("PUT", "/v1/catalog/register", """
                        {"Node": "%1$s-n1", "Address": "10.0.0.1", "Service": {"Service": "%1$s"}}
                        """.formatted(service));
        ServiceInstance instance = all(Optional.empty(), true).get(0);
        assertThat(instance.port()).isZero();
        assertThat(instance.tags()).isEmpty();
        assertThat(instance.checks()).isEmpty();
        assertThat(instance.isPassing()).isTrue();
    }

    @Test
    public void tagAndHealthFilter() {
        register("n1", "10.0.0.1", "", 80, "\"blue\"", "passing");
        register("n2", "10.0.0.2", "", 80, "\"blue\"", "critical");
        register("n3", "10.0.0.3", "", 80, "\"green\"", "passing");

        assertThat(nodes(Optional.empty(), false)).containsExactlyInAnyOrder("n1", "n2", "n3");
        assertThat(nodes(Optional.of("blue"), false)).containsExactlyInAnyOrder("n1", "n2");
        assertThat(nodes(Optional.of("blue"), true)).containsExactly("n1");
        assertThat(nodes(Optional.of("red"), true)).isEmpty();
        assertThat(all(Optional.of("blue"), false).stream().filter(ServiceInstance::isPassing))
                .hasSize(1);
    }

    @Test
    public void aWarningIsNotPassing() {
        register("n1", "10.0.0.1", "", 80, "", "warning");
        assertThat(all(Optional.empty(), false).get(0).isPassing()).isFalse();
        assertThat(nodes(Optional.empty(), true)).isEmpty();
    }

    @Test
    public void aServiceThatNobodyHasIsEmpty() {
        assertThat(all(Optional.empty(), false)).isEmpty();
    }

    @Test
    public void anInstanceThatComesTurnsCriticalAndLeavesIsHeard() {
        AtomicReference<List<String>> passing = new AtomicReference<>();
        Watch.Listener<List<ServiceInstance>> ear = new Watch.Listener<>() {
            @Override
            public void changed(List<ServiceInstance> instances) {
                passing.set(shortNames(instances));
            }

            @Override
            public void failed(ConsulException failure, Duration outage) {}
        };
        try (Watch<?> watch = Watch.start(
                consul,
                service,
                from -> consul.services().instances(service, Optional.empty(), true, from),
                Pace.unlimited(),
                ear)) {
            assertThat(watch).isNotNull();
            await().atMost(LIMIT).until(() -> List.of().equals(passing.get()));
            register("n1", "10.0.0.1", "", 80, "", "passing");
            register("n2", "10.0.0.2", "", 80, "", "passing");
            await().atMost(LIMIT).until(() -> List.of("n1", "n2").equals(passing.get()));
            register("n1", "10.0.0.1", "", 80, "", "critical");
            await().atMost(LIMIT).until(() -> List.of("n2").equals(passing.get()));
            ConsulProcess.shared().http("PUT", "/v1/catalog/deregister", "{\"Node\": \"" + service + "-n2\"}");
            await().atMost(LIMIT).until(() -> List.of().equals(passing.get()));
        }
    }

    @Test
    public void theCatalogsNodesAreListed() {
        register("n1", "10.0.0.1", "", 80, "", "passing");
        assertThat(consul.services().nodes())
                .contains(new Services.Node("test-node", "127.0.0.1"), new Services.Node(service + "-n1", "10.0.0.1"));
    }

    @Test
    public void theLeaderAndTheAgentThatAnswersAreNamed() {
        assertThat(consul.cluster().leader().orElseThrow()).startsWith("127.0.0.1:");
        Cluster.Self self = consul.cluster().self();
        assertThat(self.node()).isEqualTo("test-node");
        assertThat(self.datacenter()).isEqualTo("dc1");
        assertThat(self.version()).matches("\\d+\\.\\d+\\.\\d+.*");
    }

    private List<ServiceInstance> all(Optional<String> tag, boolean passing) {
        return consul.services()
                .instances(service, tag, passing, BlockingQuery.NOW)
                .value();
    }

    private List<String> nodes(Optional<String> tag, boolean passing) {
        return shortNames(all(tag, passing));
    }

    private List<String> shortNames(List<ServiceInstance> instances) {
        return instances.stream()
                .map(instance -> instance.node().substring(service.length() + 1))
                .sorted()
                .toList();
    }

    private void register(String node, String nodeAddress, String address, int port, String tags, String status) {
        ConsulProcess.shared().http("PUT", "/v1/catalog/register", """
                        {"Node": "%1$s-%2$s", "Address": "%3$s",
                         "Service": {"ID": "i", "Service": "%1$s", "Address": "%4$s", "Port": %5$d, "Tags": [%6$s],
                                     "Meta": {"zone": "a"}},
                         "Check": {"CheckID": "c", "Name": "a check", "Status": "%7$s", "Output": "said so",
                                   "ServiceID": "i"}}
                        """.formatted(
                        service, node, nodeAddress, address, port, tags, status));
    }
}
