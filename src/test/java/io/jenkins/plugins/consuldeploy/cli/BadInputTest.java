package io.jenkins.plugins.consuldeploy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.ConsulProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** What can't be used ends with 2 and a message that names it, before Consul is asked anything. */
public class BadInputTest {

    /** Nobody listens there: whoever asks Consul all the same ends with 3. */
    private static final String NOWHERE = "127.0.0.1:1";

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    @Test
    public void unsafeVersionsAreRefused() {
        refused("version ''", "it is empty", deploy(""));
        refused("version '..'", "starts with '.'", deploy(".."));
        refused("version 'a/b'", "contains '/'", deploy("a/b"));
        refused("version 'a\\b'", "contains '\\'", deploy("a\\b"));
        refused("version 'a?b'", "a control character", deploy("a\nb"));
        refused("version 'current'", "a meaning of its own", deploy("current"));
        refused("version 'x", "more than 255 bytes", deploy("x".repeat(256)));
        refused("version '-x'", "starts with '-'", "deploy", "--prefix", "p", "--nodes", "1", "--", "-x");
    }

    @Test
    public void aVersionIsNoFileOfArguments() {
        CommandLineRun run = CommandLineRun.of(
                "deploy",
                "@v1",
                "--prefix",
                "p",
                "--service",
                "none",
                "--server",
                ConsulProcess.shared().address());
        assertThat(run.err()).contains("service 'none'").doesNotContain("@v1");
    }

    @Test
    public void prefixesAreChecked() {
        refused("prefix", "it is missing", "deploy", "v1", "--nodes", "1");
        refused("prefix ''", "it is empty", "query", "--prefix", "");
        refused("prefix 'a//b'", "two slashes in a row", "query", "--prefix", "a//b");
        refused("prefix '..'", "starts with '.'", "query", "--prefix", "../x");
        refused("prefix 'consul-deploy/x'", "inside 'consul-deploy/'", "query", "--prefix", "consul-deploy/x");
        refused("prefix 'own/x'", "inside 'own/'", "query", "--prefix", "own/x", "--root", "own");
        refused("key root '..'", "starts with '.'", "query", "--prefix", "p", "--root", "a/../b");
    }

    @Test
    public void whoIsWaitedForHasToBeSaid() {
        refused("nodes", "who is to be waited for?", "deploy", "v1", "--prefix", "p");
        refused("nodes '0'", "a number of nodes from 1", deploy("v1", "--nodes", "0"));
        refused("nodes 'many'", "a number of nodes from 1", deploy("v1", "--nodes", "many"));
        refused("service 'api'", "--nodes is given too", deploy("v1", "--nodes", "1", "--service", "api"));
        refused("service ''", "it is empty", deploy("v1", "--service", ""));
        refused("tag 'blue'", "give --service too", deploy("v1", "--nodes", "1", "--tag", "blue"));
    }

    @Test
    public void numbersAndDurationsAreChecked() {
        refused("rolling '0'", "a number from 1", deploy("v1", "--nodes", "1", "--rolling", "0"));
        refused("rolling '101%'", "from 1% to 100%", deploy("v1", "--nodes", "1", "--rolling", "101%"));
        refused("on-failure 'panic'", "'stop' or 'rollback'", deploy("v1", "--nodes", "1", "--on-failure", "panic"));
        refused("ready-timeout '10'", "did you mean '10s'?", deploy("v1", "--nodes", "1", "--ready-timeout", "10"));
        refused("active-timeout 'x'", "a duration such as", deploy("v1", "--nodes", "1", "--active-timeout", "x"));
        refused("ready timeout '0ms'", "above zero", deploy("v1", "--nodes", "1", "--wait", "0s"));
        refused("keep '0'", "a number of versions from 1", deploy("v1", "--nodes", "1", "--keep", "0"));
        refused("keep", "it is missing", "clean", "--prefix", "p");
        refused("keep '-1'", "a number of versions from 1", "clean", "--prefix", "p", "--keep=-1");
    }

    @Test
    public void wordsThatNoCommandKnowsAreNamed() {
        refused("unknown option '--node'", "did you mean '--nodes'?", "deploy", "v1", "--node", "3");
        refused("unknown option '-noodes=3'", "", "deploy", "v1", "-noodes=3");
        refused("Unmatched argument", "'v2'", "deploy", "v1", "v2", "--prefix", "p");
        refused("Missing required parameter", "VERSION", "deploy", "--prefix", "p");
        refused("--prefix", "should be specified only once", "query", "--prefix", "p", "--prefix", "q");
        refused("Missing required parameter for option '--prefix'", "", "query", "--prefix");
    }

    @Test
    public void commandsThatAreNoneAreNamedWithThoseThatAre() {
        CommandLineRun run = CommandLineRun.of("depoly", "v1");
        assertThat(run.exit()).isEqualTo(Exit.BAD_INPUT);
        assertThat(run.err()).contains("there is no command 'depoly'", "deploy, query, rollback");
        assertThat(CommandLineRun.of().exit()).isEqualTo(Exit.BAD_INPUT);
    }

    @Test
    public void anAddressThatIsNoneIsNamed() {
        refused("Consul address 'http://'", "host:port", "query", "--prefix", "p", "--server", "http://");
        refused("Consul address 'unix:///x'", "host:port", "query", "--prefix", "p", "--server", "unix:///x");
        CommandLineRun run = CommandLineRun.of(Map.of("CONSUL_HTTP_ADDR", "a b"), "query", "--prefix", "p");
        assertThat(run.exit()).isEqualTo(Exit.BAD_INPUT);
        assertThat(run.err()).contains("'a b'");
    }

    @Test
    public void filesThatCantBeReadAreNamedWithTheirOption() {
        for (String option : List.of("--token-file", "--ca-file", "--config")) {
            refused(option, "/no/such/file", "query", "--prefix", "p", option, "/no/such/file");
        }
        refused(
                "json-file '/no/such/file'",
                "can't be written",
                "query",
                "--prefix",
                "p",
                "--json-file",
                "/no/such/file");
        refused("TLS client certificate", "both", "query", "--prefix", "p", "--client-cert", "/dev/null");
    }

    @Test
    public void aConfigurationFileThatIsNoJsonIsNamedWithLineAndColumn() throws Exception {
        Path file = folder.newFile("tool.json").toPath();
        Files.writeString(file, "{\n  \"server\": \"x\",\n  nonsense\n}");
        refused(file.toString(), "line 3 column 4", "query", "--config", file.toString());
        Files.writeString(file, "[]");
        refused(file.toString(), "a JSON object was expected", "query", "--config", file.toString());
        Files.writeString(file, "{\"server\": {}}");
        refused(file.toString(), "\"server\" has to be a text", "query", "--config", file.toString());
        Files.writeString(file, "");
        refused(file.toString(), "a JSON object was expected", "query", "--config", file.toString());
    }

    @Test
    public void badInputInJsonSaysWhichField() {
        CommandLineRun run = CommandLineRun.of(deploy("..", "--nodes", "1", "--json"));
        assertThat(run.json().get("outcome").getAsString()).isEqualTo("bad-input");
        assertThat(run.json().get("field").getAsString()).isEqualTo("version");
        assertThat(CommandLineRun.of("deploy", "--json", "--nonsense")
                        .json()
                        .get("exit")
                        .getAsInt())
                .isEqualTo(Exit.BAD_INPUT);
    }

    @Test
    public void aVersionThatIsNotRegisteredIsNamedWithThoseThatAre() {
        String prefix = ConsulProcess.uniquePrefix("query");
        try (Consul consul = ConsulProcess.shared().client()) {
            consul.kv().put(prefix + "/v1/", "");
            CommandLineRun run = CommandLineRun.of(
                    "query",
                    "v2",
                    "--prefix",
                    prefix,
                    "--server",
                    ConsulProcess.shared().address());
            assertThat(run.exit()).isEqualTo(Exit.BAD_INPUT);
            assertThat(run.err()).contains("version 'v2'", "registered are: v1");
        }
    }

    @Test
    public void aServiceWithoutAPassingInstanceIsRefusedBeforeAnythingIsWritten() {
        String prefix = ConsulProcess.uniquePrefix("service");
        CommandLineRun run = CommandLineRun.of(
                "deploy",
                "v1",
                "--prefix",
                prefix,
                "--service",
                "no-such-service",
                "--server",
                ConsulProcess.shared().address());
        assertThat(run.exit()).isEqualTo(Exit.BAD_INPUT);
        assertThat(run.err()).contains("service 'no-such-service'", "no passing instance");
        try (Consul consul = ConsulProcess.shared().client()) {
            assertThat(consul.kv().list(prefix + "/")).isEmpty();
        }
    }

    private static String[] deploy(String version, String... more) {
        List<String> args = new ArrayList<>(List.of("deploy", version, "--prefix", "p", "--server", NOWHERE));
        args.addAll(List.of(more));
        if (more.length == 0) {
            args.addAll(List.of("--nodes", "1"));
        }
        return args.toArray(String[]::new);
    }

    private static void refused(String what, String why, String... args) {
        CommandLineRun run = CommandLineRun.of(args);
        assertThat(run.exit()).as(String.join(" ", args) + ": " + run.err()).isEqualTo(Exit.BAD_INPUT);
        assertThat(run.err())
                .as(String.join(" ", args))
                .startsWith("consul-deploy " + args[0] + ": ")
                .contains(what, why, "Try 'consul-deploy " + args[0] + " --help'.")
                .doesNotContain("\tat ");
        assertThat(run.out()).isEmpty();
    }
}
