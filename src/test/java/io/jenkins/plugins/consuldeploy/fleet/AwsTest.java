package io.jenkins.plugins.consuldeploy.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.consuldeploy.consul.BasicAuth;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

public class AwsTest {

    private static final AwsConfig.Role ROLE =
            new AwsConfig.Role("arn:aws:iam::123456789012:role/deployer", Optional.of("the external id"), "build-7");

    @Rule
    public final TemporaryFolder files = new TemporaryFolder();

    private MotoServer moto;

    @Before
    public void start() {
        moto = MotoServer.fresh();
    }

    @Test
    public void throttlingIsRiddenOut() throws Exception {
        throttle("DescribeInstances", 2);

        assertThat(find(moto.config())).isEmpty();

        assertThat(moto.gateway().calls("DescribeInstances")).hasSize(3);
    }

    @Test
    public void adaptiveRetriesRideThrottlingOutToo() throws Exception {
        throttle("DescribeInstances", 2);

        assertThat(find(moto.config().withRetries(new AwsConfig.Retries(AwsConfig.Retries.Mode.ADAPTIVE, 8))))
                .isEmpty();

        assertThat(moto.gateway().calls("DescribeInstances")).hasSize(3);
    }

    @Test
    public void throttlingThatDoesNotEndIsAnErrorThatSaysSo() {
        throttle("DescribeInstances", 10);

        assertThatThrownBy(() ->
                        find(moto.config().withRetries(new AwsConfig.Retries(AwsConfig.Retries.Mode.STANDARD, 2))))
                .isInstanceOf(AwsException.class)
                .hasMessage("could not find the running EC2 instances with stack=web: AWS says RequestLimitExceeded:"
                        + " Request limit exceeded. (HTTP 503, request req-1234). Throttled through 2 attempts: find out"
                        + " what else calls this account so much, or give it more attempts");
    }

    @Test
    public void anErrorOfItsOwnIsTriedAgainAndThenSaid() {
        for (int attempt = 0; attempt < 2; attempt++) {
            moto.gateway().answerOnce("DescribeInstances", AwsGateway.Answer.ec2Error(500, "InternalError", "Oops"));
        }

        assertThatThrownBy(() ->
                        find(moto.config().withRetries(new AwsConfig.Retries(AwsConfig.Retries.Mode.STANDARD, 2))))
                .isInstanceOf(AwsException.class)
                .hasMessageContaining("InternalError: Oops. (HTTP 500")
                .hasMessageContaining("AWS itself failed, in each of 2 attempts");
    }

    @Test
    public void aRefusalNamesThePermissionAndLeavesOutWhatNobodyReads() {
        moto.gateway()
                .answerOnce(
                        "DescribeInstances",
                        AwsGateway.Answer.ec2Error(
                                403,
                                "UnauthorizedOperation",
                                "You are not authorized to perform this operation. Encoded authorization failure message: "
                                        + "x".repeat(1000)));

        assertThatThrownBy(() -> find(moto.config()))
                .isInstanceOf(AwsException.class)
                .hasMessage("could not find the running EC2 instances with stack=web: AWS says UnauthorizedOperation:"
                        + " You are not authorized to perform this operation. (HTTP 403, request req-1234). Allow it the"
                        + " IAM action ec2:DescribeInstances; docs/aws.md has the whole policy")
                .satisfies(
                        failure -> assertThat(((AwsException) failure).code()).contains("UnauthorizedOperation"));
    }

    @Test
    public void aRoleIsAssumedWithItsExternalIdAndSessionName() throws Exception {
        assertThat(find(moto.config().withRole(ROLE))).isEmpty();

        AwsGateway.Call assume = moto.gateway().calls("AssumeRole").get(0);
        assertThat(assume.accessKey()).isEqualTo("AKIATEST");
        assertThat(assume.parameters())
                .containsEntry("RoleArn", ROLE.arn())
                .containsEntry("RoleSessionName", "build-7")
                .containsEntry("ExternalId", "the external id");
        AwsGateway.Call describe = moto.gateway().calls("DescribeInstances").get(0);
        assertThat(describe.accessKey()).startsWith("ASIA");
        assertThat(describe.headers()).containsKey("x-amz-security-token");
    }

    @Test
    public void aRoleThatMayNotBeAssumedIsAnErrorAboutThat() {
        moto.gateway()
                .handle(
                        "AssumeRole",
                        call -> Optional.of(AwsGateway.Answer.error(
                                403, "AccessDenied", "User: arn:aws:iam::1:user/x is not authorized")));

        assertThatThrownBy(() -> find(moto.config().withRole(ROLE)))
                .isInstanceOf(AwsException.class)
                .hasMessageContaining("is not authorized")
                .hasMessageContaining("Allow it the IAM action sts:AssumeRole");
    }

    @Test
    public void aRoleIsCheckedBeforeAnythingIsAsked() {
        assertThatThrownBy(() -> AwsConfig.Role.of("deployer"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'deployer'")
                .hasMessageContaining("arn:aws:iam::123456789012:role/deployer");
        assertThatThrownBy(() -> new AwsConfig.Role(ROLE.arn(), Optional.empty(), "build #7"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'build #7'");
    }

    @Test
    public void aProfileGivesRegionAndKeys() throws Exception {
        Path config = files.newFile("config").toPath();
        Files.writeString(
                config,
                "[profile deploy]\nregion = eu-west-3\naws_access_key_id = AKIAPROFILE\naws_secret_access_key = s\n");
        String before = System.getProperty("aws.configFile");
        System.setProperty("aws.configFile", config.toString());
        try {
            find(AwsConfig.fromEnvironment().withEndpoint(moto.endpoint()).withProfile("deploy"));
        } finally {
            if (before == null) {
                System.clearProperty("aws.configFile");
            } else {
                System.setProperty("aws.configFile", before);
            }
        }

        AwsGateway.Call call = moto.gateway().calls("DescribeInstances").get(0);
        assertThat(call.accessKey()).isEqualTo("AKIAPROFILE");
        assertThat(call.region()).isEqualTo("eu-west-3");
    }

    @Test
    public void aMissingProfileIsAnErrorThatNamesIt() {
        assertThatThrownBy(() -> find(AwsConfig.fromEnvironment()
                        .withRegion("eu-west-1")
                        .withEndpoint(moto.endpoint())
                        .withProfile("no-such-profile")))
                .isInstanceOf(AwsException.class)
                .hasMessageContaining("no-such-profile")
                .hasMessageContaining("docs/aws.md says where they are looked for");
    }

    @Test
    public void anEndpointThatDoesNotAnswerIsAnErrorThatNamesIt() {
        assertThatThrownBy(() -> find(moto.config()
                        .withEndpoint(URI.create("http://127.0.0.1:1"))
                        .withRetries(new AwsConfig.Retries(AwsConfig.Retries.Mode.STANDARD, 2))))
                .isInstanceOf(AwsException.class)
                .hasMessageContaining("could not find the running EC2 instances with stack=web (http://127.0.0.1:1)")
                .hasMessageContaining("Check the region, the endpoint and the proxy")
                .satisfies(
                        failure -> assertThat(((AwsException) failure).code()).isEmpty());
    }

    @Test
    public void aProxyIsGoneThrough() throws Exception {
        AwsConfig.Proxy proxy =
                new AwsConfig.Proxy(moto.endpoint(), Optional.of(new BasicAuth("me", "pass")), Set.of("10.*"));

        assertThat(find(moto.config()
                        .withEndpoint(URI.create("http://ec2.cloud.invalid"))
                        .withProxy(proxy)))
                .isEmpty();

        assertThat(moto.gateway().calls("DescribeInstances").get(0).headers())
                .containsEntry("host", "ec2.cloud.invalid")
                .containsKey("proxy-authorization");
        assertThat(moto.config().withProxy(proxy).toString())
                .doesNotContain("pass)")
                .contains("(password)");
    }

    @Test
    public void anInterruptionEndsTheWaitForTheNextAttempt() throws Exception {
        throttle("DescribeInstances", 100);
        CompletableFuture<Throwable> failure = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            try {
                find(moto.config().withRetries(new AwsConfig.Retries(AwsConfig.Retries.Mode.STANDARD, 100)));
                failure.complete(null);
            } catch (Throwable e) {
                failure.complete(e);
            }
        });
        thread.start();
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .until(() -> !moto.gateway().calls("DescribeInstances").isEmpty());
        thread.interrupt();

        assertThat(failure.get(30, TimeUnit.SECONDS)).isInstanceOf(InterruptedException.class);
    }

    private void throttle(String action, int times) {
        for (int time = 0; time < times; time++) {
            moto.gateway()
                    .answerOnce(
                            action, AwsGateway.Answer.ec2Error(503, "RequestLimitExceeded", "Request limit exceeded."));
        }
    }

    private static List<Host> find(AwsConfig config) throws InterruptedException {
        try (Aws aws = new Aws(config)) {
            return new Ec2Tags(aws, Map.of("stack", List.of("web")), HostAddress.PRIVATE).find();
        }
    }
}
