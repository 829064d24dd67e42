package io.jenkins.plugins.consuldeploy.traffic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.consuldeploy.fleet.Aws;
import io.jenkins.plugins.consuldeploy.fleet.AwsException;
import io.jenkins.plugins.consuldeploy.fleet.AwsFleet;
import io.jenkins.plugins.consuldeploy.fleet.AwsGateway.Answer;
import io.jenkins.plugins.consuldeploy.fleet.FleetException;
import io.jenkins.plugins.consuldeploy.fleet.MotoServer;
import io.jenkins.plugins.consuldeploy.time.TimeSource;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.Action;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.ActionTypeEnum;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.RuleCondition;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetGroupTuple;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetTypeEnum;

/** An application load balancer of moto's, with a listener and a rule. */
public class AlbListenerSwitchTest {

    private static final Duration SOON = Duration.ofSeconds(20);
    private static final Duration NOW = Duration.ofMillis(1);

    private final MotoServer moto = MotoServer.fresh();
    private final Aws aws = moto.aws();
    private AwsFleet fleet;
    private String blue;
    private String green;
    private String other;
    private String listener;
    private String rule;
    private AlbListenerSwitch traffic;

    @Before
    public void makeALoadBalancer() {
        fleet = new AwsFleet(aws, moto.region());
        blue = fleet.targetGroup(
                "shop-blue", TargetTypeEnum.INSTANCE, 8080, fleet.instances(1, "a", Map.of("color", "blue")));
        green = fleet.targetGroup(
                "shop-green", TargetTypeEnum.INSTANCE, 8080, fleet.instances(2, "b", Map.of("color", "green")));
        other = fleet.targetGroup("other", TargetTypeEnum.INSTANCE, 8080, List.of());
        listener = fleet.listener("web", blue);
        rule = aws.elbV2()
                .createRule(request -> request.listenerArn(listener)
                        .priority(10)
                        .conditions(RuleCondition.builder()
                                .field("path-pattern")
                                .pathPatternConfig(path -> path.values("/shop/*"))
                                .build())
                        .actions(Action.builder()
                                .type(ActionTypeEnum.FORWARD)
                                .order(1)
                                .forwardConfig(config -> config.targetGroups(tuple(blue, 100), tuple(green, 0))
                                        .targetGroupStickinessConfig(
                                                sticky -> sticky.enabled(true).durationSeconds(60)))
                                .build()))
                .rules()
                .get(0)
                .ruleArn();
        traffic = on(listener);
    }

    @After
    public void close() {
        aws.close();
    }

    @Test
    public void aListenersTrafficMovesInPartsAndBack() throws Exception {
        assertThat(traffic.read().agreed()).contains(Shares.all(Color.BLUE));
        assertThat(traffic.prepare(Color.GREEN, SOON)).isEmpty();
        assertThat(traffic.read().agreed()).contains(Shares.all(Color.BLUE));

        for (int percent : List.of(10, 50, 100, 0)) {
            traffic.move(Shares.giving(Color.GREEN, percent), SOON);
            assertThat(traffic.read().agreed()).contains(Shares.giving(Color.GREEN, percent));
            int calls = moto.gateway().calls("ModifyListener").size();
            traffic.move(Shares.giving(Color.GREEN, percent), SOON);
            assertThat(moto.gateway().calls("ModifyListener")).hasSize(calls);
        }
        assertThat(fleet.groupsOf(listener)).containsExactly(tuple(blue, 100), tuple(green, 0));
    }

    @Test
    public void aGroupThatTheLoadBalancerDoesNotUseYetIsPutThereToBeChecked() throws Exception {
        assertThat(traffic.prepare(Color.GREEN, SOON)).isEmpty();
        assertThat(fleet.groupsOf(listener)).containsExactly(tuple(blue, 1), tuple(green, 0));
        traffic.prepare(Color.GREEN, SOON);
        assertThat(moto.gateway().calls("ModifyListener")).hasSize(1);
    }

    @Test
    public void aRuleKeepsItsStickinessAndItsOtherActions() throws Exception {
        on(rule).move(Shares.giving(Color.GREEN, 25), SOON);

        Action forward = aws.elbV2()
                .describeRules(request -> request.ruleArns(rule))
                .rules()
                .get(0)
                .actions()
                .get(0);
        assertThat(forward.forwardConfig().targetGroupStickinessConfig().durationSeconds())
                .isEqualTo(60);
        assertThat(forward.order()).isEqualTo(1);
        assertThat(on(rule).read().agreed()).contains(new Shares(75, 25));
        assertThat(traffic.read().agreed()).contains(Shares.all(Color.BLUE));
    }

    @Test
    public void aSecretThatAwsDoesNotTellIsKept() throws Exception {
        moto.gateway().answerOnce("DescribeListeners", Answer.ok("DescribeListeners", """
                        <Listeners><member><ListenerArn>%1$s</ListenerArn><DefaultActions>
                        <member><Type>authenticate-oidc</Type><Order>1</Order><AuthenticateOidcConfig>
                        <Issuer>https://id.example</Issuer><ClientId>shop</ClientId>
                        <AuthorizationEndpoint>https://id.example/a</AuthorizationEndpoint>
                        <TokenEndpoint>https://id.example/t</TokenEndpoint>
                        <UserInfoEndpoint>https://id.example/u</UserInfoEndpoint>
                        </AuthenticateOidcConfig></member>
                        <member><Type>forward</Type><Order>2</Order><TargetGroupArn>%2$s</TargetGroupArn></member>
                        </DefaultActions></member></Listeners>""".formatted(listener, blue)));
        moto.gateway().answerOnce("ModifyListener", Answer.error(400, "Stop", "it was seen"));
        moto.gateway().answerOnce("ModifyListener", Answer.error(400, "Stop", "it was seen"));

        assertThatThrownBy(() -> traffic.move(Shares.all(Color.GREEN), SOON)).isInstanceOf(FleetException.class);

        Map<String, String> sent = moto.gateway().calls("ModifyListener").get(0).parameters();
        assertThat(sent)
                .containsEntry("DefaultActions.member.1.Type", "authenticate-oidc")
                .containsEntry("DefaultActions.member.1.AuthenticateOidcConfig.UseExistingClientSecret", "true")
                .containsEntry("DefaultActions.member.1.AuthenticateOidcConfig.Issuer", "https://id.example")
                .containsEntry("DefaultActions.member.2.Order", "2")
                .doesNotContainKey("DefaultActions.member.2.TargetGroupArn");
    }

    @Test
    public void groupsOfWhichNoneHasAWeightAreNoColorAndSoTheyAreAgainWhenTheFirstMoveEverIsRefused() throws Exception {
        for (String arn : List.of(listener, rule)) {
            Action none = Action.builder()
                    .type(ActionTypeEnum.FORWARD)
                    .order(1)
                    .forwardConfig(config -> config.targetGroups(tuple(blue, 0), tuple(green, 0)))
                    .build();
            if (arn.equals(rule)) {
                aws.elbV2().modifyRule(request -> request.ruleArn(arn).actions(none));
            } else {
                aws.elbV2().modifyListener(request -> request.listenerArn(arn).defaultActions(none));
            }
        }
        AlbListenerSwitch both = on(listener, rule);
        assertThat(both.read().agreed()).contains(Shares.NONE);
        moto.gateway().answerOnce("ModifyRule", Answer.error(403, "AccessDenied", "no"));

        assertThatThrownBy(() -> both.move(Shares.all(Color.BLUE), SOON))
                .hasMessageContaining("All are as they were before");
        assertThat(both.read().agreed()).contains(Shares.NONE);

        both.move(Shares.all(Color.BLUE), SOON);
        assertThat(both.read().agreed()).contains(Shares.all(Color.BLUE));
    }

    @Test
    public void groupsWithoutAnyWeightAreNoColorAndAreSoAgainWhenTheFirstMoveEverIsRefused() throws Exception {
        Action none = Action.builder()
                .type(ActionTypeEnum.FORWARD)
                .order(1)
                .forwardConfig(config -> config.targetGroups(tuple(blue, 0), tuple(green, 0)))
                .build();
        aws.elbV2().modifyListener(request -> request.listenerArn(listener).defaultActions(none));
        aws.elbV2().modifyRule(request -> request.ruleArn(rule).actions(none));
        AlbListenerSwitch both = on(listener, rule);
        assertThat(both.read().agreed()).contains(Shares.NONE);
        moto.gateway().answerOnce("ModifyRule", Answer.error(403, "AccessDenied", "no"));

        assertThatThrownBy(() -> both.move(Shares.all(Color.BLUE), SOON))
                .hasMessageContaining("All are as they were before");
        assertThat(both.read().agreed()).contains(Shares.NONE);

        both.move(Shares.all(Color.BLUE), SOON);
        assertThat(both.read().agreed()).contains(Shares.all(Color.BLUE));
    }

    @Test
    public void severalMoveTogetherOrNotAtAll() throws Exception {
        AlbListenerSwitch both = on(listener, rule);
        moto.gateway().answerOnce("ModifyRule", Answer.error(403, "AccessDenied", "no"));

        assertThatThrownBy(() -> both.move(Shares.all(Color.GREEN), SOON))
                .isInstanceOf(FleetException.class)
                .hasMessageContaining("could not move traffic (all to green)")
                .hasMessageContaining(rule)
                .hasMessageContaining("elasticloadbalancing:ModifyRule")
                .hasMessageContaining("All are as they were before");
        assertThat(both.read().agreed()).contains(Shares.all(Color.BLUE));

        both.move(Shares.all(Color.GREEN), SOON);
        assertThat(both.read().agreed()).contains(Shares.all(Color.GREEN));
        assertThat(both.read().parts()).containsOnlyKeys("the listener " + listener, "the rule " + rule);
    }

    @Test
    public void aColorIsReadyWhenAllItsTargetsAreHealthy() throws Exception {
        moto.gateway().answerOnce("DescribeTargetHealth", Answer.ok("DescribeTargetHealth", """
                        <TargetHealthDescriptions><member><Target><Id>i-1</Id><Port>8080</Port></Target>
                        <TargetHealth><State>unhealthy</State><Reason>Target.Timeout</Reason></TargetHealth></member>
                        </TargetHealthDescriptions>"""));
        assertThat(traffic.prepare(Color.GREEN, NOW).orElseThrow())
                .contains(green)
                .contains("i-1:8080 is unhealthy (Target.Timeout)");
        assertThat(traffic.prepare(Color.GREEN, SOON)).isEmpty();
        AlbListenerSwitch empty = new AlbListenerSwitch(
                aws, List.of(listener), Map.of(Color.BLUE, blue, Color.GREEN, "other"), TimeSource.system());
        assertThat(traffic.read().agreed()).contains(Shares.all(Color.BLUE));
        assertThatThrownBy(() -> on(listener + "x").prepare(Color.GREEN, NOW)).isInstanceOf(AwsException.class);
        assertThat(empty.prepare(Color.GREEN, NOW).orElseThrow()).contains("the target group other has no targets");
    }

    @Test
    public void drainingTakesTheGroupsOwnTime() throws Exception {
        fleet.deregistrationDelay(green, 1);
        assertThat(traffic.drain(Color.GREEN, SOON)).isEmpty();
        assertThat(traffic.drain(Color.GREEN, NOW).orElseThrow())
                .contains(green)
                .contains("up to 1.0s");
        assertThat(traffic.drain(Color.BLUE, SOON).orElseThrow()).contains("blue still gets 100%");
    }

    @Test
    public void whatIsNotTwoGroupsIsNamedBeforeAnythingIsTouched() throws Exception {
        aws.elbV2().modifyListener(request -> request.listenerArn(listener)
                .defaultActions(Action.builder()
                        .type(ActionTypeEnum.FORWARD)
                        .forwardConfig(config -> config.targetGroups(tuple(blue, 1), tuple(other, 1)))
                        .build()));
        assertThatThrownBy(() -> traffic.read())
                .hasMessageContaining(listener)
                .hasMessageContaining(other + " too, which is of neither color");
        aws.elbV2().modifyListener(request -> request.listenerArn(listener)
                .defaultActions(Action.builder()
                        .type(ActionTypeEnum.FIXED_RESPONSE)
                        .fixedResponseConfig(fixed -> fixed.statusCode("404"))
                        .build()));
        assertThatThrownBy(() -> traffic.read()).hasMessageContaining("forwards to no target group");
        assertThatThrownBy(() -> on("arn:aws:s3:::x")).hasMessageContaining("is the ARN of no listener");
        assertThatThrownBy(() -> traffic.move(Shares.NONE, SOON)).isInstanceOf(FleetException.class);
        assertThat(on(rule).describe(Shares.all(Color.GREEN))).hasSize(3);
    }

    // What the tests ask

    private AlbListenerSwitch on(String... arns) {
        return new AlbListenerSwitch(
                aws, List.of(arns), Map.of(Color.BLUE, blue, Color.GREEN, green), TimeSource.system());
    }

    private static TargetGroupTuple tuple(String arn, int weight) {
        return TargetGroupTuple.builder().targetGroupArn(arn).weight(weight).build();
    }
}
