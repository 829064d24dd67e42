package io.jenkins.plugins.consuldeploy.jenkins;

import static org.assertj.core.api.Assertions.assertThat;

import com.cloudbees.hudson.plugins.folder.Folder;
import com.cloudbees.hudson.plugins.folder.properties.FolderCredentialsProvider.FolderCredentialsProperty;
import com.cloudbees.plugins.credentials.CredentialsScope;
import com.cloudbees.plugins.credentials.SystemCredentialsProvider;
import com.cloudbees.plugins.credentials.domains.DomainCredentials;
import hudson.model.ItemGroup;
import hudson.model.Result;
import hudson.util.Secret;
import io.jenkins.plugins.consuldeploy.consul.AclToken;
import io.jenkins.plugins.consuldeploy.consul.ConsulProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import jenkins.model.Jenkins;
import org.jenkinsci.plugins.plaincredentials.StringCredentials;
import org.jenkinsci.plugins.plaincredentials.impl.StringCredentialsImpl;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.After;
import org.junit.AfterClass;
import org.junit.BeforeClass;
import org.junit.ClassRule;
import org.junit.Rule;
import org.junit.Test;
import org.jvnet.hudson.test.JenkinsRule;

/** Whose token a build uses, at a Consul that forbids everything to whoever has none. */
public class CredentialsTest {

    private static final String DEPLOY = "consulDeploy(prefix: PREFIX, version: 'v1', nodes: 1)";
    private static final String DEPLOY_WITH_OWN =
            "consulDeploy(prefix: PREFIX, version: 'v1', nodes: 1, credentialsId: 'own')";

    @ClassRule
    public static final JenkinsRule r = new JenkinsRule();

    private static ConsulProcess process;
    private static String deployers;
    private static String readers;

    @Rule
    public final Fleet fleet = new Fleet(() -> process);

    private final Pipelines pipelines = new Pipelines(r, fleet);

    @BeforeClass
    public static void startAConsulThatForbids() {
        process = ConsulProcess.startWithAcls();
        deployers = process.token("key_prefix \"test/\" { policy = \"write\" }"
                        + " key_prefix \"consul-deploy/\" { policy = \"write\" }"
                        + " session_prefix \"\" { policy = \"write\" }")
                .secret();
        readers = process.token("key_prefix \"test/\" { policy = \"read\" }").secret();
    }

    @AfterClass
    public static void stopIt() {
        process.close();
    }

    @After
    public void forgetTheTokens() {
        SystemCredentialsProvider.getInstance().getCredentials().clear();
    }

    @Test
    public void theServersTokenIsUsedAndShownNowhere() throws Exception {
        configure("consul-token");
        give(CredentialsScope.GLOBAL, "consul-token", deployers);
        WorkflowRun run = build(r.jenkins, Result.SUCCESS, DEPLOY);
        assertThat(JenkinsRule.getLog(run)).doesNotContain(deployers);
        assertThat(filesWith(deployers)).isEmpty();
    }

    @Test
    public void aTokenOfSystemScopeIsUsedThoughNoJobCanReadIt() throws Exception {
        configure("consul-token");
        give(CredentialsScope.SYSTEM, "consul-token", deployers);
        build(r.jenkins, Result.SUCCESS, DEPLOY);
    }

    @Test
    public void aFoldersTokenOfTheSameIdComesFirst() throws Exception {
        configure("consul-token");
        give(CredentialsScope.GLOBAL, "consul-token", readers);
        Folder folder = r.createProject(Folder.class);
        give(folder, "consul-token", deployers);
        build(folder, Result.SUCCESS, DEPLOY);
        WorkflowRun outside = build(r.jenkins, Result.FAILURE, DEPLOY);
        r.assertLogContains("The token needs session:write", outside);
        assertThat(JenkinsRule.getLog(outside)).doesNotContain(readers).doesNotContain("\tat ");
    }

    @Test
    public void aStepCanBringATokenOfItsFolder() throws Exception {
        configure(null);
        Folder folder = r.createProject(Folder.class);
        give(folder, "own", deployers);
        build(folder, Result.SUCCESS, DEPLOY_WITH_OWN);
        WorkflowRun outside = build(r.jenkins, Result.FAILURE, DEPLOY_WITH_OWN);
        r.assertLogContains("credentialsId 'own': this build can use no secret text of that ID", outside);
    }

    @Test
    public void aStepCanNotBringATokenOfSystemScope() throws Exception {
        configure(null);
        give(CredentialsScope.SYSTEM, "own", deployers);
        WorkflowRun run = build(r.jenkins, Result.FAILURE, DEPLOY_WITH_OWN);
        r.assertLogContains("credentialsId 'own': this build can use no secret text of that ID", run);
    }

    @Test
    public void noTokenAtAllIsSaidToBeNone() throws Exception {
        configure(null);
        WorkflowRun run = build(r.jenkins, Result.FAILURE, DEPLOY);
        r.assertLogContains("No token was sent", run);
    }

    @Test
    public void aTokenThatIsGoneIsNamed() throws Exception {
        configure("gone");
        WorkflowRun run = build(r.jenkins, Result.FAILURE, DEPLOY);
        r.assertLogContains("Consul server main: token 'gone': there is no secret text of that ID", run);
    }

    // What the tests share

    private void configure(String tokenId) {
        fleet.with("web1");
        ConsulServer server = fleet.server("main");
        server.setTokenCredentialsId(tokenId);
        ConsulServers.get().setServers(List.of(server));
    }

    private static void give(CredentialsScope scope, String id, String token) throws IOException {
        SystemCredentialsProvider.getInstance().getCredentials().add(credentials(scope, id, token));
        SystemCredentialsProvider.getInstance().save();
    }

    private static void give(Folder folder, String id, String token) throws IOException {
        folder.addProperty(new FolderCredentialsProperty(new DomainCredentials[] {
            new DomainCredentials(null, List.of(credentials(CredentialsScope.GLOBAL, id, token)))
        }));
    }

    private static StringCredentials credentials(CredentialsScope scope, String id, String token) {
        return new StringCredentialsImpl(scope, id, "", Secret.fromString(new AclToken(token).secret()));
    }

    private WorkflowRun build(ItemGroup<?> where, Result result, String script) throws Exception {
        WorkflowJob job = where instanceof Folder folder
                ? folder.createProject(WorkflowJob.class, "deploy")
                : r.createProject(WorkflowJob.class);
        job.setDefinition(pipelines.script(script));
        return r.buildAndAssertStatus(result, job);
    }

    private static List<Path> filesWith(String text) throws IOException {
        List<Path> found = new ArrayList<>();
        Files.walkFileTree(Jenkins.get().getRootDir().toPath(), new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                if (contains(file, text)) {
                    found.add(file);
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException gone) {
                return FileVisitResult.CONTINUE;
            }
        });
        return found;
    }

    private static boolean contains(Path file, String text) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).contains(text);
        } catch (IOException e) {
            return false; // gone meanwhile
        }
    }
}
