package io.jenkins.plugins.consuldeploy.jenkins;

import static org.assertj.core.api.Assertions.assertThat;

import hudson.model.Result;
import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.ConsulProcess;
import io.jenkins.plugins.consuldeploy.fleet.AwsFleet;
import io.jenkins.plugins.consuldeploy.journal.Journal;
import io.jenkins.plugins.consuldeploy.journal.ReleaseKeys;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.After;
import org.junit.Before;
import org.junit.ClassRule;
import org.junit.Rule;
import org.junit.Test;
import org.jvnet.hudson.test.JenkinsRule;

public class RollingOnAwsTest {

    @ClassRule
    public static final JenkinsRule r = new JenkinsRule();

    @Rule
    public final MotoAccount account = new MotoAccount();

    private AwsFleet fleet;
    private Consul consul;
    private String app;

    @Before
    public void setUp() {
        fleet = account.fleet();
        fleet.classicElb(
                "web-elb",
                List.of(
                        fleet.instance("a", Map.of("Name", "web1", "stack", "web")),
                        fleet.instance("b", Map.of("Name", "web2", "stack", "web"))));
        fleet.autoScalingGroup("web-asg", 0);
        fleet.alarm("web-cpu", true);
        consul = ConsulProcess.shared().client();
        app = ConsulProcess.uniquePrefix("aws").replace('/', '-');
        ConsulServers.get()
                .setServers(List.of(
                        new ConsulServer("main", consul.config().address().toString())));
    }

    @After
    public void close() {
        consul.close();
    }

    @Test
    public void itReleasesWithTheCredentialsOfJenkinsAndLeavesEverythingAsItWas() throws Exception {
        WorkflowRun run = ends(Result.SUCCESS, RELEASE + " { echo \"UPDATED $HOST $HOST_ID\" }");
        r.assertLogContains("UPDATED web1 i-", run);
        r.assertLogContains("UPDATED web2 i-", run);
        assertThat(fleet.suspendedProcesses("web-asg")).isEmpty();
        assertThat(fleet.alarms()).containsEntry("web-cpu", true);
        assertThat(account.moto().gateway().calls("DeregisterInstancesFromLoadBalancer"))
                .hasSize(2)
                .allSatisfy(call -> assertThat(call.accessKey()).isEqualTo(MotoAccount.KEY));
    }

    @Test
    public void noSecretIsInTheRecordTheLogOrTheConfiguration() throws Exception {
        WorkflowRun run = ends(Result.SUCCESS, RELEASE + " { }");
        String record = Journal.releases(consul, new ReleaseKeys(ReleaseKeys.DEFAULT_ROOT), app)
                .get(0)
                .spec();
        assertThat(record)
                .contains(account.moto().region(), "web-elb")
                .doesNotContain(MotoAccount.SECRET, MotoAccount.KEY, MotoAccount.CREDENTIALS);
        assertThat(JenkinsRule.getLog(run)).doesNotContain(MotoAccount.SECRET, MotoAccount.KEY);
        assertThat(Files.readString(r.jenkins.getRootDir().toPath().resolve(AwsAccounts.class.getName() + ".xml")))
                .doesNotContain(MotoAccount.SECRET, MotoAccount.KEY);
    }

    @Test
    public void whatWasSuspendedIsResumedWhenAHostFails() throws Exception {
        WorkflowRun run = ends(Result.FAILURE, RELEASE + " { error \"no space left on $HOST\" }");
        r.assertLogContains("its steps: no space left on web1", run);
        assertThat(fleet.suspendedProcesses("web-asg")).isEmpty();
        assertThat(fleet.alarms()).containsEntry("web-cpu", true);
    }

    @Test
    public void anAccountWhoseCredentialsAreGoneIsNamed() throws Exception {
        AwsAccount lost = new AwsAccount("production");
        lost.setCredentialsId("gone");
        AwsAccounts.get().setAccounts(List.of(lost));
        r.assertLogContains("credentials 'gone'", ends(Result.FAILURE, RELEASE + " { }"));
    }

    private static final String RELEASE = "rollingRelease(app: 'APP', aws: 'production', drainTimeout: '6m',"
            + " hosts: ec2(tags: [stack: 'web']), loadBalancers: [classicElb('web-elb')],"
            + " suspend: [autoScaling('web-asg'), alarms('web-*')])";

    private WorkflowRun ends(Result result, String script) throws Exception {
        WorkflowJob job = r.createProject(WorkflowJob.class);
        job.setDefinition(new CpsFlowDefinition(script.replace("APP", app), true));
        return r.assertBuildStatus(result, job.scheduleBuild2(0));
    }
}
