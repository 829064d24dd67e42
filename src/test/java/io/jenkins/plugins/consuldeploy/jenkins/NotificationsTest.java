package io.jenkins.plugins.consuldeploy.jenkins;

import static org.assertj.core.api.Assertions.assertThat;

import com.cloudbees.plugins.credentials.CredentialsScope;
import com.cloudbees.plugins.credentials.SystemCredentialsProvider;
import com.sun.net.httpserver.HttpServer;
import hudson.util.Secret;
import io.jenkins.plugins.consuldeploy.jenkins.channels.SlackChannel;
import io.jenkins.plugins.consuldeploy.jenkins.channels.WebhookChannel;
import io.jenkins.plugins.consuldeploy.notify.SignedWebhook;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jenkinsci.plugins.plaincredentials.impl.StringCredentialsImpl;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.After;
import org.junit.Before;
import org.junit.ClassRule;
import org.junit.Rule;
import org.junit.Test;
import org.jvnet.hudson.test.JenkinsRule;

public class NotificationsTest {

    private static final String SECRET_PATH = "/services/T000/very-secret-path";

    @ClassRule
    public static final JenkinsRule r = new JenkinsRule();

    @Rule
    public final Behind behind = new Behind(2);

    private final List<String> posts = new CopyOnWriteArrayList<>();
    private HttpServer server;
    private volatile int status = 200;

    @Before
    public void setUp() throws Exception {
        behind.configure();
        server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 10);
        server.createContext("/", exchange -> {
            posts.add(exchange.getRequestURI() + " "
                    + exchange.getRequestHeaders().getFirst(SignedWebhook.SIGNATURE_HEADER) + " "
                    + new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            exchange.sendResponseHeaders(status, -1);
            exchange.close();
        });
        server.start();
        String url = "http://127.0.0.1:" + server.getAddress().getPort() + SECRET_PATH;
        SystemCredentialsProvider.getInstance().getCredentials().clear();
        give("hook-url", url);
        give("hook-key", "the-shared-key");
        NotificationChannels.get()
                .setChannels(List.of(
                        new SlackChannel("deploys", "hook-url"),
                        new WebhookChannel("audit", "hook-url", "hook-key"),
                        new SlackChannel("gone", "no-such-id")));
    }

    @After
    public void stop() {
        server.stop(0);
    }

    @Test
    public void theChannelsThatAStepNamesAreToldWhatBecomesOfIt() throws Exception {
        WorkflowRun run = r.assertBuildStatusSuccess(r.waitForCompletion(behind.start(
                r, "rollingRelease(FLEET, DRAIN, version: 'v2', minHealthy: 0, notify: ['deploys', 'audit']) { }")));
        assertThat(posts).anySatisfy(post -> assertThat(post).contains(SECRET_PATH, "started", behind.app()));
        assertThat(posts).anySatisfy(post -> assertThat(post).contains("succeeded", "v2"));
        assertThat(posts).anySatisfy(post -> assertThat(post).contains("sha256="));
        assertThat(JenkinsRule.getLog(run)).doesNotContain("very-secret-path", "the-shared-key");
        assertThat(behind.newest().spec()).contains("deploys").doesNotContain("very-secret", "hook-url", "the-shared");
        assertThat(Files.readString(
                        r.jenkins.getRootDir().toPath().resolve(NotificationChannels.class.getName() + ".xml")))
                .doesNotContain("very-secret", "the-shared");
    }

    @Test
    public void whatCanNotBeDeliveredIsSaidAndFailsNothing() throws Exception {
        status = 404;
        WorkflowRun run = r.assertBuildStatusSuccess(r.waitForCompletion(
                behind.start(r, "rollingRelease(FLEET, DRAIN, minHealthy: 0, notify: ['deploys']) { }")));
        r.assertLogContains("warning: ", run);
        r.assertLogContains("HTTP 404", run);
    }

    @Test
    public void aChannelWithoutItsSecretIsSaidBeforeAnythingIsTouched() throws Exception {
        WorkflowRun run = r.assertBuildStatus(
                hudson.model.Result.FAILURE,
                r.waitForCompletion(behind.start(r, "rollingRelease(FLEET, DRAIN, notify: ['gone']) { }")));
        r.assertLogContains("URL 'no-such-id': there is no secret text of that ID", run);
        r.assertLogNotContains("draining", run);
    }

    private static void give(String id, String text) throws Exception {
        SystemCredentialsProvider.getInstance()
                .getCredentials()
                .add(new StringCredentialsImpl(CredentialsScope.SYSTEM, id, "", Secret.fromString(text)));
        SystemCredentialsProvider.getInstance().save();
    }
}
