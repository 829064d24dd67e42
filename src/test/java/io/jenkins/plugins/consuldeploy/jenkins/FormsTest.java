package io.jenkins.plugins.consuldeploy.jenkins;

import static org.assertj.core.api.Assertions.assertThat;

import hudson.model.Describable;
import java.io.IOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
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
        for (Class<? extends Describable<?>> type :
                List.of(ConsulDeployStep.class, ConsulRollbackStep.class, ConsulServer.class)) {
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
        WorkflowJob job = r.createProject(WorkflowJob.class);
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
            assertThat(browser.getPage(request)
                            .getWebResponse()
                            .getContentAsString()
                            .strip())
                    .isEqualTo("consulDeploy nodes: 3, prefix: 'api/version', rolling: '25%', version: 'v7'");
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

    private static String text(Path file) throws IOException {
        return Files.readString(file);
    }
}
