package io.jenkins.plugins.consuldeploy.traffic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import io.jenkins.plugins.consuldeploy.consul.ConfigEntries;
import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.ConsulProcess;
import io.jenkins.plugins.consuldeploy.fleet.FleetException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.After;
import org.junit.Test;

/** The entries of a service of a real Consul's mesh. */
public class ServiceSplitterSwitchTest {

    private static final Duration SOON = Duration.ofSeconds(20);
    private static final Duration NOW = Duration.ofMillis(1);

    private final Consul consul = ConsulProcess.shared().client();
    private final ConfigEntries entries = consul.configEntries();
    private final MeshService mesh = new MeshService(consul);
    private final String service = mesh.name();
    private final ServiceSplitterSwitch traffic =
            new ServiceSplitterSwitch(consul, service, ServiceSplitterSwitch.ofMeta("color"), Duration.ofMillis(20));

    @After
    public void removeAll() {
        mesh.close();
        consul.close();
    }

    @Test
    public void trafficMovesInPartsAndBack() throws Exception {
        mesh.instance(Color.BLUE, "passing");
        mesh.instance(Color.GREEN, "passing");
        assertThat(traffic.read().agreed()).contains(Shares.NONE);
        assertThat(traffic.prepare(Color.BLUE, SOON)).isEmpty();
        assertThat(traffic.read().agreed()).contains(Shares.NONE);

        for (int percent : List.of(0, 1, 50, 100, 0)) {
            assertThat(traffic.prepare(Color.GREEN, SOON)).isEmpty();
            traffic.move(Shares.giving(Color.GREEN, percent), SOON);
            assertThat(traffic.read().agreed()).contains(Shares.giving(Color.GREEN, percent));
            long index = entries.get("service-splitter", service).orElseThrow().modifyIndex();
            traffic.move(Shares.giving(Color.GREEN, percent), SOON);
            assertThat(entries.get("service-splitter", service).orElseThrow().modifyIndex())
                    .isEqualTo(index);
        }
        assertThat(traffic.drain(Color.GREEN, SOON)).isEmpty();
        assertThat(traffic.drain(Color.GREEN, NOW).orElseThrow()).contains("may have requests of up to");
        assertThat(traffic.drain(Color.BLUE, SOON).orElseThrow()).contains("blue still gets 100%");
    }

    @Test
    public void whatElseTheEntriesHaveStays() throws Exception {
        mesh.instance(Color.GREEN, "passing");
        mesh.put("service-resolver", """
                "ConnectTimeout": "7s", "DefaultSubset": "blue",
                "Subsets": {"blue": {"Filter": "Service.Meta.color == blue", "OnlyPassing": true},
                            "canary": {"Filter": "Service.Meta.color == canary"}}""");
        assertThat(traffic.read().agreed()).contains(Shares.all(Color.BLUE));

        assertThat(traffic.prepare(Color.GREEN, SOON)).isEmpty();
        traffic.move(Shares.giving(Color.GREEN, 10), SOON);

        JsonObject resolver =
                entries.get("service-resolver", service).orElseThrow().fields();
        assertThat(resolver.get("ConnectTimeout").getAsString()).isEqualTo("7s");
        assertThat(resolver.get("DefaultSubset").getAsString()).isEqualTo("blue");
        assertThat(resolver.getAsJsonObject("Subsets").keySet()).containsExactlyInAnyOrder("blue", "green", "canary");
        assertThat(resolver.getAsJsonObject("Subsets")
                        .getAsJsonObject("blue")
                        .get("OnlyPassing")
                        .getAsBoolean())
                .isTrue();
        assertThat(traffic.read().agreed()).contains(new Shares(90, 10));
    }

    @Test
    public void aSubsetIsReadyWhenAnInstanceInTheMeshPasses() throws Exception {
        mesh.instance(Color.GREEN, "critical");
        assertThat(traffic.prepare(Color.GREEN, NOW).orElseThrow())
                .contains(service)
                .contains("no passing instance in the mesh with 'Service.Meta.color == green'");
        mesh.instance(Color.GREEN, "passing");
        assertThat(traffic.prepare(Color.GREEN, SOON)).isEmpty();
    }

    @Test
    public void aProtocolThatCannotBeSplitIsSaidBeforeAnythingIsWritten() throws Exception {
        entries.delete("service-defaults", service);
        assertThat(traffic.prepare(Color.GREEN, SOON).orElseThrow())
                .contains("has the protocol tcp")
                .contains("service-defaults");
        assertThat(entries.get("service-resolver", service)).isEmpty();
    }

    @Test
    public void whatIsOfNeitherColorIsNamedAndNotMoved() throws Exception {
        mesh.put("service-resolver", """
                "Subsets": {"blue": {"Filter": "Service.Meta.color == blue"},
                            "canary": {"Filter": "Service.Meta.color == canary"}}""");
        mesh.put("service-splitter", """
                "Splits": [{"Weight": 95, "ServiceSubset": "blue"}, {"Weight": 5, "ServiceSubset": "canary"}]""");
        assertThatThrownBy(traffic::read)
                .isInstanceOf(FleetException.class)
                .hasMessageContaining("canary." + service)
                .hasMessageContaining("neither color");
        assertThatThrownBy(() -> traffic.move(Shares.all(Color.BLUE), SOON)).isInstanceOf(FleetException.class);
        assertThatThrownBy(() -> traffic.move(Shares.NONE, SOON)).hasMessageContaining("100 together");
        assertThatThrownBy(() -> new ServiceSplitterSwitch(consul, service, Map.of(), SOON))
                .hasMessageContaining("blue has no filter")
                .hasMessageContaining("Service.Meta.color == blue");
        assertThat(traffic.describe(Shares.all(Color.GREEN))).hasSize(3);
    }

    @Test
    public void aSplitterThatConsulRefusesLeavesNothingBehind() {
        assertThatThrownBy(() -> traffic.move(Shares.all(Color.GREEN), SOON)) // which was not prepared
                .isInstanceOf(FleetException.class)
                .hasMessageContaining("could not move traffic (all to green)")
                .hasMessageContaining("does not have a subset named");
        assertThat(entries.get("service-splitter", service)).isEmpty();
        assertThat(traffic.read().agreed()).contains(Shares.NONE);
    }
}
