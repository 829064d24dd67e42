package io.jenkins.plugins.consuldeploy.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.jenkins.plugins.consuldeploy.bluegreen.LiveIs;
import io.jenkins.plugins.consuldeploy.bluegreen.SwitchPolicy;
import io.jenkins.plugins.consuldeploy.bluegreen.SwitchWork;
import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.ConsulConfig;
import io.jenkins.plugins.consuldeploy.fleet.AwsConfig;
import io.jenkins.plugins.consuldeploy.health.CommandCheck;
import io.jenkins.plugins.consuldeploy.health.FrontWatch;
import io.jenkins.plugins.consuldeploy.journal.Settler.IfDead;
import io.jenkins.plugins.consuldeploy.phase.BadInputException;
import io.jenkins.plugins.consuldeploy.phase.Caller;
import io.jenkins.plugins.consuldeploy.spec.AwsWords;
import io.jenkins.plugins.consuldeploy.spec.Surroundings;
import io.jenkins.plugins.consuldeploy.spec.SwitchWords;
import io.jenkins.plugins.consuldeploy.traffic.Documents;
import io.jenkins.plugins.consuldeploy.traffic.ProxiesSwitch;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** Every word of docs/blue-green.md is one that is read, with that default, and every word that is read is there. */
public class DocumentedSwitchesTest {

    private static final String LISTENER =
            "arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/app/web/0123456789abcdef/0123456789abcdef";
    private static final Pattern FENCE = Pattern.compile("(?m)^```(\\w*)\\n((?:.*\\n)*?)```$");
    private static final Pattern ROW = Pattern.compile("(?m)^\\| (`.*?) \\| (.*) \\| (.*) \\|$");
    private static final Pattern WORD = Pattern.compile("`(\\w+)`");
    private static final Pattern INLINE = Pattern.compile("(?m)^- `(\\{.*\\})`");
    private static final Pattern VALUE = Pattern.compile("^`([^`]*)`$");
    private static final Pattern KNOWN = Pattern.compile("no such field; there are (.*)$");

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    private final Consul consul = new Consul(ConsulConfig.at("127.0.0.1:1"));
    private final Surroundings with = new Surroundings(
            consul,
            "consul-deploy",
            new Caller("test", "build 1"),
            words -> AwsWords.over(AwsConfig.fromEnvironment().withRegion("eu-west-1"), words),
            (host, line) -> {});
    private String text;

    @Before
    public void read() throws IOException {
        text = Documents.read("../blue-green.md");
    }

    @After
    public void close() {
        with.close();
        consul.close();
    }

    @Test
    public void everyExampleOfItCanBeRead() throws IOException {
        int read = 0;
        for (MatchResult block : FENCE.matcher(text).results().toList()) {
            if (block.group(1).equals("yaml")) {
                String example = block.group(2);
                read(example.startsWith("app: ") ? example : few(example));
                read++;
            }
        }
        assertThat(read).isGreaterThanOrEqualTo(7);
    }

    @Test
    public void everyFormOfDeployAndWatchCanBeRead() throws IOException {
        for (String word : List.of("deploy", "watch")) {
            String list = between("**`" + word + "`** is one of", "\n\n");
            List<String> forms =
                    INLINE.matcher(list).results().map(form -> form.group(1)).toList();
            assertThat(forms).as(word).hasSizeGreaterThanOrEqualTo(2);
            for (String form : forms) {
                SwitchWords.Reading reading = read(few("version: v2\n" + word + ": " + form));
                assertThat(
                                word.equals("deploy")
                                        ? reading.work().deploy().isPresent()
                                        : reading.spec().watch().isPresent())
                        .as(form)
                        .isTrue();
            }
        }
    }

    @Test
    public void theWordsOfATableAreThoseThatAreRead() {
        TreeSet<String> documented = new TreeSet<>();
        for (MatchResult row : rows()) {
            WORD.matcher(row.group(1)).results().forEach(word -> documented.add(word.group(1)));
        }
        assertThat(documented).containsExactlyElementsOf(new TreeSet<>(known("nonsense: 1")));
    }

    @Test
    public void theDefaultsOfTheTableAreThoseThatAreTaken() throws IOException {
        Map<String, String> defaults = new LinkedHashMap<>();
        for (MatchResult row : rows()) {
            VALUE.matcher(row.group(3))
                    .results()
                    .forEach(value -> defaults.put(row.group(1).replace("`", ""), value.group(1)));
        }
        assertThat(defaults)
                .containsOnlyKeys(
                        "weights",
                        "bake",
                        "soak",
                        "stopOld",
                        "healthTimeout",
                        "moveTimeout",
                        "drainTimeout",
                        "cutOff",
                        "liveIs",
                        "ifDead");
        List<String> lines = new ArrayList<>();
        defaults.forEach((word, value) -> lines.add(word + ": " + value));

        SwitchWords.Reading reading = read(few(String.join("\n", lines)));

        assertThat(reading.spec().policy()).isEqualTo(SwitchPolicy.DEFAULT);
        assertThat(reading.liveIs()).isEqualTo(LiveIs.AGREED);
        assertThat(reading.ifDead()).isEqualTo(IfDead.REPAIR);
    }

    @Test
    public void theOtherDefaultsAreThoseThatAreTaken() throws IOException {
        assertThat(SwitchWork.TIMEOUT).isEqualTo(Duration.ofMinutes(30));
        assertThat(text).contains("with `timeout` (30m)").contains("`stop` | `{command: …, timeout: 30m}`");
        FrontWatch http = watch("{http: {url: 'http://shop.example/'}}");
        FrontWatch httpAsDocumented = watch(
                "{http: {url: 'http://shop.example/', status: 200, interval: 200ms, window: 100, limit: 5%, least: 10}}");
        assertThat(List.of(http.interval(), http.window(), http.limit(), http.least()))
                .isEqualTo(List.of(
                        httpAsDocumented.interval(),
                        httpAsDocumented.window(),
                        httpAsDocumented.limit(),
                        httpAsDocumented.least()));
        assertThat(text)
                .contains("every `interval` (200ms). Of the last `window` (100) visits")
                .contains("at most `limit` (5%) may fail, judged as soon as there are `least` (10)");
        FrontWatch command = watch("{command: './error-rate-is-fine'}");
        assertThat(List.of(command.interval(), command.window(), command.limit(), command.least()))
                .isEqualTo(List.of(Duration.ofSeconds(1), 100, 0.0, 1));
        assertThat(CommandCheck.TIMEOUT).isEqualTo(Duration.ofSeconds(30));
        assertThat(text)
                .contains("every `interval` (1s)")
                .contains("within `timeout` (30s)")
                .contains("unless `limit` (0%), `window` (100) and `least` (1) say otherwise");
        assertThat(ProxiesSwitch.LONGEST_REQUEST).isEqualTo(Duration.ofSeconds(60));
        assertThat(text).contains("`longestRequest` (60s)", "`longestRequest: 60s`");
    }

    @Test
    public void everyFieldThatIsReadIsDocumentedWhereItBelongs() {
        documented("**`deploy`** is one of", "**`watch`**", "deploy: {nonsense: 1, timeout: 1m}");
        documented("**`deploy`** is one of", "**`watch`**", "deploy: {agent: {nonsense: 1}}");
        documented("**`watch`** is one of", "\n## ", "watch: {http: {url: 'http://a/', nonsense: 1}}");
        documented("**`watch`** is one of", "\n## ", "watch: {command: {command: a, nonsense: 1}}");
        documented("\n## HAProxy", "\n## nginx", "traffic: {haproxy: {nonsense: 1}}");
        documented("\n## nginx", "\n## An app", "traffic: {proxies: {nonsense: 1}}");
        documented("\n## An app", "\n## Keys", "traffic: {albListener: {nonsense: 1}}");
        documented("\n## Keys", "\n## Consul's", "traffic: {consulKey: {nonsense: 1}}");
        documented("\n## Keys", "\n## Consul's", "traffic: {consulKey: {app: a, fronts: [{nonsense: 1}]}}");
        documented("\n## Consul's", "\\z", "traffic: {serviceSplitter: {nonsense: 1}}");
    }

    @Test
    public void whatItShowsOfAFileIsThatFile() throws IOException {
        for (String file :
                List.of("haproxy.cfg", "nginx.conf.in", "agent.json", "shop.conf.ctmpl", "consul-template.hcl")) {
            assertThat(text.contains("\n" + Documents.read(file) + "```") && text.contains("(blue-green/" + file + ")"))
                    .as(file)
                    .isTrue();
        }
        List<String> shown = FENCE.matcher(between("(blue-green/haproxy-backends.cfg)", "\n## "))
                .results()
                .map(block -> block.group(2))
                .toList();
        assertThat(Documents.read("haproxy-backends.cfg")).contains(shown.get(0));
    }

    // Private

    private void documented(String from, String to, String words) {
        String section = between(from, to);
        for (String field : known(words)) {
            assertThat(section)
                    .as("%s, of %s", field, words)
                    .containsPattern("`[^`\n]*\\b" + field + "\\b|(?m)^ *(traffic:.*)?\\b" + field + ":");
        }
    }

    /** What there is instead of the field {@code nonsense}, as the error about it says. */
    private List<String> known(String words) {
        BadInputException bad = catchThrowableOfType(BadInputException.class, () -> read(few(words)));
        assertThat(bad).as(words).isNotNull().hasMessageContaining("nonsense");
        MatchResult list = KNOWN.matcher(bad.getMessage()).results().findFirst().orElseThrow();
        return List.of(list.group(1).split(", "));
    }

    private FrontWatch watch(String form) throws IOException {
        return (FrontWatch) read(few("watch: " + form)).spec().watch().orElseThrow();
    }

    private List<MatchResult> rows() {
        return ROW.matcher(between("## Every word", "**`deploy`**")).results().toList();
    }

    private String between(String from, String to) {
        int start = text.indexOf(from);
        assertThat(start).as(from).isNotNegative();
        int end = text.indexOf(to, start + from.length());
        return text.substring(start, end < 0 ? text.length() : end);
    }

    /** A whole switch with these words among its own. */
    private static String few(String words) {
        String rest = Stream.of("app: shop", "blue: {list: [a]}", "green: {list: [b]}", "traffic: {consulKey: shop}")
                .filter(line -> !(line.startsWith("traffic:") && words.startsWith("traffic:")))
                .reduce("", (all, line) -> all + line + "\n");
        return rest + words + "\n";
    }

    private SwitchWords.Reading read(String yaml) throws IOException {
        YamlFile file = YamlFile.read(Files.writeString(
                folder.getRoot().toPath().resolve("shop.yaml"),
                yaml.replace("arn:aws:elasticloadbalancing:…:listener/app/web/…", LISTENER)));
        return new SwitchWords(with).read(file.tree(), Map.of("version", "v7"), file.places());
    }
}
