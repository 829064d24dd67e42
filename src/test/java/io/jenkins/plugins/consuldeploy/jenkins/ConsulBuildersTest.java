package io.jenkins.plugins.consuldeploy.jenkins;

import static org.assertj.core.api.Assertions.assertThat;

import hudson.model.FreeStyleBuild;
import hudson.model.FreeStyleProject;
import hudson.model.ParametersAction;
import hudson.model.ParametersDefinitionProperty;
import hudson.model.Result;
import hudson.model.StringParameterDefinition;
import hudson.model.StringParameterValue;
import hudson.tasks.Builder;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.Before;
import org.junit.ClassRule;
import org.junit.Rule;
import org.junit.Test;
import org.jvnet.hudson.test.JenkinsRule;

public class ConsulBuildersTest {

    @ClassRule
    public static final JenkinsRule r = new JenkinsRule();

    @Rule
    public final Fleet fleet = new Fleet();

    private final Pipelines pipelines = new Pipelines(r, fleet);

    @Before
    public void configureTheServer() {
        fleet.configure();
    }

    @Test
    public void theFormKeepsEveryFieldOfADeployment() throws Exception {
        ConsulDeployStep step = new ConsulDeployStep("api/version", "$GIT_COMMIT");
        step.setNodes("$NODES");
        step.setService("api");
        step.setTag("blue");
        step.setRolling("25%");
        step.setOnFailure("rollback");
        step.setReadyTimeout("20m");
        step.setActiveTimeout("90s");
        step.setKeep(5);
        step.setConsul("main");
        step.setCredentialsId("team-token");
        ConsulDeployStep kept = ((ConsulDeployBuilder) roundTrip(new ConsulDeployBuilder(step))).getDeployment();
        r.assertEqualDataBoundBeans(step, kept);
    }

    @Test
    public void theFormKeepsWhatIsNotGiven() throws Exception {
        ConsulDeployStep step = new ConsulDeployStep("api/version", "v7");
        step.setNodes(3);
        r.assertEqualDataBoundBeans(
                step, ((ConsulDeployBuilder) roundTrip(new ConsulDeployBuilder(step))).getDeployment());
    }

    @Test
    public void theFormKeepsEveryFieldOfARollback() throws Exception {
        ConsulRollbackStep step = new ConsulRollbackStep("api/version");
        step.setTo("v6");
        step.setNodes(3);
        step.setActiveTimeout("90s");
        step.setConsul("main");
        r.assertEqualDataBoundBeans(
                step, ((ConsulRollbackBuilder) roundTrip(new ConsulRollbackBuilder(step))).getRollback());
    }

    @Test
    public void environmentVariablesAreExpanded() throws Exception {
        fleet.with("web1", "web2");
        ConsulDeployStep step = new ConsulDeployStep("$WHERE", "v$BUILD_NUMBER-${WHAT}");
        step.setNodes("$HOW_MANY");
        FreeStyleBuild build = run(
                new ConsulDeployBuilder(step), Result.SUCCESS, "HOW_MANY", "2", "WHAT", "x", "WHERE", fleet.prefix());
        r.assertLogContains("current is v1-x, the first one", build);
        assertThat(fleet.current()).isEqualTo("v1-x");
    }

    @Test
    public void aVariableThatTheBuildDoesNotHaveIsNoVersion() throws Exception {
        ConsulDeployStep step = new ConsulDeployStep(fleet.prefix(), "$GIT_COMIT");
        step.setNodes(1);
        FreeStyleBuild build = run(new ConsulDeployBuilder(step), Result.FAILURE);
        r.assertLogContains("version '$GIT_COMIT': this build has no such environment variable", build);
    }

    @Test
    public void aFailureIsAMessageWithoutAStackTrace() throws Exception {
        fleet.with("web1").failing("web1", "v1");
        ConsulDeployStep step = new ConsulDeployStep(fleet.prefix(), "v1");
        step.setNodes(1);
        FreeStyleBuild build = run(new ConsulDeployBuilder(step), Result.FAILURE);
        r.assertLogContains("ERROR: " + fleet.prefix() + ": prepare of v1: failed on web1", build);
        r.assertLogNotContains("\tat ", build);
    }

    @Test
    public void anAbortSaysWhatWasLeftAndFreesTheLock() throws Exception {
        fleet.with("web1").holding("web1", "v1");
        ConsulDeployStep step = new ConsulDeployStep(fleet.prefix(), "v1");
        step.setNodes(1);
        FreeStyleProject job = r.createFreeStyleProject();
        job.getBuildersList().add(new ConsulDeployBuilder(step));
        FreeStyleBuild build = job.scheduleBuild2(0).waitForStart();
        r.waitForMessage("web1: busy", build);
        build.doStop();
        r.assertBuildStatus(Result.ABORTED, r.waitForCompletion(build));
        r.assertLogContains("Stopped while nodes prepare v1", build);
        assertThat(fleet.lockHolder()).isEmpty();
    }

    @Test
    public void aFreestyleJobRollsBack() throws Exception {
        fleet.with("web1").deploy("v1");
        fleet.deploy("v2");
        run(new ConsulRollbackBuilder(new ConsulRollbackStep(fleet.prefix())), Result.SUCCESS);
        assertThat(fleet.current()).isEqualTo("v1");
    }

    @Test
    public void theNameInAJenkinsfileIsTheSteps() throws Exception {
        fleet.with("web1");
        WorkflowRun run = pipelines.succeeds("""
                echo "STEP ${consulDeploy(prefix: PREFIX, version: 'v1', nodes: 1).version}"
                step([$class: 'ConsulDeployBuilder', deployment: [prefix: PREFIX, version: 'v2', nodes: 1]])
                """);
        r.assertLogContains("STEP v1", run);
        r.assertLogNotContains("ambiguous", run);
        assertThat(fleet.current()).isEqualTo("v2");
    }

    // What the tests share

    private static Builder roundTrip(Builder builder) throws Exception {
        FreeStyleProject job = r.createFreeStyleProject();
        job.getBuildersList().add(builder);
        return r.configRoundtrip(job).getBuildersList().get(0);
    }

    private static FreeStyleBuild run(Builder builder, Result result, String... parameters) throws Exception {
        FreeStyleProject job = r.createFreeStyleProject();
        job.getBuildersList().add(builder);
        StringParameterDefinition[] definitions = new StringParameterDefinition[parameters.length / 2];
        StringParameterValue[] values = new StringParameterValue[parameters.length / 2];
        for (int i = 0; i < definitions.length; i++) {
            definitions[i] = new StringParameterDefinition(parameters[2 * i]);
            values[i] = new StringParameterValue(parameters[2 * i], parameters[2 * i + 1]);
        }
        job.addProperty(new ParametersDefinitionProperty(definitions));
        return r.assertBuildStatus(result, job.scheduleBuild2(0, new ParametersAction(values)));
    }
}
