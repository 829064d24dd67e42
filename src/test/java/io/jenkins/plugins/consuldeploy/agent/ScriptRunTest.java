package io.jenkins.plugins.consuldeploy.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.Assume.assumeTrue;

import io.jenkins.plugins.consuldeploy.agent.ScriptResult.Ending;
import io.jenkins.plugins.consuldeploy.phase.NodeReport;
import io.jenkins.plugins.consuldeploy.process.ProcessTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.After;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

public class ScriptRunTest {

    private static final Duration LONG = Duration.ofMinutes(1);

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    private final List<String> log = Collections.synchronizedList(new ArrayList<>());
    private final CompletableFuture<ProcessHandle> started = new CompletableFuture<>();

    private volatile boolean putOff;

    @After
    public void endWhatTestsLeftBehind() throws IOException {
        for (String name : List.of("child", "grandchild")) {
            pid(name).flatMap(ProcessHandle::of).ifPresent(ProcessHandle::destroyForcibly);
        }
    }

    @Test
    public void runsAllCommandsAsOneScriptInTheDirectory() throws IOException {
        ScriptResult result = run("mkdir sub", "cd sub", "x=1", "echo \"$x in ${PWD##*/}\" > out");

        assertThat(result.ending()).isEqualTo(Ending.DONE);
        assertThat(result.exitCode()).hasValue(0);
        assertThat(Files.readString(path("sub/out"))).isEqualTo("1 in sub\n");
    }

    @Test
    public void endsWithTheFirstFailingCommand() {
        ScriptResult result = run("echo before", "(exit 7)", "echo after");

        assertThat(result.ending()).isEqualTo(Ending.FAILED);
        assertThat(result.exitCode()).hasValue(7);
        assertThat(result.output()).containsExactly("before");
    }

    @Test
    public void runsWithBashWhereItIsAskedFor() {
        ScriptResult result = run(script(LONG, LONG, Shell.BASH, Map.of(), "a=(x y)", "[[ ${a[1]} == y ]]", "echo $0"));

        assertThat(result.isDone()).as("%s", result.output()).isTrue();
        assertThat(result.output()).containsExactly("test");
    }

    @Test
    public void saysWhatTheShellSaysOfASyntaxError() {
        ScriptResult result = run("if true; then");

        assertThat(result.ending()).isEqualTo(Ending.FAILED);
        assertThat(result.output()).anySatisfy(line -> assertThat(line).contains("yntax error"));
    }

    @Test
    public void failsWhereTheDirectoryIsMissing() {
        Script script =
                new Script("deploy", Shell.SH, List.of("true"), path("nowhere"), path("file"), Map.of(), LONG, LONG);

        ScriptResult result = run(script);

        assertThat(result.ending()).isEqualTo(Ending.FAILED);
        assertThat(result.exitCode()).isEmpty();
        assertThat(result.output()).singleElement().asString().startsWith("could not start deploy: ");
    }

    @Test
    public void hasTheGivenVariablesAndTheAgentsOwnButNotItsToken() {
        ScriptResult result = run(script(
                LONG, LONG, Shell.SH, Map.of("VERSION", "v 1'\"$x"), "echo \"$VERSION\"", "test -n \"$PATH\"", "env"));

        assertThat(result.isDone()).isTrue();
        assertThat(result.output().get(0)).isEqualTo("v 1'\"$x");
        assertThat(result.output()).noneMatch(line -> line.startsWith("CONSUL_HTTP_TOKEN="));
    }

    @Test
    public void givesAVariableOverItsOwnWhenTold() {
        ScriptResult result =
                run(script(LONG, LONG, Shell.SH, Map.of("CONSUL_HTTP_TOKEN", "given"), "echo $CONSUL_HTTP_TOKEN"));

        assertThat(result.output()).containsExactly("given");
    }

    @Test
    public void givesNothingToRead() {
        assertThat(run("cat", "echo done").output()).containsExactly("done");
    }

    @Test
    public void putsOutputAndErrorsTogetherLineByLine() {
        ScriptResult result = run("echo one", "echo two >&2", "printf 'three\\r\\nfo\\033[31mur'");

        assertThat(result.output()).containsExactly("one", "two", "three", "fo?[31mur");
        assertThat(log).isEqualTo(result.output());
    }

    @Test
    public void passesALineOnBeforeTheScriptEnds() {
        CompletableFuture<ScriptResult> run = inBackground(
                script(LONG, LONG, Shell.SH, Map.of(), "echo early", "while [ ! -e go ]; do sleep 0.01; done"));

        await().untilAsserted(() -> assertThat(log).containsExactly("early"));
        assertThat(run).isNotDone();
        await().until(() -> path("go").toFile().createNewFile());
        assertThat(run.join().isDone()).isTrue();
    }

    @Test
    public void keepsTheLastFiftyLinesOfAnyOutput() {
        ScriptResult result = run("i=0", "while [ $i -lt 2000 ]; do i=$((i+1)); echo line $i; done");

        assertThat(result.output()).hasSize(50).first().isEqualTo("line 1951");
        assertThat(result.output()).last().isEqualTo("line 2000");
        assertThat(log).hasSize(2000);
    }

    @Test
    public void isNeitherBlockedNorFilledByAHugeOutput() {
        ScriptResult result = run("head -c 200000000 /dev/zero", "echo", "echo end");

        assertThat(result.isDone()).isTrue();
        assertThat(result.output()).hasSize(2).last().isEqualTo("end");
        assertThat(result.output().get(0).length()).isLessThanOrEqualTo(4 * NodeReport.MAX_LINE_CHARS + 1);
    }

    @Test
    public void takesAScriptThatIsTooLongForAnArgument() throws IOException {
        ScriptResult result = run(": " + "x".repeat(200_000), "echo done");

        assertThat(result.output()).containsExactly("done");
        assertThat(path("long-script")).exists();
    }

    @Test
    public void doesNotWaitForWhatIsLeftInTheBackgroundWithTheOutputOpen() throws IOException {
        ScriptResult result = run("sleep 60 & echo $! > child", "echo done");

        assertThat(result.isDone()).isTrue();
        assertThat(result.output()).containsExactly("done");
        assertThat(alive("child")).isTrue();
    }

    @Test
    public void isNotFloodedByWhatGoesOnWritingInTheBackground() {
        ScriptResult result = run("yes & echo $! > child", "echo done");

        assertThat(result.isDone()).isTrue();
        await().untilAsserted(() ->
                assertThat(alive("child")).as("it has no reader any more").isFalse());
    }

    @Test
    public void endsTheWholeTreeAfterTheTimeout() throws IOException {
        assumeTrue("there is no setsid here: what lost its parent is not found", ProcessTree.hasSessions());
        ScriptResult result = run(script(
                Duration.ofSeconds(5),
                LONG,
                Shell.SH,
                Map.of(),
                "echo before",
                "sleep 60 & echo $! > child",
                // Its parent ends at once, so that it is nobody's child any more.
                "( sleep 60 & echo $! > grandchild )",
                "sleep 60"));

        assertThat(result.ending()).isEqualTo(Ending.FAILED);
        assertThat(result.exitCode()).isEmpty();
        assertThat(result.output()).containsExactly("before", "test was ended after its timeout of 5.0s");
        assertThat(alive("child")).isFalse();
        assertThat(alive("grandchild")).isFalse();
        assertThat(ProcessTree.isAlive(started.join())).isFalse();
    }

    @Test
    public void killsWhatDoesNotEndWithinTheGrace() throws IOException {
        ScriptResult result = run(script(
                Duration.ofSeconds(5),
                Duration.ofMillis(300),
                Shell.SH,
                Map.of(),
                "trap '' TERM",
                "sh -c 'trap \"\" TERM; while :; do sleep 0.1; done' & echo $! > child",
                "while :; do sleep 0.1; done"));

        assertThat(result.ending()).isEqualTo(Ending.FAILED);
        assertThat(alive("child")).isFalse();
        assertThat(ProcessTree.isAlive(started.join())).isFalse();
    }

    @Test
    public void letsAScriptSayWhatItHasToWhenItIsEnded() {
        CompletableFuture<ScriptResult> run = inBackground(script(
                LONG,
                LONG,
                Shell.SH,
                Map.of(),
                "trap 'echo cleaning up; exit 3' TERM",
                "echo before",
                "while :; do sleep 0.05 || true; done"));
        await().untilAsserted(() -> assertThat(log).isNotEmpty());

        putOff = true;

        // A shell may also say that its sleep was terminated.
        assertThat(run.join().output()).containsSubsequence("before", "cleaning up");
    }

    @Test
    public void isEndedByAnInterruptWithoutHavingFailed() {
        CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
        CompletableFuture<ScriptResult> result = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            result.complete(run("echo before", "sleep 60"));
            interrupted.complete(Thread.currentThread().isInterrupted());
        });
        thread.start();
        await().untilAsserted(() -> assertThat(log).isNotEmpty());

        thread.interrupt();

        assertThat(result.join().ending()).isEqualTo(Ending.STOPPED);
        assertThat(result.join().output()).containsExactly("before", "test was ended, for the agent is stopping");
        assertThat(interrupted.join()).isTrue();
        assertThat(ProcessTree.isAlive(started.join())).isFalse();
    }

    @Test
    public void isEndedWhenItIsPutOffWithoutHavingFailed() {
        CompletableFuture<ScriptResult> run =
                inBackground(script(LONG, LONG, Shell.SH, Map.of(), "echo before", "sleep 60"));
        await().untilAsserted(() -> assertThat(log).isNotEmpty());

        putOff = true;

        assertThat(run.join().ending()).isEqualTo(Ending.STOPPED);
        assertThat(ProcessTree.isAlive(started.join())).isFalse();
    }

    // What the tests share

    private ScriptResult run(String... commands) {
        return run(script(LONG, LONG, Shell.SH, Map.of(), commands));
    }

    private Script script(
            Duration timeout, Duration grace, Shell shell, Map<String, String> environment, String... commands) {
        return new Script(
                "test",
                shell,
                List.of(commands),
                folder.getRoot().toPath(),
                path("long-script"),
                environment,
                timeout,
                grace);
    }

    private CompletableFuture<ScriptResult> inBackground(Script script) {
        return CompletableFuture.supplyAsync(() -> run(script));
    }

    private ScriptResult run(Script script) {
        return ScriptRun.run(script, new ScriptRun.Listener() {
            @Override
            public void started(ProcessHandle process) {
                started.complete(process);
            }

            @Override
            public void said(String line) {
                log.add(line);
            }

            @Override
            public boolean isPutOff() {
                return putOff;
            }
        });
    }

    private boolean alive(String name) throws IOException {
        return pid(name).flatMap(ProcessHandle::of).map(ProcessTree::isAlive).orElse(false);
    }

    private Optional<Long> pid(String name) throws IOException {
        Path file = path(name);
        return Files.exists(file)
                ? Optional.of(Long.parseLong(Files.readString(file).strip()))
                : Optional.empty();
    }

    private Path path(String name) {
        return folder.getRoot().toPath().resolve(name);
    }
}
