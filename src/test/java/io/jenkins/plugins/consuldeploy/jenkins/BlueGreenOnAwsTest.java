package io.jenkins.plugins.consuldeploy.jenkins;

import static org.assertj.core.api.Assertions.assertThat;

import hudson.model.Result;
import io.jenkins.plugins.consuldeploy.fleet.AwsFleet;
import io.jenkins.plugins.consuldeploy.fleet.AwsGateway.Answer;
import io.jenkins.plugins.consuldeploy.journal.ReleaseHead.State;
import java.util.List;
import java.util.Map;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.Before;
import org.junit.ClassRule;
import org.junit.Rule;
import org.junit.Test;
import org.jvnet.hudson.test.BuildWatcher;
import org.jvnet.hudson.test.JenkinsRule;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetTypeEnum;

/** The two target groups of a listener, whose targets a Jenkinsfile checks where they really are. */
public class BlueGreenOnAwsTest {

    @ClassRule
    public static final BuildWatcher WATCHER = new BuildWatcher();

    @ClassRule
    public static final JenkinsRule r = new JenkinsRule();

    @Rule
    public final MotoAccount account = new MotoAccount();

    @Rule
    public final Behind behind = new Behind(2);

    private AwsFleet fleet;
    private String blue;
    private String green;
    private String listener;

    @Before
    public void configure() {
        behind.configure();
        fleet = account.fleet();
        blue = group("blue");
        green = group("green");
        listener = fleet.listener("web", blue);
    }

    @Test
    public void aListenersTrafficMovesInPartsWithTheCredentialsOfJenkins() throws Exception {
        WorkflowRun run = r.assertBuildStatusSuccess(
                r.waitForCompletion(start("version: 'v2', weights: [10, 50, 100], check: http()) { sh '"
                        + behind.deploys("$VERSION") + "; echo \"$COLOR beside $LIVE_COLOR\"' } }")));
        r.assertLogContains("green beside blue", run);
        assertThat(account.moto().gateway().calls("ModifyListener"))
                .as("green is put there to be checked; then 10%, 50% and all")
                .hasSize(4)
                .allSatisfy(call -> assertThat(call.accessKey()).isEqualTo(MotoAccount.KEY));
        assertThat(weights()).isEqualTo(Map.of(blue, 0, green, 100));
        assertThat(behind.newest().spec())
                .contains(listener, account.moto().region())
                .doesNotContain(MotoAccount.SECRET, MotoAccount.KEY, MotoAccount.CREDENTIALS);
        assertThat(JenkinsRule.getLog(run)).doesNotContain(MotoAccount.SECRET, MotoAccount.KEY);
    }

    @Test
    public void aWatchThatFailsAtTenPercentHasItMovedBack() throws Exception {
        WorkflowRun run = start("version: 'v2', weights: [10, 100], bake: '10m', watch: command(command: 'test ! -e "
                + behind.dir() + "/trouble', interval: '50ms')) { sh '" + behind.deploys("$VERSION") + "' } }");
        r.waitForMessage("moving 10% -> baking 10%", run);
        assertThat(weights()).isEqualTo(Map.of(blue, 90, green, 10));
        behind.let("trouble");
        r.assertBuildStatus(Result.FAILURE, r.waitForCompletion(run));
        r.assertLogContains("moving all traffic back to blue", run);
        assertThat(weights()).isEqualTo(Map.of(blue, 100, green, 0));
        assertThat(behind.newest().state()).isEqualTo(State.ROLLED_BACK);
    }

    @Test
    public void aPermissionThatIsMissingIsNamedBeforeAnythingMoves() throws Exception {
        account.moto().gateway().answerOnce("ModifyListener", Answer.error(403, "AccessDenied", "no"));
        WorkflowRun run = start("version: 'v2') { sh '" + behind.deploys("$VERSION") + "' } }");
        r.assertBuildStatus(Result.FAILURE, r.waitForCompletion(run));
        r.assertLogContains("elasticloadbalancing:ModifyListener", run);
        r.assertLogContains("Live is blue.", run);
        assertThat(behind.newest().state()).isEqualTo(State.FAILED);
        assertThat(account.moto().gateway().calls("ModifyListener"))
                .as("the one that was refused")
                .hasSize(1);
    }

    // What the tests share

    private WorkflowRun start(String rest) throws Exception {
        return behind.start(
                r,
                "node { blueGreenSwitch(BLUE_AND_GREEN, DRAIN, aws: 'production', traffic: albListener(listeners: '"
                        + listener + "', blue: 'shop-blue', green: '" + green + "'), " + rest);
    }

    private String group(String color) {
        String arn = fleet.targetGroup(
                "shop-" + color, TargetTypeEnum.INSTANCE, 8080, List.of(fleet.instance("a", Map.of("color", color))));
        fleet.deregistrationDelay(arn, 1);
        return arn;
    }

    private Map<String, Integer> weights() {
        return Map.of(blue, weight(blue), green, weight(green));
    }

    private int weight(String group) {
        return fleet.groupsOf(listener).stream()
                .filter(one -> one.targetGroupArn().equals(group))
                .mapToInt(one -> one.weight())
                .sum();
    }
}
