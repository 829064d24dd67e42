package io.jenkins.plugins.consuldeploy.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.ConsulProcess;
import io.jenkins.plugins.consuldeploy.consul.Lock;
import io.jenkins.plugins.consuldeploy.phase.Tree;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.After;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** Ctrl-C and SIGTERM, in a JVM of its own. */
public class InterruptsTest {

    private static final int SIGTERM_EXIT = 143;
    private static final int SIGINT_BIT = 1 << 1;

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    private final Consul consul = ConsulProcess.shared().client();
    private final String prefix = ConsulProcess.uniquePrefix("interrupt");
    private final Tree tree = Tree.of(prefix);
    private final List<Process> children = new ArrayList<>();

    @After
    public void close() {
        children.forEach(Process::destroyForcibly);
        consul.close();
    }

    @Test
    public void ctrlCGivesTheLockBackAndSaysWhatStateIsLeft() throws Exception {
        assumeThat(ignoresCtrlC()).as("this JVM and its children ignore Ctrl-C").isFalse();
        Process deploy = deploy(ConsulProcess.shared().address());
        Awaitility.await().until(() -> Lock.holder(consul, tree.lock()).isPresent());
        Awaitility.await().until(() -> out().contains("waiting for"));

        signal(deploy, "-INT");

        assertThat(deploy.waitFor(40, TimeUnit.SECONDS)).isTrue();
        assertThat(deploy.exitValue()).isEqualTo(Exit.INTERRUPTED);
        assertThat(err())
                .contains("interrupted. Stopped while nodes prepare v1: no node's current version was changed")
                .doesNotContain("\tat ");
        assertThat(Lock.holder(consul, tree.lock())).isEmpty();
    }

    @Test
    public void aConsulThatIsAwayDoesNotHoldCtrlCUp() throws Exception {
        try (ConsulProcess other = ConsulProcess.start()) {
            Process deploy = deploy(other.address());
            Awaitility.await().until(() -> out().contains("waiting for"));
            other.kill();

            signal(deploy, "-TERM");

            // Far below the minute for which an outage is ridden out.
            assertThat(deploy.waitFor(40, TimeUnit.SECONDS)).isTrue();
            assertThat(deploy.exitValue()).isEqualTo(SIGTERM_EXIT);
            assertThat(err()).contains("interrupted. Stopped while nodes prepare v1");
        }
    }

    private Process deploy(String address) throws IOException {
        Process child = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Main.class.getName(),
                        "deploy",
                        "v1",
                        "--prefix",
                        prefix,
                        "--nodes",
                        "1",
                        "--server",
                        address))
                .redirectOutput(file("out"))
                .redirectError(file("err"))
                .start();
        children.add(child);
        return child;
    }

    /** Not {@link Process#destroy()}, which is a SIGTERM. */
    private static void signal(Process process, String signal) throws Exception {
        new ProcessBuilder("kill", signal, Long.toString(process.pid())).start().waitFor();
    }

    /** A shell that starts something in the background makes it ignore Ctrl-C. */
    private static boolean ignoresCtrlC() throws IOException {
        Path status = Path.of("/proc/self/status");
        return Files.exists(status)
                && Files.readAllLines(status).stream()
                        .filter(line -> line.startsWith("SigIgn:"))
                        .anyMatch(line ->
                                (Long.parseUnsignedLong(line.substring(7).strip(), 16) & SIGINT_BIT) != 0);
    }

    private String out() throws IOException {
        return Files.readString(file("out").toPath());
    }

    private String err() throws IOException {
        return Files.readString(file("err").toPath());
    }

    private File file(String name) {
        return new File(folder.getRoot(), name);
    }
}
