package io.jenkins.plugins.consuldeploy.jenkins;

import static org.assertj.core.api.Assertions.assertThat;

import hudson.model.FreeStyleBuild;
import hudson.model.FreeStyleProject;
import hudson.model.Result;
import io.jenkins.plugins.consuldeploy.jenkins.parts.AgentUpdate;
import io.jenkins.plugins.consuldeploy.jenkins.parts.Alarms;
import io.jenkins.plugins.consuldeploy.jenkins.parts.Balancer;
import io.jenkins.plugins.consuldeploy.jenkins.parts.Check;
import io.jenkins.plugins.consuldeploy.jenkins.parts.ClassicElbBalancer;
import io.jenkins.plugins.consuldeploy.jenkins.parts.ClassicElbHosts;
import io.jenkins.plugins.consuldeploy.jenkins.parts.CommandCheck;
import io.jenkins.plugins.consuldeploy.jenkins.parts.CommandUpdate;
import io.jenkins.plugins.consuldeploy.jenkins.parts.ConsulCheck;
import io.jenkins.plugins.consuldeploy.jenkins.parts.Ec2Hosts;
import io.jenkins.plugins.consuldeploy.jenkins.parts.EventUpdate;
import io.jenkins.plugins.consuldeploy.jenkins.parts.GroupHosts;
import io.jenkins.plugins.consuldeploy.jenkins.parts.GroupProcesses;
import io.jenkins.plugins.consuldeploy.jenkins.parts.HaproxyBalancer;
import io.jenkins.plugins.consuldeploy.jenkins.parts.HostUpdate;
import io.jenkins.plugins.consuldeploy.jenkins.parts.Hosts;
import io.jenkins.plugins.consuldeploy.jenkins.parts.HttpCheck;
import io.jenkins.plugins.consuldeploy.jenkins.parts.KeyUpdate;
import io.jenkins.plugins.consuldeploy.jenkins.parts.ListedHosts;
import io.jenkins.plugins.consuldeploy.jenkins.parts.MaintenanceBalancer;
import io.jenkins.plugins.consuldeploy.jenkins.parts.NodeCheck;
import io.jenkins.plugins.consuldeploy.jenkins.parts.NodeHosts;
import io.jenkins.plugins.consuldeploy.jenkins.parts.ServiceHosts;
import io.jenkins.plugins.consuldeploy.jenkins.parts.StackHosts;
import io.jenkins.plugins.consuldeploy.jenkins.parts.TargetGroupBalancer;
import io.jenkins.plugins.consuldeploy.jenkins.parts.TargetGroupHosts;
import io.jenkins.plugins.consuldeploy.jenkins.parts.TcpCheck;
import java.util.List;
import java.util.Map;
import org.junit.Before;
import org.junit.ClassRule;
import org.junit.Rule;
import org.junit.Test;
import org.jvnet.hudson.test.JenkinsRule;

public class RollingReleaseBuilderTest {

    @ClassRule
    public static final JenkinsRule r = new JenkinsRule();

    @Rule
    public final Behind behind = new Behind(2);

    @Before
    public void configure() {
        behind.configure();
    }

    @Test
    public void theFormKeepsEveryField() throws Exception {
        RollingReleaseStep step = new RollingReleaseStep("web", new ListedHosts("app1=10.0.0.1:80\n10.0.0.2"));
        step.setVersion("$GIT_COMMIT");
        HaproxyBalancer haproxy = new HaproxyBalancer("10.0.0.5:9999");
        haproxy.setBackend("b\nc");
        haproxy.setKeepOut("maint");
        haproxy.setTimeout("3s");
        step.setLoadBalancers(
                List.of(haproxy, new ClassicElbBalancer("elb"), new TargetGroupBalancer("tg"), maintenance()));
        CommandUpdate update = new CommandUpdate("./update $HOST");
        update.setBack("./back $HOST");
        update.setTimeout("20m");
        step.setUpdate(update);
        step.setCheck(http());
        GroupProcesses processes = new GroupProcesses("web-asg");
        processes.setProcesses("Launch, Terminate");
        step.setSuspend(List.of(processes, new Alarms("web-*")));
        step.setBatch("25%");
        step.setCanary(1);
        step.setCanaryPause("5m");
        step.setPause("10s");
        step.setMinHealthy("50%");
        step.setMaxFailures(2);
        step.setOnFailure("continue");
        step.setDrainTimeout("2m");
        step.setCutOff(true);
        step.setHealthTimeout("3m");
        step.setNotify(List.of("deploys", "log"));
        step.setIfDead("refuse");
        step.setConsul("main");
        step.setCredentialsId("team-token");
        step.setAws("production");
        assertKept(step);
    }

    @Test
    public void theFormKeepsWhatIsNotGiven() throws Exception {
        assertKept(new RollingReleaseStep("web", new ListedHosts("app1")));
    }

    @Test
    public void theFormKeepsEveryKindOfHosts() throws Exception {
        ServiceHosts service = new ServiceHosts("web");
        service.setTag("blue");
        service.setPassingOnly(true);
        service.setPerNode(true);
        Ec2Hosts ec2 = new Ec2Hosts();
        ec2.setTags(Map.of("stack", "web", "release", List.of("v6", "v7")));
        ec2.setAddress("public");
        NodeHosts nodes = new NodeHosts();
        nodes.setNode("app.*");
        for (Hosts hosts : List.of(
                nodes,
                service,
                ec2,
                new GroupHosts("asg"),
                new TargetGroupHosts("tg"),
                new ClassicElbHosts("elb"),
                new StackHosts("web", "Fleet"))) {
            assertKept(new RollingReleaseStep("web", hosts));
        }
    }

    @Test
    public void theFormKeepsEveryKindOfCheckAndUpdate() throws Exception {
        TcpCheck tcp = new TcpCheck();
        tcp.setPort(80);
        tcp.setSuccesses(3);
        for (Check check : List.of(tcp, new ConsulCheck("web"), new NodeCheck(), new CommandCheck("./check"))) {
            RollingReleaseStep step = new RollingReleaseStep("web", new ListedHosts("app1"));
            step.setCheck(check);
            assertKept(step);
        }
        EventUpdate event = new EventUpdate("run-deploy");
        event.setPayload("v7");
        event.setAcknowledged("api/version");
        KeyUpdate key = new KeyUpdate("configs/$HOST/TAG", "v7");
        key.setBack("v6");
        key.setShared("configs/TAG");
        key.setRestart("web");
        key.setSeen("tag");
        for (HostUpdate update : List.of(new AgentUpdate("api/version", "v7"), event, key)) {
            RollingReleaseStep step = new RollingReleaseStep("web", new ListedHosts("app1"));
            step.setUpdate(update);
            assertKept(step);
        }
    }

    @Test
    public void aFreestyleJobReleasesByACommandInItsWorkspace() throws Exception {
        RollingReleaseStep step = fleet();
        step.setVersion("v$BUILD_NUMBER");
        step.setUpdate(new CommandUpdate(behind.brings("\"$VERSION\"")
                + "; echo \"$HOST of $JOB_NAME in $(/bin/pwd)\"; test \"$BUILD_NUMBER\" = 1"));
        step.setCheck(new HttpCheck());
        FreeStyleBuild build = run(step, Result.SUCCESS);
        assertThat(behind.fleet().versions()).isEqualTo(Map.of("app1", "v1", "app2", "v1"));
        r.assertLogContains("app1 | app1 of " + build.getParent().getName() + " in " + build.getWorkspace(), build);
    }

    @Test
    public void aCommandThatFailsIsSaidWithItsLastLine() throws Exception {
        RollingReleaseStep step = fleet();
        step.setUpdate(new CommandUpdate("echo no space left; exit 7"));
        FreeStyleBuild build = run(step, Result.FAILURE);
        r.assertLogContains("app1: its update: exit code 7 (last line: no space left)", build);
        r.assertLogNotContains("\tat ", build);
    }

    @Test
    public void aCommandThatTakesTooLongIsEnded() throws Exception {
        RollingReleaseStep step = fleet();
        CommandUpdate update = new CommandUpdate("sleep 60");
        update.setTimeout("1s");
        step.setUpdate(update);
        r.assertLogContains("did not end within 1.0 s and was ended", run(step, Result.FAILURE));
    }

    @Test
    public void anAbortEndsTheCommandAndSaysWhatIsOut() throws Exception {
        RollingReleaseStep step = fleet();
        step.setUpdate(new CommandUpdate("echo BEGUN; " + behind.waitsFor("never")));
        FreeStyleProject job = r.createFreeStyleProject();
        job.getBuildersList().add(new RollingReleaseBuilder(step));
        FreeStyleBuild build = job.scheduleBuild2(0).waitForStart();
        r.waitForMessage("app1 | BEGUN", build);
        build.doStop();
        r.assertBuildStatus(Result.ABORTED, r.waitForCompletion(build));
        r.assertLogContains("app1: updating -> failed", build);
        assertThat(behind.fleet().states()).containsEntry("app2", "ready UP 10");
    }

    @Test
    public void withoutAnUpdateItSaysSo() throws Exception {
        r.assertLogContains("update: it is missing", run(fleet(), Result.FAILURE));
    }

    @Test
    public void aVariableThatTheBuildDoesNotHaveIsAnError() throws Exception {
        RollingReleaseStep step = fleet();
        step.setVersion("$GIT_COMIT");
        step.setUpdate(new CommandUpdate("true"));
        r.assertLogContains("version '$GIT_COMIT': this build has no such", run(step, Result.FAILURE));
    }

    // What the tests share

    private RollingReleaseStep fleet() {
        RollingReleaseStep step = new RollingReleaseStep(
                behind.app(), new ListedHosts(behind.fleet().hosts()));
        HaproxyBalancer haproxy = new HaproxyBalancer(behind.fleet().balancer());
        haproxy.setBackend("b");
        step.setLoadBalancers(List.<Balancer>of(haproxy));
        step.setDrainTimeout("10s");
        step.setHealthTimeout("2s");
        return step;
    }

    private static MaintenanceBalancer maintenance() {
        MaintenanceBalancer maintenance = new MaintenanceBalancer();
        maintenance.setService("web");
        maintenance.setNode(true);
        maintenance.setDrainDelay("15s");
        return maintenance;
    }

    private static HttpCheck http() {
        HttpCheck http = new HttpCheck();
        http.setPath("/health");
        http.setPort(8080);
        http.setTls(true);
        http.setVerify(false);
        http.setHeaders(Map.of("Host", "web.example.com"));
        http.setStatus("200-299");
        http.setContains("ok");
        http.setTimeout("2s");
        http.setInterval("100ms");
        http.setSuccesses(2);
        return http;
    }

    private static void assertKept(RollingReleaseStep step) throws Exception {
        FreeStyleProject job = r.createFreeStyleProject();
        job.getBuildersList().add(new RollingReleaseBuilder(step));
        RollingReleaseStep kept = ((RollingReleaseBuilder)
                        r.configRoundtrip(job).getBuildersList().get(0))
                .getRelease();
        assertThat(kept.request().words()).isEqualTo(step.request().words());
        assertThat(kept.request().consul()).isEqualTo(step.request().consul());
        assertThat(kept.request().credentialsId()).isEqualTo(step.request().credentialsId());
        assertThat(kept.request().aws()).isEqualTo(step.request().aws());
    }

    private static FreeStyleBuild run(RollingReleaseStep step, Result result) throws Exception {
        FreeStyleProject job = r.createFreeStyleProject();
        job.getBuildersList().add(new RollingReleaseBuilder(step));
        return r.assertBuildStatus(result, job.scheduleBuild2(0));
    }
}
