package io.jenkins.plugins.consuldeploy.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.consuldeploy.balancer.LoadBalancer;
import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.ConsulConfig;
import io.jenkins.plugins.consuldeploy.fleet.AwsConfig;
import io.jenkins.plugins.consuldeploy.fleet.Host;
import io.jenkins.plugins.consuldeploy.fleet.Suspension;
import io.jenkins.plugins.consuldeploy.journal.Settler.IfDead;
import io.jenkins.plugins.consuldeploy.phase.BadInputException;
import io.jenkins.plugins.consuldeploy.phase.BatchSize;
import io.jenkins.plugins.consuldeploy.phase.Caller;
import io.jenkins.plugins.consuldeploy.rolling.AgentUpdate;
import io.jenkins.plugins.consuldeploy.rolling.CommandUpdate;
import io.jenkins.plugins.consuldeploy.rolling.EventUpdate;
import io.jenkins.plugins.consuldeploy.rolling.KeyUpdate;
import io.jenkins.plugins.consuldeploy.rolling.MinHealthy;
import io.jenkins.plugins.consuldeploy.rolling.RollingPolicy;
import io.jenkins.plugins.consuldeploy.rolling.RollingPolicy.OnHostFailure;
import io.jenkins.plugins.consuldeploy.rolling.RollingSpec;
import io.jenkins.plugins.consuldeploy.rolling.Update;
import io.jenkins.plugins.consuldeploy.spec.RollingWords.Reading;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.After;
import org.junit.Test;

/** Every word, and what a wrong one gets. Nothing is asked of anybody here. */
public class RollingWordsTest {

    private static final String WEB_ARN =
            "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/web/0123456789abcdef";

    private final Consul consul = new Consul(ConsulConfig.at("127.0.0.1:1"));
    private final Surroundings surroundings = new Surroundings(
            consul,
            "consul-deploy",
            new Caller("test", "build 1"),
            words -> AwsWords.over(AwsConfig.fromEnvironment().withRegion("eu-west-1"), words),
            (host, line) -> {});
    private final RollingWords reader = new RollingWords(surroundings);

    @After
    public void close() {
        surroundings.close();
        consul.close();
    }

    @Test
    public void aReleaseOfFewWordsHasTheUsualRest() throws Exception {
        Reading reading = read(few());

        RollingSpec spec = reading.spec();
        assertThat(spec.app()).isEqualTo("web");
        assertThat(spec.version()).isEmpty();
        assertThat(spec.hosts().find()).extracting(Host::name).containsExactly("10.0.0.1:80");
        assertThat(spec.balancers()).isEmpty();
        assertThat(spec.suspensions()).isEmpty();
        assertThat(spec.check()).isEmpty();
        assertThat(spec.policy()).isEqualTo(RollingPolicy.DEFAULT);
        assertThat(reading.ifDead()).isEqualTo(IfDead.REPAIR);
        assertThat(reading.update()).get().isInstanceOf(CommandUpdate.class);
    }

    @Test
    public void everyWordOfThePolicyIsRead() {
        Map<String, Object> words = few();
        words.putAll(map(
                "version", "v2",
                "batch", "25%",
                "canary", 1,
                "canaryPause", "30m",
                "pause", "10s",
                "minHealthy", "50%",
                "maxFailures", 2,
                "onFailure", "continue",
                "drainTimeout", "90s",
                "cutOff", true,
                "healthTimeout", "2m",
                "ifDead", "refuse"));
        words.put("update", map("command", "./restart", "timeout", "7m"));

        Reading reading = read(words);

        assertThat(reading.spec().policy())
                .isEqualTo(new RollingPolicy(
                        new BatchSize(25, true),
                        Optional.of(BatchSize.ONE),
                        Duration.ofMinutes(30),
                        Duration.ofSeconds(10),
                        Optional.of(new MinHealthy(50, true)),
                        2,
                        OnHostFailure.CONTINUE,
                        Duration.ofSeconds(90),
                        true,
                        Duration.ofMinutes(7),
                        Duration.ofMinutes(2)));
        assertThat(reading.updateTimeout()).isEqualTo(Duration.ofMinutes(7));
        assertThat(reading.ifDead()).isEqualTo(IfDead.REFUSE);
        assertThat(reading.spec().version()).contains("v2");
        words.put("minHealthy", 0);
        assertThat(read(words).spec().policy().minHealthy()).contains(new MinHealthy(0, false));
    }

    @Test
    public void hostsAreListedByAddressOrByField() throws Exception {
        assertThat(hosts(map("list", "app1:9001"))).extracting(Host::name).containsExactly("app1:9001");
        assertThat(hosts(map("list", List.of("app1", "[::1]:80"))))
                .extracting(Host::address)
                .containsExactly("app1", "::1");
        assertThat(hosts(map(
                        "list",
                        List.of(
                                map("name", "a", "id", "i-1", "address", "10.0.0.1", "port", 80, "zone", "z1"),
                                map("name", "b", "address", "10.0.0.2", "zone", "z1"),
                                map("address", "10.0.0.3", "port", "81", "zone", "z2")))))
                .as("zones take turns")
                .containsExactly(
                        new Host("a", "i-1", "10.0.0.1", OptionalInt.of(80), Optional.of("z1")),
                        new Host("10.0.0.3:81", "10.0.0.3:81", "10.0.0.3", OptionalInt.of(81), Optional.of("z2")),
                        new Host("b", "b", "10.0.0.2", OptionalInt.empty(), Optional.of("z1")));
    }

    @Test
    public void aCommandThatChecksFindsTheApplicationAndTheVersion() throws Exception {
        Map<String, Object> words = few();
        words.put("version", "v2");
        words.put("check", map("command", "[ \"$APP $VERSION $HOST_PORT\" = 'web v2 80' ]"));

        Reading reading = read(words);

        assertThat(reading.spec()
                        .check()
                        .orElseThrow()
                        .await(reading.spec().hosts().find().get(0), Duration.ofMillis(1)))
                .isEmpty();
    }

    @Test
    public void everyOtherSourceOfHostsIsRead() {
        assertThat(source(map("consulService", "web"))).contains("service web");
        assertThat(source(map("consulService", map("service", "web", "tag", "blue", "passingOnly", true))))
                .contains("web", "blue");
        assertThat(source(map("ec2", map("tags", map("stack", "web", "env", List.of("a", "b")), "address", "public"))))
                .contains("stack", "env");
        assertThat(source(map("autoScalingGroup", "web-asg"))).contains("web-asg");
        assertThat(source(map("targetGroup", map("name", "web", "address", "dns"))))
                .contains("web");
        assertThat(source(map("classicElb", "web-elb"))).contains("web-elb");
        assertThat(source(map("stack", map("name", "web", "output", "Hosts")))).contains("web", "Hosts");
    }

    @Test
    public void everyBalancerAndSuspensionIsRead() {
        Map<String, Object> words = few();
        words.put(
                "loadBalancers",
                List.of(
                        map("haproxy", "127.0.0.1:9999"),
                        map("haproxy", map("address", "/run/h.sock", "backend", List.of("b", "a"), "keepOut", "maint")),
                        map("classicElb", "web-elb"),
                        map("targetGroup", WEB_ARN),
                        map("consulMaintenance", map("service", "web", "node", false, "drainDelay", "2s")),
                        map("consulMaintenance", map())));
        words.put(
                "suspend",
                List.of(
                        map("autoScaling", "web-asg"),
                        map("autoScaling", map("group", "api-asg", "processes", "AZRebalance")),
                        map("alarms", List.of("web-*", "api-errors"))));

        RollingSpec spec = read(words).spec();

        assertThat(spec.balancers())
                .extracting(LoadBalancer::name)
                .hasSize(6)
                .contains("haproxy:127.0.0.1:9999", "haproxy:/run/h.sock/a,b", "consul:maintenance/web");
        assertThat(spec.suspensions()).extracting(Suspension::name).hasSize(3).doesNotHaveDuplicates();
    }

    @Test
    public void aSingleEntryNeedsNoList() {
        Map<String, Object> words = few();
        words.put("loadBalancers", map("haproxy", "127.0.0.1:9999"));

        assertThat(read(words).spec().balancers()).hasSize(1);
    }

    @Test
    public void everyCheckIsRead() {
        assertThat(check(map("http", "/health"))).isEqualTo("HTTP 200 from /health");
        assertThat(check(map(
                        "http",
                        map(
                                "path", "/",
                                "port", 8443,
                                "tls", true,
                                "verify", "false",
                                "headers", map("Host", "web"),
                                "status", "200-299",
                                "contains", "ok",
                                "timeout", "1s",
                                "interval", "100ms",
                                "successes", 3))))
                .contains("https", "port 8443", "with 'ok'", "3 times in a row");
        assertThat(check(map("tcp", map("port", 80, "timeout", "1s")))).contains("80");
        assertThat(check(map("consul", "web"))).contains("web");
        assertThat(check(map("command", "curl -f $HOST"))).contains("curl -f $HOST");
        assertThat(check(map("command", map("command", "./ok", "timeout", "1s"))))
                .contains("./ok");
    }

    @Test
    public void everyUpdateIsRead() {
        assertThat(update(map("command", "./restart", "back", "./restart-old", "timeout", "1m")))
                .satisfies(update -> assertThat(update.canGoBack()).isTrue())
                .isInstanceOf(CommandUpdate.class);
        assertThat(update(map("agent", map("prefix", "api/version", "version", "v2"))))
                .isInstanceOf(AgentUpdate.class);
        assertThat(update(map("event", map("name", "run", "payload", "v2", "acknowledged", "api/version"))))
                .isInstanceOf(EventUpdate.class);
        assertThat(update(map("event", map("name", "run")))).isInstanceOf(EventUpdate.class);
        assertThat(update(map("consulKey", map("key", "c/$HOST/TAG", "value", ""))))
                .isInstanceOf(KeyUpdate.class);
        assertThat(update(map("event", map("name", "run", "payload", "v2", "acknowledged", "meta:web:version")))
                        .describe())
                .contains("the field version of the meta of the service web");
        assertThat(update(map(
                                "consulKey",
                                map(
                                        "key",
                                        "c/$HOST_ID/TAG",
                                        "value",
                                        "v2",
                                        "shared",
                                        "c/TAG",
                                        "restart",
                                        map("service", "web", "seen", "tag"))))
                        .describe())
                .contains("wait until web there has it as a tag");
        Map<String, Object> words = few();
        words.remove("update");
        assertThat(read(words).update()).as("a build's body").isEmpty();
    }

    @Test
    public void variablesAreFilledInValues() throws Exception {
        Map<String, Object> words = few();
        words.put("app", "${name}-${version}");
        words.put("hosts", map("list", List.of("${name}1:80")));
        words.put("update", map("consulKey", map("key", "c/${name}/${HOST}/$HOST_ID", "value", "${version}")));

        Reading reading = read(words, Map.of("name", "web", "version", "v$2"));

        assertThat(reading.spec().app()).isEqualTo("web-v$2");
        assertThat(reading.spec().version()).contains("v$2");
        assertThat(reading.spec().hosts().find()).extracting(Host::name).containsExactly("web1:80");
        KeyUpdate update = (KeyUpdate) reading.update().orElseThrow();
        assertThat(update.key()).isEqualTo("c/web/${HOST}/$HOST_ID");
        assertThat(update.value()).isEqualTo("v$2");
    }

    @Test
    public void inCommandsTheShellFillsThem() {
        String command = "./restart ${HOST} ${version} $HOME ${HOME:-/}";
        Map<String, Object> words = few();
        words.put("update", map("command", command, "back", "./back ${version}"));
        words.put("check", map("command", "./ok ${version}"));

        Reading reading = read(words, Map.of("version", "v2; rm -rf /"));

        CommandUpdate update = (CommandUpdate) reading.update().orElseThrow();
        assertThat(update.command()).isEqualTo(command);
        assertThat(update.back()).contains("./back ${version}");
        assertThat(update.variables()).isEqualTo(Map.of("version", "v2; rm -rf /"));
        assertThat(reading.spec().check().orElseThrow().describe()).contains("./ok ${version}");
    }

    @Test
    public void aVariableThatNobodySetIsAnErrorAlsoInACommand() {
        assertBad(with("app", "${name}"), "app '${name}': nobody set ${name}; set it with --set name=VALUE");
        assertBad(
                with("update", map("command", "echo ${HOME}")),
                "update.command 'echo ${HOME}': nobody set ${HOME}; set it with --set HOME=VALUE, or write $HOME");
        assertThatThrownBy(() -> read(with("app", "${nam}"), Map.of("name", "web")))
                .hasMessageContaining("nobody set ${nam}")
                .hasMessageEndingWith("; set are name");
        assertBad(with("app", "${HOST}"), "nobody set ${HOST}");
    }

    @Test
    public void aVariableNeedsANameThatAShellHasAndThatIsNotTaken() {
        assertThatThrownBy(() -> read(few(), Map.of("a-b", "x")))
                .hasMessageContaining("variable 'a-b': letters, digits and '_'");
        assertThatThrownBy(() -> read(few(), Map.of("HOST_PORT", "x")))
                .hasMessageContaining("variable 'HOST_PORT': every command is given a variable of this name");
    }

    @Test
    public void theRecordIsReadAsWhatWasWritten() throws Exception {
        Map<String, Object> words = few();
        words.put("app", "${name}");
        words.put("batch", 2);
        words.put("cutOff", true);
        words.put("hosts", map("list", List.of(map("address", "10.0.0.1", "port", 80), map("address", "10.0.0.2"))));
        words.put("check", map("http", map("path", "/", "status", 204, "successes", 2)));
        words.put("update", map("command", "./restart ${version} <&>", "timeout", "7m"));

        Reading first = read(words, Map.of("name", "web", "version", "v2"));
        Reading again = reader.readRecord(first.spec().text());

        assertThat(again.spec().app()).isEqualTo("web");
        assertThat(again.spec().version()).contains("v2");
        assertThat(again.spec().policy()).isEqualTo(first.spec().policy());
        assertThat(again.spec().hosts().find()).isEqualTo(first.spec().hosts().find());
        assertThat(again.spec().check().orElseThrow().describe())
                .isEqualTo(first.spec().check().orElseThrow().describe());
        assertThat(again.updateTimeout()).isEqualTo(first.updateTimeout());
        CommandUpdate update = (CommandUpdate) again.update().orElseThrow();
        assertThat(update.command()).isEqualTo("./restart ${version} <&>");
        assertThat(update.variables()).containsEntry("version", "v2");
        assertThat(again.spec().text()).isEqualTo(first.spec().text());
    }

    @Test
    public void aWrongWordIsNamedWithItsPathItsValueAndWhatWouldDo() {
        assertBad(with("aap", "web"), "aap 'web': no such field; there are app, aws, batch");
        assertBad(without("app"), "app: it is missing");
        assertBad(with("app", " "), "app ' ': it is empty");
        assertBad(with("app", "a\nb"), "without control characters");
        assertBad(with("app", List.of("web")), "app '[web]': a single value is wanted here");
        assertBad(without("hosts"), "hosts: it is missing");
        assertBad(with("hosts", "app1"), "hosts 'app1': fields are wanted here");
        assertBad(with("hosts", map()), "hosts 'nothing': exactly one of list, consulService, ec2");
        assertBad(with("hosts", map("list", "a", "ec2", map())), "hosts 'list, ec2': exactly one of");
        assertBad(with("hosts", map("lits", "a")), "hosts.lits 'a': no such field");
        assertBad(with("hosts", map("list", List.of())), "hosts.list '[]': it names no host");
        assertBad(with("hosts", map("list", List.of("a:b"))), "hosts.list[0] 'a:b'");
        assertBad(with("hosts", map("list", List.of("a", "a"))), "hosts.list", "'a' is listed twice");
        assertBad(with("hosts", map("list", List.of(map("port", 80)))), "hosts.list[0].address: it is missing");
        assertBad(
                with("hosts", map("list", List.of(map("address", "a", "port", 99999)))),
                "hosts.list[0].port '99999': a whole number from 1 to 65535");
        assertBad(with("hosts", map("list", List.of(map("address", "a"), "b"))), "hosts.list[1] 'b': fields");
        assertBad(
                with("hosts", map("ec2", map("tags", map("a", "b"), "address", "privat"))),
                "hosts.ec2.address 'privat': one of private, public");
        assertBad(with("hosts", map("ec2", map())), "hosts.ec2.tags: it is missing");
        assertBad(with("hosts", map("consulService", map("tag", "a"))), "hosts.consulService.service: it is missing");
    }

    @Test
    public void aWrongPolicyIsNamed() {
        assertBad(with("batch", "0"), "batch '0': a number from 1, or a percentage");
        assertBad(with("batch", "101%"), "batch '101%'");
        assertBad(with("canary", "x"), "canary 'x'");
        assertBad(with("minHealthy", "-1"), "minHealthy '-1': a number from 0, or a percentage from 0% to 100%");
        assertBad(with("minHealthy", "120%"), "minHealthy '120%'");
        assertBad(with("pause", 30), "pause '30': a duration such as 500ms, 30s, 10m or 1h30m; did you mean '30s'?");
        assertBad(with("drainTimeout", "0s"), "drainTimeout '0s': a duration above zero");
        assertBad(with("healthTimeout", "soon"), "healthTimeout 'soon': a duration");
        assertBad(with("maxFailures", -1), "maxFailures '-1': a whole number from 0");
        assertBad(with("maxFailures", 1), "maxFailures '1': it goes with onFailure 'continue' only");
        assertBad(with("onFailure", "retry"), "onFailure 'retry': 'stop', 'continue' or 'rollback'");
        assertBad(with("onFailure", "rollback"), "onFailure 'rollback': the update has no way back; give 'back'");
        assertBad(with("cutOff", "yes"), "cutOff 'yes': true or false");
        assertBad(with("ifDead", "ask"), "ifDead 'ask': 'repair' or 'refuse'");
    }

    @Test
    public void aWrongBalancerSuspensionCheckOrUpdateIsNamed() {
        assertBad(with("loadBalancers", List.of(map("nginx", "a"))), "loadBalancers[0].nginx 'a': no such field");
        assertBad(with("loadBalancers", List.of(map("haproxy", map()))), "loadBalancers[0].haproxy.address: it is");
        assertBad(
                with("loadBalancers", List.of(map("haproxy", map("address", "a:1", "keepOut", "away")))),
                "loadBalancers[0].haproxy.keepOut 'away': 'drain' or 'maint'");
        assertBad(
                with("loadBalancers", List.of(map("haproxy", "h:1"), map("haproxy", "h:1"))),
                "loadBalancers[1] 'haproxy:h:1': it is there twice");
        assertBad(
                with("loadBalancers", List.of(map("consulMaintenance", map("node", false)))),
                "loadBalancers[0].consulMaintenance.service: it is missing");
        assertBad(with("suspend", List.of(map("alarm", "a"))), "suspend[0].alarm 'a': no such field");
        assertBad(with("check", map("http", map("paht", "/"))), "check.http.paht '/': no such field");
        assertBad(with("check", map("http", "health")), "check.http.path 'health'", "give it from the slash on");
        assertBad(with("check", map("http", map("status", "2xx0"))), "check.http.status '2xx0'");
        assertBad(with("check", map("http", map("port", 0))), "check.http.port '0'");
        assertBad(with("check", map("tcp", map("interval", "0s"))), "check.tcp.interval '0s': a duration above");
        assertBad(with("check", map("consul", map("service", "a", "successes", 0))), "check.consul.successes '0'");
        assertBad(with("check", map("command", "")), "check.command '': it is empty");
        assertBad(with("update", map("command", " ")), "update.command ' ': it is empty");
        assertBad(with("update", map("command", "a", "agent", map())), "update 'command, agent': exactly one of");
        assertBad(with("update", map("command", "a", "timeout", "0m")), "update.timeout '0m': a duration above zero");
        assertBad(with("update", map("comand", "a")), "update.comand 'a': no such field");
        assertBad(
                with("update", map("agent", map("prefix", "a", "version", "../b"))),
                "update.agent.version '../b': it starts with '.'");
        assertBad(
                with("update", map("agent", map("prefix", "consul-deploy/x", "version", "b"))), "update.agent.prefix");
        assertBad(
                with("update", map("event", map("name", "a", "acknowledged", "p"))),
                "update.event.payload '': it is empty");
        assertBad(with("update", map("consulKey", map("key", "a"))), "update.consulKey.value: it is missing");
        assertBad(
                with("update", map("agent", map("prefix", "a", "version", "b"), "back", "c")),
                "update.back 'c': an update by 'agent' has no such field; it goes with command, consulKey");
        assertBad(with("aws", map("region", "a", "endpoint", "::")), "aws", "endpoint");
    }

    @Test
    public void anErrorNamesThePlaceWhereTheFieldStands() {
        Words.Places places = path -> Optional.of("web.yaml, line 3, column " + path.length());

        for (Map<String, Object> words :
                List.of(with("batch", "0"), with("drainTimeout", "0s"), with("app", "${x}"), with("hosts", map()))) {
            assertThatThrownBy(() -> reader.read(words, Map.of(), places))
                    .isInstanceOf(BadInputException.class)
                    .hasMessageMatching("web.yaml, line 3, column \\d+: [a-zA-Z]+ .*");
        }
        assertThatThrownBy(() -> reader.read(with("batch", "0"), Map.of(), places))
                .isInstanceOfSatisfying(
                        BadInputException.class, e -> assertThat(e.field()).isEqualTo("batch"));
    }

    @Test
    public void anErrorInsideACheckIsNamedAndPlacedOnce() {
        Words.Places places = path -> Optional.of("web.yaml at " + path);

        assertThatThrownBy(() -> reader.read(
                        with("check", map("http", map("path", "/health", "status", "20x"))), Map.of(), places))
                .isInstanceOf(BadInputException.class)
                .hasMessageStartingWith("web.yaml at check.http.status: check.http.status '20x': ");
        assertThatThrownBy(() -> reader.read(with("check", map("http", map("path", "health"))), Map.of(), places))
                .hasMessageStartingWith("web.yaml at check.http.path: check.http.path 'health': ");
    }

    // Private

    private Reading read(Map<String, Object> words) {
        return read(words, Map.of());
    }

    private Reading read(Map<String, Object> words, Map<String, String> variables) {
        return reader.read(words, variables, Words.Places.UNKNOWN);
    }

    private void assertBad(Map<String, Object> words, String... message) {
        assertThatThrownBy(() -> read(words))
                .isInstanceOf(BadInputException.class)
                .hasMessageContainingAll(Arrays.copyOf(message, message.length, CharSequence[].class));
    }

    private List<Host> hosts(Map<String, Object> hosts) throws Exception {
        return read(with("hosts", hosts)).spec().hosts().find();
    }

    private String source(Map<String, Object> hosts) {
        return read(with("hosts", hosts)).spec().hosts().describe();
    }

    private String check(Map<String, Object> check) {
        return read(with("check", check)).spec().check().orElseThrow().describe();
    }

    private Update update(Map<String, Object> update) {
        return read(with("update", update)).update().orElseThrow();
    }

    private static Map<String, Object> with(String field, Object value) {
        Map<String, Object> words = few();
        words.put(field, value);
        return words;
    }

    private static Map<String, Object> without(String field) {
        Map<String, Object> words = few();
        words.remove(field);
        return words;
    }

    private static Map<String, Object> few() {
        return new LinkedHashMap<>(map(
                "app", "web",
                "hosts", map("list", List.of("10.0.0.1:80")),
                "update", map("command", "./restart")));
    }

    private static Map<String, Object> map(Object... pairs) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            map.put((String) pairs[i], pairs[i + 1]);
        }
        return map;
    }
}
