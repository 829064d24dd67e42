package io.jenkins.plugins.consuldeploy.jenkins;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.Rule;
import org.junit.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.RealJenkinsRule;

/** A Jenkins of its own process, killed: nobody gives the lock back, and its session lives on. */
public class CrashTest {

    @Rule
    public final RealJenkinsRule jenkins = new RealJenkinsRule();

    @Rule
    public final Fleet fleet = new Fleet();

    @Test
    public void aJenkinsThatWasKilledTakesItsOwnLockOverAndGoesOn() throws Throwable {
        fleet.with("web1").holding("web1", "v1");
        jenkins.startJenkins();
        String address = fleet.consul().config().address().toString();
        String prefix = fleet.prefix();
        jenkins.run(r -> deploy(r, address, prefix));
        String session = fleet.lockSession().orElseThrow();

        jenkins.stopJenkinsForcibly();
        ScheduledExecutorService ghost = Executors.newSingleThreadScheduledExecutor();
        try {
            ghost.scheduleWithFixedDelay(() -> fleet.renew(session), 0, 2, TimeUnit.SECONDS);
            jenkins.startJenkins();
            jenkins.run(r -> {
                r.waitForMessage("Jenkins is back", build(r));
            });
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> !fleet.lockSession().equals(Optional.of(session)));
        } finally {
            ghost.shutdownNow();
        }
        fleet.release("web1", "v1");
        jenkins.run(r -> {
            r.assertBuildStatusSuccess(r.waitForCompletion(build(r)));
        });
        assertThat(fleet.current()).isEqualTo("v1");
        assertThat(fleet.lockHolder()).isEmpty();
    }

    private static void deploy(JenkinsRule r, String address, String prefix) throws Exception {
        ConsulServers.get().setServers(List.of(new ConsulServer("main", address)));
        WorkflowJob job = r.createProject(WorkflowJob.class, "deploy");
        job.setDefinition(
                new CpsFlowDefinition("consulDeploy(prefix: '" + prefix + "', version: 'v1', nodes: 1)", true));
        WorkflowRun run = job.scheduleBuild2(0).waitForStart();
        r.waitForMessage("web1: busy", run);
    }

    private static WorkflowRun build(JenkinsRule r) {
        return r.jenkins.getItemByFullName("deploy", WorkflowJob.class).getBuildByNumber(1);
    }
}
