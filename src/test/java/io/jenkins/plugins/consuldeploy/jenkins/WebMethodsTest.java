package io.jenkins.plugins.consuldeploy.jenkins;

import static org.assertj.core.api.Assertions.assertThat;

import com.cloudbees.plugins.credentials.CredentialsScope;
import com.cloudbees.plugins.credentials.SystemCredentialsProvider;
import hudson.model.Describable;
import hudson.model.Descriptor;
import hudson.model.FreeStyleProject;
import hudson.model.Item;
import hudson.util.Secret;
import io.jenkins.plugins.consuldeploy.consul.ConsulProcess;
import io.jenkins.plugins.consuldeploy.jenkins.channels.SlackChannel;
import io.jenkins.plugins.consuldeploy.jenkins.parts.Hosts;
import io.jenkins.plugins.consuldeploy.jenkins.parts.Part;
import java.lang.reflect.Method;
import java.net.URL;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import jenkins.model.Jenkins;
import org.htmlunit.HttpMethod;
import org.htmlunit.WebRequest;
import org.htmlunit.WebResponse;
import org.jenkinsci.plugins.plaincredentials.impl.StringCredentialsImpl;
import org.jenkinsci.plugins.structs.describable.DescribableModel;
import org.jenkinsci.plugins.structs.describable.DescribableParameter;
import org.junit.AfterClass;
import org.junit.BeforeClass;
import org.junit.ClassRule;
import org.junit.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.MockAuthorizationStrategy;
import org.kohsuke.stapler.verb.POST;

/** What the forms' web methods tell to whom: administrators, people who may configure a job, and people who may read. */
public class WebMethodsTest {

    private static final String SERVER = "descriptorByName/" + ConsulServer.class.getName() + "/";
    private static final String STEP = "job/app/descriptorByName/" + ConsulDeployStep.class.getName() + "/";

    private static final String RELEASE = "job/app/descriptorByName/" + RollingReleaseStep.class.getName() + "/";

    @ClassRule
    public static final JenkinsRule r = new JenkinsRule();

    /** Fields of which a form has only what can be right, or that are forms of their own. */
    private static final Set<String> CHOSEN = Set.of("hosts", "loadBalancers", "suspend", "check", "update");

    private static final Map<String, JenkinsRule.WebClient> BROWSERS = new HashMap<>();
    private static ConsulProcess guarded;

    @BeforeClass
    public static void setUp() throws Exception {
        guarded = ConsulProcess.startWithAcls();
        r.jenkins.setSecurityRealm(r.createDummySecurityRealm());
        FreeStyleProject job = r.createFreeStyleProject("app");
        r.jenkins.setAuthorizationStrategy(new MockAuthorizationStrategy()
                .grant(Jenkins.ADMINISTER)
                .everywhere()
                .to("admin")
                .grant(Jenkins.READ, Item.READ)
                .everywhere()
                .to("configurer", "reader")
                .grant(Item.CONFIGURE)
                .onItems(job)
                .to("configurer"));
        for (String user : List.of("admin", "configurer", "reader")) {
            JenkinsRule.WebClient browser = r.createWebClient()
                    .withThrowExceptionOnFailingStatusCode(false)
                    .withJavaScriptEnabled(false);
            BROWSERS.put(user, browser.withBasicApiToken(user));
        }
        give(
                "consul-token",
                guarded.token("key_prefix \"\" { policy = \"read\" }").secret());
        ConsulServers.get().setServers(List.of(new ConsulServer("production", guarded.address())));
    }

    @AfterClass
    public static void stop() {
        BROWSERS.values().forEach(JenkinsRule.WebClient::close);
        guarded.close();
    }

    @Test
    public void everyWebMethodIsPostOnly() {
        List<Method> methods = r.jenkins.getExtensionList(Descriptor.class).stream()
                .<Class<?>>map(descriptor -> descriptor.getClass())
                .filter(type -> type.getName().contains("consuldeploy"))
                .flatMap(type -> Arrays.stream(type.getMethods()))
                .filter(method -> method.getName().startsWith("do"))
                .filter(method -> method.getDeclaringClass().getName().contains("consuldeploy"))
                .toList();
        assertThat(methods).isNotEmpty().allSatisfy(method -> assertThat(method.isAnnotationPresent(POST.class))
                .as(method.toString())
                .isTrue());
    }

    @Test
    public void everyFieldIsChecked() {
        for (Class<? extends Describable<?>> type : FormsTest.everyForm()) {
            for (DescribableParameter field : DescribableModel.of(type).getParameters()) {
                boolean isChosen = field.getErasedType() == boolean.class && type != ConsulServer.class
                        || Part.class.isAssignableFrom(field.getErasedType())
                        || CHOSEN.contains(field.getName());
                if (isChosen) {
                    continue;
                }
                String check = "doCheck" + field.getCapitalizedName();
                assertThat(r.jenkins.getDescriptorOrDie(type).getClass().getMethods())
                        .extracting(Method::getName)
                        .contains(check);
            }
        }
    }

    @Test
    public void aGetIsRefused() throws Exception {
        for (String url :
                List.of(SERVER + "testConnection", SERVER + "checkAddress?value=x", STEP + "fillConsulItems")) {
            assertThat(send("admin", HttpMethod.GET, url, "").getStatusCode())
                    .as(url)
                    .isIn(404, 405);
        }
    }

    @Test
    public void aConnectionIsTestedByAdministratorsAlone() throws Exception {
        String form = "address=" + guarded.address() + "&keyRoot=consul-deploy&skipVerify=false&tokenCredentialsId=";
        assertThat(post("reader", SERVER + "testConnection", form).getStatusCode())
                .isEqualTo(403);
        assertThat(post("configurer", SERVER + "testConnection", form).getStatusCode())
                .isEqualTo(403);
        assertThat(post("admin", SERVER + "testConnection", form).getStatusCode())
                .isEqualTo(200);
    }

    @Test
    public void aConnectionTestShowsTheLeaderAndWhatTheTokenMayNotDo() throws Exception {
        String found = text(
                "admin",
                SERVER + "testConnection",
                "address=" + guarded.address()
                        + "&keyRoot=consul-deploy&skipVerify=false&tokenCredentialsId=consul-token");
        assertThat(found)
                .contains("its leader is 127.0.0.1:")
                .contains("The token may read the keys")
                .contains("may not write them")
                .contains("key:write on &quot;consul-deploy/deploy/access-check/lock&quot;")
                .contains("may not create a session")
                .contains("session:write")
                .contains("may not see the instances of services")
                .contains("service:read");
    }

    @Test
    public void aConnectionTestWithAllRightsFindsNothingMissing() throws Exception {
        give("management", guarded.config().token().orElseThrow().secret());
        String found = text(
                "admin",
                SERVER + "testConnection",
                "address=" + guarded.address() + "&keyRoot=&skipVerify=false&tokenCredentialsId=management");
        assertThat(found).contains("Version 1.").contains("datacenter dc1").doesNotContain("may not");
    }

    @Test
    public void aConnectionTestNamesWhatIsWrong() throws Exception {
        assertThat(text("admin", SERVER + "testConnection", "address=127.0.0.1:1&skipVerify=false"))
                .contains("no answer from Consul at http://127.0.0.1:1");
        assertThat(text("admin", SERVER + "testConnection", "address=ftp://x&skipVerify=false"))
                .contains("Consul address");
        assertThat(text("admin", SERVER + "testConnection", "address=x&skipVerify=false&tokenCredentialsId=gone"))
                .contains("token &#039;gone&#039;");
    }

    @Test
    public void theFieldsOfAServerAreChecked() throws Exception {
        assertThat(check("admin", SERVER + "checkName", "")).contains("it is empty");
        assertThat(check("admin", SERVER + "checkAddress", "consul.example.com:8500"))
                .isEqualTo("<div/>");
        assertThat(check("admin", SERVER + "checkAddress", "unix:///var/run/consul"))
                .contains("unix socket");
        assertThat(check("admin", SERVER + "checkDatacenter", "dc 1")).contains("datacenter &#039;dc 1&#039;");
        assertThat(check("admin", SERVER + "checkCaCertificate", "x")).contains("BEGIN CERTIFICATE");
        assertThat(check("admin", SERVER + "checkSkipVerify", "true")).contains("can then read the token");
        assertThat(check("admin", SERVER + "checkKeyRoot", "a//b")).contains("two slashes");
        assertThat(check("admin", SERVER + "checkConnectTimeout", "5")).contains("did you mean");
        assertThat(check("admin", SERVER + "checkReadTimeout", "0s")).contains("above zero");
        assertThat(check("admin", SERVER + "checkOutageLimit", "")).isEqualTo("<div/>");
        assertThat(check("admin", SERVER + "checkTokenCredentialsId", "gone")).contains("none of that ID");
        assertThat(check("admin", SERVER + "checkTokenCredentialsId", "consul-token"))
                .isEqualTo("<div/>");
        assertThat(check("reader", SERVER + "checkName", "")).isEqualTo("<div/>");
        assertThat(check("reader", SERVER + "checkTokenCredentialsId", "gone")).isEqualTo("<div/>");
    }

    @Test
    public void theFieldsOfAStepAreChecked() throws Exception {
        assertThat(check("configurer", STEP + "checkPrefix", "consul-deploy/x")).contains("our own keys");
        assertThat(check("configurer", STEP + "checkVersion", "../x")).contains("version &#039;../x&#039;");
        assertThat(check("configurer", STEP + "checkVersion", "v$BUILD_NUMBER")).isEqualTo("<div/>");
        assertThat(check("configurer", STEP + "checkNodes", "0")).contains("a number from 1");
        assertThat(text("configurer", STEP + "checkNodes", "value=3&service=api"))
                .contains("either");
        assertThat(text("configurer", STEP + "checkTag", "value=blue&service=")).contains("service");
        assertThat(text("configurer", STEP + "checkNodes", "value=&service=")).contains("say who is waited for");
        assertThat(text("configurer", STEP + "checkNodes", "value=&service=api"))
                .isEqualTo("<div/>");
        assertThat(text("configurer", STEP.replace("Deploy", "Rollback") + "checkNodes", "value=&service="))
                .isEqualTo("<div/>");
        assertThat(check("configurer", STEP + "checkService", "api")).isEqualTo("<div/>");
        assertThat(check("configurer", STEP + "checkOnFailure", "panic")).contains("&#039;rollback&#039;");
        assertThat(check("configurer", STEP + "checkRolling", "101%25")).contains("1% to 100%");
        assertThat(check("configurer", STEP + "checkReadyTimeout", "soon")).contains("a duration such as");
        assertThat(check("configurer", STEP + "checkActiveTimeout", "5m")).isEqualTo("<div/>");
        assertThat(check("configurer", STEP + "checkKeep", "none")).contains("a number from 1");
        assertThat(check("configurer", STEP + "checkConsul", "staging")).contains("production");
        assertThat(check("configurer", STEP + "checkConsul", "")).isEqualTo("<div/>");
        assertThat(check("configurer", STEP + "checkCredentialsId", "gone")).contains("no secret text");
        assertThat(check("reader", STEP + "checkVersion", "../x")).isEqualTo("<div/>");
        assertThat(check("reader", STEP + "checkConsul", "staging")).isEqualTo("<div/>");
    }

    @Test
    public void theFieldsOfAReleaseAreChecked() throws Exception {
        assertThat(check("configurer", RELEASE + "checkApp", "")).contains("it is empty");
        assertThat(check("configurer", RELEASE + "checkBatch", "0%25")).contains("batch &#039;0%&#039;");
        assertThat(check("configurer", RELEASE + "checkMinHealthy", "most")).contains("minHealthy");
        assertThat(text("configurer", RELEASE + "checkMaxFailures", "value=2&onFailure=stop"))
                .contains("go on");
        assertThat(check("configurer", RELEASE + "checkOnFailure", "panic")).contains("rollback");
        assertThat(check("configurer", RELEASE + "checkDrainTimeout", "0s")).contains("above zero");
        assertThat(check("configurer", RELEASE + "checkAws", "gone")).contains("no AWS account");
        assertThat(check("configurer", RELEASE + "checkNotify", "nobody")).contains("no channel");
        assertThat(check("configurer", RELEASE + "checkNotify", "log")).isEqualTo("<div/>");
        assertThat(check("configurer", part("HttpCheck", "checkStatus"), "ok")).contains("can&#039;t be read");
        assertThat(check("configurer", part("HttpCheck", "checkPort"), "99999")).contains("65535");
        assertThat(check("configurer", part("HttpCheck", "checkHeaders"), "x")).contains("name=value");
        assertThat(check("configurer", part("ListedHosts", "checkHosts"), "a:b"))
                .contains("can&#039;t be read");
        assertThat(check("configurer", part("Ec2Hosts", "checkTags"), "")).contains("it is empty");
        assertThat(check("configurer", part("Ec2Hosts", "checkAddress"), "moon"))
                .contains("private");
        assertThat(check("configurer", part("CommandUpdate", "checkTimeout"), "soon"))
                .contains("a duration such as");
        assertThat(check("reader", RELEASE + "checkApp", "")).isEqualTo("<div/>");
        assertThat(check("reader", part("HttpCheck", "checkPort"), "99999")).isEqualTo("<div/>");
    }

    @Test
    public void accountsAndChannelsAreForAdministrators() throws Exception {
        String account = "descriptorByName/" + AwsAccount.class.getName() + "/";
        String slack = "descriptorByName/" + SlackChannel.class.getName() + "/";
        assertThat(check("admin", account + "checkRegion", "moon")).contains("eu-west-1");
        assertThat(check("admin", account + "checkRole", "x")).contains("ARN");
        assertThat(text("admin", account + "checkExternalId", "value=x&role=")).contains("goes with a role");
        assertThat(check("admin", account + "checkEndpoint", "x")).contains("https://");
        assertThat(check("admin", account + "checkCredentialsId", "gone")).contains("no AWS credentials");
        assertThat(check("configurer", account + "checkRegion", "moon")).isEqualTo("<div/>");
        assertThat(check("admin", slack + "checkUrlCredentialsId", "gone")).contains("no credentials");
        assertThat(text("admin", slack + "fillUrlCredentialsIdItems", "urlCredentialsId="))
                .contains("consul-token");
        assertThat(text("configurer", slack + "fillUrlCredentialsIdItems", "urlCredentialsId=mine"))
                .doesNotContain("consul-token")
                .contains("mine");
    }

    @Test
    public void serversAndCredentialsAreListedForThoseWhoMayConfigure() throws Exception {
        assertThat(text("configurer", STEP + "fillConsulItems", "consul=old"))
                .contains("production")
                .contains("\"old\"");
        assertThat(text("reader", STEP + "fillConsulItems", "consul=old"))
                .doesNotContain("production")
                .contains("\"old\"");
        give("for-jobs", "x");
        assertThat(text("configurer", STEP + "fillCredentialsIdItems", "credentialsId="))
                .contains("for-jobs");
        assertThat(text("reader", STEP + "fillCredentialsIdItems", "credentialsId=mine"))
                .doesNotContain("for-jobs")
                .contains("mine");
        assertThat(text("admin", SERVER + "fillTokenCredentialsIdItems", "tokenCredentialsId="))
                .contains("consul-token");
        for (String field : List.of("token", "auth", "clientCertificate")) {
            String method = "fill" + field.substring(0, 1).toUpperCase() + field.substring(1) + "CredentialsIdItems";
            assertThat(text("configurer", SERVER + method, field + "CredentialsId=mine"))
                    .as(field)
                    .doesNotContain("consul-token")
                    .contains("mine");
        }
    }

    @Test
    public void withoutAJobTheStepsFormIsForAdministrators() throws Exception {
        String root = STEP.substring(STEP.indexOf("descriptorByName"));
        assertThat(text("admin", root + "fillConsulItems", "consul=")).contains("production");
        assertThat(text("configurer", root + "fillConsulItems", "consul=")).doesNotContain("production");
    }

    // What the tests share

    private static String part(String name, String method) {
        return "job/app/descriptorByName/" + Hosts.class.getPackageName() + "." + name + "/" + method;
    }

    private static void give(String id, String token) throws Exception {
        SystemCredentialsProvider.getInstance()
                .getCredentials()
                .add(new StringCredentialsImpl(CredentialsScope.GLOBAL, id, "", Secret.fromString(token)));
        SystemCredentialsProvider.getInstance().save();
    }

    private static String check(String user, String url, String value) throws Exception {
        return text(user, url, "value=" + value);
    }

    private static String text(String user, String url, String form) throws Exception {
        WebResponse response = post(user, url, form);
        assertThat(response.getStatusCode()).as(url).isEqualTo(200);
        return response.getContentAsString();
    }

    private static WebResponse post(String user, String url, String form) throws Exception {
        return send(user, HttpMethod.POST, url, form);
    }

    private static WebResponse send(String user, HttpMethod method, String url, String form) throws Exception {
        JenkinsRule.WebClient browser = BROWSERS.get(user);
        WebRequest request = new WebRequest(new URL(r.getURL(), url), method);
        if (method == HttpMethod.POST) {
            request.setAdditionalHeader("Content-Type", "application/x-www-form-urlencoded");
            request.setRequestBody(form);
        }
        return browser.getPage(request).getWebResponse();
    }
}
