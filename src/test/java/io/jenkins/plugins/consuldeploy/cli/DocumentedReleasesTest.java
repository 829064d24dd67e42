package io.jenkins.plugins.consuldeploy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.ConsulConfig;
import io.jenkins.plugins.consuldeploy.fleet.AwsConfig;
import io.jenkins.plugins.consuldeploy.phase.Caller;
import io.jenkins.plugins.consuldeploy.spec.AwsWords;
import io.jenkins.plugins.consuldeploy.spec.RollingWords;
import io.jenkins.plugins.consuldeploy.spec.Surroundings;
import io.jenkins.plugins.consuldeploy.spec.SwitchWords;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** What the documentation shows can be given as it stands there. */
public class DocumentedReleasesTest {

    private static final Pattern YAML = Pattern.compile("(?m)^( *)```yaml\\n((?:.*\\n)*?)\\1```$");
    private static final String LISTENER =
            "arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/app/web/0123456789abcdef/0123456789abcdef";
    private static final Map<String, String> SECRETS = Map.of(
            "AUDIT_KEY", "k", "SMTP_PASSWORD", "p", "SLACK_URL", "https://h/1", "HOOK", "https://h/2", "HOOK_KEY", "k");

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    @Test
    public void everyReleaseAndEveryChannelInTheDocumentationCanBeRead() throws Exception {
        List<String> releases = new ArrayList<>();
        Path channels = folder.getRoot().toPath().resolve("channels.yaml");
        for (String block : blocks()) {
            if (block.startsWith("app: ")) {
                releases.add(block);
            } else if (block.startsWith("traffic:")) {
                releases.add("app: shop\nblue: {list: [a]}\ngreen: {list: [b]}\ndeploy: {command: x}\n"
                        + block.replace("arn:aws:elasticloadbalancing:…:listener/app/web/…", LISTENER));
            } else if (block.startsWith("deploys: ")) {
                Files.writeString(channels, block);
            } else if (block.startsWith("notify: ")) {
                releases.add("app: web\nhosts: {list: [a]}\nupdate: {command: x}\n" + block);
            }
        }
        assertThat(releases).hasSizeGreaterThanOrEqualTo(4);
        try (Consul consul = new Consul(ConsulConfig.at("127.0.0.1:1"))) {
            var known = new ShellChannels(Optional.of(channels), SECRETS, consul.time(), line -> {});
            for (String name : List.of("deploys", "audit", "oncall")) {
                assertThat(known.named(name)).as(name).isPresent();
            }
            try (Surroundings with = new Surroundings(
                    consul,
                    "consul-deploy",
                    new Caller("test", "build 1"),
                    words -> AwsWords.over(AwsConfig.fromEnvironment().withRegion("eu-west-1"), words),
                    (host, line) -> {},
                    known)) {
                for (String release : releases) {
                    YamlFile file = YamlFile.read(
                            Files.writeString(folder.getRoot().toPath().resolve("release.yaml"), release));
                    if (release.contains("\nblue: ")) {
                        assertThat(new SwitchWords(with)
                                        .read(file.tree(), Map.of("version", "v7"), file.places())
                                        .work()
                                        .deploy())
                                .as(release)
                                .isPresent();
                        continue;
                    }
                    assertThat(new RollingWords(with)
                                    .read(file.tree(), Map.of("version", "v7"), file.places())
                                    .update())
                            .as(release)
                            .isPresent();
                }
            }
        }
    }

    private static List<String> blocks() throws IOException {
        List<String> blocks = new ArrayList<>();
        try (Stream<Path> files = Files.list(Path.of(System.getProperty("basedir", "."), "..", "docs"))) {
            for (Path file : files.filter(one -> one.toString().endsWith(".md")).toList()) {
                Matcher block = YAML.matcher(Files.readString(file));
                while (block.find()) {
                    blocks.add(block.group(2).replaceAll("(?m)^" + block.group(1), ""));
                }
            }
        }
        return blocks;
    }
}
