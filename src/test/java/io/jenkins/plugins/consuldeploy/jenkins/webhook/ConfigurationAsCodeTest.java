package io.jenkins.plugins.consuldeploy.jenkins.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import hudson.util.Secret;
import io.jenkins.plugins.casc.ConfigurationAsCode;
import io.jenkins.plugins.casc.misc.ConfiguredWithCode;
import io.jenkins.plugins.casc.misc.JenkinsConfiguredWithCodeRule;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.Rule;
import org.junit.Test;

public class ConfigurationAsCodeTest {

    private static final String SECRET = "0123456789abcdef0123456789abcdef";

    @Rule
    public final JenkinsConfiguredWithCodeRule r = new JenkinsConfiguredWithCodeRule();

    @Test
    @ConfiguredWithCode("casc.yaml")
    public void rulesAreReadFromYaml() {
        List<GlobalWebhook> webhooks = Webhooks.get().getWebhooks();
        assertThat(webhooks).extracting(Webhook::getName).containsExactly("images", "tags");
        GlobalWebhook images = webhooks.get(0);
        assertThat(images.getRepository() + " " + images.getTag()).isEqualTo("acme/* release-*");
        assertThat(images.getSignatureHeader()).isEqualTo("X-Our-Signature");
        assertThat(images.signingKey()).hasValue("signed-with-this-text");
        assertThat(images.getAction())
                .isInstanceOfSatisfying(StartJob.class, start -> assertThat(start.getJob() + " as " + start.getRunAs())
                        .isEqualTo("team/deploy as deploy"));
        assertThat(webhooks.get(1).getAction()).isInstanceOfSatisfying(SetKey.class, set -> assertThat(
                        set.getKey() + " " + set.getValue() + " " + set.getConsul())
                .isEqualTo("configs/shop/IMAGE_TAG ${IMAGE}:${TAG} production"));
        assertThat(webhooks.get(1).paths()).isPresent();
    }

    @Test
    @ConfiguredWithCode("casc.yaml")
    public void anAddressIsAsConfiguredOrElseStaysWhenItIsReadAgain() {
        assertThat(WebhookAddress.of(RuleId.global("images"))).endsWith("/" + SECRET);
        String made = WebhookAddress.of(RuleId.global("tags"));
        ConfigurationAsCode.get().configure(getClass().getResource("casc.yaml").toString());
        assertThat(WebhookAddress.of(RuleId.global("images"))).endsWith("/" + SECRET);
        assertThat(WebhookAddress.of(RuleId.global("tags"))).isEqualTo(made);
    }

    @Test
    @ConfiguredWithCode("casc.yaml")
    public void noSecretIsInClearInAFileOrAnExport() throws Exception {
        String made = WebhookSecrets.get().of(RuleId.global("tags"));
        try (Stream<Path> files = Files.walk(r.jenkins.getRootDir().toPath(), 1)) {
            assertThat(files.filter(file -> file.toString().endsWith(".xml")).toList())
                    .isNotEmpty()
                    .allSatisfy(file -> assertThat(Files.readString(file))
                            .doesNotContain(SECRET)
                            .doesNotContain(made)
                            .doesNotContain("signed-with-this-text"));
        }
        assertThat(r.exportToString(true))
                .contains("consulWebhooks:", "startJob:", "setKey:", "repositoryPath:")
                .doesNotContain(SECRET)
                .doesNotContain(made)
                .doesNotContain("signed-with-this-text");
    }

    @Test
    public void aSecretThatCouldBeGuessedIsRefused() {
        GlobalWebhook weak = new GlobalWebhook("weak", "**", new SetKey("a/b"));
        weak.setSecret(Secret.fromString("hunter2"));
        assertThatThrownBy(() -> Webhooks.get().setWebhooks(List.of(weak)))
                .hasMessageContaining("22 to 128 letters")
                .hasMessageNotContaining("hunter2");
    }
}
