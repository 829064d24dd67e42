package io.jenkins.plugins.consuldeploy.jenkins;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.Rule;
import org.junit.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.RealJenkinsRule;

/** A Jenkins of its own process, killed: its release's lock is held by a session that lives on. */
public class RollingCrashTest {

    @Rule
    public final RealJenkinsRule jenkins = new RealJenkinsRule();

    @Rule
    public final Behind behind = new Behind(2);

    @Test
    public void aJenkinsThatWasKilledWhileTheBodyRanGoesOnWithIt() throws Throwable {
        jenkins.startJenkins();
        String address = behind.address();
        String script = behind.script("node { rollingRelease(FLEET, DRAIN, version: 'v2') { sh 'echo BEGUN on $HOST; "
                + behind.waitsFor("go") + "; " + behind.brings("$VERSION") + "' } }");
        jenkins.run(r -> release(r, address, script));
        jenkins.stopJenkinsForcibly();
        assertThat(behind.fleet().states()).containsEntry("app1", "drain 10").containsEntry("app2", "ready UP 10");
        jenkins.startJenkins();
        behind.let("go");
        jenkins.run(r -> {
            r.assertBuildStatusSuccess(r.waitForCompletion(build(r)));
            r.assertLogContains("Jenkins is back: going on to release", build(r));
        });
        assertThat(behind.fleet().versions()).isEqualTo(Map.of("app1", "v2", "app2", "v2"));
        assertThat(behind.fleet().states()).isEqualTo(Map.of("app1", "ready UP 10", "app2", "ready UP 10"));
    }

    private static void release(JenkinsRule r, String address, String script) throws Exception {
        ConsulServers.get().setServers(List.of(new ConsulServer("main", address)));
        WorkflowJob job = r.createProject(WorkflowJob.class, "release");
        job.setDefinition(new CpsFlowDefinition(script, true));
        WorkflowRun run = job.scheduleBuild2(0).waitForStart();
        r.waitForMessage("BEGUN on app1", run);
    }

    private static WorkflowRun build(JenkinsRule r) {
        return r.jenkins.getItemByFullName("release", WorkflowJob.class).getBuildByNumber(1);
    }
}
