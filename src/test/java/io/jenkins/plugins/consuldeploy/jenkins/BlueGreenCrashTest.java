package io.jenkins.plugins.consuldeploy.jenkins;

import static org.assertj.core.api.Assertions.assertThat;

import hudson.model.Result;
import io.jenkins.plugins.consuldeploy.journal.ReleaseHead;
import io.jenkins.plugins.consuldeploy.journal.ReleaseHead.State;
import java.util.ArrayList;
import java.util.List;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.Rule;
import org.junit.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.RealJenkinsRule;

/** A Jenkins of its own process, killed while it switches: it comes back, or a shell goes on with what it left. */
public class BlueGreenCrashTest {

    @Rule
    public final RealJenkinsRule jenkins = new RealJenkinsRule();

    @Rule
    public final Behind itself = new Behind(2);

    @Rule
    public final Behind byShell = new Behind(2);

    @Rule
    public final Behind inItsBlock = new Behind(2);

    /** One test, for to start Jenkins takes longer than all the rest. */
    @Test
    public void whatIsLeftAtHalfOfTheTrafficIsGoneOnWithByJenkinsOrAShellAndOnlyItsBuildCanRunABlock()
            throws Throwable {
        jenkins.startJenkins();
        begin(itself, inParts(itself), "moving 50% -> baking 50%");
        begin(byShell, inParts(byShell), "moving 50% -> baking 50%");
        begin(inItsBlock, "blueGreenSwitch(COLORS) { echo 'BEGUN'; sleep(time: 1, unit: 'HOURS') }", "BEGUN");
        jenkins.stopJenkinsForcibly();
        assertThat(List.of(itself.live(), byShell.live(), inItsBlock.live()))
                .containsExactly("app1 app2", "app1 app2", "app1");

        aShellGoesOn();
        aShellRefusesTheBlockAndCanEndIt();

        jenkins.startJenkins();
        itself.let("go");
        String gone = itself.app();
        String resumed = byShell.app();
        String aborted = inItsBlock.app();
        jenkins.run(r -> {
            WorkflowRun run = r.assertBuildStatusSuccess(r.waitForCompletion(build(r, gone)));
            r.assertLogContains("Jenkins is back: going on to switch " + gone + " v2", run);
            r.assertLogContains("RESULT succeeded green", run);
            assertThat(JenkinsRule.getLog(run).lines().filter(line -> line.equals("BEGUN")))
                    .hasSize(1);
            r.assertLogContains(
                    "RESULT succeeded green", r.assertBuildStatusSuccess(r.waitForCompletion(build(r, resumed))));
            r.assertLogContains(
                    "was ended: ended by ",
                    r.assertBuildStatus(Result.FAILURE, r.waitForCompletion(build(r, aborted))));
        });
        assertSwitched(itself);
        assertSwitched(byShell);
        assertThat(inItsBlock.live()).isEqualTo("app1");
    }

    private void aShellGoesOn() {
        byShell.expireLock();
        byShell.let("go");
        CommandLine run = shell("resume", byShell.newest().id());
        assertThat(run.exit()).as(run.err()).isZero();
        assertThat(run.out()).contains("of " + byShell.app() + " to green succeeded (live is green, ");
        assertSwitched(byShell);
    }

    private void aShellRefusesTheBlockAndCanEndIt() {
        ReleaseHead left = inItsBlock.newest();
        CommandLine refused = shell("resume", left.id());
        assertThat(refused.exit()).isEqualTo(2);
        assertThat(refused.err())
                .contains("deploying is still to be done, and nothing here says how")
                .contains(left.build() + " (" + left.who() + ")")
                .contains("resume " + left.id() + " --abort");
        assertThat(inItsBlock.newest()).isEqualTo(left);

        inItsBlock.expireLock();
        CommandLine ended = shell("resume", left.id(), "--abort");
        assertThat(ended.exit()).as(ended.err()).isZero();
        assertThat(inItsBlock.newest().state()).isEqualTo(State.ABORTED);
        assertThat(inItsBlock.live()).isEqualTo("app1");
    }

    // What the test needs

    /** It stays where both colors have traffic, for the second check waits to be let go. */
    private static String inParts(Behind behind) {
        String waits = "if [ -e " + behind.dir() + "/checked ]; then " + behind.waitsFor("go") + "; fi; touch "
                + behind.dir() + "/checked";
        return "node { def done = blueGreenSwitch(COLORS, drainTimeout: '10s', version: 'v2', weights: [50, 100],"
                + " bake: '10ms', check: command('" + waits + "')) { sh 'echo BEGUN; " + behind.deploys("$VERSION")
                + "' }; echo \"RESULT ${done.state} ${done.live}\" }";
    }

    private void begin(Behind with, String script, String until) throws Throwable {
        with.color();
        String address = with.address();
        String job = with.app();
        String pipeline = with.script(script);
        jenkins.run(r -> {
            ConsulServers.get().setServers(List.of(new ConsulServer("main", address)));
            WorkflowJob project = r.createProject(WorkflowJob.class, job);
            project.setDefinition(new CpsFlowDefinition(pipeline, true));
            r.waitForMessage(until, project.scheduleBuild2(0).waitForStart());
        });
    }

    private static WorkflowRun build(JenkinsRule r, String job) {
        return r.jenkins.getItemByFullName(job, WorkflowJob.class).getBuildByNumber(1);
    }

    private CommandLine shell(String... args) {
        List<String> words = new ArrayList<>(List.of(args));
        words.addAll(List.of("--server", itself.address()));
        return CommandLine.run(words.toArray(String[]::new));
    }

    private static void assertSwitched(Behind behind) {
        assertThat(behind.live()).isEqualTo("app2");
        assertThat(behind.newest().state()).isEqualTo(State.SUCCEEDED);
        assertThat(behind.newest().progress()).contains("\"live\":\"green\"");
    }
}
