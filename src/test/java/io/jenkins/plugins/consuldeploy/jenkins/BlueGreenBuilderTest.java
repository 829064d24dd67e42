package io.jenkins.plugins.consuldeploy.jenkins;

import static org.assertj.core.api.Assertions.assertThat;

import hudson.model.FreeStyleBuild;
import hudson.model.FreeStyleProject;
import hudson.model.Result;
import hudson.tasks.Builder;
import hudson.util.FormValidation;
import io.jenkins.plugins.consuldeploy.jenkins.parts.AlbTraffic;
import io.jenkins.plugins.consuldeploy.jenkins.parts.ColorAgents;
import io.jenkins.plugins.consuldeploy.jenkins.parts.ColorCommand;
import io.jenkins.plugins.consuldeploy.jenkins.parts.ColorEvent;
import io.jenkins.plugins.consuldeploy.jenkins.parts.ColorWork;
import io.jenkins.plugins.consuldeploy.jenkins.parts.CommandWatch;
import io.jenkins.plugins.consuldeploy.jenkins.parts.HaproxyTraffic;
import io.jenkins.plugins.consuldeploy.jenkins.parts.HttpCheck;
import io.jenkins.plugins.consuldeploy.jenkins.parts.HttpWatch;
import io.jenkins.plugins.consuldeploy.jenkins.parts.KeyTraffic;
import io.jenkins.plugins.consuldeploy.jenkins.parts.ListedHosts;
import io.jenkins.plugins.consuldeploy.jenkins.parts.ProxiesTraffic;
import io.jenkins.plugins.consuldeploy.jenkins.parts.SplitterTraffic;
import io.jenkins.plugins.consuldeploy.jenkins.parts.Traffic;
import java.util.List;
import java.util.Map;
import org.junit.Before;
import org.junit.ClassRule;
import org.junit.Rule;
import org.junit.Test;
import org.jvnet.hudson.test.JenkinsRule;

public class BlueGreenBuilderTest {

    @ClassRule
    public static final JenkinsRule r = new JenkinsRule();

    @Rule
    public final Behind behind = new Behind(2);

    @Before
    public void configure() {
        behind.configure();
        behind.color();
    }

    @Test
    public void theFormKeepsEveryField() throws Exception {
        BlueGreenSwitchStep step = step(haproxy("10.0.0.5:9999"));
        step.setVersion("$GIT_COMMIT");
        step.setWeights(List.of(10, 50, 100));
        step.setBake("1m");
        step.setSoak("2m");
        step.setStopOld("30m");
        step.setStop(new ColorCommand("./stop $COLOR"));
        ColorCommand deploy = new ColorCommand("./deploy $COLOR");
        deploy.setTimeout("20m");
        step.setDeploy(deploy);
        step.setVerify(new ColorCommand("./test $ENDPOINTS"));
        step.setCheck(new HttpCheck());
        HttpWatch watch = new HttpWatch("http://shop.example/");
        watch.setVerify(false);
        watch.setHeaders(Map.of("Host", "shop.example"));
        watch.setStatus("200-299");
        watch.setContains("ok");
        watch.setTimeout("2s");
        watch.setInterval("100ms");
        watch.setWindow(20);
        watch.setLeast(5);
        watch.setLimit("5%");
        step.setWatch(watch);
        step.setHealthTimeout("3m");
        step.setMoveTimeout("4m");
        step.setDrainTimeout("2m");
        step.setCutOff(true);
        step.setLiveIs("traffic");
        step.setForce(true);
        step.setIfDead("refuse");
        step.setNotify(List.of("deploys", "log"));
        step.setConsul("main");
        step.setCredentialsId("team-token");
        step.setAws("production");
        assertKept(step);
    }

    @Test
    public void theFormKeepsEveryKindOfTraffic() throws Exception {
        HaproxyTraffic map = new HaproxyTraffic(List.of("10.0.0.5:9999", "10.0.0.6:9999"));
        map.setBlue("shop-blue");
        map.setGreen("shop-green");
        map.setMap("/etc/haproxy/green.map");
        map.setKey("shop");
        ProxiesTraffic proxies = new ProxiesTraffic("shop/live");
        proxies.setNodes(2);
        ProxiesTraffic service = new ProxiesTraffic("shop/live");
        service.setService("proxy");
        service.setTag("edge");
        service.setLongestRequest("30s");
        KeyTraffic key = new KeyTraffic("shop");
        key.setFronts("http://a.example/\nhttp://b.example/");
        SplitterTraffic meta = new SplitterTraffic("shop");
        meta.setMeta("fleet");
        SplitterTraffic filters = new SplitterTraffic("shop");
        filters.setBlue("Service.Meta.color == blue");
        filters.setGreen("Service.Meta.color == green");
        AlbTraffic alb =
                new AlbTraffic("arn:aws:elasticloadbalancing:eu-west-1:1:listener/app/web/1/2", "blue", "green");
        for (Traffic traffic : List.of(map, proxies, service, key, meta, filters, alb)) {
            assertKept(step(traffic));
        }
    }

    @Test
    public void theFormKeepsEveryKindOfDeploymentAndWatch() throws Exception {
        ColorAgents agents = new ColorAgents("shop/blue", "shop/green");
        agents.setVersion("v7");
        ColorEvent event = new ColorEvent("run-deploy");
        event.setPayload("v7");
        event.setAcknowledged("api/version");
        event.setTimeout("5m");
        for (ColorWork deploy : List.of(agents, event)) {
            BlueGreenSwitchStep step = step(haproxy("10.0.0.5:9999"));
            step.setDeploy(deploy);
            step.setWatch(new CommandWatch("./error-rate"));
            assertKept(step);
        }
    }

    @Test
    public void theFormKeepsAWayBack() throws Exception {
        BlueGreenRollbackStep back = new BlueGreenRollbackStep(
                "shop", new ListedHosts("b:1"), new ListedHosts("g:1"), haproxy("10.0.0.5:9999"));
        back.setForce(true);
        back.setCheck(new HttpCheck());
        back.setLiveIs("record");
        assertKept(new BlueGreenRollbackBuilder(back));
    }

    @Test
    public void aFreestyleJobSwitchesThereAndBack() throws Exception {
        BlueGreenSwitchStep step = colors();
        step.setVersion("v$BUILD_NUMBER");
        step.setDeploy(new ColorCommand(behind.deploys("\"$VERSION\"") + "; echo \"$COLOR by $JOB_NAME\""));
        step.setCheck(new HttpCheck());
        FreeStyleBuild build = run(new BlueGreenSwitchBuilder(step), Result.SUCCESS);
        assertThat(behind.live()).isEqualTo("app2");
        r.assertLogContains("green | green by " + build.getParent().getName(), build);
        BlueGreenRollbackStep back =
                new BlueGreenRollbackStep(step.getApp(), step.getBlue(), step.getGreen(), step.getTraffic());
        back.setForce(true);
        run(new BlueGreenRollbackBuilder(back), Result.SUCCESS);
        assertThat(behind.live()).isEqualTo("app1");
    }

    @Test
    public void aFreestyleJobWithoutADeploymentSwitchesToWhatIsThere() throws Exception {
        FreeStyleBuild build = run(new BlueGreenSwitchBuilder(colors()), Result.SUCCESS);
        r.assertLogNotContains("deploying", build);
        assertThat(behind.live()).isEqualTo("app2");
    }

    @Test
    public void fieldsAreCheckedAsABuildReadsThem() {
        BlueGreenSwitchDescriptor form = r.jenkins.getDescriptorByType(BlueGreenSwitchStep.DescriptorImpl.class);
        assertThat(form.doCheckWeights(null, "10, 50, 100").kind).isEqualTo(FormValidation.Kind.OK);
        assertThat(form.doCheckWeights(null, "50, 10").kind).isEqualTo(FormValidation.Kind.ERROR);
        assertThat(form.doCheckStopOld(null, "afterSoak").kind).isEqualTo(FormValidation.Kind.OK);
        assertThat(form.doCheckStopOld(null, "sometimes").kind).isEqualTo(FormValidation.Kind.ERROR);
        assertThat(form.doCheckSoak(null, "2 fortnights").kind).isEqualTo(FormValidation.Kind.ERROR);
        assertThat(form.doCheckMoveTimeout(null, "0s").kind).isEqualTo(FormValidation.Kind.ERROR);
        assertThat(form.doCheckLiveIs(null, "neither").kind).isEqualTo(FormValidation.Kind.ERROR);
    }

    // What the tests share

    private static HaproxyTraffic haproxy(String address) {
        HaproxyTraffic haproxy = new HaproxyTraffic(address);
        haproxy.setBackend("b");
        return haproxy;
    }

    private static BlueGreenSwitchStep step(Traffic traffic) {
        return new BlueGreenSwitchStep("shop", new ListedHosts("10.0.0.1:80"), new ListedHosts("10.0.0.2:80"), traffic);
    }

    private BlueGreenSwitchStep colors() {
        List<String> hosts = behind.fleet().hosts();
        BlueGreenSwitchStep step = new BlueGreenSwitchStep(
                behind.app(),
                new ListedHosts(hosts.get(0)),
                new ListedHosts(hosts.get(1)),
                haproxy(behind.fleet().balancer()));
        step.setDrainTimeout("10s");
        step.setHealthTimeout("2s");
        return step;
    }

    private static void assertKept(BlueGreenSwitchStep step) throws Exception {
        assertKept(new BlueGreenSwitchBuilder(step));
    }

    private static void assertKept(ReleaseBuilder builder) throws Exception {
        FreeStyleProject job = r.createFreeStyleProject();
        job.getBuildersList().add(builder);
        ReleaseRequest given = builder.withoutBlock();
        ReleaseRequest kept =
                ((ReleaseBuilder) r.configRoundtrip(job).getBuildersList().get(0)).withoutBlock();
        assertThat(kept.words()).isEqualTo(given.words());
        assertThat(kept.consul()).isEqualTo(given.consul());
        assertThat(kept.credentialsId()).isEqualTo(given.credentialsId());
        assertThat(kept.aws()).isEqualTo(given.aws());
    }

    private static FreeStyleBuild run(Builder builder, Result result) throws Exception {
        FreeStyleProject job = r.createFreeStyleProject();
        job.getBuildersList().add(builder);
        return r.assertBuildStatus(result, job.scheduleBuild2(0));
    }
}
