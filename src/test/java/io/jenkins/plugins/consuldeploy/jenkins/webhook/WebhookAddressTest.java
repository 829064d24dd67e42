package io.jenkins.plugins.consuldeploy.jenkins.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import hudson.Launcher;
import hudson.model.AbstractBuild;
import hudson.model.BuildListener;
import hudson.model.Computer;
import hudson.model.FreeStyleBuild;
import hudson.model.FreeStyleProject;
import hudson.model.Item;
import hudson.model.ParametersAction;
import hudson.model.ParametersDefinitionProperty;
import hudson.model.StringParameterDefinition;
import hudson.util.Secret;
import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.ConsulProcess;
import io.jenkins.plugins.consuldeploy.consul.Holder;
import io.jenkins.plugins.consuldeploy.consul.KvEntry;
import io.jenkins.plugins.consuldeploy.consul.Lock;
import io.jenkins.plugins.consuldeploy.jenkins.ConsulServer;
import io.jenkins.plugins.consuldeploy.jenkins.ConsulServers;
import io.jenkins.plugins.consuldeploy.journal.ReleaseKeys;
import io.jenkins.plugins.consuldeploy.registry.BodySignature;
import io.jenkins.plugins.consuldeploy.registry.Push;
import io.jenkins.plugins.consuldeploy.rolling.SharedKey;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import jenkins.model.Jenkins;
import org.junit.Before;
import org.junit.ClassRule;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TestName;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.LoggerRule;
import org.jvnet.hudson.test.MockAuthorizationStrategy;
import org.jvnet.hudson.test.TestBuilder;

public class WebhookAddressTest {

    private static final String DIGEST = "sha256:" + "a".repeat(64);

    @ClassRule
    public static final JenkinsRule r = new JenkinsRule();

    @Rule
    public final TestName test = new TestName();

    @Rule
    public final LoggerRule log = new LoggerRule();

    private final Sender registry = new Sender(r);
    private FreeStyleProject job;
    private RuleId rule;

    @Before
    public void aJobThatDeployMayBuildAndStrangerMaySee() throws Exception {
        job = r.createFreeStyleProject("deploy-" + test.getMethodName());
        job.setQuietPeriod(0);
        job.addProperty(new ParametersDefinitionProperty(
                new StringParameterDefinition("IMAGE", "none"),
                new StringParameterDefinition("TAG", "none"),
                new StringParameterDefinition("DIGEST", "none"),
                new StringParameterDefinition("REGION", "eu")));
        r.jenkins.setSecurityRealm(r.createDummySecurityRealm());
        r.jenkins.setAuthorizationStrategy(new MockAuthorizationStrategy()
                .grant(Jenkins.ADMINISTER)
                .everywhere()
                .to("admin")
                .grant(Jenkins.READ, Item.READ)
                .everywhere()
                .to("deploy", "stranger")
                .grant(Item.BUILD, Computer.BUILD)
                .everywhere()
                .to("deploy"));
        rule = RuleId.global("images");
    }

    @Test
    public void everyRegistryStartsTheJobWithItsImage() throws Exception {
        webhook("**", "release-7", new StartJob(job.getFullName(), "deploy"));
        for (String name :
                List.of("docker-hub", "distribution", "gitlab", "github-package", "harbor", "harbor-cloudevents")) {
            registry.delivered(rule, Sender.body(name));
        }
        r.waitUntilNoActivity();
        assertThat(builds())
                .extracting(build -> parameter(build, "IMAGE") + ":" + parameter(build, "TAG"))
                .containsExactlyInAnyOrder(
                        "acme/web:release-7",
                        "registry.example.com:5000/acme/web:release-7",
                        "registry.gitlab.example.com/group/project/web:release-7",
                        "ghcr.io/acme/web:release-7",
                        "harbor.example.com/shop/web:release-7");
        assertThat(Sender.latest().getOutcome()).isEqualTo("repeated");
    }

    @Test
    public void theBuildKnowsWhichWebhookAndRunsAsItsUser() throws Exception {
        List<String> ranAs = new ArrayList<>();
        job.getBuildersList().add(new TestBuilder() {
            @Override
            public boolean perform(AbstractBuild<?, ?> build, Launcher launcher, BuildListener listener) {
                ranAs.add(Jenkins.getAuthentication2().getName());
                return true;
            }
        });
        webhook("acme/*", "release-*", new StartJob(job.getFullName(), "deploy"));
        assertThat(registry.delivered(rule, Sender.plain("acme/web", "release-1", "a")))
                .isEqualTo("acme/web:release-1: started");
        r.waitUntilNoActivity();
        FreeStyleBuild build = r.assertBuildStatusSuccess(job.getLastBuild());
        assertThat(ranAs).containsExactly("deploy");
        assertThat(build.getCause(WebhookCause.class).getShortDescription())
                .isEqualTo("Started by the webhook images: a script got acme/web:release-1 (" + DIGEST + ")");
        assertThat(parameter(build, "DIGEST")).isEqualTo(DIGEST);
        assertThat(parameter(build, "REGION")).isEqualTo("eu");
        Delivery delivery = Sender.latest();
        assertThat(delivery.getOutcome()).isEqualTo("started");
        assertThat(delivery.getDetail()).isEqualTo(job.getFullName() + " as deploy");
    }

    @Test
    public void aJobGetsOnlyTheParametersThatItDefines() throws Exception {
        job.removeProperty(ParametersDefinitionProperty.class);
        job.addProperty(new ParametersDefinitionProperty(new StringParameterDefinition("TAG", "none")));
        webhook("**", "", new StartJob(job.getFullName(), "deploy"));
        registry.delivered(rule, Sender.plain("acme/only-tag", "v1", "a"));
        r.waitUntilNoActivity();
        assertThat(job.getLastBuild().getAction(ParametersAction.class).getParameters())
                .extracting(parameter -> parameter.getName() + "=" + parameter.getValue())
                .containsExactly("TAG=v1");
        job.removeProperty(ParametersDefinitionProperty.class);
        registry.delivered(rule, Sender.plain("acme/only-tag", "v2", "a"));
        r.waitUntilNoActivity();
        assertThat(builds()).hasSize(2);
    }

    @Test
    public void aRepeatedDeliveryStartsNothing() throws Exception {
        webhook("**", "", new StartJob(job.getFullName(), "deploy"));
        String body = Sender.plain("acme/repeated", "v1", "a");
        assertThat(registry.delivered(rule, body)).endsWith(": started");
        assertThat(registry.delivered(rule, body)).endsWith(": repeated");
        assertThat(registry.delivered(rule, body.replace("{", "{ "))).endsWith(": repeated");
        assertThat(registry.delivered(rule, Sender.plain("acme/repeated", "v2", "a")))
                .endsWith(": started");
        assertThat(registry.delivered(rule, Sender.plain("acme/repeated", "v1", "b")))
                .endsWith(": started");
        r.waitUntilNoActivity();
        assertThat(builds()).hasSize(3);
    }

    @Test
    public void withoutADigestTheTimeOfThePushOrElseTheWholeBodyTellsPushesApart() throws Exception {
        webhook("**", "", new StartJob(job.getFullName(), "deploy"));
        String hub = Sender.body("docker-hub").replace("acme/web", "acme/hub");
        assertThat(registry.delivered(rule, hub)).endsWith(": started");
        assertThat(registry.delivered(rule, hub.replace("\"star_count\": 0", "\"star_count\": 1")))
                .endsWith(": repeated");
        assertThat(registry.delivered(rule, hub.replace("1417566161", "1417566162")))
                .endsWith(": started");
        String plain = "{\"repository\": \"acme/plain\", \"tag\": \"v1\"}";
        assertThat(registry.delivered(rule, plain)).endsWith(": started");
        assertThat(registry.delivered(rule, plain)).endsWith(": repeated");
        assertThat(registry.delivered(rule, plain.replace("}", ", \"at\": 2}"))).endsWith(": started");
    }

    @Test
    public void otherRepositoriesAndTagsStartNothing() throws Exception {
        webhook("ghcr.io/acme/*", "release-*", new StartJob(job.getFullName(), "deploy"));
        assertThat(registry.delivered(rule, Sender.plain("ghcr.io/acme/web", "latest", "a")))
                .endsWith(": no match");
        assertThat(registry.delivered(rule, Sender.plain("acme/web", "release-1", "a")))
                .endsWith(": no match");
        assertThat(registry.delivered(rule, Sender.plain("ghcr.io/acme/web", "release-no-match", "a")))
                .endsWith(": started");
        assertThat(registry.delivered(rule, "{\"zen\": \"x\", \"hook_id\": 1}"))
                .isEqualTo("no tag was pushed: nothing to do");
    }

    @Test
    public void aUserWhoMayNotBuildTheJobStartsNothing() throws Exception {
        webhook("**", "", new StartJob(job.getFullName(), "stranger"));
        String body = Sender.plain("acme/refused", "v1", "a");
        assertThat(registry.delivered(rule, body)).isEqualTo("acme/refused:v1: refused");
        assertThat(Sender.latest().getDetail()).isEqualTo("stranger lacks Job/Build on " + job.getFullName());
        webhook("**", "", new StartJob(job.getFullName(), "blind"));
        registry.delivered(rule, body);
        assertThat(Sender.latest().getDetail()).startsWith("there is no job '" + job.getFullName() + "' that blind");
        webhook("**", "", new StartJob(job.getFullName(), "SYSTEM"));
        registry.delivered(rule, body);
        assertThat(Sender.latest().getDetail()).isEqualTo("there is no user 'SYSTEM' who could log in");
        r.waitUntilNoActivity();
        assertThat(builds()).isEmpty();
        webhook("**", "", new StartJob(job.getFullName(), "deploy"));
        assertThat(registry.delivered(rule, body))
                .as("what was refused may come again")
                .endsWith(": started");
    }

    @Test
    public void aDisabledJobIsNotStarted() throws Exception {
        job.disable();
        webhook("**", "", new StartJob(job.getFullName(), "deploy"));
        assertThat(registry.delivered(rule, Sender.plain("acme/disabled", "v1", "a")))
                .endsWith(": refused");
        assertThat(Sender.latest().getDetail()).contains("is disabled");
    }

    @Test
    public void anythingButThePostToASecretIsNoPage() throws Exception {
        webhook("**", "", new StartJob(job.getFullName(), "deploy"));
        String right = WebhookAddress.of(rule);
        String body = Sender.plain("acme/web", "v1", "a");
        String wrong = right.substring(0, right.length() - 1) + (right.endsWith("A") ? "B" : "A");
        HttpResponse<String> noPage = registry.send("POST", wrong, body);
        assertThat(noPage.statusCode()).isEqualTo(404);
        int before = Deliveries.get().recent().size();
        for (String path : List.of(wrong, "consul-deploy/webhook/" + "x".repeat(22))) {
            HttpResponse<String> answer = registry.send("POST", path, body);
            assertThat(answer.statusCode()).as(path).isEqualTo(404);
            assertThat(neutral(answer)).as(path).isEqualTo(neutral(noPage));
        }
        for (String path : List.of(right, wrong, "consul-deploy/", "consul-deploy/webhook/", "consul-deploy/x")) {
            HttpResponse<String> answer = registry.send("GET", path, "");
            assertThat(answer.statusCode()).as(path).isEqualTo(404);
            assertThat(neutral(answer)).as(path).isEqualTo(neutral(noPage));
        }
        assertThat(registry.send("PUT", right, body).statusCode()).isIn(403, 404, 405);
        assertThat(registry.send("POST", right + "/more", body).statusCode()).isIn(403, 404);
        assertThat(Deliveries.get().recent()).hasSize(before);
    }

    @Test
    public void aSignatureIsAskedForWhereTheRuleHasASecretForIt() throws Exception {
        GlobalWebhook signed = new GlobalWebhook("images", "**", new StartJob(job.getFullName(), "deploy"));
        signed.setSigningSecret(Secret.fromString("It's a Secret to Everybody"));
        Webhooks.get().setWebhooks(List.of(signed));
        String body = Sender.plain("acme/signed", "v1", "a");
        String signature = BodySignature.of("It's a Secret to Everybody", body.getBytes(StandardCharsets.UTF_8));
        HttpResponse<String> unsigned = registry.post(rule, body);
        assertThat(unsigned.statusCode()).isEqualTo(403);
        assertThat(unsigned.body()).contains("X-Hub-Signature-256 is missing or wrong");
        assertThat(registry.post(rule, body + " ", "X-Hub-Signature-256", signature)
                        .statusCode())
                .isEqualTo(403);
        assertThat(registry.delivered(rule, body, "X-Hub-Signature-256", signature))
                .endsWith(": started");
        signed.setSignatureHeader("X-Our-Signature");
        assertThat(registry.delivered(rule, body, "X-Our-Signature", signature.substring(7)))
                .endsWith(": repeated");
    }

    @Test
    public void aLongBodyIsTurnedAwayUnread() throws Exception {
        webhook("**", "", new StartJob(job.getFullName(), "deploy"));
        String body = Sender.plain("acme/long", "v1", "a");
        String padded = body + " ".repeat(Reception.MAX_BODY - body.length());
        assertThat(registry.delivered(rule, padded)).endsWith(": started");
        HttpResponse<String> told = registry.post(rule, padded + " ");
        assertThat(told.statusCode()).isEqualTo(413);
        assertThat(told.body()).contains("more than 1048576 bytes");
        byte[] untold = new byte[Reception.MAX_BODY + 1];
        Arrays.fill(untold, (byte) ' ');
        assertThat(registry.stream(rule, untold).statusCode()).isEqualTo(413);
        assertThat(Sender.latest().getOutcome()).isEqualTo("rejected");
    }

    @Test
    public void aBadBodyIsAnsweredWithTheReasonAndForgesNoLine() throws Exception {
        log.record(Reception.class.getName(), java.util.logging.Level.INFO).capture(20);
        webhook("**", "", new StartJob(job.getFullName(), "deploy"));
        HttpResponse<String> noJson = registry.post(rule, "{\"repository\": ");
        assertThat(noJson.statusCode()).isEqualTo(400);
        assertThat(noJson.body()).contains("the body is no JSON");
        assertThat(registry.post(rule, "{\"hello\": 1}").body()).contains("of no registry known here");
        String forged = "x\\nINFO forged " + "y".repeat(10_000);
        assertThat(registry.post(rule, "{\"repository\": \"" + forged + "\", \"tag\": \"v1\"}")
                        .statusCode())
                .isEqualTo(400);
        assertThat(Sender.latest().getDetail())
                .startsWith("the repository 'x?INFO forged yyy")
                .hasSizeLessThan(200);
        assertThat(log.getMessages())
                .isNotEmpty()
                .allSatisfy(line -> assertThat(line).doesNotContain("\n").hasSizeLessThan(700));
    }

    @Test
    public void whatGoesWrongIsLoggedWithoutTheAddress() throws Exception {
        log.record("", java.util.logging.Level.INFO).capture(100);
        webhook("**", "", new Broken());
        assertThat(registry.post(rule, Sender.plain("acme/broken", "v1", "a")).statusCode())
                .isEqualTo(500);
        assertThat(log.getRecords())
                .anySatisfy(line -> assertThat(line.getThrown()).hasStackTraceContaining("it is broken"));
        assertThat(log.getMessages()).allSatisfy(line -> assertThat(line)
                .doesNotContain(WebhookSecrets.get().of(rule)));
    }

    @Test
    public void pathsReadABodyOfAnotherShape() throws Exception {
        GlobalWebhook azure = new GlobalWebhook("images", "hello-world", new StartJob(job.getFullName(), "deploy"));
        azure.setRepositoryPath("$.target.repository");
        azure.setTagPath("$.target.tag");
        azure.setDigestPath("$.target.digest");
        Webhooks.get().setWebhooks(List.of(azure));
        String body =
                "{\"id\": \"cb8c3971\", \"action\": \"push\", \"target\": {\"repository\": \"hello-world\", \"tag\":"
                        + " \"paths\", \"digest\": \"" + DIGEST + "\"}}";
        assertThat(registry.delivered(rule, body)).isEqualTo("hello-world:paths: started");
        assertThat(registry.post(rule, "{\"action\": \"push\"}").body())
                .contains("there is nothing at $.target.repository");
    }

    @Test
    public void aKeyInConsulIsSet() throws Exception {
        ConsulProcess process = ConsulProcess.shared();
        ConsulServers.get().setServers(List.of(new ConsulServer("main", process.address())));
        String key = ConsulProcess.uniquePrefix("webhook") + "/IMAGE_TAG";
        webhook("acme/key", "release-*", new SetKey(key));
        try (Consul consul = process.client()) {
            assertThat(registry.delivered(rule, Sender.plain("acme/key", "release-1", "a")))
                    .endsWith(": set");
            assertThat(Sender.latest().getDetail()).isEqualTo(key + " is release-1, was not there");
            assertThat(registry.delivered(rule, Sender.plain("acme/key", "release-2", "b")))
                    .endsWith(": set");
            assertThat(Sender.latest().getDetail()).isEqualTo(key + " is release-2, was release-1");
            assertThat(registry.delivered(rule, Sender.plain("acme/key", "release-1", "a")))
                    .endsWith(": repeated");
            assertThat(registry.delivered(rule, Sender.plain("acme/key", "release-2", "c")))
                    .endsWith(": unchanged");
            assertThat(value(consul, key)).hasValue("release-2");
            assertThat(new SharedKey(consul, ReleaseKeys.DEFAULT_ROOT, key).previous())
                    .as("the way back")
                    .hasValue("release-1");
            String own = SharedKey.ofNode(key, "n1");
            consul.kv().put(own, "release-1");
            registry.delivered(rule, Sender.plain("acme/key", "release-2", "d"));
            assertThat(Sender.latest().getDetail()).endsWith("don't follow it: " + own);
            consul.kv().delete(own);
            SetKey byDigest = new SetKey(key);
            byDigest.setValue("${IMAGE}@${DIGEST}");
            byDigest.setConsul("main");
            webhook("acme/key", "release-*", byDigest);
            registry.delivered(rule, Sender.plain("reg.example.com/acme/key", "release-3", "d"));
            assertThat(value(consul, key)).hasValue("reg.example.com/acme/key@sha256:" + "d".repeat(64));
            consul.kv().delete(key);
        }
    }

    @Test
    public void aKeyThatSomebodyBringsToItsNodesIsSetWhenThatIsOver() throws Exception {
        ConsulProcess process = ConsulProcess.shared();
        ConsulServers.get().setServers(List.of(new ConsulServer("main", process.address())));
        String key = ConsulProcess.uniquePrefix("webhook") + "/IMAGE_TAG";
        webhook("**", "", new SetKey(key));
        String body = Sender.plain("acme/rolled", "v1", "a");
        try (Consul consul = process.client()) {
            Holder alice =
                    new Holder("alice", "by hand", "release x", consul.time().now());
            String lock = new ReleaseKeys(ReleaseKeys.DEFAULT_ROOT).lock("key " + key);
            try (Lock roll = Lock.acquire(consul, lock, alice, Duration.ofSeconds(10), Duration.ZERO)) {
                assertThat(roll.isHeld()).isTrue();
                assertThat(registry.post(rule, body).statusCode()).isEqualTo(503);
                assertThat(Sender.latest().getDetail()).contains("locked by alice");
                assertThat(value(consul, key)).isEmpty();
            }
            assertThat(registry.delivered(rule, body)).endsWith(": set");
            assertThat(value(consul, key)).hasValue("v1");
        }
    }

    @Test
    public void aConsulThatIsNotThereIsTriedAgainByTheRegistry() throws Exception {
        ConsulServers.get().setServers(List.of(new ConsulServer("gone", "127.0.0.1:1")));
        webhook("**", "", new SetKey("configs/app/IMAGE_TAG"));
        String body = Sender.plain("acme/later", "v1", "a");
        assertThat(registry.post(rule, body).statusCode()).isEqualTo(503);
        assertThat(Sender.latest().getDetail()).contains("no answer from Consul at http://127.0.0.1:1");
        assertThat(registry.post(rule, body).body()).endsWith(": failed\n");
        webhook("**", "", new SetKey("consul-deploy/deploy/x/lock"));
        assertThat(registry.delivered(rule, body)).endsWith(": refused");
        assertThat(Sender.latest().getDetail()).contains("our own keys");
    }

    // What the tests share

    /** An action with a fault. */
    public static final class Broken extends WebhookAction {

        @Override
        Outcome carryOut(WebhookCause cause, Push push) {
            throw new IllegalStateException("it is broken");
        }

        @Override
        void check() {}
    }

    private static void webhook(String repository, String tag, WebhookAction action) {
        GlobalWebhook webhook = new GlobalWebhook("images", repository, action);
        webhook.setTag(tag);
        Webhooks.get().setWebhooks(List.of(webhook));
    }

    private List<FreeStyleBuild> builds() {
        return new ArrayList<>(job.getBuilds());
    }

    private static Object parameter(FreeStyleBuild build, String name) {
        return build.getAction(ParametersAction.class).getParameter(name).getValue();
    }

    private static Optional<String> value(Consul consul, String key) {
        return consul.kv().get(key).map(KvEntry::value);
    }

    /** Without what differs from one request to the next for every page of Jenkins. */
    private static String neutral(HttpResponse<String> answer) {
        return answer.body()
                .replaceAll("data-crumb-value=\"[0-9a-f]+\"", "")
                .replaceAll("consul-deploy/[A-Za-z0-9/_-]*", "")
                .replaceAll("consul-deploy%2F[A-Za-z0-9%_-]*", "")
                .replaceAll("[0-9a-f]{8,}", "");
    }
}
