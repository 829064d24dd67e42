package io.jenkins.plugins.consuldeploy.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.Test;

public class NotificationReaderTest {

    @Test
    public void dockerHubSaysNoDigestButWhenItWasPushed() throws Exception {
        Notification notification = read("docker-hub.json");
        assertThat(notification.sender()).isEqualTo("Docker Hub");
        assertThat(notification.pushes())
                .containsExactly(new Push(
                        Optional.empty(), "acme/web", "release-7", Optional.empty(), Optional.of("1417566161")));
        assertThat(notification.pushes().get(0)).hasToString("acme/web:release-7");
    }

    @Test
    public void aDistributionRegistrySendsSeveralEventsAndOnlyPushedTagsCount() throws Exception {
        Notification notification = read("distribution.json");
        assertThat(notification.sender()).isEqualTo("Docker distribution");
        assertThat(notification.pushes())
                .extracting(Push::toString)
                .containsExactly(
                        "registry.example.com:5000/acme/web:release-7", "registry.example.com:5000/acme/api:release-8");
        assertThat(notification.pushes().get(0).digest())
                .hasValue("sha256:fea8895f450959fa676bcc1df0611ea93823a735a01205fd8622846041d0c7cf");
    }

    @Test
    public void gitLabsRegistrySendsTheSame() throws Exception {
        assertThat(read("gitlab.json").pushes())
                .extracting(Push::toString)
                .containsExactly("registry.gitlab.example.com/group/project/web:release-7");
    }

    @Test
    public void bothOfGitHubsEventsAreUnderstood() throws Exception {
        Push pushed = new Push(
                Optional.of("ghcr.io"),
                "acme/web",
                "release-7",
                Optional.of("sha256:3da1996a8115d7616457760d9920b815241d0a03b34cf5f04e9a0e9d8de37498"),
                Optional.of("0001-01-01T00:00:00Z"));
        assertThat(read("github-package.json").pushes()).containsExactly(pushed);
        assertThat(read("github-registry_package.json")).isEqualTo(new Notification("GitHub", List.of(pushed)));
    }

    @Test
    public void gitHubsVersionsWithoutATagAndItsPingAreNoPushes() throws Exception {
        String untagged = text("github-package.json").replace("\"name\": \"release-7\"", "\"name\": \"\"");
        assertThat(readText(untagged).pushes()).isEmpty();
        assertThat(readText("{\"zen\": \"Keep it logically awesome.\", \"hook_id\": 1, \"hook\": {}}")
                        .pushes())
                .isEmpty();
        assertThat(readText("{\"action\": \"published\", \"package\": {\"package_type\": \"npm\"}}")
                        .pushes())
                .isEmpty();
        assertThat(readText(text("github-package.json").replace("\"published\"", "\"deleted\""))
                        .pushes())
                .isEmpty();
    }

    @Test
    public void harborsTagsAreReadInBothOfItsFormats() throws Exception {
        Push pushed = new Push(
                Optional.of("harbor.example.com"),
                "shop/web",
                "release-7",
                Optional.of("sha256:954b378c375d852eb3c63ab88978f640b4348b01c1b3456a024a81536dafbbf4"),
                Optional.of("1680501893"));
        assertThat(read("harbor.json")).isEqualTo(new Notification("Harbor", List.of(pushed)));
        assertThat(read("harbor-cloudevents.json").pushes())
                .extracting(Push::toString)
                .containsExactly("harbor.example.com/shop/web:release-7");
    }

    @Test
    public void harborsOtherEventsAreNoPushes() throws Exception {
        assertThat(readText(text("harbor.json").replace("PUSH_ARTIFACT", "PULL_ARTIFACT"))
                        .pushes())
                .isEmpty();
        assertThat(readText("{\"type\": \"harbor.scan.completed\", \"data\": {}}")
                        .pushes())
                .isEmpty();
    }

    @Test
    public void aHarborThatSaysAReferenceWithASchemeIsReadAndOneWithoutARepositoryRefused() throws Exception {
        String pushed = "{\"type\": \"PUSH_ARTIFACT\", \"event_data\": {\"resources\": [{\"tag\": \"v1\","
                + " \"resource_url\": \"https://shop.example.com/shop:v1\"}]%s}}";
        assertThat(readText(String.format(pushed, ", \"repository\": {\"repo_full_name\": \"shop\"}"))
                        .pushes())
                .extracting(Push::toString)
                .containsExactly("shop.example.com/shop:v1");
        assertReason(String.format(pushed, ""), "the repository is empty");
        assertReason(String.format(pushed, ", \"repository\": null"), "the repository is empty");
    }

    @Test
    public void aScriptSaysItInThreeFields() throws Exception {
        Notification notification = readText(
                "{\"repository\": \"localhost:5000/web\", \"tag\": \"v1\", \"digest\": \"" + "a".repeat(64) + "\"}");
        assertThat(notification.sender()).isEqualTo("a script");
        assertThat(notification.pushes())
                .containsExactly(new Push(
                        Optional.of("localhost:5000"),
                        "web",
                        "v1",
                        Optional.of("sha256:" + "a".repeat(64)),
                        Optional.empty()));
        assertThat(readText("{\"repository\": \"acme/web\", \"tag\": \"v1\"}").pushes())
                .extracting(Push::image)
                .containsExactly("acme/web");
    }

    @Test
    public void pathsSayWhereAnythingElseHasIt() throws Exception {
        PushPaths paths = new PushPaths(
                JsonPath.parse("$.data['image.name']"),
                JsonPath.parse("$.data.tags[1]"),
                Optional.of(JsonPath.parse("$.data.sha256")));
        String body = "{\"data\": {\"image.name\": \"reg.example.com/a/b\", \"tags\": [\"x\", \"v2\"]}}";
        assertThat(NotificationReader.read(body.getBytes(StandardCharsets.UTF_8), Optional.of(paths))
                        .pushes())
                .extracting(Push::toString)
                .containsExactly("reg.example.com/a/b:v2");
        assertThatThrownBy(() -> NotificationReader.read("{}".getBytes(StandardCharsets.UTF_8), Optional.of(paths)))
                .isInstanceOf(BadNotificationException.class)
                .hasMessage("there is nothing at $.data['image.name'] in the body");
        String nested = "{\"data\": {\"image.name\": {\"a\": 1}, \"tags\": []}}";
        assertThatThrownBy(() -> NotificationReader.read(nested.getBytes(StandardCharsets.UTF_8), Optional.of(paths)))
                .hasMessage("at $.data['image.name'] is no text");
    }

    @Test
    public void aBodyOfNoKnownShapeIsRefusedWithAReason() {
        assertReason("{\"hello\": 1}", "of no registry known here");
        assertReason("[]", "no object");
        assertReason("\"x\"", "no object");
        assertReason("", "the body is empty");
        assertReason("payload=%7B%7D", "choose the content type application/json");
        assertReason("{\"a\": 1} {}", "no JSON");
        assertReason("{'a': 1}", "no JSON", "line 1 column 3");
        assertReason("{\"a\": ", "no JSON", "End of input");
        assertReason("[".repeat(100_000), "no JSON", "esting");
        assertThatThrownBy(() -> NotificationReader.read(new byte[] {'{', (byte) 0xff}, Optional.empty()))
                .hasMessage("the body is not UTF-8");
    }

    @Test
    public void aNameThatNoImageHasIsRefusedAndQuotedHarmlessly() {
        assertReason("{\"repository\": \"<script>alert(1)</script>\", \"tag\": \"v1\"}", "the repository '<script>");
        assertReason("{\"repository\": \"web/../x\", \"tag\": \"v1\"}", "the repository 'web/../x' is none");
        assertReason("{\"repository\": \"web\", \"tag\": \"v1; rm -rf /\"}", "the tag 'v1; rm -rf /' is none");
        assertReason("{\"repository\": \"web\", \"tag\": \"v1\", \"digest\": \"none\"}", "the digest 'none' is none");
        assertThatThrownBy(() -> readText(
                        "{\"repository\": \"web\\nFORGED \\u001b[31m" + "x".repeat(5000) + "\", \"tag\": \"v1\"}"))
                .satisfies(e -> assertThat(e.getMessage())
                        .contains("web?FORGED ?[31m")
                        .hasSizeLessThan(150)
                        .doesNotContain("\n"));
        assertThatThrownBy(() -> readText("{\"a\nb\": \"" + "x".repeat(5000)))
                .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(300).doesNotContain("\n"));
    }

    // What the tests share

    private static Notification read(String name) throws Exception {
        return readText(text(name));
    }

    private static Notification readText(String body) throws BadNotificationException {
        return NotificationReader.read(body.getBytes(StandardCharsets.UTF_8), Optional.empty());
    }

    private static void assertReason(String body, String... parts) {
        assertThatThrownBy(() -> readText(body))
                .isInstanceOf(BadNotificationException.class)
                .satisfies(e -> assertThat(e.getMessage()).contains(parts));
    }

    private static String text(String name) throws IOException {
        try (InputStream body = NotificationReaderTest.class.getResourceAsStream(name)) {
            return new String(body.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
