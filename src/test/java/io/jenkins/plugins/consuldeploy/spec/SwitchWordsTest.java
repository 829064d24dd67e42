package io.jenkins.plugins.consuldeploy.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.consuldeploy.bluegreen.AgentWork;
import io.jenkins.plugins.consuldeploy.bluegreen.CommandWork;
import io.jenkins.plugins.consuldeploy.bluegreen.EventWork;
import io.jenkins.plugins.consuldeploy.bluegreen.LiveIs;
import io.jenkins.plugins.consuldeploy.bluegreen.SwitchPolicy;
import io.jenkins.plugins.consuldeploy.bluegreen.SwitchWork;
import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.ConsulConfig;
import io.jenkins.plugins.consuldeploy.fleet.AwsConfig;
import io.jenkins.plugins.consuldeploy.fleet.Host;
import io.jenkins.plugins.consuldeploy.journal.Settler.IfDead;
import io.jenkins.plugins.consuldeploy.phase.BadInputException;
import io.jenkins.plugins.consuldeploy.phase.Caller;
import io.jenkins.plugins.consuldeploy.spec.SwitchWords.Reading;
import io.jenkins.plugins.consuldeploy.traffic.Color;
import io.jenkins.plugins.consuldeploy.traffic.TrafficSwitch;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.After;
import org.junit.Test;

/** Every word, and what a wrong one gets. Nothing is asked of anybody here. */
public class SwitchWordsTest {

    private static final String LISTENER =
            "arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/app/web/0123456789abcdef/0123456789abcdef";

    private final Consul consul = new Consul(ConsulConfig.at("127.0.0.1:1"));
    private final Surroundings surroundings = new Surroundings(
            consul,
            "consul-deploy",
            new Caller("test", "build 1"),
            words -> AwsWords.over(AwsConfig.fromEnvironment().withRegion("eu-west-1"), words),
            (host, line) -> {});
    private final SwitchWords reader = new SwitchWords(surroundings);

    @After
    public void close() {
        surroundings.close();
        consul.close();
    }

    @Test
    public void aSwitchOfFewWordsHasTheUsualRest() throws Exception {
        Reading reading = read(few());

        assertThat(reading.spec().app()).isEqualTo("shop");
        assertThat(reading.spec().hosts().get(Color.GREEN).find())
                .extracting(Host::name)
                .containsExactly("10.0.0.2:80");
        assertThat(reading.spec().traffic().name()).isEqualTo("haproxy:127.0.0.1:9999/b");
        assertThat(reading.spec().policy()).isEqualTo(SwitchPolicy.DEFAULT);
        assertThat(reading.spec().deploys()).isFalse();
        assertThat(reading.spec().check()).isEmpty();
        assertThat(reading.spec().watch()).isEmpty();
        assertThat(reading.work()).isEqualTo(new SwitchWork(Optional.empty(), Optional.empty(), Optional.empty()));
        assertThat(reading.liveIs()).isEqualTo(LiveIs.AGREED);
        assertThat(reading.ifDead()).isEqualTo(IfDead.REPAIR);
    }

    @Test
    public void everyWordIsReadAndAgainFromTheRecord() {
        Map<String, Object> words = few();
        words.putAll(Map.of(
                "version", "v2",
                "weights", List.of(10, "50%", 100),
                "bake", "1m",
                "soak", "2m",
                "stopOld", "30m",
                "stop", Map.of("command", "./stop", "timeout", "1m"),
                "deploy", Map.of("command", "./deploy ${tag} $COLOR ${LIVE_COLOR}", "timeout", "7m"),
                "verify", Map.of("command", "./verify"),
                "check", Map.of("http", Map.of("path", "/")),
                "watch", Map.of("http", Map.of("url", "https://shop.example/a?b", "limit", "2.5%"))));
        words.putAll(Map.of(
                "healthTimeout", "2m",
                "moveTimeout", "3m",
                "drainTimeout", "4m",
                "cutOff", true,
                "liveIs", "record",
                "ifDead", "refuse"));

        Reading reading = reader.read(words, Map.of("tag", "it's"), Words.Places.UNKNOWN);

        assertThat(reading.spec().policy())
                .isEqualTo(new SwitchPolicy(
                        List.of(10, 50, 100),
                        Duration.ofMinutes(1),
                        Duration.ofMinutes(2),
                        Optional.of(Duration.ofMinutes(30)),
                        true,
                        Duration.ofMinutes(2),
                        Duration.ofMinutes(3),
                        Duration.ofMinutes(4)));
        assertThat(reading.work().deploy().orElseThrow().timeout()).isEqualTo(Duration.ofMinutes(7));
        assertThat(reading.work().deploy().orElseThrow().work()).isInstanceOfSatisfying(CommandWork.class, work -> {
            assertThat(work.command()).isEqualTo("./deploy ${tag} $COLOR ${LIVE_COLOR}");
            assertThat(work.variables()).containsEntry("tag", "it's");
        });
        assertThat(reading.work().verify()).isPresent();
        assertThat(reading.work().stop()).isPresent();
        assertThat(reading.spec().watch().orElseThrow().describe())
                .contains("/a?b", "https://shop.example/a?b", "at most 2.5% failing");
        assertThat(reading.liveIs()).isEqualTo(LiveIs.RECORD);
        assertThat(reading.ifDead()).isEqualTo(IfDead.REFUSE);

        Reading again = reader.readRecord(reading.spec().text());

        assertThat(again.spec().policy()).isEqualTo(reading.spec().policy());
        assertThat(again.spec().version()).contains("v2");
        assertThat(again.spec().text()).isEqualTo(reading.spec().text());
        assertThat(again.work().deploy().orElseThrow().work().describe())
                .isEqualTo(reading.work().deploy().orElseThrow().work().describe());
    }

    @Test
    public void theOldColorIsStoppedAtOnceAfterSoakOrNever() {
        Map<String, Object> words = few();
        words.put("stopOld", "afterSoak");
        refused(words, "stopOld 'afterSoak': nothing says how; give 'stop' too");
        words.put("stop", Map.of("command", "./stop"));
        assertThat(read(words).spec().policy().stopOld()).contains(Duration.ZERO);
        words.put("stopOld", "never");
        refused(words, "nothing says when");
        words.put("stopOld", "soon");
        refused(words, "stopOld 'soon': 'never', 'afterSoak', or how long");
    }

    @Test
    public void aColorIsDeployedByItsAgentsOrByAnEvent() {
        Map<String, Object> words = few();
        words.put("version", "v2");
        words.put("deploy", Map.of("agent", Map.of("blue", "shop/blue", "green", "shop/green")));
        assertThat(read(words).work().deploy().orElseThrow().work()).isInstanceOf(AgentWork.class);
        words.put("deploy", Map.of("agent", Map.of("blue", "shop/blue", "green", "shop/blue")));
        refused(words, "deploy.agent.green 'shop/blue': blue has this prefix");
        words.put("deploy", Map.of("agent", Map.of("blue", "shop/blue")));
        refused(words, "deploy.agent.green: it is missing");
        words.put("deploy", Map.of("event", Map.of("name", "run-deploy", "payload", "v2")));
        assertThat(read(words).work().deploy().orElseThrow().work()).isInstanceOf(EventWork.class);
        words.put("deploy", Map.of("body", true));
        assertThat(read(words).spec().deploys()).isTrue();
        assertThat(read(words).work().deploy()).isEmpty();
        words.put("deploy", Map.of("commmand", "x"));
        refused(words, "deploy.commmand 'x': no such field");
        words.remove("deploy");
        words.put("verify", Map.of("event", Map.of("name", "x")));
        refused(words, "verify.event");
    }

    @Test
    public void everyKindOfTrafficIsReadByTheWordsOfItsDocumentation() {
        assertThat(traffic("proxies", Map.of("prefix", "shop/live", "nodes", 2)).whyNoWeights())
                .isPresent();
        assertThat(traffic("proxies", Map.of("prefix", "shop/live", "service", "proxy"))
                        .name())
                .contains("shop/live");
        assertThat(traffic("albListener", Map.of("listeners", LISTENER, "blue", "shop-blue", "green", "shop-green"))
                        .name())
                .isNotBlank();
        TrafficSwitch keys = traffic("consulKey", Map.of("app", "shop", "fronts", List.of("http://shop.example/")));
        assertThat(keys.name()).contains("shop");
        assertThat(keys.whyNoWeights()).isPresent();
        assertThat(traffic("consulKey", "shop").name()).isEqualTo(keys.name());
        assertThat(traffic("serviceSplitter", Map.of("service", "shop")).name()).contains("shop");
        assertThat(traffic(
                                "haproxy",
                                Map.of(
                                        "address",
                                        List.of("10.0.0.2:9999", "10.0.0.3:9999"),
                                        "blue",
                                        "shop-blue",
                                        "green",
                                        "shop-green",
                                        "map",
                                        "/etc/haproxy/green.map",
                                        "key",
                                        "shop"))
                        .name())
                .isEqualTo("haproxy:10.0.0.2:9999,10.0.0.3:9999//etc/haproxy/green.map/shop");
    }

    @Test
    public void aBadWordOfTheTrafficIsNamed() {
        wrong("haproxy", Map.of("backend", "b"), "traffic.haproxy.address: it is missing");
        wrong("haproxy", Map.of("address", "nonsense", "backend", "b"), "traffic.haproxy.address 'nonsense'");
        wrong("haproxy", Map.of("address", "h:1"), "traffic.haproxy.backend: it is missing");
        wrong("haproxy", Map.of("address", "h:1", "backend", "b c"), "traffic.haproxy.backend 'b c'");
        wrong("haproxy", Map.of("address", "h:1", "backend", "b", "map", "m"), "traffic.haproxy.backend 'b'");
        wrong("proxies", Map.of("prefix", "a"), "traffic.proxies.nodes: it is missing");
        wrong("proxies", Map.of("prefix", "a", "nodes", 0), "traffic.proxies.nodes '0'");
        wrong("proxies", Map.of("prefix", "a", "nodes", 1, "service", "s"), "traffic.proxies.nodes '1'");
        wrong("proxies", Map.of("prefix", "../a", "nodes", 1), "traffic.proxies.prefix '../a'");
        wrong("albListener", Map.of("listeners", "web", "blue", "a", "green", "b"), "traffic.albListener.listeners");
        wrong("albListener", Map.of("listeners", LISTENER, "blue", "a"), "traffic.albListener.green: it is missing");
        wrong("consulKey", Map.of("app", "a", "fronts", "shop.example"), "traffic.consulKey.fronts");
        wrong("serviceSplitter", Map.of("service", "a", "blue", "x"), "traffic.serviceSplitter.green: it is missing");
        wrong("nginx", Map.of(), "traffic.nginx");
    }

    @Test
    public void whatElseIsWrongIsNamed() {
        refused("weights", List.of(50, 20, 100), "weights '[50, 20, 100]': percentages");
        refused("weights", List.of(10, 50), "weights '[10, 50]'");
        refused("weights", "half", "weights '[half]'");
        refused("bake", "long", "bake 'long'");
        refused("healthTimeout", "0s", "healthTimeout '0s'");
        refused("liveIs", "blue", "liveIs 'blue': 'agreed', 'traffic' or 'record'");
        refused("ifDead", "ask", "ifDead 'ask'");
        refused("watch", Map.of("http", "shop.example"), "watch.http.url 'shop.example'");
        refused("watch", Map.of("http", Map.of("url", "http://a/", "limit", "101%")), "watch.http.limit '101%'");
        refused("watch", Map.of("http", Map.of("url", "http://a/", "status", "ok")), "watch.http.status 'ok'");
        refused("watch", Map.of("command", Map.of("command", "x", "least", 101)), "watch.command.least '101'");
        refused("hosts", Map.of("list", "a"), "hosts");
        refused("blue", Map.of("list", List.of()), "blue.list '[]': it names no host; name at least one");
        Map<String, Object> parts = few();
        parts.put("traffic", Map.of("consulKey", "shop"));
        parts.put("weights", List.of(50, 100));
        refused(parts, "weights '[50, 100]': the key shop/color has room for one color");
        assertThatThrownBy(() -> reader.read(few(), Map.of("COLOR", "x"), Words.Places.UNKNOWN))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("COLOR");
    }

    // Private

    private TrafficSwitch traffic(String kind, Object its) {
        Map<String, Object> words = few();
        words.put("traffic", Map.of(kind, its));
        return read(words).spec().traffic();
    }

    private void wrong(String kind, Map<String, Object> its, String why) {
        refused("traffic", Map.of(kind, its), why);
    }

    private void refused(String field, Object value, String why) {
        Map<String, Object> words = few();
        words.put(field, value);
        refused(words, why);
    }

    private void refused(Map<String, Object> words, String why) {
        assertThatThrownBy(() -> reader.read(words, Map.of(), path -> Optional.of("at " + path)))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("at ")
                .hasMessageContaining(why);
    }

    private Reading read(Map<String, Object> words) {
        return reader.read(words, Map.of(), Words.Places.UNKNOWN);
    }

    private static Map<String, Object> few() {
        Map<String, Object> words = new LinkedHashMap<>();
        words.put("app", "shop");
        words.put("blue", Map.of("list", "10.0.0.1:80"));
        words.put("green", Map.of("list", "10.0.0.2:80"));
        words.put("traffic", Map.of("haproxy", Map.of("address", "127.0.0.1:9999", "backend", "b")));
        return words;
    }
}
