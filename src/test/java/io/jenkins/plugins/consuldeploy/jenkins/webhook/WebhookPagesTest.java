package io.jenkins.plugins.consuldeploy.jenkins.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import hudson.model.Computer;
import hudson.model.Describable;
import hudson.model.FreeStyleProject;
import hudson.model.Item;
import hudson.model.TopLevelItem;
import hudson.security.ACL;
import hudson.security.ACLContext;
import hudson.util.Secret;
import io.jenkins.plugins.consuldeploy.jenkins.ConsulServer;
import io.jenkins.plugins.consuldeploy.jenkins.ConsulServers;
import java.io.ByteArrayInputStream;
import java.io.File;
import java.lang.reflect.Method;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import javax.xml.transform.Source;
import javax.xml.transform.stream.StreamSource;
import jenkins.model.Jenkins;
import org.htmlunit.HttpMethod;
import org.htmlunit.WebRequest;
import org.htmlunit.WebResponse;
import org.htmlunit.html.HtmlForm;
import org.htmlunit.html.HtmlPage;
import org.jenkinsci.plugins.structs.describable.DescribableModel;
import org.jenkinsci.plugins.structs.describable.DescribableParameter;
import org.junit.Before;
import org.junit.ClassRule;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TestName;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.MockAuthorizationStrategy;
import org.kohsuke.stapler.verb.POST;

public class WebhookPagesTest {

    private static final String RULE = "descriptorByName/" + GlobalWebhook.class.getName() + "/";
    private static final RuleId GLOBAL = RuleId.global("images");

    @ClassRule
    public static final JenkinsRule r = new JenkinsRule();

    @Rule
    public final TestName test = new TestName();

    private FreeStyleProject job;
    private RuleId own;

    @Before
    public void aJobWithARuleOfItsOwn() throws Exception {
        r.jenkins.setSecurityRealm(r.createDummySecurityRealm());
        job = r.createFreeStyleProject(test.getMethodName());
        r.jenkins.setAuthorizationStrategy(new MockAuthorizationStrategy()
                .grant(Jenkins.ADMINISTER)
                .everywhere()
                .to("admin")
                .grant(Jenkins.READ, Item.READ)
                .everywhere()
                .to("reader", "configurer", "other")
                .grant(Jenkins.SYSTEM_READ, Item.EXTENDED_READ)
                .everywhere()
                .to("reader")
                .grant(Item.CONFIGURE, Item.BUILD, Item.CREATE, Computer.BUILD)
                .everywhere()
                .to("configurer", "other"));
        own = new RuleId(job.getFullName(), "own");
        try (ACLContext as = as("configurer")) {
            job.addProperty(property("configurer"));
        }
        Webhooks.get()
                .setWebhooks(List.of(new GlobalWebhook("images", "**", new StartJob(job.getFullName(), "configurer"))));
    }

    @Test
    public void addressesAreShownToThoseWhoMayConfigureAlone() throws Exception {
        String global = WebhookAddress.of(GLOBAL);
        String ofJob = WebhookAddress.of(own);
        assertThat(get("admin", "manage/consul-webhooks/").getContentAsString()).contains(global, ofJob);
        assertThat(get("configurer", page()).getContentAsString())
                .contains(ofJob)
                .doesNotContain(global);
        for (String user : List.of("reader", "configurer")) {
            assertThat(get(user, "manage/consul-webhooks/").getStatusCode())
                    .as(user)
                    .isEqualTo(403);
        }
        assertThat(get("reader", page()).getStatusCode()).isEqualTo(403);
        for (String path :
                List.of("manage/configure", job.getUrl() + "configure", job.getUrl(), job.getUrl() + "config.xml")) {
            assertThat(get("reader", path).getContentAsString())
                    .as(path)
                    .doesNotContain(WebhookSecrets.get().of(GLOBAL))
                    .doesNotContain(WebhookSecrets.get().of(own));
        }
        assertThat(job.getConfigFile().asString())
                .doesNotContain(WebhookSecrets.get().of(own));
    }

    @Test
    public void anAddressIsRotatedByAPostOfThoseWhoMayConfigure() throws Exception {
        String before = WebhookAddress.of(own);
        String rotate = page() + "rotate?name=own&job=" + job.getFullName();
        assertThat(get("configurer", rotate).getStatusCode()).isIn(404, 405);
        assertThat(post("reader", rotate).getStatusCode()).isEqualTo(403);
        assertThat(post("configurer", "manage/consul-webhooks/rotate?job=&name=images")
                        .getStatusCode())
                .isEqualTo(403);
        assertThat(WebhookAddress.of(own)).isEqualTo(before);
        try (JenkinsRule.WebClient browser = r.createWebClient().login("configurer")) {
            HtmlPage page = browser.goTo(page());
            HtmlForm form = page.getForms().stream()
                    .filter(found -> found.getActionAttribute().equals("rotate"))
                    .findFirst()
                    .orElseThrow();
            r.submit(form);
        }
        assertThat(WebhookAddress.of(own)).isNotEqualTo(before);
        Sender registry = new Sender(r);
        assertThat(registry.send("POST", before, "{}").statusCode()).isEqualTo(404);
        assertThat(registry.post(own, "{}").statusCode()).isEqualTo(400);
        String global = WebhookAddress.of(GLOBAL);
        assertThat(post("admin", "manage/consul-webhooks/rotate?job=&name=none").getStatusCode())
                .isEqualTo(404);
        post("admin", "manage/consul-webhooks/rotate?job=&name=images");
        assertThat(WebhookAddress.of(GLOBAL)).isNotEqualTo(global);
    }

    @Test
    public void namesWithHtmlAreShownAsText() throws Exception {
        Sender registry = new Sender(r);
        assertThat(registry.post(own, "{\"repository\": \"<img src=x onerror=alert(1)>\", \"tag\": \"v1\"}")
                        .statusCode())
                .isEqualTo(400);
        for (String page : List.of("manage/consul-webhooks/", page())) {
            assertThat(get("admin", page).getContentAsString())
                    .contains("&lt;img src=x onerror=alert(1)")
                    .doesNotContain("<img src=x");
        }
    }

    @Test
    public void deliveriesAreShownWithTheirOutcome() throws Exception {
        Sender registry = new Sender(r);
        registry.delivered(own, Sender.plain("acme/shown", "v1", "a"));
        registry.delivered(own, Sender.plain("acme/shown", "v1", "a"));
        r.waitUntilNoActivity();
        assertThat(get("configurer", page()).getContentAsString())
                .containsSubsequence("acme/shown:v1", "repeated", "acme/shown:v1", "started");
    }

    @Test
    public void aRuleOfAJobStartsThatJobAsWhoConfiguredIt() throws Exception {
        Sender registry = new Sender(r);
        assertThat(registry.delivered(own, Sender.plain("acme/own", "v1", "a"))).endsWith(": started");
        r.waitUntilNoActivity();
        assertThat(Sender.latest().getDetail()).isEqualTo(job.getFullName() + " as configurer");
        assertThat(job.getLastBuild().getCause(WebhookCause.class).getWebhook()).isEqualTo("own");
    }

    @Test
    public void nobodyGivesAJobsRuleAnotherUserThanThemselves() throws Exception {
        try (ACLContext as = as("configurer")) {
            assertThat(Identity.mayBeChosen("configurer")).isTrue();
            assertThat(Identity.mayBeChosen("admin")).isFalse();
            assertThat(Identity.mayBeChosen("SYSTEM")).isFalse();
            job.removeProperty(WebhookJobProperty.class);
            job.addProperty(property("admin"));
        }
        assertThat(runAs(job)).as("by a script").isNull();
        assertThat(new Sender(r).delivered(own, Sender.plain("acme/nobody", "v1", "a")))
                .endsWith(": refused");
        assertThat(Sender.latest().getDetail()).contains("no user to run as");

        job.removeProperty(WebhookJobProperty.class);
        job.addProperty(property("admin"));
        assertThat(runAs(job)).as("by an administrator").isEqualTo("admin");
        String xml = job.getConfigFile().asString();
        try (ACLContext as = as("configurer")) {
            job.updateByXml((Source) new StreamSource(new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8))));
            assertThat(runAs(job)).as("by config.xml").isNull();
        }
    }

    @Test
    public void aCopyOfAJobHasAnAddressOfItsOwnAndItsCopierForAUser() throws Exception {
        FreeStyleProject copy;
        try (ACLContext as = as("other")) {
            copy = (FreeStyleProject) r.jenkins.copy((TopLevelItem) job, job.getName() + "-copy");
        }
        assertThat(WebhookAddress.of(new RuleId(copy.getFullName(), "own"))).isNotEqualTo(WebhookAddress.of(own));
        assertThat(runAs(copy)).isIn(null, "other");
    }

    @Test
    public void anAddressFollowsARenamedJobAndEndsWithADeletedOne() throws Exception {
        String address = WebhookAddress.of(own);
        job.renameTo(job.getName() + "-renamed");
        assertThat(WebhookAddress.of(new RuleId(job.getFullName(), "own"))).isEqualTo(address);
        String name = job.getFullName();
        job.delete();
        assertThat(new Sender(r).send("POST", address, "{}").statusCode()).isEqualTo(404);
        assertThat(WebhookAddress.of(new RuleId(name, "own"))).isNotEqualTo(address);
    }

    @Test
    public void secretsThatCannotBeReadAreKeptAndHoldNoBuildUp() throws Exception {
        File file = new File(r.jenkins.getRootDir(), WebhookSecrets.class.getName() + ".xml");
        String before = WebhookAddress.of(own);
        String kept = Files.readString(file.toPath());
        try {
            Files.writeString(file.toPath(), "<cut off");
            WebhookSecrets secrets = new WebhookSecrets();
            assertThat(secrets.areThereAny()).as("each build asks").isTrue();
            assertThatThrownBy(() -> secrets.of(own)).hasMessageContaining(file.getName());
            assertThat(file).hasContent("<cut off");
        } finally {
            Files.writeString(file.toPath(), kept);
        }
        assertThat(WebhookAddress.of(own)).isEqualTo(before);
    }

    @Test
    public void secretsThatAreGivenGoWithRulesThatAreRenamedOrExchangeThem() {
        String one = "1".repeat(32);
        String two = "2".repeat(32);
        Webhooks.get().setWebhooks(List.of(withSecret("a", one), withSecret("b", two)));
        Webhooks.get().setWebhooks(List.of(withSecret("renamed", one), withSecret("b", two)));
        assertThat(WebhookSecrets.get().of(RuleId.global("renamed"))).isEqualTo(one);
        Webhooks.get().setWebhooks(List.of(withSecret("renamed", two), withSecret("b", one)));
        assertThat(WebhookSecrets.get().of(RuleId.global("renamed"))).isEqualTo(two);
        assertThat(WebhookSecrets.get().of(RuleId.global("b"))).isEqualTo(one);

        assertThatThrownBy(() -> Webhooks.get()
                        .setWebhooks(List.of(withSecret("renamed", "3".repeat(32)), withSecret("b", "weak"))))
                .hasMessageContaining("22 to 128 letters");
        assertThatThrownBy(() -> Webhooks.get().setWebhooks(List.of(withSecret("x", one), withSecret("y", one))))
                .hasMessageContaining("another webhook has the same");
        assertThat(WebhookSecrets.get().of(RuleId.global("renamed")))
                .as("what is refused changes nothing")
                .isEqualTo(two);
    }

    @Test
    public void theFormsKeepWhatTheyShow() throws Exception {
        JobWebhook webhook = new JobWebhook("own", "acme/*");
        webhook.setTag("release-*");
        webhook.setRunAs("admin");
        webhook.setSigningSecret(Secret.fromString("a signing secret"));
        webhook.setRepositoryPath("$.a");
        webhook.setTagPath("$.b");
        job.removeProperty(WebhookJobProperty.class);
        job.addProperty(new WebhookJobProperty(List.of(webhook)));
        GlobalWebhook start = new GlobalWebhook("start", "a/**", new StartJob(job.getFullName(), "configurer"));
        start.setSignatureHeader("X-Our-Signature");
        SetKey action = new SetKey("configs/app/IMAGE_TAG");
        action.setValue("${IMAGE}");
        action.setConsul("main");
        Webhooks.get().setWebhooks(List.of(start, new GlobalWebhook("set", "b/**", action)));
        try (JenkinsRule.WebClient browser = r.createWebClient().login("admin")) {
            r.submit(browser.goTo(job.getUrl() + "configure").getFormByName("config"));
            r.submit(browser.goTo("manage/configure").getFormByName("config"));
        }
        JobWebhook kept =
                job.getProperty(WebhookJobProperty.class).getWebhooks().get(0);
        r.assertEqualDataBoundBeans(webhook, kept);
        assertThat(kept.signingKey()).hasValue("a signing secret");
        List<GlobalWebhook> global = Webhooks.get().getWebhooks();
        assertThat(global).extracting(Webhook::getName).containsExactly("start", "set");
        assertThat(global.get(0).getSignatureHeader()).isEqualTo("X-Our-Signature");
        r.assertEqualDataBoundBeans(start.getAction(), global.get(0).getAction());
        r.assertEqualDataBoundBeans(action, global.get(1).getAction());
    }

    @Test
    public void theFormOfAnotherConfigurerHasToNameThemselves() throws Exception {
        try (JenkinsRule.WebClient browser = r.createWebClient().withThrowExceptionOnFailingStatusCode(false)) {
            browser.login("other");
            HtmlForm form = browser.goTo(job.getUrl() + "configure").getFormByName("config");
            assertThat(r.submit(form).getWebResponse().getContentAsString()).contains("only an administrator");
            assertThat(runAs(job)).isEqualTo("configurer");
            form = browser.goTo(job.getUrl() + "configure").getFormByName("config");
            form.getInputByName("_.runAs").setValue("");
            r.submit(form);
        }
        assertThat(runAs(job)).isEqualTo("other");
    }

    @Test
    public void everyFieldHasHelpAndEveryWebMethodIsPostOnly() throws Exception {
        for (Class<? extends Describable<?>> type : List.of(
                GlobalWebhook.class, JobWebhook.class, StartJob.class, SetKey.class, WebhookJobProperty.class)) {
            for (DescribableParameter field : DescribableModel.of(type).getParameters()) {
                assertThat(field.getHelp())
                        .as(type.getSimpleName() + "." + field.getName())
                        .isNotBlank();
            }
        }
        List<Method> methods = Stream.of(
                        GlobalWebhook.DescriptorImpl.class,
                        JobWebhook.DescriptorImpl.class,
                        StartJob.DescriptorImpl.class,
                        SetKey.DescriptorImpl.class,
                        WebhookJobProperty.DescriptorImpl.class,
                        WebhooksLink.class,
                        JobWebhooks.class)
                .flatMap(type -> Arrays.stream(type.getMethods()))
                .filter(method -> method.getName().startsWith("do"))
                .filter(method -> method.getDeclaringClass().getName().contains("consuldeploy"))
                .toList();
        assertThat(methods).hasSizeGreaterThan(10).allSatisfy(method -> assertThat(
                        method.isAnnotationPresent(POST.class))
                .as(method.toString())
                .isTrue());
    }

    @Test
    public void theFieldsAreChecked() throws Exception {
        ConsulServers.get().setServers(List.of(new ConsulServer("main", "127.0.0.1:1")));
        assertThat(check(RULE + "checkName", "a/b")).contains("1 to 64 letters");
        assertThat(check(RULE + "checkRepository", "")).contains("a pattern of 1 to 255");
        assertThat(check(RULE + "checkTag", "")).isEqualTo("<div/>");
        assertThat(check(RULE + "checkSigningSecret", "short")).contains("It is short");
        assertThat(check(RULE + "checkSignatureHeader", "X Y")).contains("HTTP header");
        assertThat(check(RULE + "checkRepositoryPath", "a.b")).contains("begins with");
        assertThat(check(RULE + "checkRepositoryPath", "$.a")).contains("tag path");
        assertThat(check(RULE + "checkTagPath", "$.a%5B*%5D")).contains("can&#039;t be read");
        assertThat(check(RULE + "checkDigestPath", "")).isEqualTo("<div/>");
        String start = "descriptorByName/" + StartJob.class.getName() + "/";
        assertThat(check(start + "checkJob", "none")).contains("the full name of a job");
        assertThat(check(start + "checkJob", job.getFullName())).isEqualTo("<div/>");
        assertThat(check(start + "checkRunAs", "SYSTEM")).contains("the ID of a user");
        String set = "descriptorByName/" + SetKey.class.getName() + "/";
        assertThat(check(set + "checkKey", "/a")).contains("without a slash at either end");
        assertThat(check(set + "checkValue", "$%7BVERSION%7D")).contains("${TAG}");
        assertThat(check(set + "checkConsul", "other")).contains("main");
        String inJob = job.getUrl() + "descriptorByName/" + JobWebhook.class.getName() + "/";
        assertThat(text("configurer", inJob + "checkRunAs?value=admin")).contains("only an administrator");
        assertThat(text("configurer", inJob + "checkRunAs?value=configurer")).isEqualTo("<div/>");
        assertThat(text("reader", inJob + "checkRunAs?value=admin")).isEqualTo("<div/>");
        assertThat(text("configurer", RULE + "checkName?value=")).isEqualTo("<div/>");
    }

    @Test
    public void twoRulesOfOneNameAreRefused() {
        GlobalWebhook webhook = new GlobalWebhook("twice", "**", new SetKey("a/b"));
        assertThatThrownBy(() -> Webhooks.get().setWebhooks(List.of(webhook, webhook)))
                .hasMessageContaining("two webhooks have it");
        JobWebhook ofJob = new JobWebhook("twice", "**");
        assertThatThrownBy(() -> new WebhookJobProperty(List.of(ofJob, ofJob)))
                .hasMessageContaining("two webhooks of this job");
        assertThatThrownBy(() -> Webhooks.get().setWebhooks(List.of(new GlobalWebhook("none", "**", null))))
                .hasMessageContaining("say what a push starts");
    }

    // What the tests share

    private static ACLContext as(String user) {
        return ACL.as2(hudson.model.User.getById(user, true).impersonate2());
    }

    private static GlobalWebhook withSecret(String name, String secret) {
        GlobalWebhook webhook = new GlobalWebhook(name, "**", new SetKey("configs/app/IMAGE_TAG"));
        webhook.setSecret(Secret.fromString(secret));
        return webhook;
    }

    private static WebhookJobProperty property(String runAs) {
        JobWebhook webhook = new JobWebhook("own", "**");
        webhook.setRunAs(runAs);
        return new WebhookJobProperty(List.of(webhook));
    }

    private static String runAs(FreeStyleProject job) {
        return job.getProperty(WebhookJobProperty.class).getWebhooks().get(0).getRunAs();
    }

    private String page() {
        return job.getUrl() + "consul-webhooks/";
    }

    private static String check(String url, String value) throws Exception {
        return text("admin", url + "?value=" + value);
    }

    private static String text(String user, String url) throws Exception {
        WebResponse response = post(user, url);
        assertThat(response.getStatusCode()).as(url).isEqualTo(200);
        return response.getContentAsString();
    }

    private static WebResponse get(String user, String url) throws Exception {
        return send(user, HttpMethod.GET, url);
    }

    private static WebResponse post(String user, String url) throws Exception {
        return send(user, HttpMethod.POST, url);
    }

    private static WebResponse send(String user, HttpMethod method, String url) throws Exception {
        try (JenkinsRule.WebClient browser =
                r.createWebClient().withThrowExceptionOnFailingStatusCode(false).withJavaScriptEnabled(false)) {
            return browser.withBasicApiToken(user)
                    .getPage(new WebRequest(new URL(r.getURL(), url), method))
                    .getWebResponse();
        }
    }
}
