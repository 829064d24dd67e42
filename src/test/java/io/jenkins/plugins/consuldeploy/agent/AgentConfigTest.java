package io.jenkins.plugins.consuldeploy.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.consuldeploy.consul.AclToken;
import io.jenkins.plugins.consuldeploy.consul.BasicAuth;
import io.jenkins.plugins.consuldeploy.phase.BadInputException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

public class AgentConfigTest {

    private static final String DEPLOYMENT = "{'path': '/srv/api', 'prefix': 'api/version'}";

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    @Test
    public void readsDeprosConfigurationAsItIs() throws IOException {
        AgentConfig config = read("""
                {"name": "n1", "server": "consul.example:8501", "datacenter": "dc2", "token": "secret", "prefix": "unused",
                 "username": "ann", "password": "pw", "wait": "10s", "allowStale": true,
                 "deployments": [{"id": "api", "path": "/srv/api/", "prefix": "/api/version/", "shell": "Bash",
                   "deploy": ["git fetch || exit 1", "make"], "rollout": ["ln -sfn $PWD ../live"], "clean": ["true"]}]}
                """);

        assertThat(config.name()).isEqualTo("n1");
        assertThat(config.consul().address()).isEqualTo(URI.create("http://consul.example:8501"));
        assertThat(config.consul().datacenter()).contains("dc2");
        assertThat(config.consul().token()).contains(new AclToken("secret"));
        assertThat(config.consul().auth()).contains(new BasicAuth("ann", "pw"));
        assertThat(config.warnings()).isEmpty();
        assertThat(config.deployments()).hasSize(1);
        DeploymentConfig api = config.deployments().get(0);
        assertThat(api.id()).isEqualTo("api");
        assertThat(api.path()).isEqualTo("/srv/api/");
        assertThat(api.directory()).isEqualTo(Path.of("/srv/api"));
        assertThat(api.tree().prefix()).isEqualTo("api/version");
        assertThat(api.shell()).isEqualTo(Shell.BASH);
        assertThat(api.deploy()).containsExactly("git fetch || exit 1", "make");
        assertThat(api.rollout()).containsExactly("ln -sfn $PWD ../live");
        assertThat(api.clean()).containsExactly("true");
    }

    @Test
    public void readsOurOwnFields() throws IOException {
        AgentConfig config = read("""
                {"name": "n1", "root": "deploys", "grace": "3s", "deployments": [{"path": "/srv/api", "prefix": "api",
                  "check": ["curl -f localhost"], "timeout": "1m30s", "quarantineAfter": 5, "env": {"STAGE": "prod"}}]}
                """);

        assertThat(config.grace()).isEqualTo(Duration.ofSeconds(3));
        DeploymentConfig api = config.deployments().get(0);
        assertThat(api.check()).containsExactly("curl -f localhost");
        assertThat(api.timeout()).isEqualTo(Duration.ofSeconds(90));
        assertThat(api.quarantineAfter()).isEqualTo(5);
        assertThat(api.env()).containsExactly(Map.entry("STAGE", "prod"));
        assertThat(api.tree().pin("n1")).isEqualTo("deploys/deploy/api/pin/n1");
    }

    @Test
    public void leavesOutWhatHasADefault() throws IOException {
        AgentConfig config = read(json("{'deployments': [%s]}", DEPLOYMENT));

        assertThat(config.name()).isEqualTo(HostName.read()).isNotEmpty();
        assertThat(config.consul().address()).isEqualTo(URI.create("http://127.0.0.1:8500"));
        assertThat(config.consul().token()).isEmpty();
        assertThat(config.grace()).isEqualTo(Duration.ofSeconds(10));
        DeploymentConfig api = config.deployments().get(0);
        assertThat(api.id()).isEqualTo("api/version");
        assertThat(api.shell()).isEqualTo(Shell.SH);
        assertThat(api.timeout()).isEqualTo(Duration.ofMinutes(10));
        assertThat(api.quarantineAfter()).isEqualTo(3);
        assertThat(api.deploy()).isEmpty();
    }

    @Test
    public void mergesEveryJsonFileOfADirectoryByName() throws IOException {
        file("20-app.json", json("{'name': 'late', 'deployments': [%s]}", DEPLOYMENT));
        file("10-base.json", json("{'name': 'early', 'token': 't', 'deployments': [{'path': '/b', 'prefix': 'b'}]}"));
        file("30-empty.json", json("{'name': ''}"));
        file("readme.txt", "no JSON at all");
        file("UPPER.JSON", "no JSON at all");

        AgentConfig config = AgentConfig.read(List.of(folder.getRoot().toPath()), Map.of());

        assertThat(config.name()).isEqualTo("late");
        assertThat(config.consul().token()).contains(new AclToken("t"));
        assertThat(config.deployments())
                .extracting(deployment -> deployment.tree().prefix())
                .containsExactly("b", "api/version");
    }

    @Test
    public void takesFilesAndDirectoriesInTheirOrder() throws IOException {
        Path a = file("a.json", json("{'name': 'a', 'deployments': [%s]}", DEPLOYMENT));
        Path b = file("b.json", json("{'name': 'b'}"));

        assertThat(AgentConfig.read(List.of(b, a), Map.of()).name()).isEqualTo("a");
        assertThat(AgentConfig.read(List.of(a, b), Map.of()).name()).isEqualTo("b");
    }

    @Test
    public void findsAFieldInAnyCaseAndTakesNullForLeftOut() throws IOException {
        AgentConfig config = read(json("{'Name': 'n1', 'TOKEN': null, 'Deployments': [%s]}", DEPLOYMENT));

        assertThat(config.name()).isEqualTo("n1");
        assertThat(config.consul().token()).isEmpty();
    }

    @Test
    public void goesOnFromConsulsEnvironmentVariables() throws IOException {
        Path file = file("a.json", json("{'token': 'of the file', 'deployments': [%s]}", DEPLOYMENT));

        AgentConfig config = AgentConfig.read(
                List.of(file),
                Map.of(
                        "CONSUL_HTTP_ADDR", "https://consul.example",
                        "CONSUL_HTTP_TOKEN", "of the environment",
                        "CONSUL_DATACENTER", "dc3"));

        assertThat(config.consul().address()).isEqualTo(URI.create("https://consul.example:443"));
        assertThat(config.consul().datacenter()).contains("dc3");
        assertThat(config.consul().token()).contains(new AclToken("of the file"));
    }

    @Test
    public void keepsTlsForAServerThatIsGivenWithoutAScheme() throws IOException {
        Path file = file("a.json", json("{'server': 'other:8501', 'deployments': [%s]}", DEPLOYMENT));

        AgentConfig config = AgentConfig.read(List.of(file), Map.of("CONSUL_HTTP_SSL", "true"));

        assertThat(config.consul().address()).isEqualTo(URI.create("https://other:8501"));
    }

    @Test
    public void takesTheNameThatTheCommandLineGivesWhenTheFilesGiveNone() throws IOException {
        Path file = file("a.json", json("{'deployments': [%s]}", DEPLOYMENT));
        Path named = file("b.json", json("{'name': '/n2/', 'deployments': [{'path': '/b', 'prefix': 'b'}]}"));
        AgentConfig other = read(json("{'deployments': [%s]}", DEPLOYMENT));

        assertThat(AgentConfig.read(List.of(file), other.consul(), Optional.of("n1"))
                        .name())
                .isEqualTo("n1");
        assertThat(AgentConfig.read(List.of(named), other.consul(), Optional.of("n1"))
                        .name())
                .isEqualTo("n2");
    }

    @Test
    public void readsTheTokenFromAFile() throws IOException {
        Path token = file("token", "from a file\n");

        AgentConfig config = read(json("{'tokenFile': '%s', 'deployments': [%s]}", token, DEPLOYMENT));

        assertThat(config.consul().token()).contains(new AclToken("from a file"));
    }

    @Test
    public void haveEnoughConnectionsForEveryDeploymentsWatches() throws IOException {
        StringBuilder deployments = new StringBuilder();
        for (int i = 0; i < 50; i++) {
            deployments.append(i == 0 ? "" : ",").append(json("{'path': '/srv/app%s-', 'prefix': 'app%s'}", i, i));
        }

        AgentConfig config = read(json("{'deployments': [%s]}", deployments));

        assertThat(config.consul().maxConnections()).isGreaterThanOrEqualTo(200);
    }

    @Test
    public void warnsOfFieldsThatItDoesNotKnow() throws IOException {
        AgentConfig config = read(json(
                "{'nmae': 'n1', 'deployments': [{'path': '/srv/api', 'prefix': 'api', 'roll_out': ['true']}]} {}"));

        assertThat(config.warnings())
                .containsExactlyInAnyOrder(
                        path() + ": nmae: this field is not known and has no effect",
                        path() + ": deployments[0].roll_out: this field is not known and has no effect",
                        path() + ": what follows the first JSON object is not read");
    }

    @Test
    public void saysWhereAFileIsNoJson() {
        assertBad(
                "{\"name\": \"n1\"\n \"deployments\": []}",
                path() + ", line 2, column 3",
                "this is not JSON: Unterminated object",
                "in name");
        assertBad(
                "{\"name\": \"n1\",\n \"deployments\": [{\n  path: \"/x\"}]}",
                path() + ", line 3, column 4",
                "something is missing before this place, or does not belong there",
                "deployments[0]");
        assertBad("{\"name\": \"n1\"", path() + ", line 1, column 14", "End of input");
        assertBad("", path() + ": there is no JSON object in it");
        assertBad("[]", path() + ": there is no JSON object in it");
        assertBad("name = n1", path() + ", line 1, column 1: this is not JSON", "in the outermost object");
    }

    @Test
    public void neverShowsASecretThatIsWrong() {
        assertThatThrownBy(() -> read("{\"token\": 12345, \"deployments\": []}"))
                .hasMessageContaining("token: this is no text; accepted is a text in double quotes")
                .hasMessageNotContaining("12345");
        assertThatThrownBy(() -> read("{\"token\": \"sec\nret\"}"))
                .hasMessageContaining("not JSON")
                .hasMessageNotContaining("sec");
    }

    @Test
    public void namesTheFieldOfAWrongType() {
        assertBad("{\"name\": {}}", path() + ": name: this is no text");
        assertBad("{\"deployments\": {}}", path() + ": deployments '{}': a list of objects");
        assertBad("{\"deployments\": [1]}", path() + ": deployments[0] '1': an object in braces");
        assertBadDeployment("'deploy': 'true'", "deployments[0].deploy '\"true\"': a list of commands");
        assertBadDeployment("'deploy': [1]", "deployments[0].deploy[0]: this is no text");
        assertBadDeployment("'env': ['A=b']", "deployments[0].env '[\"A=b\"]': an object of texts");
        assertBadDeployment("'env': {'A': 1}", "deployments[0].env.A: this is no text");
        assertBadDeployment("'quarantineAfter': 'often'", "deployments[0].quarantineAfter '\"often\"': a whole number");
        assertBadDeployment("'quarantineAfter': 1.5", "deployments[0].quarantineAfter '1.5': a whole number");
    }

    @Test
    public void namesTheFieldOfABadValue() {
        assertBad(json("{'name': 'a/b', 'deployments': [%s]}", DEPLOYMENT), path() + ": name: node name 'a/b': ");
        assertBad(
                json("{'server': 'http://a b', 'deployments': [%s]}", DEPLOYMENT),
                path() + ": server: Consul address 'http://a b': it can't be read");
        assertBad(json("{'grace': 'long', 'deployments': [%s]}", DEPLOYMENT), path() + ": grace 'long': a duration");
        assertBad(json("{'root': 'a//b', 'deployments': [%s]}", DEPLOYMENT), "key root 'a//b'");
        assertBadDeployment("'timeout': '10'", "deployments[0].timeout '10': a duration", "did you mean '10s'?");
        assertBadDeployment("'timeout': '0s'", "deployments[0].timeout '0s': a duration above zero");
        assertBadDeployment("'quarantineAfter': 0", "deployments[0].quarantineAfter '0': a number of failures");
        assertBadDeployment("'shell': 'powershell'", "deployments[0].shell 'powershell': accepted are 'sh' or 'bash'");
        assertBadDeployment("'env': {'A=': 'b'}", "deployments[0].env 'A=': a variable's name");
        assertBadDeployment("'deploy': ['a\\u0000b']", "deployments[0].deploy[0] 'a?b': no command can hold a NUL");
    }

    @Test
    public void namesTheDeploymentsFieldThatIsMissingOrUnsafe() {
        assertBad(json("{'name': 'n1'}"), path() + ": deployments: there is none");
        assertBad(
                json("{'deployments': [{'prefix': 'a'}]}"),
                path() + ": deployments[0].path: it is missing; give the directory");
        assertBad(json("{'deployments': [{'path': '/a'}]}"), path() + ": deployments[0].prefix: it is missing");
        assertBad(
                json("{'deployments': [{'path': 'srv/api', 'prefix': 'a'}]}"),
                path() + ": deployments[0].path 'srv/api': it is relative; give an absolute path");
        assertBad(
                json("{'deployments': [{'path': '/a', 'prefix': 'a/../b'}]}"),
                path() + ": deployments[0].prefix: prefix '..'");
        assertBad(
                json("{'deployments': [{'path': '/a', 'prefix': 'consul-deploy/x'}]}"),
                path() + ": deployments[0].prefix: prefix 'consul-deploy/x': it is inside 'consul-deploy/'");
    }

    @Test
    public void keepsDeploymentsApart() {
        String other = "{'id': 'first', 'path': '/srv/api', 'prefix': 'api/version'}";
        assertBad(
                json("{'deployments': [%s, {'path': '/srv/other', 'prefix': '/api/version'}]}", other),
                "deployments[1].prefix 'api/version': the deployment 'first' has the same; each needs one of its own");
        assertBad(
                json("{'deployments': [%s, {'path': '/srv/x/../api/', 'prefix': 'other'}]}", other),
                "deployments[1].path '/srv/x/../api/': the deployment 'first' has the same; each needs one of its own");
        assertBad(
                json("{'deployments': [%s, {'path': '/srv/api/v1', 'prefix': 'other'}]}", other),
                "deployments[1].path '/srv/api/v1': the deployment 'first' has '/srv/api', and one lies inside");
        assertBad(
                json("{'deployments': [%s, {'path': '/srv/other', 'prefix': 'api'}]}", other),
                "deployments[1].prefix 'api': the deployment 'first' has 'api/version', and one lies inside");
    }

    @Test
    public void namesAFileThatIsNotThere() throws IOException {
        Path nowhere = folder.getRoot().toPath().resolve("nowhere");
        Path empty = folder.newFolder("empty").toPath();

        assertThatThrownBy(() -> AgentConfig.read(List.of(nowhere), Map.of()))
                .isInstanceOf(BadInputException.class)
                .hasMessage("configuration '" + nowhere
                        + "': there is no such file; give a .json file or a directory of them");
        assertThatThrownBy(() -> AgentConfig.read(List.of(empty), Map.of()))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("no file in this directory has a name that ends in .json");
    }

    @Test
    public void refusesATokenFileThatCantBeUsed() throws IOException {
        Path empty = file("empty-token", "\n");

        assertBad(
                json("{'tokenFile': '/nowhere/token', 'deployments': [%s]}", DEPLOYMENT),
                path() + ": tokenFile '/nowhere/token': this file can't be read");
        assertBad(
                json("{'tokenFile': '%s', 'deployments': [%s]}", empty, DEPLOYMENT),
                "this file is empty; put the ACL token into it");
        assertBad(
                json("{'token': 't', 'tokenFile': '%s', 'deployments': [%s]}", empty, DEPLOYMENT),
                "there is a 'token' too; leave one of the two out");
    }

    @Test
    public void namesTheEnvironmentVariableThatCantBeRead() throws IOException {
        Path file = file("a.json", json("{'deployments': [%s]}", DEPLOYMENT));

        assertThatThrownBy(() -> AgentConfig.read(List.of(file), Map.of("CONSUL_HTTP_SSL", "perhaps")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("CONSUL_HTTP_SSL");
    }

    // What the tests share

    private static String json(String template, Object... arguments) {
        return String.format(
                template.replace('\'', '"'),
                Arrays.stream(arguments)
                        .map(argument -> argument.toString().replace('\'', '"'))
                        .toArray());
    }

    private Path path() {
        return folder.getRoot().toPath().resolve("agent.json");
    }

    private Path file(String name, String content) throws IOException {
        return Files.writeString(folder.getRoot().toPath().resolve(name), content);
    }

    private AgentConfig read(String content) throws IOException {
        return AgentConfig.read(List.of(file("agent.json", content)), Map.of());
    }

    private void assertBadDeployment(String fields, String... parts) {
        assertBad(json("{'deployments': [{'path': '/a', 'prefix': 'a', %s}]}", fields), parts);
    }

    private void assertBad(String content, String... parts) {
        ThrowingCallable reading = () -> read(content);
        assertThatThrownBy(reading)
                .as(content)
                .isInstanceOf(BadInputException.class)
                .hasMessageContainingAll(parts);
    }
}
