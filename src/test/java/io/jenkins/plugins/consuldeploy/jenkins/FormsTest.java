package io.jenkins.plugins.consuldeploy.jenkins;

import static org.assertj.core.api.Assertions.assertThat;

import hudson.model.Describable;
import io.jenkins.plugins.consuldeploy.jenkins.channels.NotificationChannel;
import io.jenkins.plugins.consuldeploy.jenkins.parts.Balancer;
import io.jenkins.plugins.consuldeploy.jenkins.parts.Check;
import io.jenkins.plugins.consuldeploy.jenkins.parts.ColorWork;
import io.jenkins.plugins.consuldeploy.jenkins.parts.HostUpdate;
import io.jenkins.plugins.consuldeploy.jenkins.parts.Hosts;
import io.jenkins.plugins.consuldeploy.jenkins.parts.Suspended;
import io.jenkins.plugins.consuldeploy.jenkins.parts.Traffic;
import io.jenkins.plugins.consuldeploy.jenkins.parts.Watch;
import java.io.IOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import jenkins.model.Jenkins;
import net.sf.json.JSONArray;
import net.sf.json.JSONObject;
import org.htmlunit.HttpMethod;
import org.htmlunit.WebRequest;
import org.htmlunit.html.HtmlPage;
import org.htmlunit.util.NameValuePair;
import org.jenkinsci.plugins.structs.describable.DescribableModel;
import org.jenkinsci.plugins.structs.describable.DescribableParameter;
import org.jenkinsci.plugins.structs.describable.ErrorType;
import org.jenkinsci.plugins.workflow.cps.Snippetizer;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.junit.ClassRule;
import org.junit.Test;
import org.jvnet.hudson.test.JenkinsRule;

public class FormsTest {

    private static final Pattern INLINE_SCRIPT = Pattern.compile("<script|javascript:|\\son[a-z]+=|\\sstyle=");

    @ClassRule
    public static final JenkinsRule r = new JenkinsRule();

    @Test
    public void everyFieldHasHelp() throws Exception {
        for (Class<? extends Describable<?>> type : everyForm()) {
            for (DescribableParameter field : DescribableModel.of(type).getParameters()) {
                assertThat(field.getHelp())
                        .as(type.getSimpleName() + "." + field.getName())
                        .isNotBlank();
                assertThat(field.getType())
                        .as(type.getSimpleName() + "." + field.getName())
                        .isNotInstanceOf(ErrorType.class);
            }
        }
    }

    @Test
    public void everyStepAndBuilderHasHelp() throws Exception {
        for (Class<? extends Describable<?>> type : List.of(
                ConsulDeployStep.class,
                ConsulRollbackStep.class,
                RollingReleaseStep.class,
                RollingReleaseBuilder.class,
                BlueGreenSwitchStep.class,
                BlueGreenSwitchBuilder.class,
                BlueGreenRollbackStep.class,
                BlueGreenRollbackBuilder.class,
                ConsulDeployBuilder.class,
                ConsulRollbackBuilder.class)) {
            assertThat(DescribableModel.of(type).getHelp())
                    .as(type.getSimpleName())
                    .isNotBlank();
        }
    }

    @Test
    public void theStepReferenceShowsThem() throws Exception {
        try (JenkinsRule.WebClient browser = r.createWebClient().withJavaScriptEnabled(false)) {
            HtmlPage reference = browser.goTo("pipeline-syntax/html");
            assertThat(reference.asXml())
                    .contains("consulDeploy", "Deploy a version through Consul", "consulRollback")
                    .contains("How many nodes have to take part, at least");
        }
    }

    @Test
    public void theSnippetGeneratorWritesWhatItsFormHas() throws Exception {
        JSONObject form = new JSONObject()
                .element("stapler-class", ConsulDeployStep.class.getName())
                .element("$class", ConsulDeployStep.class.getName())
                .element("prefix", "api/version")
                .element("version", "v7")
                .element("nodes", "3")
                .element("service", "")
                .element("tag", "")
                .element("rolling", "25%")
                .element("onFailure", "stop")
                .element("keep", "")
                .element("readyTimeout", "")
                .element("activeTimeout", "")
                .element("consul", "")
                .element("credentialsId", "");
        assertThat(generated(form))
                .isEqualTo("consulDeploy nodes: 3, prefix: 'api/version', rolling: '25%', version: 'v7'");
    }

    @Test
    public void theSnippetGeneratorWritesAWholeRelease() throws Exception {
        JSONObject form = new JSONObject()
                .element("stapler-class", RollingReleaseStep.class.getName())
                .element("$class", RollingReleaseStep.class.getName())
                .element("app", "web")
                .element("version", "v7")
                .element(
                        "hosts",
                        part("Ec2Hosts")
                                .element("tags", "stack=web\nrelease=v6,v7")
                                .element("address", ""))
                .element(
                        "loadBalancers",
                        new JSONArray()
                                .element(part("ClassicElbBalancer").element("name", "web-elb"))
                                .element(part("HaproxyBalancer")
                                        .element("address", "10.0.0.5:9999")
                                        .element("backend", "b")))
                .element("suspend", new JSONArray().element(part("Alarms").element("names", "web-*")))
                .element(
                        "check",
                        part("HttpCheck")
                                .element("path", "/health")
                                .element("verify", true)
                                .element("port", "8080"))
                .element("update", part("NoUpdate"))
                .element("onFailure", "stop")
                .element("ifDead", "repair")
                .element("notify", "deploys")
                .element("cutOff", false);
        assertThat(generated(form))
                .startsWith("rollingRelease(")
                .contains("app: 'web'", "version: 'v7'", "notify: ['deploys']")
                .contains("hosts: ec2(tags: [stack: 'web', release: 'v6,v7'])")
                .contains("classicElb('web-elb')", "haproxy(address: '10.0.0.5:9999', backend: ['b'])")
                .contains("suspend: [alarms(['web-*'])]", "check: http(path: '/health', port: 8080)")
                .doesNotContain("update", "onFailure", "cutOff", "$class");
    }

    @Test
    public void theSnippetGeneratorWritesAWholeSwitch() throws Exception {
        JSONObject form = new JSONObject()
                .element("stapler-class", BlueGreenSwitchStep.class.getName())
                .element("$class", BlueGreenSwitchStep.class.getName())
                .element("app", "shop")
                .element("version", "v7")
                .element("blue", part("ListedHosts").element("hosts", "10.0.0.1:80"))
                .element("green", part("ListedHosts").element("hosts", "10.0.0.2:80"))
                .element(
                        "traffic",
                        part("ProxiesTraffic").element("prefix", "shop/live").element("nodes", "2"))
                .element("weights", "10, 50, 100")
                .element("check", part("NoCheck"))
                .element("deploy", part("NoColorWork"))
                .element("verify", part("ColorCommand").element("command", "./test $COLOR"))
                .element("stop", part("NoColorWork"))
                .element(
                        "watch",
                        part("HttpWatch").element("url", "http://shop.example/").element("verify", true))
                .element("liveIs", "agreed")
                .element("ifDead", "repair")
                .element("cutOff", false)
                .element("force", false);
        assertThat(generated(form))
                .startsWith("blueGreenSwitch(")
                .contains("blue: hostList(['10.0.0.1:80'])", "traffic: proxies(nodes: 2, prefix: 'shop/live')")
                .contains("weights: [10, 50, 100]", "verify: command('./test $COLOR')")
                .contains("watch: http('http://shop.example/')")
                .doesNotContain("deploy", "liveIs", "force", "class");
    }

    private static JSONObject part(String name) {
        String type = Hosts.class.getPackageName() + "." + name;
        return new JSONObject().element("stapler-class", type).element("$class", type);
    }

    private static String generated(JSONObject form) throws Exception {
        WorkflowJob job = r.createProject(WorkflowJob.class);
        try (JenkinsRule.WebClient browser = r.createWebClient().withJavaScriptEnabled(false)) {
            WebRequest request = new WebRequest(
                    new URL(
                            r.getURL(),
                            job.getUrl() + Snippetizer.GENERATE_URL.replaceFirst(".*/", "pipeline-syntax/")),
                    HttpMethod.POST);
            request.setRequestParameters(List.of(
                    new NameValuePair("json", form.toString()),
                    new NameValuePair(
                            r.jenkins.getCrumbIssuer().getDescriptor().getCrumbRequestField(),
                            r.jenkins.getCrumbIssuer().getCrumb())));
            return browser.getPage(request)
                    .getWebResponse()
                    .getContentAsString()
                    .strip();
        }
    }

    @Test
    public void noFormHasAScriptOrStylesOfItsOwn() throws Exception {
        try (Stream<Path> files = Files.walk(Path.of("src/main/resources"))) {
            List<Path> jelly = files.filter(file -> file.toString().endsWith(".jelly")
                            || file.toString().endsWith(".html"))
                    .toList();
            assertThat(jelly).isNotEmpty().allSatisfy(file -> assertThat(text(file))
                    .as(file.toString())
                    .doesNotContainPattern(INLINE_SCRIPT));
        }
    }

    /** The steps, the parts of a release, and what an administrator sets up. */
    static List<Class<? extends Describable<?>>> everyForm() {
        List<Class<? extends Describable<?>>> all = new ArrayList<>(List.of(
                ConsulDeployStep.class,
                ConsulRollbackStep.class,
                RollingReleaseStep.class,
                BlueGreenSwitchStep.class,
                BlueGreenRollbackStep.class,
                ConsulServer.class,
                AwsAccount.class));
        all.addAll(formsOf(Hosts.class));
        all.addAll(formsOf(Balancer.class));
        all.addAll(formsOf(Check.class));
        all.addAll(formsOf(HostUpdate.class));
        all.addAll(formsOf(Suspended.class));
        all.addAll(formsOf(Traffic.class));
        all.addAll(formsOf(ColorWork.class));
        all.addAll(formsOf(Watch.class));
        all.addAll(formsOf(NotificationChannel.class));
        assertThat(all).hasSizeGreaterThan(25);
        return all;
    }

    private static <T extends Describable<T>> List<Class<? extends T>> formsOf(Class<T> kind) {
        List<Class<? extends T>> forms = new ArrayList<>();
        Jenkins.get().getDescriptorList(kind).forEach(descriptor -> forms.add(descriptor.clazz));
        return forms;
    }

    private static String text(Path file) throws IOException {
        return Files.readString(file);
    }
}
