package io.jenkins.plugins.consuldeploy.consul;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.util.UUID;
import org.junit.After;
import org.junit.Test;

public class ConfigEntriesTest {

    private final Consul consul = ConsulProcess.shared().client();
    private final ConfigEntries entries = consul.configEntries();
    private final String service = "web-" + UUID.randomUUID().toString().substring(0, 8);

    @After
    public void removeAll() {
        for (String kind : new String[] {"service-splitter", "service-resolver", "service-defaults"}) {
            entries.delete(kind, service);
        }
        consul.close();
    }

    @Test
    public void anEntryIsWrittenIfItStillIsAsItWasRead() {
        assertThat(entries.get("service-defaults", service)).isEmpty();
        JsonObject http = entry("service-defaults", "\"Protocol\": \"http\", \"Meta\": {\"team\": \"a\"}");
        assertThat(entries.putIfUnchanged(http, 7)).isFalse();
        assertThat(entries.putIfUnchanged(http, 0)).isTrue();

        ConfigEntries.Entry read = entries.get("service-defaults", service).orElseThrow();
        assertThat(read.fields().get("Protocol").getAsString()).isEqualTo("http");
        assertThat(read.fields().has("ModifyIndex")).isFalse();
        JsonObject grpc = read.fields();
        grpc.addProperty("Protocol", "grpc");
        assertThat(entries.putIfUnchanged(grpc, 0)).isFalse();
        assertThat(entries.putIfUnchanged(grpc, read.modifyIndex())).isTrue();
        assertThat(entries.putIfUnchanged(http, read.modifyIndex())).isFalse();
        assertThat(entries.get("service-defaults", service).orElseThrow().fields())
                .isEqualTo(grpc);
    }

    @Test
    public void whatDoesNotFitIsRefusedInConsulsWords() {
        assertThatThrownBy(() -> entries.putIfUnchanged(
                        entry("service-splitter", "\"Splits\": [{\"Weight\": 100, \"ServiceSubset\": \"blue\"}]"), 0))
                .isInstanceOf(ConsulException.Refused.class)
                .hasMessageContaining("could not write the service-splitter of " + service)
                .hasMessageContaining("does not have a subset named");
        entries.putIfUnchanged(
                entry("service-resolver", "\"Subsets\": {\"blue\": {\"Filter\": \"Service.Meta.c == b\"}}"), 0);
        assertThatThrownBy(() -> entries.putIfUnchanged(
                        entry("service-splitter", "\"Splits\": [{\"Weight\": 100, \"ServiceSubset\": \"blue\"}]"), 0))
                .isInstanceOf(ConsulException.Refused.class)
                .hasMessageContaining("does not permit advanced routing or splitting");
    }

    @Test
    public void aChainTellsWhatProxiesAreTold() {
        assertThat(entries.chain(service).protocol()).isEqualTo("tcp");
        assertThat(entries.chain(service).split().keySet())
                .singleElement()
                .asString()
                .startsWith(service + ".default");
        entries.putIfUnchanged(entry("service-defaults", "\"Protocol\": \"http\""), 0);
        entries.putIfUnchanged(
                entry(
                        "service-resolver",
                        "\"Subsets\": {\"blue\": {\"Filter\": \"Service.Meta.c == b\"},"
                                + " \"green\": {\"Filter\": \"Service.Meta.c == g\"}}"),
                0);
        entries.putIfUnchanged(
                entry(
                        "service-splitter",
                        "\"Splits\": [{\"Weight\": 99.5, \"ServiceSubset\": \"blue\"},"
                                + " {\"Weight\": 0.5, \"ServiceSubset\": \"green\"}]"),
                0);
        ConfigEntries.Chain chain = entries.chain(service);
        assertThat(chain.protocol()).isEqualTo("http");
        assertThat(chain.split().values()).containsExactlyInAnyOrder(99.5, 0.5);
        assertThat(chain.split().keySet()).anyMatch(target -> target.startsWith("blue." + service + "."));
    }

    private JsonObject entry(String kind, String fields) {
        return JsonParser.parseString("{\"Kind\": \"" + kind + "\", \"Name\": \"" + service + "\", " + fields + "}")
                .getAsJsonObject();
    }
}
